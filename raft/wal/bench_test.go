package wal_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/random"
	"raftsim/vfs"
)

// saver saves batches of entries one after the other.
type saver struct {
	wal     *wal.WAL
	entries []pb.Entry
	commit  uint64
}

func newSaver(t require.TestingT, fs vfs.FS, count, bytes int) *saver {
	w, _, err := wal.Open(fs, dir, wal.Options{SegmentBytes: 1 << 20})
	require.NoError(t, err)
	s := &saver{wal: w, entries: make([]pb.Entry, count)}
	for i := range s.entries {
		s.entries[i] = pb.Entry{Term: 1, Data: make([]byte, bytes)}
	}
	return s
}

func (s *saver) save(t require.TestingT) {
	for i := range s.entries {
		s.commit++
		s.entries[i].Index = s.commit
	}
	if err := s.wal.Save(pb.HardState{Term: 1, Vote: 1, Commit: s.commit}, s.entries, true); err != nil {
		require.NoError(t, err)
	}
}

// compact keeps the log short, as a server does.
func (s *saver) compact(t require.TestingT) {
	require.NoError(t, s.wal.SaveSnapshot(snapshot(s.commit, 1)))
	require.NoError(t, s.wal.Compact(s.commit))
}

func TestSteadySaveAllocatesNothing(t *testing.T) {
	d := disk.New(random.Seed(1).Fates(), "n1", ticking)
	s := newSaver(t, d, 4, 100)
	for range 500 {
		s.save(t)
		d.At(d.Done())
	}
	allocations := testing.AllocsPerRun(500, func() {
		s.save(t)
		d.At(d.Done())
	})
	require.Zero(t, allocations)
}

func BenchmarkSave(b *testing.B) {
	for _, c := range []struct{ entries, bytes int }{{0, 0}, {1, 64}, {1, 1024}, {64, 64}, {64, 1024}} {
		b.Run(fmt.Sprintf("entries=%d/bytes=%d", c.entries, c.bytes), func(b *testing.B) {
			d := disk.New(random.Seed(1).Fates(), "n1", ticking)
			s := newSaver(b, d, c.entries, c.bytes)
			b.ReportAllocs()
			b.SetBytes(int64(c.entries * c.bytes))
			for i := 0; b.Loop(); i++ {
				s.save(b)
				d.At(d.Done())
				if i%1000 == 999 {
					if c.entries > 0 {
						s.compact(b)
					}
					d.At(d.Done())
				}
			}
		})
	}
}

func BenchmarkSaveOnRealDisk(b *testing.B) {
	w, _, err := wal.Open(vfs.OS(), filepath.ToSlash(b.TempDir()), wal.Options{})
	require.NoError(b, err)
	entry := []pb.Entry{{Term: 1, Data: make([]byte, 64)}}
	for i := uint64(1); b.Loop(); i++ {
		entry[0].Index = i
		if err := w.Save(pb.HardState{}, entry, true); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRecover(b *testing.B) {
	for _, n := range []int{0, 1000} {
		b.Run(fmt.Sprintf("entries=%d", n), func(b *testing.B) {
			d := disk.New(random.Seed(1).Fates(), "n1", ticking)
			s := newSaver(b, d, 1, 100)
			for range n {
				s.save(b)
			}
			d.At(d.Done())
			b.ReportAllocs()
			for b.Loop() {
				w, state, err := wal.Open(d, dir, wal.Options{SegmentBytes: 1 << 20})
				if err != nil || len(state.Entries) != n {
					b.Fatal(len(state.Entries), err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
				d.At(d.Done())
			}
		})
	}
}
