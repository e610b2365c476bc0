package raft

import (
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// RawNode is a member of a Raft group without locks or channels, to be driven
// by one thread.
type RawNode struct{}

// NewRawNode returns a node with the state that Storage has. It returns an error
// if config is not valid or Storage cannot be read.
func NewRawNode(config *Config) (*RawNode, error)                   { panic("not yet") }
func (rn *RawNode) Tick()                                           { panic("not yet") }
func (rn *RawNode) TickQuiesced()                                   { panic("not yet") }
func (rn *RawNode) Campaign() error                                 { panic("not yet") }
func (rn *RawNode) Propose(data []byte) error                       { panic("not yet") }
func (rn *RawNode) ProposeConfChange(cc pb.ConfChangeI) error       { panic("not yet") }
func (rn *RawNode) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState { panic("not yet") }
func (rn *RawNode) Step(m pb.Message) error                         { panic("not yet") }
func (rn *RawNode) Ready() Ready                                    { panic("not yet") }
func (rn *RawNode) HasReady() bool                                  { panic("not yet") }
func (rn *RawNode) Advance(_ Ready)                                 { panic("not yet") }
func (rn *RawNode) AsyncStorageWrites() bool                        { panic("not yet") }
func (rn *RawNode) Bootstrap(peers []Peer) error                    { panic("not yet") }
func (rn *RawNode) Status() Status                                  { panic("not yet") }
func (rn *RawNode) BasicStatus() BasicStatus                        { panic("not yet") }
func (rn *RawNode) ReportUnreachable(id uint64)                     { panic("not yet") }
func (rn *RawNode) ReportSnapshot(id uint64, status SnapshotStatus) { panic("not yet") }
func (rn *RawNode) TransferLeader(transferee uint64)                { panic("not yet") }
func (rn *RawNode) ForgetLeader() error                             { panic("not yet") }
func (rn *RawNode) ReadIndex(rctx []byte)                           { panic("not yet") }
func (rn *RawNode) WithProgress(visitor func(id uint64, typ ProgressType, pr tracker.Progress)) {
	panic("not yet")
}
