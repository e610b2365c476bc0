package wal

import (
	"errors"
	"fmt"
	"io"
	"path"

	pb "raftsim/raft/raftpb"
	"raftsim/vfs"
)

// Options are the settings of a log. The zero value is good for a server. They
// may differ from one opening of a log to the next.
type Options struct {
	// SegmentBytes is the size of each file of the log, from 4 KiB to 1 GiB;
	// zero means 16 MiB. A record that is larger gets a segment of its own
	// size.
	SegmentBytes int64
}

const (
	defaultSegmentBytes = 16 << 20
	leastSegmentBytes   = 4 << 10
	mostSegmentBytes    = 1 << 30
)

// State is what a log held when it was opened. It belongs to the caller.
type State struct {
	// HardState is the one saved last, empty if there is none. Two things may
	// have been added. Commit is never before the snapshot's index: it may lag
	// (Raft Figure 2 has it volatile). And where a crash fell
	// between SaveSnapshot and the Save of a HardState of the snapshot's term,
	// Term is that term, with no vote; Install rules this out.
	HardState pb.HardState
	// Snapshot is the one saved last, with its configuration; empty if there is
	// none.
	Snapshot pb.Snapshot
	// Entries are those after the snapshot, without a gap.
	Entries []pb.Entry
	// TornBytes is the length of the tail that was left out, an upper bound:
	// it ends with a sector. Nothing in it was ever synced. Zero means that the
	// log ended cleanly.
	TornBytes int64
}

// WAL is an open log. It belongs to one goroutine. After a method has returned an
// error the log is dead, and every later call returns that error: once a write or
// a sync has failed, nothing is known about what the disk holds, and only Open
// finds out.
type WAL struct {
	ledger
	fs           vfs.FS
	dir          string
	segmentBytes int64

	file    vfs.File // the last segment
	size    int64    // of it
	end     int64    // after the last record
	durable int64    // everything before it is synced
	chain   uint32   // checksum of the last record
	lock    io.Closer

	stale  []uint64 // indexes of snapshot files that a later one replaced
	body   []byte   // reused from record to record
	record []byte
	err    error
}

// Open recovers the log in dir, or makes an empty one there. What it returns is
// durable, even if it was not before.
//
// It returns a [*CorruptError] when the log holds something that no crash can have
// left, and changes nothing then. On a [vfs.Locker] it returns [vfs.ErrLocked]
// while somebody else has the log open. Any other error comes from fs or says which
// option is out of range.
func Open(fs vfs.FS, dir string, o Options) (*WAL, State, error) {
	size := o.SegmentBytes
	if size == 0 {
		size = defaultSegmentBytes
	}
	if size < leastSegmentBytes || size > mostSegmentBytes {
		return nil, State{}, fmt.Errorf("wal: SegmentBytes is %d, must be from %d to %d", size, leastSegmentBytes, mostSegmentBytes)
	}
	w := &WAL{fs: fs, dir: dir, segmentBytes: size}
	state, err := w.open()
	if err != nil {
		if closing := w.close(); closing != nil {
			err = errors.Join(err, closing)
		}
		if corrupt := new(CorruptError); errors.As(err, &corrupt) {
			return nil, State{}, corrupt
		}
		return nil, State{}, fmt.Errorf("wal: %w", err)
	}
	return w, state, nil
}

// open recovers the log or makes one. The caller closes what it has opened when it
// fails.
func (w *WAL) open() (State, error) {
	if err := w.fs.MkdirAll(w.dir); err != nil {
		return State{}, err
	}
	if l, ok := w.fs.(vfs.Locker); ok {
		var err error
		if w.lock, err = l.Lock(path.Join(w.dir, lockName)); err != nil {
			return State{}, err
		}
	}
	found, err := list(w.fs, w.dir)
	if err != nil {
		return State{}, err
	}
	if len(found.segments) > 0 {
		return w.recover(found)
	}
	if len(found.snapshots) > 0 {
		return State{}, &CorruptError{File: segmentName(1), Reason: "there are snapshots and no segment of the log"}
	}
	return State{}, w.start(1, opening{}, 0)
}

// recover reads the log and makes it ready to be continued.
func (w *WAL) recover(found contents) (State, error) {
	r := recovery{fs: w.fs, dir: w.dir}
	err := r.read(found.segments)
	if r.last != nil {
		w.file = r.last.file
	}
	if err != nil {
		return State{}, err
	}
	written, err := r.last.tail(r.stop)
	if err != nil {
		return State{}, err
	}
	state, err := r.state()
	if err != nil {
		return State{}, err
	}
	w.ledger = r.ledger
	w.ledger.forget(w.snapshot.index)
	w.size, w.end, w.durable, w.chain = r.last.size, r.last.end, r.last.durable, r.last.chain
	state.TornBytes = written - w.end
	if err := w.settle(r.last, found); err != nil {
		return State{}, err
	}
	if state.TornBytes > 0 {
		// What is torn stays where it is: nothing is ever written over.
		if err := w.follow(0, false); err != nil {
			return State{}, err
		}
	}
	return state, nil
}

// settle makes durable what was recovered and removes what is not part of it, in
// this order: a file may be given up only when nothing that needs it can return.
func (w *WAL) settle(r *reader, found contents) error {
	for pos := w.durable; pos < w.end; pos += readAheadBytes {
		b, err := r.bytes(pos, int(min(w.end-pos, readAheadBytes)))
		if err != nil {
			return err
		}
		if _, err := w.file.WriteAt(b, pos); err != nil {
			return err
		}
	}
	if err := w.sync(); err != nil {
		return err
	}
	for _, index := range found.snapshots {
		if index != w.snapshot.index {
			found.temporary = append(found.temporary, snapshotName(index))
		}
	}
	for _, name := range found.temporary {
		if err := w.fs.Remove(path.Join(w.dir, name)); err != nil {
			return err
		}
	}
	return w.fs.SyncDir(w.dir)
}

// Save appends a HardState (empty: unchanged) and entries, as one record: a crash
// leaves all of it or nothing. The entries must follow each other and the log;
// they replace what the log has at their indexes and after. They must come after
// the snapshot. With sync, everything saved so far is durable when Save returns
// (see raft.MustSync). The log keeps nothing of entries.
func (w *WAL) Save(hs pb.HardState, entries []pb.Entry, sync bool) error {
	return w.append(&save{state: hs, entries: entries}, sync)
}

// SaveSnapshot makes a snapshot durable, together with everything saved before.
// Its Index must be after that of the snapshot before; saving that one again does
// nothing. The entries after it stay if the log has the entry at its index and
// term, and are gone otherwise (Raft §7).
func (w *WAL) SaveSnapshot(s pb.Snapshot) error {
	return w.Install(s, pb.HardState{}, nil)
}

// Install makes durable a snapshot that came from a leader, with the HardState and
// the entries of the same Ready: a crash leaves all of it or nothing. Without a
// snapshot it is Save.
func (w *WAL) Install(s pb.Snapshot, hs pb.HardState, entries []pb.Entry) error {
	if w.err != nil {
		return w.err
	}
	m := s.Metadata
	if m.Index == 0 || m.Index == w.snapshot.index && m.Term == w.snapshot.term {
		return w.Save(hs, entries, true)
	}
	record := w.recorded(marker{index: m.Index, term: m.Term})
	record.state, record.entries = hs, entries
	if err := w.check(&record); err != nil {
		return w.fail(err)
	}
	var err error
	if record.snapshot, err = writeSnapshot(w.fs, w.dir, s); err != nil {
		return w.fail(err)
	}
	old := w.snapshot.index
	if err := w.append(&record, true); err != nil {
		return err
	}
	w.forget(m.Index)
	if old > 0 {
		w.stale = append(w.stale, old)
	}
	return nil
}

// Compact says that no entry up to index is needed any more, which must not be
// after the snapshot's index. It removes the segments that hold nothing else,
// oldest first, and the snapshots before the last.
func (w *WAL) Compact(index uint64) error {
	if w.err != nil {
		return w.err
	}
	if index > w.snapshot.index {
		return w.fail(fmt.Errorf("compact to index %d, must not be after the snapshot's index %d", index, w.snapshot.index))
	}
	for len(w.segments) > 1 && w.segments[0].last <= index {
		// What replaced the entries in it may not be durable yet, and a
		// later segment must not vanish before an earlier one.
		if err := w.sync(); err != nil {
			return w.fail(err)
		}
		if err := w.fs.Remove(path.Join(w.dir, segmentName(w.segments[0].number))); err != nil {
			return w.fail(err)
		}
		if err := w.fs.SyncDir(w.dir); err != nil {
			return w.fail(err)
		}
		w.segments = append(w.segments[:0], w.segments[1:]...)
	}
	if len(w.stale) == 0 {
		return nil
	}
	for _, old := range w.stale {
		if err := w.fs.Remove(path.Join(w.dir, snapshotName(old))); err != nil {
			return w.fail(err)
		}
	}
	w.stale = w.stale[:0]
	if err := w.fs.SyncDir(w.dir); err != nil {
		return w.fail(err)
	}
	return nil
}

// Close closes the files. It makes nothing durable.
func (w *WAL) Close() error {
	if w.err == ErrClosed {
		return ErrClosed
	}
	err := w.close()
	if w.err != nil {
		return w.err
	}
	w.err = ErrClosed
	if err != nil {
		return fmt.Errorf("wal: %w", err)
	}
	return nil
}

func (w *WAL) close() error {
	var err error
	if w.file != nil {
		err = w.file.Close()
	}
	if w.lock != nil {
		err = errors.Join(err, w.lock.Close())
	}
	return err
}
