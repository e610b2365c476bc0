package host

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Nobody is an Observer that is told nothing. A loop tells it in the place of nil, and an
// Observer that listens to some facts alone embeds it.
type Nobody struct{}

var _ Observer = Nobody{}

// Started does nothing.
func (Nobody) Started(*Found) {}

// Stored does nothing.
func (Nobody) Stored(uint64, uint64, Terms) {}

// Ticked does nothing.
func (Nobody) Ticked() {}

// HandsOver does nothing.
func (Nobody) HandsOver(uint64) {}

// Received does nothing.
func (Nobody) Received(*pb.Message) {}

// Dropped does nothing.
func (Nobody) Dropped(error, uint64) {}

// TransferAsked does nothing.
func (Nobody) TransferAsked(uint64) {}

// LeaderForgotten does nothing.
func (Nobody) LeaderForgotten() {}

// Offered does nothing.
func (Nobody) Offered(*raft.Ready) {}

// Progress does nothing.
func (Nobody) Progress(uint64, uint64, uint64, bool) {}

// Writes does nothing.
func (Nobody) Writes(*Write) {}

// Persisted does nothing.
func (Nobody) Persisted(pb.HardState, *Write) {}

// Settled does nothing.
func (Nobody) Settled(uint64) {}

// Sent does nothing.
func (Nobody) Sent(*pb.Message) {}

// Applied does nothing.
func (Nobody) Applied(*pb.Entry) {}

// Executed does nothing.
func (Nobody) Executed(uint64, uint64, uint64, bool) {}

// AppliedState does nothing.
func (Nobody) AppliedState(uint64, uint64) {}

// Reconfigured does nothing.
func (Nobody) Reconfigured(uint64, *pb.ConfState) {}

// Installed does nothing.
func (Nobody) Installed(*pb.Snapshot) {}

// Snapshotted does nothing.
func (Nobody) Snapshotted(*pb.Snapshot, uint64, bool) {}

// Compacted does nothing.
func (Nobody) Compacted(uint64) {}

// ReadBegun does nothing.
func (Nobody) ReadBegun([]byte) {}

// ReadServed does nothing.
func (Nobody) ReadServed(uint64, uint64) {}

// StaleRead does nothing.
func (Nobody) StaleRead(uint64) {}

// ReadsExpired does nothing.
func (Nobody) ReadsExpired() {}
