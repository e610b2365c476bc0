package wal_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/random"
	"raftsim/vfs"
)

func names(t *testing.T, fs vfs.FS) []string {
	list, err := fs.List(dir)
	require.NoError(t, err)
	return list
}

func TestCompactDropsWhatIsBeforeItAndOldSnapshots(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	for i := range uint64(6) { // two entries to a segment
		require.NoError(t, w.Save(pb.HardState{Term: 1, Commit: i}, entries(i+1, 1, 1700), true))
	}
	require.Equal(t, []uint64{1, 2, 3}, w.Segments())
	require.NoError(t, w.SaveSnapshot(snapshot(2, 1)))
	require.NoError(t, w.SaveSnapshot(snapshot(5, 1)))
	require.Len(t, names(t, fs), 5)

	require.NoError(t, w.Compact(1))
	require.Equal(t, []uint64{1, 2, 3}, w.Segments(), "entry 2 is still asked for")
	require.NoError(t, w.Compact(2))
	require.Equal(t, []uint64{2, 3}, w.Segments())
	require.NoError(t, w.Compact(5))
	require.Equal(t, []uint64{3}, w.Segments())
	require.Equal(t, []string{"0000000000000003.wal", "0000000000000005.snap"}, names(t, fs))

	_, state := open(t, fs)
	require.Equal(t, pb.HardState{Term: 1, Commit: 5}, state.HardState, "it was last saved in the segments that are gone")
	require.EqualValues(t, 5, state.Snapshot.Metadata.Index)
	require.Equal(t, entries(6, 1, 1700), state.Entries)
}

func TestCompactDropsSegmentsWhoseEntriesWereReplaced(t *testing.T) {
	for name, replace := range map[string]func(*wal.WAL) error{
		"by entries": func(w *wal.WAL) error { return w.Save(pb.HardState{}, entries(2, 2, 1), true) },
		"by a leader's snapshot": func(w *wal.WAL) error {
			return w.Install(snapshot(3, 2), pb.HardState{Term: 2}, nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := open(t, vfs.Mem())
			require.NoError(t, w.Save(pb.HardState{Term: 1}, entries(1, 1, 1, 1, 1, 1, 3000), true))
			require.NoError(t, w.Save(pb.HardState{}, entries(6, 1, 3000), true))
			require.Equal(t, []uint64{1, 2}, w.Segments())
			require.NoError(t, w.SaveSnapshot(snapshot(1, 1)))
			require.NoError(t, w.Compact(1))
			require.Equal(t, []uint64{1, 2}, w.Segments(), "entries 2 to 5 are in the first")
			require.NoError(t, replace(w))
			require.NoError(t, w.Compact(1))
			require.Equal(t, []uint64{2}, w.Segments())
		})
	}
}

// The entries that make an old segment useless must not be lost after it is gone.
func TestCompactMakesDurableWhatReplacedTheEntriesItDrops(t *testing.T) {
	d := disk.New(random.Seed(1).Fates(), "n1", ticking)
	w, _ := open(t, d)
	require.NoError(t, w.Save(pb.HardState{Term: 1}, entries(1, 1, 1, 3000), true))
	require.NoError(t, w.Save(pb.HardState{}, entries(3, 1, 3000), true))
	require.NoError(t, w.SaveSnapshot(snapshot(1, 1)))
	require.NoError(t, w.Save(pb.HardState{Term: 2}, entries(2, 2, 7), false))
	require.NoError(t, w.Compact(1))
	require.Equal(t, []uint64{2}, w.Segments())
	d.Crash(d.Done(), disk.Crash{})
	_, state := open(t, d)
	require.Equal(t, entries(2, 2, 7), state.Entries)
}

func TestBooksStayShortHoweverLongTheLogRuns(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	for term := uint64(1); term <= 300; term++ {
		require.NoError(t, w.Save(pb.HardState{Term: term}, entries(term, term, 100), true))
		if term%10 == 0 {
			require.NoError(t, w.SaveSnapshot(snapshot(term, term)))
			require.NoError(t, w.Compact(term))
		}
		require.LessOrEqual(t, w.Books(), 24)
	}
	require.LessOrEqual(t, len(names(t, fs)), 3)
	for term := uint64(301); term <= 400; term++ { // one leader after the other replaces the entry
		require.NoError(t, w.Save(pb.HardState{Term: term}, entries(301, term, 1), true))
		require.LessOrEqual(t, w.Books(), 24)
	}
	w, _ = open(t, fs)
	require.LessOrEqual(t, w.Books(), 3)
}

// After a failed sync the cache may show pages that the disk will never get.
// Recovery must not take them for durable because a sync of its own succeeds.
func TestRecoveryWritesAgainWhatAFailedSyncMayHaveDropped(t *testing.T) {
	d := disk.New(random.Seed(1).Fates(), "n1", ticking)
	w, _ := open(t, d)
	require.NoError(t, w.Save(pb.HardState{Term: 1}, nil, true))
	d.Inject(d.Done(), disk.Fault{Kind: disk.SyncLosesPages, Times: 1})
	require.ErrorIs(t, w.Save(pb.HardState{}, entries(1, 1, 2000), true), disk.ErrIO)

	d.Crash(d.Done(), disk.Crash{Losing: disk.Nothing})
	_, state := open(t, d)
	require.Len(t, state.Entries, 1, "the page cache has it")
	d.Crash(d.Done(), disk.Crash{})
	_, state = open(t, d)
	require.Len(t, state.Entries, 1, "Open has returned it, so it is durable")
}

// A Ready that brings a snapshot brings the HardState of its term, too. Saved one
// after the other there is a moment between them.
func TestSnapshotWithoutItsHardStateRaisesTermAndCommit(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	require.NoError(t, w.Save(pb.HardState{Term: 2, Vote: 3, Commit: 1}, entries(1, 2, 1), true))
	require.NoError(t, w.SaveSnapshot(snapshot(9, 5)))
	require.NoError(t, w.Close())
	w, state := open(t, fs)
	require.Equal(t, pb.HardState{Term: 5, Commit: 9}, state.HardState)
	require.NoError(t, w.Install(snapshot(12, 6), pb.HardState{Term: 6, Vote: 1, Commit: 13}, entries(13, 6, 1)))
	_, state = open(t, fs)
	require.Equal(t, pb.HardState{Term: 6, Vote: 1, Commit: 13}, state.HardState)
	require.Equal(t, entries(13, 6, 1), state.Entries)
}

// A log that commits more than it has lacks entries that its owner acknowledged. It
// is not cut to fit: neither when it is written nor when it is recovered.
func TestACommitIndexBeyondTheLogIsNotCutToFit(t *testing.T) {
	const missing = "the commit index is 9 and the last index is 2: entries 3 to 9 are missing"
	fs := vfs.Mem()
	w, _ := open(t, fs)
	require.NoError(t, w.Save(pb.HardState{Term: 1, Commit: 2}, entries(1, 1, 1, 1), true))
	require.EqualError(t, w.Save(pb.HardState{Term: 1, Commit: 9}, nil, true), "wal: "+missing)
	require.EqualError(t, w.Save(pb.HardState{Term: 1, Commit: 2}, nil, true), "wal: "+missing)

	// Committed entries are not replaced by fewer either.
	w, _ = open(t, fs)
	require.ErrorContains(t, w.Save(pb.HardState{Term: 2, Commit: 2}, entries(1, 2, 1), true), "the commit index is 2 and the last index is 1")

	bodies := [][]byte{
		wal.Body(pb.HardState{Term: 1, Commit: 2}, entries(1, 1, 1, 1)),
		wal.Body(pb.HardState{Term: 1, Commit: 9}, nil),
	}
	fs = vfs.Mem()
	require.NoError(t, fs.MkdirAll(dir))
	file, err := fs.Create(dir + "/0000000000000001.wal")
	require.NoError(t, err)
	_, err = file.WriteAt(wal.AppendBodies(8192, bodies), 0)
	require.NoError(t, err)
	_, _, err = wal.Open(fs, dir, small)
	var corrupt *wal.CorruptError
	require.ErrorAs(t, err, &corrupt)
	require.Equal(t, missing, corrupt.Reason)
}

func TestRecordLargerThanASegmentGetsOneOfItsSize(t *testing.T) {
	fs := vfs.Mem()
	w, _ := open(t, fs)
	for i, size := range []int{4000, 508 * 20, 508*20 - 7, 508*20 - 20, 100_000, 1 << 20} {
		require.NoError(t, w.Save(pb.HardState{}, entries(uint64(i)+1, 1, size), true))
	}
	require.Len(t, w.Segments(), 7)
	_, state := open(t, fs)
	require.Equal(t, 1<<20, len(state.Entries[5].Data))
}

// Every size of record, so that headers and stamps meet in every way.
func TestRecordsOfAllSizesAreRecovered(t *testing.T) {
	fs := vfs.Mem()
	w, _, err := wal.Open(fs, dir, wal.Options{SegmentBytes: 64 << 10})
	require.NoError(t, err)
	var want []pb.Entry
	for i := range uint64(1200) {
		e := entries(i+1, 1, int(i%1100))
		require.NoError(t, w.Save(pb.HardState{}, e, false))
		want = append(want, e...)
	}
	_, state, err := wal.Open(fs, dir, small)
	require.NoError(t, err)
	require.Equal(t, want, state.Entries)
	require.Zero(t, state.TornBytes)
}
