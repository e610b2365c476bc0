package disk_test

import (
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/random"
	"raftsim/vfs"
)

// inject starts a fault on a disk that has one durable file.
func inject(t *testing.T, seed random.Seed, f disk.Fault) (*disk.Disk, vfs.File, disk.Handle) {
	d := newDisk(seed, disk.Profile{})
	file := durable(t, d, "f", []byte("old"))
	return d, file, d.Inject(0, f)
}

func TestFailedSyncKeepsThePagesAndALaterOneSavesThem(t *testing.T) {
	d, f, h := inject(t, 1, disk.Fault{Kind: disk.SyncError, Times: 1})
	write(t, f, []byte("new"), 0)
	require.ErrorIs(t, f.Sync(), disk.ErrIO)
	lost := d.Clone()
	lost.Crash(0, disk.Crash{})
	require.Equal(t, "old", string(load(t, lost, "f")))
	require.Empty(t, lost.Damage(), "a failed sync has promised nothing")

	require.NoError(t, f.Sync(), "once means once")
	d.Crash(0, disk.Crash{})
	require.Equal(t, "new", string(load(t, d, "f")))
	require.EqualValues(t, 1, d.Struck(h))
}

func TestFailedSyncThatLosesPagesShowsThemUntilThePowerFails(t *testing.T) {
	d, f, _ := inject(t, 1, disk.Fault{Kind: disk.SyncLosesPages, Times: 1})
	write(t, f, []byte("new"), 0)
	require.ErrorIs(t, f.Sync(), disk.ErrIO)
	require.NoError(t, f.Sync(), "later syncs say that all is well")
	write(t, f, []byte("tail"), 3)
	require.NoError(t, f.Sync())
	require.Equal(t, "newtail", string(load(t, d, "f")), "the cache has it")
	require.Zero(t, d.Unsynced(0))

	d.Crash(0, disk.Crash{Losing: disk.Nothing})
	require.Equal(t, "newtail", string(load(t, d, "f")), "the next process sees it, too")
	repaired := d.Clone()
	d.Crash(0, disk.Crash{})
	require.Equal(t, "oldtail", string(load(t, d, "f")))
	require.Empty(t, d.Damage())

	f, err := repaired.Open("f")
	require.NoError(t, err)
	write(t, f, []byte("new"), 0)
	require.NoError(t, f.Sync())
	repaired.Crash(0, disk.Crash{})
	require.Equal(t, "newtail", string(load(t, repaired, "f")), "what is written again is written")
}

func TestLyingSyncLosesWhatItPromisedAndTheDiskOwnsUp(t *testing.T) {
	d, f, h := inject(t, 1, disk.Fault{Kind: disk.LyingSync})
	write(t, f, []byte("new"), 0)
	require.NoError(t, f.Sync())
	require.Equal(t, 3, d.Unsynced(0))
	require.Empty(t, d.Damage(), "nothing is lost yet")

	honest := d.Clone()
	honest.Heal(0, h)
	f2, err := honest.Open("f")
	require.NoError(t, err)
	require.NoError(t, f2.Sync(), "the next honest sync makes up for it")
	honest.Crash(0, disk.Crash{})
	require.Equal(t, "new", string(load(t, honest, "f")))
	require.Empty(t, honest.Damage())

	d.Crash(0, disk.Crash{})
	require.Equal(t, "old", string(load(t, d, "f")))
	require.Equal(t, []disk.Damage{{Kind: disk.LyingSync, Count: 1, Bytes: 3}}, d.Damage())
	require.True(t, disk.LyingSync.Silent())
	d.Forgive()
	require.Empty(t, d.Damage())
}

func TestLyingSyncOfADirectoryLosesNames(t *testing.T) {
	d := newDisk(1, disk.Profile{Faults: []disk.Fault{{Kind: disk.LyingSync, File: "/"}}})
	f, err := d.Create("f")
	require.NoError(t, err)
	require.NoError(t, f.Sync())
	require.NoError(t, d.SyncDir("/"))
	d.Crash(0, disk.Crash{})
	_, err = d.Open("f")
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, []disk.Damage{{Kind: disk.LyingSync, Count: 1}}, d.Damage())
	require.EqualValues(t, 1, d.Struck(1), "the faults of the profile have the first handles")
}

func TestRateIsTheShareOfOperationsHit(t *testing.T) {
	for _, kind := range []disk.Kind{disk.SyncError, disk.ReadError, disk.WriteError} {
		d, f, h := inject(t, 9, disk.Fault{Kind: kind, Rate: random.Percent(20)})
		failed, data := 0, []byte("x")
		for range 10_000 {
			var err error
			switch kind {
			case disk.SyncError:
				err = f.Sync()
			case disk.ReadError:
				_, err = f.ReadAt(data, 0)
			case disk.WriteError:
				_, err = f.WriteAt(data, 0)
			}
			if err != nil {
				require.ErrorIs(t, err, disk.ErrIO)
				failed++
			}
		}
		require.InDelta(t, 2000, failed, 150, "%v", kind)
		require.EqualValues(t, failed, d.Struck(h))
		d.HealAll(0)
		require.NoError(t, f.Sync())
	}
}

func TestOneFaultMoreDoesNotMoveTheOthers(t *testing.T) {
	hits := func(extra bool) (ops []uint64) {
		d, f, _ := inject(t, 9, disk.Fault{Kind: disk.SyncError, Rate: random.Percent(20)})
		if extra {
			d.Inject(0, disk.Fault{Kind: disk.WriteError, Rate: random.Percent(50)})
		}
		for range 200 {
			_, _ = f.WriteAt([]byte("x"), 0)
			if f.Sync() != nil {
				ops = append(ops, d.Operations())
			}
		}
		return ops
	}
	require.NotEmpty(t, hits(false))
	require.Equal(t, hits(false), hits(true))
}

func TestFailedWriteHasWrittenWholeSectorsAtMost(t *testing.T) {
	lengths := map[int64]int{}
	for seed := range random.Seed(500) {
		d := newDisk(seed, disk.Profile{})
		f := durable(t, d, "f", nil)
		d.Inject(0, disk.Fault{Kind: disk.WriteError})
		n, err := f.WriteAt(pattern(4*512, 'x'), 100)
		require.ErrorIs(t, err, disk.ErrIO)
		size, err := f.Size()
		require.NoError(t, err)
		if n > 0 {
			require.EqualValues(t, 100+n, size)
			require.Zero(t, size%512)
		}
		lengths[size]++
	}
	require.Len(t, lengths, 5)
}

func TestPatternLimitsAFaultToSomeFiles(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	a, b := durable(t, d, "a.wal", nil), durable(t, d, "b.snap", nil)
	d.Inject(0, disk.Fault{Kind: disk.SyncError, File: "*.wal"})
	require.Error(t, a.Sync())
	require.NoError(t, b.Sync())
	require.Panics(t, func() { d.Inject(0, disk.Fault{Kind: disk.SyncError, File: "["}) })
	require.Panics(t, func() { d.Inject(0, disk.Fault{Kind: disk.Rot}) })
	require.Panics(t, func() { d.Inject(0, disk.Fault{}) })
}

func TestMisdirectedWriteHitsAnotherPlaceOnceThePowerFails(t *testing.T) {
	misses, elsewhere := 0, 0
	for seed := range random.Seed(300) {
		d := newDisk(seed, disk.Profile{})
		f := durable(t, d, "f", pattern(8*512, '.'))
		durable(t, d, "g", pattern(8*512, ','))
		h := d.Inject(0, disk.Fault{Kind: disk.Misdirect, Times: 1})
		write(t, f, pattern(512, 'x'), 1024)
		require.NoError(t, f.Sync())
		require.EqualValues(t, 1, d.Struck(h))
		require.Equal(t, string(pattern(512, 'x')), string(load(t, d, "f")[1024:1536]), "the cache has it right")
		d.Crash(0, disk.Crash{})
		data, other := string(load(t, d, "f")), string(load(t, d, "g"))
		require.NotContains(t, data[1024:1536], "x")
		misses++
		if other != string(pattern(8*512, ',')) {
			elsewhere++
		}
		require.Equal(t, disk.Misdirect, d.Damage()[0].Kind)
	}
	require.Equal(t, 300, misses)
	require.InDelta(t, 150, elsewhere, 40, "each of two files of a size is hit as often")
}

func TestSlowDiskTakesLonger(t *testing.T) {
	d := newDisk(1, disk.Profile{Sync: random.Constant(time.Millisecond)})
	f := durable(t, d, "f", nil)
	begin := d.Done()
	h := d.Inject(0, disk.Fault{Kind: disk.Slow, Delay: random.Constant(5 * time.Millisecond)})
	require.NoError(t, f.Sync())
	require.Equal(t, 6*time.Millisecond, d.Done().Sub(begin))
	d.Heal(0, h)
	require.NoError(t, f.Sync())
	require.Equal(t, 7*time.Millisecond, d.Done().Sub(begin))
}

func TestFaultSparesOperationsThatStartAfterItsEnd(t *testing.T) {
	d := newDisk(1, disk.Profile{Sync: random.Constant(10)})
	f := durable(t, d, "f", nil)
	now := d.Done()
	d.Inject(now, disk.Fault{Kind: disk.SyncError, Until: now + 20})
	d.Inject(now, disk.Fault{Kind: disk.Full, Until: now + 20})
	for i := range 4 { // asked for at once, they start at 0, 10, 20 and 30
		_, err := f.WriteAt([]byte("x"), 0)
		require.Equal(t, i < 2, err != nil)
		require.Equal(t, i < 2, f.Sync() != nil)
	}
}

func TestStallHoldsOperationsBackUntilItIsOverOrHealed(t *testing.T) {
	d := newDisk(1, ticking)
	f := durable(t, d, "f", nil)
	now := clock.Time(1000)
	d.Stall(now, time.Second)
	d.At(now)
	healed := d.Clone()
	require.NoError(t, f.Sync())
	require.Equal(t, now.Add(time.Second+1), d.Done())
	healed.HealAll(now)
	_, err := healed.Create("g")
	require.NoError(t, err)
	require.Equal(t, now+1, healed.Done())
}

func TestFullDiskTakesWhatFitsAndRemovalMakesRoom(t *testing.T) {
	d := newDisk(1, disk.Profile{Capacity: 4096})
	f := durable(t, d, "f", pattern(1024, 'f'))
	g := durable(t, d, "g", nil)
	n, err := g.WriteAt(pattern(4096, 'g'), 0)
	require.ErrorIs(t, err, disk.ErrNoSpace)
	require.Equal(t, 3072, n)
	write(t, f, pattern(1024, 'F'), 0) // in place
	_, err = f.WriteAt([]byte("x"), 1024)
	require.ErrorIs(t, err, disk.ErrNoSpace)
	require.NoError(t, f.Truncate(1<<20), "zeros take no room")

	require.NoError(t, g.Close())
	require.NoError(t, d.Remove("g"))
	_, err = f.WriteAt([]byte("x"), 1024)
	require.ErrorIs(t, err, disk.ErrNoSpace, "a crash could bring it back")
	require.NoError(t, d.SyncDir("/"))
	d.At(d.Done())
	write(t, f, pattern(3072, 'x'), 1024)
}

func TestFullLeavesItsBytes(t *testing.T) {
	d, f, h := inject(t, 1, disk.Fault{Kind: disk.Full, Bytes: 600})
	n, err := f.WriteAt(pattern(600, 'x'), 3)
	require.NoError(t, err)
	require.Equal(t, 600, n)
	_, err = f.WriteAt([]byte("x"), 603)
	require.ErrorIs(t, err, disk.ErrNoSpace)
	require.EqualValues(t, 1, d.Struck(h))
	d.Heal(0, h)
	write(t, f, []byte("x"), 603)
	require.Zero(t, d.Struck(99))
}

func TestReorderTurnsALostSuffixIntoALostSubset(t *testing.T) {
	holes := 0
	for seed := range random.Seed(200) {
		d := newDisk(seed, disk.Profile{Faults: []disk.Fault{{Kind: disk.Reorder}}})
		f := durable(t, d, "f", pattern(4*512, '.'))
		for i := range int64(4) {
			write(t, f, pattern(512, 'x'), i*512)
		}
		d.Crash(0, disk.Crash{Losing: disk.Suffix})
		data := string(load(t, d, "f"))
		for i := range 3 {
			if data[i*512] == '.' && data[(i+1)*512] == 'x' {
				holes++
				break
			}
		}
	}
	require.InDelta(t, 200*11/16, holes, 30, "of 16 subsets 5 are prefixes")
}
