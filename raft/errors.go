package raft

import (
	"errors"
	"fmt"
)

// The texts are those of go.etcd.io/raft, since programs and people look for them
// in logs and in answers of servers.
var (
	// ErrCompacted is returned by [Storage.Entries], [Storage.Term] and
	// [MemoryStorage.Compact] for an index that is covered by a snapshot and
	// no longer in the log.
	ErrCompacted = errors.New("requested index is unavailable due to compaction")

	// ErrUnavailable is returned by [Storage.Entries] and [Storage.Term] for an
	// index that the log does not reach yet.
	ErrUnavailable = errors.New("requested entry at index is unavailable")

	// ErrSnapOutOfDate is returned by [MemoryStorage.CreateSnapshot] and
	// [MemoryStorage.ApplySnapshot] when a snapshot at the same or a later
	// index is already there.
	ErrSnapOutOfDate = errors.New("requested index is older than the existing snapshot")

	// ErrSnapshotTemporarilyUnavailable is returned by a [Storage.Snapshot]
	// that needs time to prepare one. The leader asks again later.
	ErrSnapshotTemporarilyUnavailable = errors.New("snapshot is temporarily unavailable")

	// ErrProposalDropped says that a proposal was refused and is in no log: no
	// leader is known, leadership is being transferred, the uncommitted tail of
	// the log is full, forwarding is off, or the proposal is malformed. The
	// caller may try again.
	ErrProposalDropped = errors.New("raft proposal dropped")

	// ErrStepLocalMsg is returned by [RawNode.Step] for a message that a node
	// may only send to itself (see [IsLocalMsg]).
	ErrStepLocalMsg = errors.New("raft: cannot step raft local message")

	// ErrStepPeerNotFound is returned by [RawNode.Step] for an answer from a
	// node that is not in the configuration.
	ErrStepPeerNotFound = errors.New("raft: cannot step as peer not found")

	// ErrInvalidMessage is what errors.Is finds in an error of [RawNode.Step]
	// about a message that no correct peer sends to this node. The error itself
	// says what is wrong, with the value and what would be valid.
	ErrInvalidMessage = errors.New("raft: invalid message")

	// ErrStopped is returned by the methods of a [Node] after Stop.
	ErrStopped = errors.New("raft: stopped")
)

// broken panics about an invariant that does not hold, with the values at odds. It
// is for facts that no input can make false, only a bug here or a Storage that
// broke its contract. It never goes through a logger: whether the process dies must
// not depend on how it logs.
func broken(format string, values ...uint64) {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = v
	}
	panic("raft: " + fmt.Sprintf(format, args...))
}
