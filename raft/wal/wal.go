// Package wal is the durable log of a Raft node: its HardState, its entries and
// its snapshots, in a directory of a vfs.FS.
package wal

import (
	"fmt"

	pb "raftsim/raft/raftpb"
	"raftsim/vfs"
)

// Options are the settings of a log. The zero value is good for a server.
type Options struct {
	// SegmentBytes is the size that each file of the log is given when it is
	// made. Zero means 16 MiB; the least is 4 KiB, the most 1 GiB. A record
	// that is larger gets a segment of its own size.
	SegmentBytes int64
}

// State is what a log held when it was opened.
type State struct {
	// HardState is the one saved last, or empty. Where a crash fell between
	// SaveSnapshot and the HardState that belongs to it, Commit is raised to
	// the snapshot's index, and Term to its term with no Vote in it.
	HardState pb.HardState
	// Snapshot is the one saved last, with its configuration, or empty.
	Snapshot pb.Snapshot
	// Entries are the entries after the snapshot, without a gap.
	Entries []pb.Entry
	// TornBytes is how many bytes of an unfinished write were left out.
	TornBytes int64
}

// CorruptError says that the log holds something that no crash can have left.
type CorruptError struct {
	// File is the name of the file in the log's directory.
	File string
	// Offset is the position in File, in bytes, of what is wrong.
	Offset int64
	// Reason says what was expected and what was found.
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("wal: %s is corrupt at offset %d: %s", e.File, e.Offset, e.Reason)
}

// WAL is an open log. It belongs to one goroutine. After any of its methods has
// failed it is dead: each later call returns the same error.
type WAL struct{}

// Open opens the log in dir and recovers what it holds, or makes an empty one.
func Open(fs vfs.FS, dir string, o Options) (*WAL, State, error) { panic("wal: not yet") }

// Save appends a HardState (empty: unchanged) and entries in one record, of which
// recovery finds all or nothing. Entries may overwrite a suffix of the log. With
// sync, everything saved so far is durable when Save returns (raft.MustSync).
func (w *WAL) Save(hs pb.HardState, entries []pb.Entry, sync bool) error { panic("wal: not yet") }

// SaveSnapshot makes a snapshot durable, and everything saved before it.
func (w *WAL) SaveSnapshot(s pb.Snapshot) error { panic("wal: not yet") }

// Install makes durable a snapshot that came from the leader, together with the
// HardState and the entries of the same Ready: a crash leaves all or nothing.
func (w *WAL) Install(s pb.Snapshot, hs pb.HardState, entries []pb.Entry) error {
	panic("wal: not yet")
}

// Compact says that no entry up to index is needed any more. There must be a
// snapshot at or after index.
func (w *WAL) Compact(index uint64) error { panic("wal: not yet") }

// Close closes the files. It makes nothing durable.
func (w *WAL) Close() error { panic("wal: not yet") }
