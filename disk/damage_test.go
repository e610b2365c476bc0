package disk_test

import (
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	"raftsim/random"
)

func TestRotFlipsAsManyBitsAsAskedAndOnlyDurableOnes(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "a.wal", pattern(1000, 0))
	durable(t, d, "b.snap", pattern(1000, 0))
	require.NoError(t, f.Truncate(4000)) // zeros that nobody wrote
	require.NoError(t, f.Sync())
	write(t, f, pattern(10, 0), 2000) // not durable
	places := d.Rot(5, "*.wal", 40)
	require.Len(t, places, 40)
	flipped := 0
	for offset, b := range load(t, d, "a.wal") {
		flipped += bits.OnesCount8(b)
		if b != 0 {
			require.Contains(t, places, disk.Place{File: "/a.wal", Offset: int64(offset)})
		}
	}
	require.InDelta(t, 40, flipped, 4, "the same bit may be hit twice")
	require.Equal(t, pattern(1000, 0), load(t, d, "b.snap"))
	require.Equal(t, []disk.Damage{{Kind: disk.Rot, First: 5, Last: 5, Count: 40, Bytes: 40}}, d.Damage())
	require.False(t, disk.Rot.Silent())
	for _, p := range places {
		require.Less(t, p.Offset, int64(1000))
	}
	require.Empty(t, d.Rot(5, "*.none", 3))
}

func TestRotSurvivesTheCrashAndGoesWithTheFile(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	durable(t, d, "f", pattern(100, 'x'))
	d.Rot(3, "", 1)
	d.Crash(4, disk.Crash{})
	require.NotEqual(t, pattern(100, 'x'), load(t, d, "f"))
	d.Forgive()
	require.Len(t, d.Damage(), 1, "it is still there")
	require.NoError(t, d.Remove("f"))
	require.NoError(t, d.SyncDir("/"))
	d.At(d.Done())
	require.Empty(t, d.Damage())
}

func TestRotFallsEverywhereAlike(t *testing.T) {
	hits := make([]int, 4)
	for seed := range random.Seed(1000) {
		d := newDisk(seed, disk.Profile{})
		durable(t, d, "a", pattern(1000, 0))
		durable(t, d, "b", pattern(3000, 0))
		for _, p := range d.Rot(0, "", 1) {
			quarter := p.Offset / 1000
			if p.File == "/b" {
				quarter++
			}
			hits[quarter]++
		}
	}
	for _, n := range hits {
		require.InDelta(t, 250, n, 50)
	}
}

func TestLatentSectorFailsReadsUntilItIsWritten(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "f", pattern(10*512, 'x'))
	places := d.Latent(7, "", 1)
	require.Len(t, places, 1)
	bad := places[0].Offset
	require.Zero(t, bad%512)
	for offset := int64(0); offset < 5120; offset += 256 {
		_, err := f.ReadAt(make([]byte, 256), offset)
		if offset >= bad && offset < bad+512 {
			require.ErrorIs(t, err, disk.ErrIO)
		} else {
			require.NoError(t, err)
		}
	}
	require.Equal(t, []disk.Damage{{Kind: disk.Latent, First: 7, Last: 7, Count: 1, Bytes: 512}}, d.Damage())
	d.Crash(8, disk.Crash{})
	g, err := d.Open("f")
	require.NoError(t, err)
	_, err = g.ReadAt(make([]byte, 5120), 0)
	require.ErrorIs(t, err, disk.ErrIO)
	write(t, g, pattern(5120, 'y'), 0)
	require.NoError(t, g.Sync())
	d.At(d.Done())
	_, err = g.ReadAt(make([]byte, 5120), 0)
	require.NoError(t, err)
}

func TestLostDiskIsEmptyAndOwnsUp(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	d.Lose(1)
	require.Empty(t, d.Damage(), "there was nothing to lose")
	f := durable(t, d, "f", pattern(100, 'x'))
	d.Lose(2)
	names, err := d.List("/")
	require.NoError(t, err)
	require.Empty(t, names)
	require.ErrorIs(t, f.Sync(), disk.ErrStale)
	require.Equal(t, []disk.Damage{{Kind: disk.Lost, First: 2, Last: 2, Count: 1, Bytes: 100}}, d.Damage())
}

func TestSwappedDiskHasTheOldContents(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "f", []byte("then"))
	write(t, f, []byte("unsynced"), 0)
	image := d.Copy(0)
	write(t, f, []byte("now!"), 0)
	require.NoError(t, f.Sync())
	durable(t, d, "g", []byte("later"))
	for range 2 { // an image can be used again
		d.Swap(3, image)
		require.Equal(t, "f \"then\"\n", snapshotOf(t, d))
		f, err := d.Open("f")
		require.NoError(t, err)
		write(t, f, []byte("more"), 4)
		require.NoError(t, f.Sync())
		d.At(d.Done())
	}
	require.Equal(t, disk.Swapped, d.Damage()[0].Kind)
	require.EqualValues(t, 2, d.Damage()[0].Count)
}
