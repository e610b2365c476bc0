package raft

import (
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Core is a synchronous Raft, to be driven by one thread. [RawNode] is one, and
// [NewNode] makes any of them a [Node]. The methods mean what those of RawNode do.
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

// peeker is a Core that can show a Ready before it is accepted. Otherwise, what
// the application is offered is what there was when it was first offered.
type peeker interface {
	peekReady() Ready
	acceptReady(rd *Ready)
}

var (
	_ Core   = (*RawNode)(nil)
	_ peeker = (*RawNode)(nil)
)
