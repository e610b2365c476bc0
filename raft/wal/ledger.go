package wal

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// ledger is what the records of a log amount to, but for the entries themselves.
// Saving and recovery keep the same books, by the same rules.
type ledger struct {
	state    pb.HardState
	snapshot marker
	last     uint64 // index of the last entry, or of the snapshot when there is none after it
	terms    []termRun
	segments []segment // oldest first
}

// termRun says that the entries from first on are of one term, up to the next run.
type termRun struct{ first, term uint64 }

// segment is one file of the log.
type segment struct {
	number uint64 // counted from 1 without a gap
	last   uint64 // highest index in it that no later record has replaced
}

// check says why a record cannot follow those so far.
func (l *ledger) check(s *save) error {
	begin, last := l.snapshot.index, l.last
	if m := s.snapshot; m.index > 0 {
		if m.index <= begin {
			return fmt.Errorf("snapshot at index %d is not after the one at %d", m.index, begin)
		}
		if !s.restart && m.index > last {
			return fmt.Errorf("snapshot at index %d is beyond the last index %d", m.index, last)
		}
		begin = m.index
		if s.restart {
			last = begin
		}
	}
	if len(s.entries) == 0 {
		return l.checkCommit(s, last)
	}
	first := s.entries[0].Index
	if first <= begin || first > last+1 {
		return fmt.Errorf("entries begin at index %d, must be after the snapshot (%d) and leave no gap to the last index (%d)", first, begin, last)
	}
	for i := range s.entries {
		if want := first + uint64(i); s.entries[i].Index != want {
			return fmt.Errorf("entry %d follows entry %d", s.entries[i].Index, want-1)
		}
	}
	return l.checkCommit(s, s.entries[len(s.entries)-1].Index)
}

// checkCommit says what is missing when a record commits more than there is, with
// last the last index after it.
func (l *ledger) checkCommit(s *save, last uint64) error {
	state := s.state
	if emptyState(state) {
		state = l.state
	}
	if state.Commit > last {
		return fmt.Errorf("the commit index is %d and the last index is %d: entries %d to %d are missing", state.Commit, last, last+1, state.Commit)
	}
	return nil
}

// apply enters a record that stands in the last segment.
func (l *ledger) apply(s *save) {
	if s.snapshot.index > 0 {
		l.snapshot = s.snapshot
		if s.restart {
			l.cut(1)
			l.last = s.snapshot.index
		}
	}
	if !emptyState(s.state) {
		l.state = s.state
	}
	if len(s.entries) == 0 {
		return
	}
	l.cut(s.entries[0].Index)
	for i := range s.entries {
		e := &s.entries[i]
		if n := len(l.terms); n == 0 || l.terms[n-1].term != e.Term {
			l.terms = append(l.terms, termRun{e.Index, e.Term})
		}
		l.last = e.Index
	}
	l.segments[len(l.segments)-1].last = l.last
}

// cut removes the entries from index on.
func (l *ledger) cut(index uint64) {
	l.last = min(l.last, index-1)
	for n := len(l.terms); n > 0 && l.terms[n-1].first >= index; n-- {
		l.terms = l.terms[:n-1]
	}
	for i := range l.segments {
		l.segments[i].last = min(l.segments[i].last, index-1)
	}
}

// term is the term of the entry at index, which must be after the snapshot and
// not after the last index.
func (l *ledger) term(index uint64) uint64 {
	n := len(l.terms)
	for n > 0 && l.terms[n-1].first > index {
		n--
	}
	if n == 0 {
		return 0
	}
	return l.terms[n-1].term
}

// forget drops the runs that end at or before index.
func (l *ledger) forget(index uint64) {
	n := 0
	for n+1 < len(l.terms) && l.terms[n+1].first <= index+1 {
		n++
	}
	l.terms = append(l.terms[:0], l.terms[n:]...)
}

// recorded turns a snapshot into the record of it: it replaces the whole log
// unless the log holds the entry at its index and term (Raft §7).
func (l *ledger) recorded(m marker) save {
	return save{snapshot: m, restart: m.index > l.last || l.term(m.index) != m.term}
}
