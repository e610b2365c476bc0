package main

import (
	"fmt"
	"path/filepath"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/vfs"
)

// storage is the log of a server: in memory, where the node reads it, and on
// disk, from where it comes back after a crash. It belongs to the loop. After
// an error it is of no use, and the process has to end: nobody knows what the
// disk holds until it is opened anew.
type storage struct {
	*raft.MemoryStorage
	wal *wal.WAL
	// empty says that there was nothing on disk.
	empty bool
	// kept is how many entries before a snapshot stay in memory, for
	// followers that are a little behind.
	kept uint64
}

// openStorage recovers what is in a directory, or begins there.
func openStorage(dir string, segmentBytes int64, kept uint64) (*storage, error) {
	w, state, err := wal.Open(vfs.OS(), filepath.ToSlash(dir), wal.Options{SegmentBytes: segmentBytes})
	if err != nil {
		return nil, err
	}
	s := &storage{MemoryStorage: raft.NewMemoryStorage(), wal: w, kept: kept}
	s.empty = raft.IsEmptyHardState(state.HardState) && raft.IsEmptySnap(state.Snapshot) && len(state.Entries) == 0
	return s, s.remember(state.HardState, state.Entries, state.Snapshot)
}

// save makes durable what a Ready says, and then shows it to the node.
func (s *storage) save(rd raft.Ready) error {
	var err error
	if raft.IsEmptySnap(rd.Snapshot) {
		err = s.wal.Save(rd.HardState, rd.Entries, rd.MustSync)
	} else {
		err = s.wal.Install(rd.Snapshot, rd.HardState, rd.Entries)
	}
	if err != nil {
		return err
	}
	return s.remember(rd.HardState, rd.Entries, rd.Snapshot)
}

// remember puts into memory what is on disk.
func (s *storage) remember(hs pb.HardState, entries []pb.Entry, snapshot pb.Snapshot) error {
	if !raft.IsEmptySnap(snapshot) {
		if err := s.ApplySnapshot(snapshot); err != nil {
			return fmt.Errorf("snapshot at %d: %w", snapshot.Metadata.Index, err)
		}
	}
	if !raft.IsEmptyHardState(hs) {
		if err := s.SetHardState(hs); err != nil {
			return err
		}
	}
	return s.Append(entries)
}

// compact replaces the log up to an applied index by a snapshot of the state
// there.
func (s *storage) compact(applied uint64, conf pb.ConfState, state []byte) error {
	snapshot, err := s.CreateSnapshot(applied, &conf, state)
	if err != nil {
		return fmt.Errorf("snapshot at %d: %w", applied, err)
	}
	if err := s.wal.SaveSnapshot(snapshot); err != nil {
		return err
	}
	if err := s.wal.Compact(applied); err != nil {
		return err
	}
	first, err := s.FirstIndex()
	if err != nil || applied < first+s.kept {
		return err
	}
	return s.Compact(applied - s.kept)
}

// snapshotIndex is that of the latest snapshot, zero when there is none.
func (s *storage) snapshotIndex() uint64 {
	snapshot, _ := s.Snapshot() // of a MemoryStorage never fails
	return snapshot.Metadata.Index
}
