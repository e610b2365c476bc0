package disk_test

import (
	"encoding/binary"
	"hash/fnv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/random"
)

func TestOperationsRunOneAfterAnotherFromTheTimeTheyAreAskedFor(t *testing.T) {
	d := newDisk(1, disk.Profile{Read: random.Constant(1), Write: random.Constant(10), Sync: random.Constant(100)})
	var seen []disk.Operation
	d.Watch(func(op disk.Operation) { seen = append(seen, op) })
	d.At(1000)
	f, err := d.Create("f")
	require.NoError(t, err)
	write(t, f, []byte("abc"), 4)
	require.NoError(t, f.Sync())
	_, err = f.ReadAt(make([]byte, 9), 2)
	require.Error(t, err)
	d.At(1050) // the disk is still busy
	require.NoError(t, d.SyncDir("/"))
	d.At(5000)
	require.NoError(t, f.Truncate(9))
	require.NoError(t, f.Close())
	_, missing := d.Open("none")
	require.Equal(t, []disk.Operation{
		{Number: 1, Verb: "create", Name: "f", Start: 1000, End: 1010},
		{Number: 2, Verb: "write", Name: "/f", Offset: 4, Bytes: 3, Start: 1010, End: 1020},
		{Number: 3, Verb: "sync", Name: "/f", Bytes: 3, Start: 1020, End: 1120},
		{Number: 4, Verb: "read", Name: "/f", Offset: 2, Bytes: 5, Start: 1120, End: 1121, Err: seen[3].Err},
		{Number: 5, Verb: "syncdir", Name: "/", Start: 1121, End: 1221},
		{Number: 6, Verb: "truncate", Name: "/f", Offset: 9, Start: 5000, End: 5010},
		{Number: 7, Verb: "open", Name: "none", Start: 5010, End: 5011, Err: missing},
	}, seen)
	require.Equal(t, clock.Time(5011), d.Done())
	require.EqualValues(t, 7, d.Operations())
}

func TestBytesTakeTimeOnTheirWayToThePlatterAndBack(t *testing.T) {
	d := newDisk(1, disk.Profile{BytesPerSecond: 1000})
	f := durable(t, d, "f", nil)
	begin := d.Done()
	write(t, f, pattern(500, 'x'), 0)
	require.Equal(t, begin, d.Done(), "the cache is quick")
	require.NoError(t, f.Sync())
	require.Equal(t, 500*time.Millisecond, d.Done().Sub(begin))
	require.NoError(t, f.Sync())
	require.Equal(t, 500*time.Millisecond, d.Done().Sub(begin), "nothing was left to sync")
	_, err := f.ReadAt(make([]byte, 250), 0)
	require.NoError(t, err)
	require.Equal(t, 750*time.Millisecond, d.Done().Sub(begin))
}

func TestUnsyncedCountsUntilTheSyncHasEnded(t *testing.T) {
	d := newDisk(1, disk.Profile{Sync: random.Constant(100)})
	f := durable(t, d, "f", nil)
	now := d.Done()
	d.At(now)
	write(t, f, pattern(70, 'x'), 0)
	require.NoError(t, f.Sync())
	write(t, f, pattern(7, 'x'), 70)
	require.Equal(t, 70, d.Unsynced(now+99), "the second write has not begun")
	require.Equal(t, 7, d.Unsynced(now+100))
}

func TestRemovedFilesGiveTheirMemoryBack(t *testing.T) {
	d := newDisk(1, disk.Profile{Capacity: 100_000})
	for i := range 1000 {
		name := string(rune('a' + i%26))
		f := durable(t, d, name, pattern(30_000, 'x'))
		require.NoError(t, f.Close())
		require.NoError(t, d.Remove(name))
		require.NoError(t, d.SyncDir("/"))
		d.At(d.Done())
	}
}

func TestSteadyAppendAndSyncAllocatesNothing(t *testing.T) {
	d := newDisk(1, ticking)
	f := durable(t, d, "f", nil)
	require.NoError(t, f.Truncate(1<<20))
	data, offset := pattern(100, 'x'), int64(0)
	step := func() {
		if _, err := f.WriteAt(data, offset); err != nil {
			panic(err)
		}
		offset += int64(len(data))
		if err := f.Sync(); err != nil {
			panic(err)
		}
		d.At(d.Done())
	}
	step()
	require.Zero(t, testing.AllocsPerRun(1000, step))
}

// The same chance on every machine: a change of this number means that old seeds
// no longer replay.
func TestSeedMeansTheSameEverywhere(t *testing.T) {
	h := fnv.New64a()
	for seed := range random.Seed(50) {
		d := newDisk(seed, disk.Profile{Write: random.Exponential(time.Microsecond), Sync: random.HeavyTail(time.Millisecond, 20*time.Millisecond),
			Faults: []disk.Fault{{Kind: disk.WriteError, Rate: random.PerMille(5)}, {Kind: disk.Misdirect, Rate: random.PerMille(5)}}})
		f, err := d.Create("f")
		require.NoError(t, err)
		for i := range int64(20) {
			_, _ = f.WriteAt(pattern(int(i*137%3000), byte('a'+i)), i*i*29%5000)
			if i%6 == 5 {
				require.NoError(t, f.Sync())
				require.NoError(t, d.SyncDir("/"))
			}
		}
		d.Rot(d.Done(), "", 2)
		loss := d.Crash(d.Done().Add(-time.Millisecond), powerFailures[int(seed)%len(powerFailures)])
		sum := binary.LittleEndian.AppendUint64(nil, uint64(d.Done()))
		sum = binary.LittleEndian.AppendUint64(sum, uint64(loss.Bytes))
		_, _ = h.Write(append(sum, snapshotOf(t, d)...))
	}
	require.Equal(t, uint64(0x14bf67a5fc13c1bb), h.Sum64())
}

func BenchmarkAppendAndSync(b *testing.B) {
	d := disk.New(random.Seed(1).Fates(), "n1", disk.Profile{Sync: random.LogNormal(2*time.Millisecond, 10*time.Millisecond)})
	f := durable(b, d, "f", nil)
	data := pattern(100, 'x')
	b.ReportAllocs()
	for i := int64(0); b.Loop(); i++ {
		if _, err := f.WriteAt(data, i%10_000*100); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		d.At(d.Done())
	}
}

func BenchmarkCrash(b *testing.B) {
	d := disk.New(random.Seed(1).Fates(), "n1", disk.Profile{})
	durable(b, d, "f", pattern(64<<10, 'x'))
	b.ReportAllocs()
	for b.Loop() {
		f, err := d.Open("f")
		if err != nil {
			b.Fatal(err)
		}
		for i := range int64(4) {
			write(b, f, pattern(600, 'y'), i*600)
		}
		d.Crash(d.Done(), disk.Crash{Losing: disk.Subset, Torn: true})
	}
}

func BenchmarkNew(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		d := disk.New(random.Seed(1).Fates(), "n1", disk.Profile{})
		if d.Operations() != 0 {
			b.Fatal()
		}
	}
}
