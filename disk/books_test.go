package disk_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/random"
	"raftsim/vfs"
)

// Whatever is done to a disk and whatever goes wrong, its books are right.
func TestBooksAreRightWhateverHappens(t *testing.T) {
	names := []string{"a", "b", "d/a", "d/b", "d/c"}
	kinds := []disk.Kind{disk.SyncError, disk.SyncLosesPages, disk.LyingSync, disk.ReadError, disk.WriteError, disk.Misdirect, disk.Full}
	rapid.Check(t, func(rt *rapid.T) {
		d := newDisk(random.Seed(rapid.Uint64().Draw(rt, "seed")), ticking)
		require.NoError(rt, d.MkdirAll("d"))
		var files []vfs.File
		image := d.Copy(0)
		name := func(rt *rapid.T) string { return rapid.SampledFrom(names).Draw(rt, "name") }
		moment := func(rt *rapid.T) clock.Time { return d.Done().Add(time.Duration(rapid.IntRange(-6, 2).Draw(rt, "at"))) }
		settle := func() {
			_, _ = d.SyncDir("/"), d.SyncDir("d")
			d.At(d.Done())
		}
		pick := func(rt *rapid.T) vfs.File {
			if len(files) == 0 {
				rt.Skip("nothing open")
			}
			return files[rapid.IntRange(0, len(files)-1).Draw(rt, "file")]
		}
		rt.Repeat(map[string]func(*rapid.T){
			"create": func(rt *rapid.T) {
				if f, err := d.Create(name(rt)); err == nil {
					files = append(files, f)
				}
			},
			"write": func(rt *rapid.T) {
				f := pick(rt)
				_, _ = f.WriteAt(pattern(rapid.IntRange(1, 6000).Draw(rt, "bytes"), 'x'), rapid.Int64Range(0, 9000).Draw(rt, "offset"))
			},
			"truncate": func(rt *rapid.T) { _ = pick(rt).Truncate(rapid.Int64Range(0, 9000).Draw(rt, "size")) },
			"file": func(rt *rapid.T) { // a file as a log makes it, durable but for its faults
				_ = d.MkdirAll("d")
				f, err := d.Create(name(rt))
				require.NoError(rt, err)
				_, _ = f.WriteAt(pattern(rapid.IntRange(1, 6000).Draw(rt, "bytes"), 'x'), 0)
				_ = f.Sync()
				if rapid.Bool().Draw(rt, "close") {
					_ = f.Close()
				} else {
					files = append(files, f)
				}
				settle()
			},
			"settle":   func(*rapid.T) { settle() },
			"sync":     func(rt *rapid.T) { _ = pick(rt).Sync() },
			"close":    func(rt *rapid.T) { _ = pick(rt).Close() },
			"remove":   func(rt *rapid.T) { _ = d.Remove(name(rt)) },
			"rename":   func(rt *rapid.T) { _ = d.Rename(name(rt), name(rt)) },
			"sync dir": func(rt *rapid.T) { _ = d.SyncDir(rapid.SampledFrom([]string{"/", "d"}).Draw(rt, "dir")) },
			"time":     func(rt *rapid.T) { d.At(moment(rt)) },
			"crash": func(rt *rapid.T) {
				c := disk.Crash{Losing: disk.Losing(rapid.IntRange(0, 4).Draw(rt, "losing")), Torn: rapid.Bool().Draw(rt, "torn")}
				d.Crash(moment(rt), c)
				files = nil
			},
			"fault": func(rt *rapid.T) {
				d.Inject(d.Done(), disk.Fault{Kind: rapid.SampledFrom(kinds).Draw(rt, "kind"), Times: 2, Bytes: 3000})
			},
			"damage": func(rt *rapid.T) {
				d.Rot(d.Done(), "", 2)
				d.Latent(d.Done(), "", 1)
			},
			"copy": func(rt *rapid.T) { image = d.Copy(moment(rt)) },
			"replace": func(rt *rapid.T) {
				if rapid.Bool().Draw(rt, "swap") {
					d.Swap(moment(rt), image)
				} else {
					d.Lose(moment(rt))
				}
				files = nil
				_ = d.MkdirAll("d")
			},
			"clone": func(rt *rapid.T) {
				c := d.Clone()
				require.NoError(rt, c.Check())
				c.Crash(c.Done(), disk.Crash{})
				require.NoError(rt, c.Check())
			},
			"": func(rt *rapid.T) { require.NoError(rt, d.Check()) },
		})
	})
}

func TestSyncDirIsOfOneDirectory(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	require.NoError(t, d.MkdirAll("d"))
	for _, name := range []string{"a", "d/b"} {
		_, err := d.Create(name)
		require.NoError(t, err)
	}
	require.NoError(t, d.SyncDir("d"))
	d.Crash(0, disk.Crash{})
	names, err := d.List("/")
	require.NoError(t, err)
	require.Equal(t, []string{"d"}, names)
	names, err = d.List("d")
	require.NoError(t, err)
	require.Equal(t, []string{"b"}, names)
}

func TestFailedSyncLosesNoPagesThatAnEarlierOneCovers(t *testing.T) {
	d := newDisk(1, ticking)
	f := durable(t, d, "f", []byte("....."))
	write(t, f, []byte("one"), 0)
	require.NoError(t, f.Sync()) // on its way
	write(t, f, []byte("two"), 2)
	d.Inject(0, disk.Fault{Kind: disk.SyncLosesPages})
	require.Error(t, f.Sync())
	require.Equal(t, "ontwo", string(load(t, d, "f")))
	d.Crash(d.Done(), disk.Crash{})
	require.Equal(t, "one..", string(load(t, d, "f")))
}

func TestLostPagesDoNotMakeTheFileLonger(t *testing.T) {
	d := newDisk(1, disk.Profile{})
	f := durable(t, d, "f", []byte("old"))
	d.Inject(0, disk.Fault{Kind: disk.SyncLosesPages})
	write(t, f, []byte("longer"), 3)
	require.Error(t, f.Sync())
	require.EqualValues(t, 1, d.States(0))
	d.Crash(0, disk.Crash{Losing: disk.Subset})
	require.Equal(t, "old", string(load(t, d, "f")))
}

func TestSyncThatTheProcessDidNotLiveToSeeMakesNothingDurable(t *testing.T) {
	d := newDisk(1, disk.Profile{Sync: random.Constant(10)})
	f := durable(t, d, "f", []byte("old"))
	begin := d.Done()
	write(t, f, []byte("new"), 0)
	require.NoError(t, f.Sync())
	d.Crash(begin+5, disk.Crash{Losing: disk.Nothing})
	require.Equal(t, begin+5, d.Done(), "nothing is under way")
	g, err := d.Open("f")
	require.NoError(t, err)
	later := d.Clone()
	later.Crash(begin+50, disk.Crash{})
	require.Equal(t, "old", string(load(t, later, "f")))

	d.Inject(begin+50, disk.Fault{Kind: disk.SyncLosesPages, Times: 1})
	require.Error(t, g.Sync())
	require.NoError(t, g.Sync())
	d.Crash(begin+99, disk.Crash{})
	require.Equal(t, "old", string(load(t, d, "f")), "the pages were dirty still, and are lost now")
}

func TestDeathOfTheProcessUndoesTheChangeOfNamesInProgress(t *testing.T) {
	d := newDisk(1, disk.Profile{Write: random.Constant(10)})
	_, err := d.Create("a")
	require.NoError(t, err)
	_, err = d.Create("b")
	require.NoError(t, err)
	loss := d.Crash(15, disk.Crash{Losing: disk.Nothing})
	require.Equal(t, disk.Loss{Operations: 1, Files: 1}, loss)
	require.Equal(t, "a \"\"\n", snapshotOf(t, d))
}

func TestWriteCutByTheDeathOfTheProcessIsThereForTheNext(t *testing.T) {
	d := newDisk(3, disk.Profile{Write: random.Constant(10)})
	f := durable(t, d, "f", nil)
	begin := d.Done()
	write(t, f, pattern(2048, 'x'), 0)
	require.True(t, d.Crash(begin+5, disk.Crash{Losing: disk.Nothing, Torn: true}).Torn)
	left := load(t, d, "f")
	require.NotEmpty(t, left)
	require.Equal(t, len(left), d.Unsynced(begin+5))
	require.Zero(t, d.Crash(begin+6, disk.Crash{Losing: disk.Nothing}))
	require.Equal(t, left, load(t, d, "f"))
}

func TestTruncateMakesRoom(t *testing.T) {
	d := newDisk(1, disk.Profile{Capacity: 1000})
	f := durable(t, d, "f", pattern(1000, 'x'))
	require.NoError(t, f.Truncate(400))
	g, err := d.Create("g")
	require.NoError(t, err)
	write(t, g, pattern(600, 'y'), 0)
	_, err = g.WriteAt([]byte("y"), 600)
	require.ErrorIs(t, err, disk.ErrNoSpace)
}

func TestBytesThatWereCutAreZeroWhenTheFileGrowsAgain(t *testing.T) {
	for _, synced := range []bool{true, false} {
		d := newDisk(1, disk.Profile{})
		f := durable(t, d, "f", pattern(5000, 'x'))
		require.NoError(t, f.Truncate(100))
		if synced {
			require.NoError(t, f.Sync())
		}
		d.Crash(0, disk.Crash{Losing: disk.Chosen, State: 1}) // the size made it, the zeros did not
		f, err := d.Open("f")
		require.NoError(t, err)
		write(t, f, []byte("y"), 4999)
		require.NoError(t, f.Sync())
		d.Crash(0, disk.Crash{})
		require.Equal(t, string(pattern(100, 'x'))+string(pattern(4899, 0))+"y", string(load(t, d, "f")))
	}
}

func TestRemovedFileTakesRoomUntilItIsClosed(t *testing.T) {
	d := newDisk(1, disk.Profile{Capacity: 1000})
	f := durable(t, d, "f", pattern(1000, 'x'))
	require.NoError(t, d.Remove("f"))
	require.NoError(t, d.SyncDir("/"))
	d.At(0)
	g, err := d.Create("g")
	require.NoError(t, err)
	_, err = g.WriteAt([]byte("y"), 0)
	require.ErrorIs(t, err, disk.ErrNoSpace)
	require.Equal(t, pattern(1000, 'x'), contents(t, f))
	require.NoError(t, f.Close())
	write(t, g, pattern(1000, 'y'), 0)
}
