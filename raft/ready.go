package raft

import pb "raftsim/raft/raftpb"

// Ready is what a node has for the application to do: the part of its state
// that changed, what to persist, what to send and what to apply. The zero value
// is nothing to do.
//
// The application persists Snapshot, Entries and HardState, then sends
// Messages, and applies Snapshot and CommittedEntries in order; then it calls
// Advance. With [Config.AsyncStorageWrites] the same work comes as messages.
//
// All fields are to be read, not written. Messages, the slice, is the caller's
// until Advance; then the node uses its memory again, so a message is copied to be
// kept. Everything else may be kept, what a message refers to among it: entries
// are never overwritten. With AsyncStorageWrites, Messages may be kept as well.
type Ready struct {
	// SoftState is the role of the node and the leader it knows. It is nil
	// when neither changed. It need not be persisted.
	*SoftState

	// HardState is the term, vote and commit index to persist before Messages
	// are sent. It is empty when none of them changed.
	pb.HardState

	// ReadStates answer earlier calls of ReadIndex.
	ReadStates []ReadState

	// Entries are to be persisted before Messages are sent. They replace
	// whatever was persisted from the index of the first one on.
	Entries []pb.Entry

	// Snapshot is to be persisted and to replace log and state machine, before
	// Messages are sent. It is empty when there is none.
	Snapshot pb.Snapshot

	// CommittedEntries are to be applied to the state machine, in order. For
	// each configuration change among them, ApplyConfChange is called.
	CommittedEntries []pb.Entry

	// Messages are to be sent, after HardState, Entries and Snapshot are
	// durable. With AsyncStorageWrites they may be sent at once, and those for
	// the storage threads are among them.
	//
	// What became of a MsgSnap is reported with ReportSnapshot.
	Messages []pb.Message

	// MustSync says whether HardState and Entries must be durable before
	// Messages are sent: without it, losing them in a crash is harmless.
	MustSync bool
}

// SoftState is the volatile state of a node, of interest to people and for
// routing requests.
type SoftState struct {
	// Lead is the leader the node follows, or is; None if it knows of none.
	Lead uint64
	// RaftState is the role of the node.
	RaftState StateType
}

// ReadState answers a read: once the application has applied the log up to
// Index, it may serve all reads that it held when it called ReadIndex with
// RequestCtx.
type ReadState struct {
	Index      uint64
	RequestCtx []byte
}

// IsEmptyHardState reports whether st is the zero value.
func IsEmptyHardState(st pb.HardState) bool { return st == pb.HardState{} }

// IsEmptySnap reports whether sp is no snapshot: its index is zero.
func IsEmptySnap(sp pb.Snapshot) bool { return sp.Metadata.Index == 0 }

// MustSync reports whether a change from hard state prevst to st together with
// entsnum new entries must be durable before messages are sent. A commit index
// alone need not be: it can be learned again (Raft Figure 2).
func MustSync(st, prevst pb.HardState, entsnum int) bool {
	return entsnum != 0 || st.Vote != prevst.Vote || st.Term != prevst.Term
}
