package wal

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	pb "raftsim/raft/raftpb"
	"raftsim/vfs"
)

// recovery reads a log. It changes nothing.
type recovery struct {
	fs     vfs.FS
	dir    string
	ledger ledger

	// entries are those after absent. Entries up to absent are not in the
	// segments that are left; a snapshot must cover them.
	entries []pb.Entry
	absent  uint64

	last *reader  // of the segment read last; its file is open
	stop *stopped // why it was not read further; nil when it is sealed
}

// contents are the files of a log.
type contents struct {
	segments, snapshots []uint64
	temporary           []string
}

func list(fsys vfs.FS, dir string) (contents, error) {
	names, err := fsys.List(dir)
	if err != nil {
		return contents{}, err
	}
	var c contents
	for _, name := range names {
		whole, temporary := strings.CutSuffix(name, temporarySuffix)
		segment, isSegment := parseName(whole, segmentSuffix)
		snapshot, isSnapshot := parseName(whole, snapshotSuffix)
		switch {
		case temporary && (isSegment || isSnapshot):
			c.temporary = append(c.temporary, name)
		case isSegment:
			c.segments = append(c.segments, segment)
		case isSnapshot:
			c.snapshots = append(c.snapshots, snapshot)
		}
	}
	slices.Sort(c.segments)
	return c, nil
}

// read reads the segments, of which there is at least one.
func (r *recovery) read(segments []uint64) error {
	for i, number := range segments {
		if i > 0 && number != segments[i-1]+1 {
			return missing(segments[i-1] + 1)
		}
		next, err := openReader(r.fs, path.Join(r.dir, segmentName(number)), segmentName(number), number)
		if err != nil {
			return err
		}
		if r.last != nil {
			next.buffer = r.last.buffer // nothing more is read from that one
		}
		if err := r.enter(next); err != nil {
			return errors.Join(err, next.file.Close())
		}
		if r.stop, err = r.records(); err != nil {
			return err
		}
	}
	if r.stop == nil {
		return missing(segments[len(segments)-1] + 1)
	}
	return nil
}

func missing(segment uint64) error {
	return &CorruptError{File: segmentName(segment), Reason: "the segment is missing, though the one before it is sealed or one after it exists"}
}

// enter reads the opening of the next segment and checks that it continues the
// one before.
func (r *recovery) enter(next *reader) error {
	o, err := next.opening()
	if err != nil {
		return err
	}
	if r.last == nil {
		r.ledger = ledger{state: o.state, snapshot: o.snapshot, last: o.last}
		if err := r.ledger.checkCommit(&save{}, o.last); err != nil {
			return next.corrupt(0, "%v", err)
		}
		r.absent = o.last
	} else {
		if r.stop != nil && r.last.end < o.previous {
			return r.last.corrupt(r.stop.offset, "%s, and the next segment says that this one ends at %d", r.stop.reason, o.previous)
		}
		if r.last.end != o.previous || r.last.chain != o.chain {
			return next.corrupt(0, "it follows a record %08x that ends at %d, the segment before it ends with %08x at %d",
				o.chain, o.previous, r.last.chain, r.last.end)
		}
		if err := r.last.file.Close(); err != nil {
			return err
		}
	}
	r.last = next
	r.ledger.segments = append(r.ledger.segments, segment{number: next.segment})
	return nil
}

// records reads what follows the opening of the current segment, and returns why
// it went no further: nil for a seal.
func (r *recovery) records() (*stopped, error) {
	for {
		pos, end, chain := headerAt(r.last.end), r.last.end, r.last.chain
		h, body, stop, err := r.last.next()
		if stop != nil || err != nil {
			return stop, err
		}
		switch h.kind {
		case sealKind:
			r.last.end, r.last.chain = end, chain
			return nil, nil
		case segmentKind:
			return nil, r.last.corrupt(pos, "a segment opens twice")
		}
		s, err := decodeSave(body)
		if err == nil {
			err = r.ledger.check(&s)
		}
		if err != nil {
			return nil, r.last.corrupt(pos, "%v", err)
		}
		r.ledger.apply(&s)
		r.apply(&s)
	}
}

// apply does to the entries what a record says.
func (r *recovery) apply(s *save) {
	if s.snapshot.index > 0 && s.restart {
		r.entries, r.absent = nil, s.snapshot.index
	}
	if len(s.entries) == 0 {
		return
	}
	first := s.entries[0].Index
	if first <= r.absent {
		r.entries, r.absent = nil, first-1
	}
	r.entries = append(r.entries[:first-1-r.absent], s.entries...)
}

// state puts together what the log holds.
func (r *recovery) state() (State, error) {
	snapshot := r.ledger.snapshot
	if r.absent > snapshot.index {
		return State{}, &CorruptError{File: segmentName(r.ledger.segments[0].number),
			Reason: fmt.Sprintf("entries %d to %d are in no segment and no snapshot covers them", snapshot.index+1, r.absent)}
	}
	s := State{HardState: r.ledger.state}
	if snapshot.index > 0 {
		var err error
		if s.Snapshot, err = readSnapshot(r.fs, r.dir, snapshot); err != nil {
			return State{}, err
		}
	}
	if covered := snapshot.index - r.absent; covered < uint64(len(r.entries)) {
		s.Entries = slices.Clone(r.entries[covered:])
	}
	if snapshot.term > s.HardState.Term {
		s.HardState.Term, s.HardState.Vote = snapshot.term, 0
	}
	s.HardState.Commit = max(s.HardState.Commit, snapshot.index)
	return s, nil
}

func isNotExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }
