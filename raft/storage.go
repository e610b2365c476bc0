package raft

import pb "raftsim/raft/raftpb"

// Storage is where a node reads what is persisted of its log. The application
// implements it, or uses [MemoryStorage], and writes to it what each [Ready]
// tells, before it calls Advance.
//
// The log in Storage covers the indexes from FirstIndex to LastIndex; what came
// before is in the snapshot. If it is empty, FirstIndex is LastIndex + 1.
//
// An error other than those named below means that the log cannot be read, and
// the node panics rather than act on what it does not know.
type Storage interface {
	// InitialState returns the persisted hard state, and the configuration at
	// the last applied index as known from the snapshot.
	InitialState() (pb.HardState, pb.ConfState, error)

	// Entries returns the entries of [lo, hi), cut so that their encoded size
	// is at most maxSize bytes, though never to less than one entry. It returns
	// ErrCompacted if lo is before FirstIndex, and ErrUnavailable if the log
	// does not reach lo.
	//
	// The slice is the caller's, who may append to it; the entries in it are
	// never written again by anyone. So Storage returns a copy or a slice whose
	// capacity is cut to its length.
	Entries(lo, hi, maxSize uint64) ([]pb.Entry, error)

	// Term returns the term of entry i, for i in [FirstIndex-1, LastIndex]: the
	// term of the entry before the first one stays known. It returns
	// ErrCompacted before, ErrUnavailable after that range.
	Term(i uint64) (uint64, error)

	// LastIndex returns the index of the last entry.
	LastIndex() (uint64, error)

	// FirstIndex returns the index of the first entry.
	FirstIndex() (uint64, error)

	// Snapshot returns the latest snapshot, which is at or after FirstIndex-1,
	// or ErrSnapshotTemporarilyUnavailable if it takes time to make one.
	Snapshot() (pb.Snapshot, error)
}
