package raft

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// raftLog is the log of a node: what Storage has, followed by what it does not
// have yet. Entries are numbered from 1 (Raft §5.3).
//
//	Storage         first ....... offset-1
//	unstable                               offset ...... last
//	applied <= applying <= committed <= last
type raftLog struct {
	storage  Storage
	unstable unstable

	// committed is the highest index known to be committed.
	committed uint64
	// applying is the highest index that was handed out to be applied.
	applying uint64
	// applied is the highest index that the application has applied.
	applied uint64
	// changing is the index of the last configuration change that was handed
	// out to be applied.
	changing uint64

	// maxApplyingSize limits, softly, the bytes handed out to be applied.
	maxApplyingSize uint64
	applyingSize    uint64
	// applyingPaused holds back entries until some are acknowledged.
	applyingPaused bool
}

// newLog returns the log that storage holds. Its end is where the snapshot that
// it begins with is: the commit index is learned from the hard state.
func newLog(storage Storage, maxApplyingSize uint64) (raftLog, error) {
	first, err := storage.FirstIndex()
	if err != nil {
		return raftLog{}, fmt.Errorf("raft: first index of storage: %w", err)
	}
	last, err := storage.LastIndex()
	if err != nil {
		return raftLog{}, fmt.Errorf("raft: last index of storage: %w", err)
	}
	term, err := storage.Term(last)
	if err != nil {
		return raftLog{}, fmt.Errorf("raft: term of entry %d of storage: %w", last, err)
	}
	return raftLog{
		storage:         storage,
		unstable:        unstable{offset: last + 1, inProgress: last + 1, prevTerm: term},
		committed:       first - 1,
		applying:        first - 1,
		applied:         first - 1,
		maxApplyingSize: max(1, maxApplyingSize), // one entry is always handed out
	}, nil
}

// first returns the index of the first entry.
func (l *raftLog) first() uint64 {
	if s := l.unstable.snapshot; s != nil {
		return s.Metadata.Index + 1
	}
	index, err := l.storage.FirstIndex()
	mustRead(err, "first index")
	return index
}

// last returns the index of the last entry, zero in an empty log.
func (l *raftLog) last() uint64 { return l.unstable.last() }

// lastTerm returns the term of the last entry, zero in an empty log.
func (l *raftLog) lastTerm() uint64 {
	term, err := l.term(l.last())
	mustRead(err, "term of the last entry")
	return term
}

// term returns the term of entry i, or ErrCompacted or ErrUnavailable.
func (l *raftLog) term(i uint64) (uint64, error) {
	u := &l.unstable
	switch {
	case i > u.last():
		return 0, ErrUnavailable
	case i >= u.offset:
		return u.entries[i-u.offset].Term, nil
	case i+1 == u.offset && (u.prevTerm != 0 || u.snapshot != nil):
		return u.prevTerm, nil
	case u.snapshot != nil || i+1 < l.first():
		return 0, ErrCompacted
	}
	term, err := l.storage.Term(i)
	if err != nil && err != ErrCompacted && err != ErrUnavailable {
		mustRead(err, "term of an entry")
	}
	return term, err
}

// matches reports whether the log has an entry of this index and term. If so, it
// equals any log that has one up to there (Log Matching, Raft §5.3).
func (l *raftLog) matches(index, term uint64) bool {
	t, err := l.term(index)
	return err == nil && t == term
}

// isUpToDate reports whether a log that ends with this entry is at least as up to
// date as this one (Raft §5.4.1).
func (l *raftLog) isUpToDate(index, term uint64) bool {
	lastTerm := l.lastTerm()
	return term > lastTerm || term == lastTerm && index >= l.last()
}

// lastNotAfter returns the highest entry at or before index whose term is at most
// term: the highest at which this log can equal one that has such an entry at
// index. A returned term of zero means that it is not known.
func (l *raftLog) lastNotAfter(index, term uint64) (uint64, uint64) {
	for ; index > 0; index-- {
		t, err := l.term(index)
		if err != nil {
			return index, 0
		}
		if t <= term {
			return index, t
		}
	}
	return 0, 0
}

// follow appends entries that come after the entry prev of prevTerm, as Figure 2
// tells the receiver of AppendEntries: what is there already stays, an entry in
// conflict is replaced with all that follow it. It returns false if the log has
// no such entry before.
func (l *raftLog) follow(prev, prevTerm uint64, entries []pb.Entry) bool {
	if !l.matches(prev, prevTerm) {
		return false
	}
	for i := range entries {
		e := &entries[i]
		if l.matches(e.Index, e.Term) {
			continue
		}
		if e.Index <= l.committed {
			broken("entry %d of term %d is in conflict with the committed log, which ends at %d", e.Index, e.Term, l.committed)
		}
		l.unstable.append(entries[i:])
		break
	}
	return true
}

// entries returns the entries from index on that fit into maxSize bytes, at least
// one if there is any. It returns ErrCompacted if the first one is gone.
func (l *raftLog) entries(index, maxSize uint64) ([]pb.Entry, error) {
	if index > l.last() {
		return nil, nil
	}
	return l.slice(index, l.last()+1, maxSize)
}

// slice returns the entries of [lo, hi), as many as fit into maxSize bytes.
func (l *raftLog) slice(lo, hi, maxSize uint64) ([]pb.Entry, error) {
	if lo > hi || hi > l.last()+1 {
		broken("entries [%d, %d) of a log that ends at %d", lo, hi, l.last())
	}
	offset := l.unstable.offset
	if lo >= offset {
		fit := limitSize(l.unstable.slice(lo, hi), maxSize)
		return fit[:len(fit):len(fit)], nil
	}
	if lo < l.first() {
		return nil, ErrCompacted
	}
	cut := min(hi, offset)
	stored, err := l.storage.Entries(lo, cut, maxSize)
	if err == ErrCompacted {
		return nil, err
	}
	mustRead(err, "entries")
	if hi <= offset || uint64(len(stored)) < cut-lo {
		return stored, nil
	}
	size := encodedSize(stored)
	if size >= maxSize {
		return stored, nil
	}
	fit := limitSize(l.unstable.slice(offset, hi), maxSize-size)
	if len(fit) == 1 && size+encodedSize(fit) > maxSize {
		return stored, nil // one entry is always taken, but there is one already
	}
	return append(stored, fit...), nil
}

// hasConfChange looks for a configuration change in (after, to], a page at a time.
func (l *raftLog) hasConfChange(after, to uint64) bool {
	for after < to {
		page, err := l.slice(after+1, to+1, l.maxApplyingSize)
		mustRead(err, "committed entries")
		for i := range page {
			if t := page[i].Type; t == pb.EntryConfChange || t == pb.EntryConfChangeV2 {
				return true
			}
		}
		after += uint64(len(page))
	}
	return false
}

// snapshot returns the latest snapshot.
func (l *raftLog) snapshot() (pb.Snapshot, error) {
	if s := l.unstable.snapshot; s != nil {
		return *s, nil
	}
	return l.storage.Snapshot()
}

// commitTo moves the commit index forward.
func (l *raftLog) commitTo(index uint64) {
	if index <= l.committed {
		return
	}
	if index > l.last() {
		broken("commit index %d is beyond the last entry, %d", index, l.last())
	}
	l.committed = index
}

// appliable returns the highest index that may be handed out to be applied.
// Entries that are not stable count only where applying them waits for that.
func (l *raftLog) appliable(unstableToo bool) uint64 {
	if unstableToo {
		return l.committed
	}
	return min(l.committed, l.unstable.offset-1)
}

// hasNextCommitted reports whether nextCommitted would return any entry.
func (l *raftLog) hasNextCommitted(unstableToo bool) bool {
	// A snapshot comes before the entries that follow it.
	return !l.applyingPaused && l.unstable.snapshot == nil && l.applying < l.appliable(unstableToo)
}

// nextCommitted returns committed entries that were not handed out.
func (l *raftLog) nextCommitted(unstableToo bool) []pb.Entry {
	if !l.hasNextCommitted(unstableToo) {
		return nil
	}
	entries, err := l.slice(l.applying+1, l.appliable(unstableToo)+1, l.maxApplyingSize-l.applyingSize)
	mustRead(err, "committed entries")
	return entries
}

// acceptCommitted marks entries of nextCommitted as handed out.
func (l *raftLog) acceptCommitted(entries []pb.Entry, unstableToo bool) {
	l.applying = entries[len(entries)-1].Index
	for i := len(entries) - 1; i >= 0; i-- {
		if entries[i].Type != pb.EntryNormal {
			l.changing = entries[i].Index
			break
		}
	}
	if l.maxApplyingSize != noLimit {
		l.applyingSize += encodedSize(entries)
	}
	// If not all fit, this was cut by size, even if the sum stays below it.
	l.applyingPaused = l.applyingSize >= l.maxApplyingSize || l.applying < l.appliable(unstableToo)
}

// appliedTo records that everything up to index is applied, size bytes of which
// were waited for.
func (l *raftLog) appliedTo(index, size uint64) {
	if index < l.applied || index > l.committed {
		broken("applied index %d is not within [%d, %d]", index, l.applied, l.committed)
	}
	l.applied = index
	l.applying = max(l.applying, index)
	l.applyingSize -= min(size, l.applyingSize)
	l.applyingPaused = l.applyingSize >= l.maxApplyingSize
}

// mustRead panics if Storage failed in a way that its contract does not foresee:
// a node that cannot read its log can do nothing right.
func mustRead(err error, what string) {
	if err != nil {
		panic(fmt.Sprintf("raft: %s of storage: %v", what, err))
	}
}
