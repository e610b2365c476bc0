package raft

import (
	"fmt"
	"sync"

	pb "raftsim/raft/raftpb"
)

// MemoryStorage is a [Storage] in memory. An application that keeps its log in
// a file of its own fills one at start and keeps it up to date. All methods may
// be called from any goroutine.
type MemoryStorage struct {
	// Mutex guards all fields; methods take it themselves.
	sync.Mutex

	hardState pb.HardState
	snapshot  pb.Snapshot

	// entries[i] has index entries[0].Index + i. entries[0] stands for the last
	// compacted entry: only its index and term mean something.
	entries []pb.Entry
	// peak is how many entries there were lately when the log was compacted.
	peak int
}

// NewMemoryStorage returns an empty MemoryStorage.
func NewMemoryStorage() *MemoryStorage {
	return &MemoryStorage{entries: make([]pb.Entry, 1)}
}

// InitialState returns the hard state of SetHardState and the configuration of
// the snapshot.
func (ms *MemoryStorage) InitialState() (pb.HardState, pb.ConfState, error) {
	ms.Lock()
	defer ms.Unlock()
	return ms.hardState, ms.snapshot.Metadata.ConfState, nil
}

// SetHardState keeps st.
func (ms *MemoryStorage) SetHardState(st pb.HardState) error {
	ms.Lock()
	defer ms.Unlock()
	ms.hardState = st
	return nil
}

// Entries implements [Storage]. It returns [ErrUnavailable] if any entry of
// [lo, hi) is beyond the log.
func (ms *MemoryStorage) Entries(lo, hi, maxSize uint64) ([]pb.Entry, error) {
	ms.Lock()
	defer ms.Unlock()
	if lo <= ms.entries[0].Index {
		return nil, ErrCompacted
	}
	if len(ms.entries) == 1 || hi > ms.last()+1 {
		return nil, ErrUnavailable
	}
	if lo >= hi {
		return nil, nil
	}
	first := ms.entries[0].Index
	found := limitSize(ms.entries[lo-first:hi-first], maxSize)
	return found[:len(found):len(found)], nil
}

// Term implements [Storage].
func (ms *MemoryStorage) Term(i uint64) (uint64, error) {
	ms.Lock()
	defer ms.Unlock()
	first := ms.entries[0].Index
	if i < first {
		return 0, ErrCompacted
	}
	if i-first >= uint64(len(ms.entries)) {
		return 0, ErrUnavailable
	}
	return ms.entries[i-first].Term, nil
}

// LastIndex implements [Storage].
func (ms *MemoryStorage) LastIndex() (uint64, error) {
	ms.Lock()
	defer ms.Unlock()
	return ms.last(), nil
}

// FirstIndex implements [Storage].
func (ms *MemoryStorage) FirstIndex() (uint64, error) {
	ms.Lock()
	defer ms.Unlock()
	return ms.entries[0].Index + 1, nil
}

// Snapshot implements [Storage].
func (ms *MemoryStorage) Snapshot() (pb.Snapshot, error) {
	ms.Lock()
	defer ms.Unlock()
	return ms.snapshot, nil
}

// ApplySnapshot replaces everything but the hard state by snap. It returns
// [ErrSnapOutOfDate] if the present snapshot is at the same or a later index.
func (ms *MemoryStorage) ApplySnapshot(snap pb.Snapshot) error {
	ms.Lock()
	defer ms.Unlock()
	if snap.Metadata.Index <= ms.snapshot.Metadata.Index {
		return ErrSnapOutOfDate
	}
	ms.snapshot = snap
	ms.entries = []pb.Entry{{Term: snap.Metadata.Term, Index: snap.Metadata.Index}}
	return nil
}

// CreateSnapshot makes data, the state after entry i, the snapshot, and returns
// it. cs is the configuration at i; nil leaves the one of the snapshot before.
// It returns [ErrSnapOutOfDate] if the present snapshot is at the same or a
// later index, [ErrCompacted] if entry i is gone, and [ErrUnavailable] if it is
// beyond the log.
func (ms *MemoryStorage) CreateSnapshot(i uint64, cs *pb.ConfState, data []byte) (pb.Snapshot, error) {
	ms.Lock()
	defer ms.Unlock()
	if i <= ms.snapshot.Metadata.Index {
		return pb.Snapshot{}, ErrSnapOutOfDate
	}
	first := ms.entries[0].Index
	switch {
	case i < first:
		return pb.Snapshot{}, ErrCompacted
	case i > ms.last():
		return pb.Snapshot{}, ErrUnavailable
	}
	ms.snapshot.Metadata.Index = i
	ms.snapshot.Metadata.Term = ms.entries[i-first].Term
	if cs != nil {
		ms.snapshot.Metadata.ConfState = *cs
	}
	ms.snapshot.Data = data
	return ms.snapshot, nil
}

// mostKept is how many entries a compacted log makes room for in advance.
const mostKept = 1 << 14

// Compact drops the entries up to and including compactIndex, which the
// application must have applied. It returns [ErrCompacted] if they are gone
// already, and [ErrUnavailable] if compactIndex is beyond the log.
func (ms *MemoryStorage) Compact(compactIndex uint64) error {
	ms.Lock()
	defer ms.Unlock()
	first := ms.entries[0].Index
	if compactIndex <= first {
		return ErrCompacted
	}
	if compactIndex > ms.last() {
		return ErrUnavailable
	}
	kept := ms.entries[compactIndex-first:]
	// A log that is compacted again and again grows to much the same length each
	// time. The first block of that length saves moving it as it grows.
	ms.peak = max(len(ms.entries), ms.peak/2)
	entries := make([]pb.Entry, len(kept), max(len(kept)+len(kept)/4+1, min(ms.peak, mostKept)))
	copy(entries, kept)
	entries[0] = pb.Entry{Term: kept[0].Term, Index: kept[0].Index}
	ms.entries = entries
	return nil
}

// Append adds entries, which must be consecutive and begin at most one after
// the last one; otherwise it changes nothing and returns an error. Where they
// overlap the log they replace it and all that follows; those that are
// compacted already are skipped. The entries are copied, their data is not.
func (ms *MemoryStorage) Append(entries []pb.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	ms.Lock()
	defer ms.Unlock()
	first, last := ms.entries[0].Index+1, entries[len(entries)-1].Index
	switch {
	case last-entries[0].Index != uint64(len(entries))-1:
		return fmt.Errorf("raft: %d entries from %d to %d are not consecutive", len(entries), entries[0].Index, last)
	case entries[0].Index > ms.last()+1:
		return fmt.Errorf("raft: entry %d appended to a storage that ends at %d", entries[0].Index, ms.last())
	case last < first:
		return nil
	}
	if entries[0].Index < first {
		entries = entries[first-entries[0].Index:]
	}
	at := entries[0].Index - ms.entries[0].Index
	if at < uint64(len(ms.entries)) {
		// What was handed out is never overwritten: with its capacity cut to
		// its length, append moves the part that is kept.
		ms.entries = ms.entries[:at:at]
	}
	if need := len(ms.entries) + len(entries); need > cap(ms.entries) {
		// A log grows for long and is cut at once, so it doubles for longer
		// than append would.
		size := max(16, need+min(need, 1<<16))
		ms.entries = append(make([]pb.Entry, 0, size), ms.entries...)
	}
	ms.entries = append(ms.entries, entries...)
	return nil
}

func (ms *MemoryStorage) last() uint64 {
	return ms.entries[0].Index + uint64(len(ms.entries)) - 1
}
