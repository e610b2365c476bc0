package raft

import (
	"context"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Node is one member of a Raft group, to be shared by goroutines.
//
// An application runs a loop that receives from Ready, does what the [Ready]
// says and calls Advance; calls Tick at regular intervals; and hands messages
// from its peers to Step.
type Node interface {
	// Tick moves the node's clock by one tick.
	Tick()

	// Campaign makes the node stand for election now.
	Campaign(ctx context.Context) error

	// Propose asks for data to be appended to the log. While no leader is known
	// it waits, until there is one, ctx is done, or the node is stopped. A nil
	// error does not mean that data will be committed: proposals get lost with
	// messages and leaders. [ErrProposalDropped] means that it will not be.
	// The node keeps data; the caller must not write to it afterwards.
	Propose(ctx context.Context, data []byte) error

	// ProposeConfChange asks for a change of the configuration, and is
	// otherwise like Propose. A leader that is not certain that the change
	// before has been applied puts an empty entry into the log instead.
	ProposeConfChange(ctx context.Context, cc pb.ConfChangeI) error

	// Step takes a message from a peer, or with AsyncStorageWrites from a
	// storage thread. A MsgProp waits for a leader like Propose does, so
	// a program that steps one message after the other must not let one hold up
	// the rest, which may be those that elect the leader: step it in another
	// goroutine, with a context that ends soon, or not at all while no leader is
	// known. Nothing else waits. Messages that only the node itself may send, and
	// answers of nodes that are not members, are ignored; for others that no
	// correct peer sends it returns an [ErrInvalidMessage], and for a proposal
	// that goes nowhere [ErrProposalDropped]. The node keeps what the message
	// refers to; the caller must not write to it afterwards.
	Step(ctx context.Context, msg pb.Message) error

	// Ready returns a channel from which one Ready can be received when there
	// is work. It must be called anew for each receive: the call itself is what
	// notices that the last one was received. After receiving, call Advance
	// before the next one can come; with AsyncStorageWrites, do not.
	Ready() <-chan Ready

	// Advance says that the work of the last Ready is done, as far as it must
	// be done in order: it is persisted. It may still be being applied, as long
	// as it is applied before what comes next. Without a Ready to acknowledge
	// it does nothing.
	Advance()

	// ApplyConfChange puts a committed configuration change into force and
	// returns the new configuration, to be recorded in snapshots. It is called
	// for each one among CommittedEntries, except those that the application
	// rejects, which it must do on all members alike. A change that cannot be
	// made, such as one that leaves no voter, changes nothing.
	ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState

	// TransferLeadership asks the leader to hand leadership to transferee.
	// A leader gives up after an election timeout. lead is ignored.
	TransferLeadership(ctx context.Context, lead, transferee uint64)

	// ForgetLeader makes a follower behave as if it had not heard from its
	// leader in this term: with PreVote and CheckQuorum it then supports
	// another candidate at once rather than after an election timeout. Anyone
	// else, and anyone with ReadOnlyLeaseBased, does nothing.
	ForgetLeader(ctx context.Context) error

	// ReadIndex asks for a [ReadState] with rctx. The request may get lost
	// without notice, so callers retry.
	ReadIndex(ctx context.Context, rctx []byte) error

	// Status returns a copy of the node's state.
	Status() Status

	// ReportUnreachable says that the last message to id was not delivered.
	ReportUnreachable(id uint64)

	// ReportSnapshot says what became of a MsgSnap to id. While that is not
	// known, the leader sends id no entries.
	ReportSnapshot(id uint64, status SnapshotStatus)

	// Stop ends the node. Calls that wait return ErrStopped.
	Stop()
}

// SnapshotStatus is what became of a snapshot.
type SnapshotStatus int

const (
	// SnapshotFinish means that it was sent.
	SnapshotFinish SnapshotStatus = 1
	// SnapshotFailure means that it did not arrive or could not be applied.
	SnapshotFailure SnapshotStatus = 2
)

// Peer is a member of a new group.
type Peer struct {
	ID uint64
	// Context goes into the Context of the configuration change that adds it.
	Context []byte
}

// TryReadier is what a [Node] of this package can do besides: be driven by one
// thread without channels.
type TryReadier interface {
	// TryReady returns what a receive from Ready would, and false where it
	// would wait.
	TryReady() (Ready, bool)
}

// StatusViewer is what a [Node] of this package can do besides: show its state
// without a copy of everything.
type StatusViewer interface {
	// BasicStatus returns the state without configuration and progress.
	BasicStatus() BasicStatus
	// WithProgress calls visitor for each member, in ascending order of ids.
	// The visitor must not call the node.
	WithProgress(visitor func(id uint64, typ ProgressType, pr tracker.Progress))
}

// UncommittedViewer is what a [Node] of this package can do besides, if its
// [Core] can: show what Config.MaxUncommittedEntriesSize bounds.
type UncommittedViewer interface {
	// UncommittedBytes returns the bytes of entries that a leader counts as not
	// committed yet; ok is false where the Core does not tell.
	UncommittedBytes() (bytes uint64, ok bool)
}
