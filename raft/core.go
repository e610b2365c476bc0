package raft

import (
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Core is a synchronous Raft, to be driven by one thread. [RawNode] is one, and
// [NewNode] makes any of them a [Node]. The methods mean what those of RawNode do.
//
// A type that embeds a RawNode and declares some of the methods itself is one too: the
// Node calls each method of Core by its name. Those that it does not declare call one
// another within the RawNode: its Status does not ask the BasicStatus around it.
//
// If its storage is asynchronous, so that Advance is not called, it also has a
// method AsyncStorageWrites() bool that returns true.
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
