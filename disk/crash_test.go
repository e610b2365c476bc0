package disk_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/random"
)

var powerFailures = []disk.Crash{
	{Losing: disk.Unsynced}, {Losing: disk.Unsynced, Torn: true}, {Losing: disk.Suffix}, {Losing: disk.Suffix, Torn: true},
	{Losing: disk.Subset}, {Losing: disk.Subset, Torn: true},
}

func TestOnlyWhatWasSyncedByThenSurvivesAPlainCrash(t *testing.T) {
	d := newDisk(1, ticking)
	f, err := d.Create("f") // ends at 1
	require.NoError(t, err)
	write(t, f, []byte("first"), 0) // 2
	require.NoError(t, f.Sync())    // 3
	require.NoError(t, d.SyncDir("/"))
	write(t, f, []byte("other"), 0) // 5
	require.NoError(t, f.Sync())    // 6
	require.EqualValues(t, 6, d.Operations())
	require.EqualValues(t, 6, d.Done())
	for at, want := range []string{"-", "-", "-", "-", "first", "first", "other"} {
		c := d.Clone()
		c.Crash(clock.Time(at), disk.Crash{})
		got := "-"
		if _, err := c.Open("f"); err == nil {
			got = string(load(t, c, "f"))
		} else {
			require.ErrorIs(t, err, fs.ErrNotExist)
		}
		require.Equal(t, want, got, "crash at %d", at)
	}
}

func TestContentsAreDurableWithoutTheNameAndTheNameWithoutContents(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f, err := d.Create("named")
	require.NoError(t, err)
	require.NoError(t, d.SyncDir("/"))
	write(t, f, []byte("unsynced"), 0)
	g, err := d.Create("nameless")
	require.NoError(t, err)
	write(t, g, []byte("synced"), 0)
	require.NoError(t, g.Sync())
	loss := d.Crash(0, disk.Crash{})
	require.Equal(t, disk.Loss{Operations: 2, Bytes: 8, Files: 1}, loss)
	names, err := d.List("/")
	require.NoError(t, err)
	require.Equal(t, []string{"named"}, names)
	require.Empty(t, load(t, d, "named"))
}

func TestRenameIsAllOrNothingAndRemovedFilesComeBack(t *testing.T) {
	for _, synced := range []bool{false, true} {
		d := newDisk(1, disk.Profile{})
		durable(t, d, "a", []byte("new"))
		b := durable(t, d, "b", []byte("old"))
		durable(t, d, "c", []byte("gone"))
		require.NoError(t, d.Rename("a", "b"))
		require.NoError(t, b.Close(), "the last handle on a file that a crash may bring back")
		require.NoError(t, d.Remove("c"))
		if synced {
			require.NoError(t, d.SyncDir("/"))
		}
		loss := d.Crash(0, disk.Crash{})
		names, err := d.List("/")
		require.NoError(t, err)
		if synced {
			require.Zero(t, loss)
			require.Equal(t, []string{"b"}, names)
			require.Equal(t, "new", string(load(t, d, "b")))
		} else {
			require.Equal(t, 2, loss.Files)
			require.Equal(t, []string{"a", "b", "c"}, names)
			require.Equal(t, "old", string(load(t, d, "b")))
			require.Equal(t, "gone", string(load(t, d, "c")))
		}
	}
}

func TestDirectoryIsDurableWhenMkdirAllHasEnded(t *testing.T) {
	d := newDisk(1, ticking)
	require.NoError(t, d.MkdirAll("a/b"))
	early := d.Clone()
	early.Crash(0, disk.Crash{})
	_, err := early.List("a")
	require.ErrorIs(t, err, fs.ErrNotExist)
	d.Crash(1, disk.Crash{})
	names, err := d.List("a")
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, names)
}

func TestSuffixLosesTheLastWritesAndAtLeastOne(t *testing.T) {
	const writes = 10
	lost := map[int]int{}
	for seed := range random.Seed(2000) {
		d := newDisk(seed, disk.Profile{})
		f := durable(t, d, "f", pattern(writes*512, '.'))
		for i := range int64(writes) {
			write(t, f, pattern(512, 'x'), i*512)
		}
		loss := d.Crash(0, disk.Crash{Losing: disk.Suffix})
		kept := bytes.IndexByte(load(t, d, "f"), '.') / 512
		require.Equal(t, string(pattern(kept*512, 'x'))+string(pattern((writes-kept)*512, '.')), string(load(t, d, "f")))
		require.Equal(t, disk.Loss{Operations: writes - kept, Bytes: int64(writes-kept) * 512}, loss)
		lost[writes-kept]++
	}
	require.Len(t, lost, writes)
	for n, count := range lost {
		require.InDelta(t, 2000/writes, count, 60, "%d writes lost", n)
	}
}

func TestSubsetLosesEachWriteHalfTheTime(t *testing.T) {
	const writes = 10
	states := map[string]bool{}
	lost := 0
	for seed := range random.Seed(2000) {
		d := newDisk(seed, disk.Profile{})
		f := durable(t, d, "f", pattern(writes*512, '.'))
		for i := range int64(writes) {
			write(t, f, pattern(512, 'x'), i*512)
		}
		loss := d.Crash(0, disk.Crash{Losing: disk.Subset})
		lost += loss.Operations
		data := load(t, d, "f")
		require.Equal(t, loss.Operations*512, bytes.Count(data, []byte{'.'}))
		states[string(data)] = true
	}
	require.InDelta(t, 2000*writes/2, lost, 300)
	require.Greater(t, len(states), 800, "of 1024")
}

func TestTornWriteKeepsSomeSectorsAndNotAll(t *testing.T) {
	const sectors = 8
	prefixes, kept := 0, make([]int, sectors)
	for seed := range random.Seed(2000) {
		d := newDisk(seed, disk.Profile{})
		f := durable(t, d, "f", pattern(sectors*512, '.'))
		write(t, f, pattern(sectors*512, 'x'), 0)
		loss := d.Crash(0, disk.Crash{Torn: true})
		data := load(t, d, "f")
		count := 0
		for s := range sectors {
			sector := data[s*512 : s*512+512]
			require.Equal(t, 512, bytes.Count(sector, sector[:1]), "a sector is never torn")
			if sector[0] == 'x' {
				kept[s]++
				count++
			}
		}
		require.Positive(t, count)
		require.Less(t, count, sectors)
		require.Equal(t, disk.Loss{Operations: 1, Bytes: int64(sectors-count) * 512, Torn: true}, loss)
		if bytes.IndexByte(data, '.') == count*512 {
			prefixes++
		}
	}
	require.InDelta(t, 1000+1000*7/126, prefixes, 100, "half of them by design, some by chance")
	for s, n := range kept {
		require.Greater(t, n, 400, "sector %d", s)
	}
}

func TestWriteInProgressIsUndoneOrTorn(t *testing.T) {
	profile := disk.Profile{Write: random.Constant(10)}
	for _, c := range powerFailures {
		d := newDisk(7, profile)
		f := durable(t, d, "f", pattern(2048, '.'))
		begin := d.Done()
		write(t, f, pattern(2048, 'x'), 0)
		write(t, f, pattern(2048, 'y'), 0)
		loss := d.Crash(begin+5, c)
		data := load(t, d, "f")
		require.NotContains(t, string(data), "y", "it had not begun")
		require.Equal(t, c.Torn, bytes.ContainsRune(data, 'x'))
		require.Equal(t, c.Torn, loss.Torn)
		require.Equal(t, 1, loss.Operations)
	}
}

func TestWriteWithinASectorIsTornOnlyByItsLength(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "f", []byte("0123"))
	write(t, f, []byte("x"), 2)
	require.False(t, d.Clone().Crash(0, disk.Crash{Torn: true}).Torn, "it could only be kept or lost")
	write(t, f, []byte("yz"), 4)
	require.True(t, d.Crash(0, disk.Crash{Torn: true}).Torn)
	require.Equal(t, "0123\x00\x00", string(load(t, d, "f")))
}

func TestDeathOfTheProcessLeavesThePageCache(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	durable(t, d, "f", []byte("old"))
	f, err := d.Open("f")
	require.NoError(t, err)
	write(t, f, []byte("new"), 0)
	require.NoError(t, d.Rename("f", "g"))
	require.Zero(t, d.Crash(0, disk.Crash{Losing: disk.Nothing}))
	require.Equal(t, "new", string(load(t, d, "g")))
	require.Equal(t, 3, d.Unsynced(0), "what is in the cache is still not durable")
	d.Crash(0, disk.Crash{})
	require.Equal(t, "old", string(load(t, d, "f")))
}

func TestDeathOfTheProcessCutsTheWriteInProgress(t *testing.T) {
	for _, torn := range []bool{false, true} {
		d := newDisk(3, disk.Profile{Write: random.Constant(10)})
		f := durable(t, d, "f", nil)
		begin := d.Done()
		write(t, f, pattern(700, 'x'), 0)
		write(t, f, pattern(2048, 'y'), 700)
		_, err := d.Create("g")
		require.NoError(t, err)
		loss := d.Crash(begin+15, disk.Crash{Losing: disk.Nothing, Torn: torn})
		data := load(t, d, "f")
		require.Equal(t, string(pattern(700, 'x')), string(data[:700]))
		require.Equal(t, torn, loss.Torn)
		require.Equal(t, 1, loss.Operations)
		require.EqualValues(t, 2748-len(data), loss.Bytes)
		if torn {
			require.Zero(t, len(data)%512)
			require.Greater(t, len(data), 700)
		}
	}
}

func TestFilesOpenedBeforeACrashAreStale(t *testing.T) {
	for _, losing := range []disk.Losing{disk.Unsynced, disk.Nothing} {
		d := newDisk(1, disk.Profile{})
		f := durable(t, d, "f", []byte("x"))
		d.Crash(0, disk.Crash{Losing: losing})
		_, err := f.WriteAt([]byte("y"), 0)
		require.ErrorIs(t, err, disk.ErrStale)
		_, err = f.ReadAt(make([]byte, 1), 0)
		require.ErrorIs(t, err, disk.ErrStale)
		require.ErrorIs(t, f.Sync(), disk.ErrStale)
		require.ErrorIs(t, f.Truncate(0), disk.ErrStale)
		require.ErrorIs(t, f.Close(), disk.ErrStale)
		require.Equal(t, "x", string(load(t, d, "f")))
	}
}

// history is what was done to one file, kept apart from the disk, to say what a
// crash may leave of it.
type history struct {
	ops []past
}

type past struct {
	start, end clock.Time
	kind       string // write, truncate, sync
	offset     int64
	data       []byte
}

// after is the file after some of the writes, given by a predicate.
func (h *history) after(include func(i int) bool) []byte {
	var file []byte
	for i, op := range h.ops {
		if op.kind == "sync" || !include(i) {
			continue
		}
		end := op.offset + int64(len(op.data))
		if op.kind == "truncate" {
			file = append(file, make([]byte, max(0, op.offset-int64(len(file))))...)[:op.offset]
			continue
		}
		file = append(file, make([]byte, max(0, end-int64(len(file))))...)
		copy(file[op.offset:], op.data)
	}
	return file
}

// check requires that each sector is as some prefix of the writes left it that
// includes what was synced and nothing that had not begun, and the size, too.
func (h *history) check(t require.TestingT, at clock.Time, got []byte) {
	from, to := 0, 0
	for i, op := range h.ops {
		if op.kind == "sync" && op.end <= at {
			from = i
		}
		if op.start < at {
			to = i + 1
		}
	}
	sizes := []int{}
	var versions [][]byte
	for n := from; n <= max(to, from); n++ {
		v := h.after(func(i int) bool { return i < n })
		versions = append(versions, v)
		sizes = append(sizes, len(v))
	}
	require.True(t, slices.Contains(sizes, len(got)) || len(got)%512 == 0, "size %d at %d, want one of %d", len(got), at, sizes)
	for s := 0; s*512 < len(got); s++ {
		sector := got[s*512 : min(len(got), s*512+512)]
		ok := slices.ContainsFunc(versions, func(v []byte) bool {
			v = append(bytes.Clone(v), make([]byte, max(0, len(got)-len(v)))...)
			return bytes.Equal(sector, v[s*512:s*512+len(sector)])
		})
		require.True(t, ok, "sector %d at %d is as no prefix left it", s, at)
	}
}

func TestCrashLeavesEachSectorAsSomePrefixOfItsWritesDid(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDisk(random.Seed(rapid.Uint64().Draw(rt, "seed")), ticking)
		f := durable(rt, d, "f", nil)
		var h history
		for i := range rapid.IntRange(1, 12).Draw(rt, "operations") {
			op := past{kind: rapid.SampledFrom([]string{"write", "write", "write", "truncate", "sync"}).Draw(rt, "kind")}
			op.offset = rapid.Int64Range(0, 2500).Draw(rt, "offset")
			op.start = d.Done()
			switch op.kind {
			case "write":
				op.data = pattern(rapid.IntRange(1, 1500).Draw(rt, "bytes"), byte('a'+i))
				write(rt, f, op.data, op.offset)
			case "truncate":
				require.NoError(rt, f.Truncate(op.offset))
			case "sync":
				require.NoError(rt, f.Sync())
			}
			op.end = d.Done()
			h.ops = append(h.ops, op)
		}
		for at := d.Done() - clock.Time(len(h.ops)); at <= d.Done(); at++ {
			for _, c := range powerFailures {
				k := d.Clone()
				k.Crash(at, c)
				h.check(rt, at, load(rt, k, "f"))
			}
			if d.States(at) > 1<<14 {
				continue
			}
			for range 20 { // any state that can be chosen will do
				k := d.Clone()
				k.Crash(at, disk.Crash{Losing: disk.Chosen, State: rapid.Uint64Range(0, d.States(at)-1).Draw(rt, "state")})
				h.check(rt, at, load(rt, k, "f"))
			}
		}
	})
}

// snapshotOf prints all that is on a disk.
func snapshotOf(t require.TestingT, d *disk.Disk) string {
	names, err := d.List("/")
	require.NoError(t, err)
	text := ""
	for _, name := range names {
		text += fmt.Sprintf("%s %q\n", name, load(t, d, name))
	}
	return text
}

func TestAllStatesAreEnumeratedAndEveryCrashIsOneOfThem(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "f", pattern(1024, '.'))
	write(t, f, pattern(1024, 'a'), 0) // two sectors
	write(t, f, pattern(10, 'b'), 0)   // the first again
	write(t, f, pattern(8, 'c'), 1024) // a third sector, and the size
	require.NoError(t, d.Rename("f", "g"))
	require.EqualValues(t, 3*2*2*2*2, d.States(0))

	states := map[string]bool{}
	next := uint64(0)
	for number, c := range d.CrashStates(0, 100) {
		require.Equal(t, next, number)
		next++
		states[snapshotOf(t, c)] = true
	}
	require.EqualValues(t, 48, next)
	// Whether the third sector is there shows only if the size is.
	require.Len(t, states, 3*2*(1+2)*2)

	for range d.CrashStates(0, 47) {
		require.Fail(t, "more than the limit")
	}
	for seed := range random.Seed(300) {
		k := newDisk(seed, disk.Profile{})
		f := durable(t, k, "f", pattern(1024, '.'))
		write(t, f, pattern(1024, 'a'), 0)
		write(t, f, pattern(10, 'b'), 0)
		write(t, f, pattern(8, 'c'), 1024)
		require.NoError(t, k.Rename("f", "g"))
		k.Crash(0, powerFailures[int(seed)%len(powerFailures)])
		require.True(t, states[snapshotOf(t, k)])
	}
	d.Crash(0, disk.Crash{Losing: disk.Chosen})
	require.Equal(t, fmt.Sprintf("f %q\n", pattern(1024, '.')), snapshotOf(t, d), "state 0 keeps nothing")
	require.EqualValues(t, 1, d.States(0))
}

func TestManyStatesSaturate(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "f", nil)
	for i := range int64(70) {
		write(t, f, []byte{1}, i*512)
	}
	require.EqualValues(t, uint64(1<<64-1), d.States(0))
}

func TestCloneBehavesAsTheOriginal(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := newDisk(random.Seed(rapid.Uint64().Draw(rt, "seed")), disk.Profile{Write: random.Uniform(0, 9), Sync: random.Uniform(0, 9)})
		f := durable(rt, d, "f", nil)
		for range rapid.IntRange(0, 8).Draw(rt, "writes") {
			write(rt, f, pattern(rapid.IntRange(1, 1000).Draw(rt, "bytes"), 'x'), rapid.Int64Range(0, 3000).Draw(rt, "offset"))
		}
		g, err := d.Create("g")
		require.NoError(rt, err)
		write(rt, g, []byte("g"), 0)
		c := d.Clone()
		before := d.Unsynced(d.Done())
		crash := powerFailures[rapid.IntRange(0, len(powerFailures)-1).Draw(rt, "crash")]
		at := d.Done().Add(-time.Duration(rapid.IntRange(0, 20).Draw(rt, "before the end")))
		loss := d.Crash(at, crash)
		require.Equal(rt, before, c.Unsynced(c.Done()), "a crash of the original does not touch the copy")
		require.Equal(rt, snapshotOf(rt, d), func() string {
			c2 := c.Clone()
			require.Equal(rt, loss, c2.Crash(at, crash))
			return snapshotOf(rt, c2)
		}())
	})
}

func TestWhatACrashWouldLeaveCanBeLookedAt(t *testing.T) {
	d := newDisk(1, ticking)
	f, err := d.Create("f") // ends at 1
	require.NoError(t, err)
	require.NoError(t, d.SyncDir("/")) // 2
	write(t, f, []byte("first"), 0)    // 3
	require.NoError(t, f.Sync())       // 4
	before := fmt.Sprint(d.Operations(), d.Done(), d.AtStake(0))
	require.Empty(t, load(t, d.Left(3, disk.Crash{}, 0), "f"))
	require.Equal(t, "first", string(load(t, d.Left(4, disk.Crash{}, 0), "f")))
	left := map[string]bool{}
	for luck := range uint32(20) {
		left[string(load(t, d.Left(3, disk.Crash{Losing: disk.Subset}, luck), "f"))] = true
	}
	require.Len(t, left, 2, "kept for some luck, lost for other")
	require.Equal(t, before, fmt.Sprint(d.Operations(), d.Done(), d.AtStake(0)), "the disk goes on")
	write(t, f, []byte("other"), 0)
	require.Equal(t, "other", string(load(t, d, "f")))
}
