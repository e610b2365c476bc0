package raft

import (
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Core is a synchronous Raft, to be driven by one thread. [RawNode] is one, and
// [NewNode] makes any of them a [Node]. The methods are those of RawNode.
//
// A Core whose storage is asynchronous, so that Advance is not called, also has
// a method AsyncStorageWrites() bool that returns true.
type Core interface {
	Tick()
	Campaign() error
	Propose(data []byte) error
	ProposeConfChange(cc pb.ConfChangeI) error
	Step(m pb.Message) error
	HasReady() bool
	Ready() Ready
	Advance(rd Ready)
	ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState
	TransferLeader(transferee uint64)
	ForgetLeader() error
	ReadIndex(rctx []byte)
	Status() Status
	BasicStatus() BasicStatus
	WithProgress(visitor func(id uint64, typ ProgressType, pr tracker.Progress))
	ReportUnreachable(id uint64)
	ReportSnapshot(id uint64, status SnapshotStatus)
}

var _ Core = (*RawNode)(nil)

// NewNode returns a Node over core, which must not be used otherwise from then on.
func NewNode(core Core) Node { panic("not yet") }

// StartNode starts a node of a new group with the given members, this one among
// them. It panics if config is not valid or there are no peers; NewRawNode,
// Bootstrap and NewNode do the same with errors.
func StartNode(c *Config, peers []Peer) Node { panic("not yet") }

// RestartNode starts a node from what Storage has. It panics if config is not
// valid or Storage cannot be read; NewRawNode and NewNode do the same with errors.
func RestartNode(c *Config) Node { panic("not yet") }
