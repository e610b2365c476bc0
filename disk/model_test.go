package disk_test

import (
	"bytes"
	"io"
	"io/fs"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/disk"
	"raftsim/random"
	"raftsim/vfs"
)

// ticking is a disk on which every operation takes one nanosecond, so that the
// operation of number n has ended at time n.
var ticking = disk.Profile{
	Read:  random.Constant(1),
	Write: random.Constant(1),
	Sync:  random.Constant(1),
}

func newDisk(seed random.Seed, p disk.Profile) *disk.Disk {
	return disk.New(seed.Fates(), "n1", p)
}

func TestDiskWithoutFaultsIsAPlainFileSystem(t *testing.T) {
	names := []string{"d/a", "d/b", "/e/a", "nowhere/a", "d"}
	rapid.Check(t, func(rt *rapid.T) {
		profile := ticking
		profile.BytesPerSecond = rapid.SampledFrom([]int64{0, 1 << 20}).Draw(rt, "rate")
		d, mem := newDisk(1, profile), vfs.Mem()
		both := func(rt *rapid.T, do func(vfs.FS) error) bool {
			got, want := do(d), do(mem)
			if want == nil {
				require.NoError(rt, got)
				return true
			}
			require.Error(rt, got)
			for _, class := range []error{fs.ErrNotExist, fs.ErrClosed, fs.ErrInvalid, io.EOF} {
				require.Equal(rt, errorIs(want, class), errorIs(got, class), "%v, %v", got, want)
			}
			return false
		}
		for _, dir := range []string{"d", "e/f"} {
			require.True(rt, both(rt, func(f vfs.FS) error { return f.MkdirAll(dir) }))
		}
		var files [][2]vfs.File
		name := func(rt *rapid.T) string { return rapid.SampledFrom(names).Draw(rt, "name") }
		pick := func(rt *rapid.T) [2]vfs.File {
			if len(files) == 0 {
				rt.Skip("nothing open")
			}
			return files[rapid.IntRange(0, len(files)-1).Draw(rt, "file")]
		}
		enter := func(rt *rapid.T, open func(vfs.FS) (vfs.File, error)) {
			var pair [2]vfs.File
			if both(rt, func(f vfs.FS) (err error) {
				var file vfs.File
				if file, err = open(f); f == vfs.FS(d) {
					pair[0] = file
				} else {
					pair[1] = file
				}
				return err
			}) {
				files = append(files, pair)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"create": func(rt *rapid.T) {
				n := name(rt)
				enter(rt, func(f vfs.FS) (vfs.File, error) { return f.Create(n) })
			},
			"open": func(rt *rapid.T) {
				n := name(rt)
				enter(rt, func(f vfs.FS) (vfs.File, error) { return f.Open(n) })
			},
			"remove": func(rt *rapid.T) {
				n := name(rt)
				both(rt, func(f vfs.FS) error { return f.Remove(n) })
			},
			"rename": func(rt *rapid.T) {
				from, to := name(rt), name(rt)
				both(rt, func(f vfs.FS) error { return f.Rename(from, to) })
			},
			"write": func(rt *rapid.T) {
				pair := pick(rt)
				data := bytes.Repeat([]byte{rapid.Byte().Draw(rt, "byte")}, rapid.IntRange(0, 1200).Draw(rt, "bytes"))
				offset := rapid.Int64Range(0, 1500).Draw(rt, "offset")
				for _, f := range pair {
					n, err := f.WriteAt(data, offset)
					require.NoError(rt, err)
					require.Equal(rt, len(data), n)
				}
			},
			"truncate": func(rt *rapid.T) {
				pair := pick(rt)
				size := rapid.Int64Range(0, 3000).Draw(rt, "size")
				require.NoError(rt, pair[0].Truncate(size))
				require.NoError(rt, pair[1].Truncate(size))
			},
			"sync": func(rt *rapid.T) { require.NoError(rt, pick(rt)[0].Sync()) },
			"sync dir": func(rt *rapid.T) {
				require.NoError(rt, d.SyncDir(rapid.SampledFrom([]string{"d", "e", "/"}).Draw(rt, "dir")))
			},
			"close": func(rt *rapid.T) {
				i := rapid.IntRange(0, max(0, len(files)-1)).Draw(rt, "file")
				if i < len(files) {
					require.NoError(rt, files[i][0].Close())
					require.NoError(rt, files[i][1].Close())
					require.ErrorIs(rt, files[i][0].Sync(), fs.ErrClosed)
					files = append(files[:i], files[i+1:]...)
				}
			},
			"time": func(rt *rapid.T) { d.At(d.Done().Add(time.Duration(rapid.IntRange(-5, 5).Draw(rt, "by")))) },
			"": func(rt *rapid.T) {
				for _, dir := range []string{"d", "e", "/"} {
					got, err := d.List(dir)
					require.NoError(rt, err)
					want, err := mem.List(dir)
					require.NoError(rt, err)
					require.Equal(rt, want, got)
				}
				for _, pair := range files {
					require.Equal(rt, contents(rt, pair[1]), contents(rt, pair[0]))
				}
			},
		})
	})
}

func errorIs(err, class error) bool {
	for ; err != nil; err = unwrap(err) {
		if err == class {
			return true
		}
	}
	return false
}

func unwrap(err error) error {
	if u, ok := err.(interface{ Unwrap() error }); ok {
		return u.Unwrap()
	}
	return nil
}

// contents is all of an open file.
func contents(t require.TestingT, f vfs.File) []byte {
	size, err := f.Size()
	require.NoError(t, err)
	b := make([]byte, size+1)
	n, err := f.ReadAt(b, 0)
	require.ErrorIs(t, err, io.EOF)
	require.EqualValues(t, size, n)
	return b[:n]
}

// load is all of a file by name.
func load(t require.TestingT, d *disk.Disk, name string) []byte {
	f, err := d.Open(name)
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	return contents(t, f)
}

// durable makes a file that a crash cannot touch.
func durable(t require.TestingT, d *disk.Disk, name string, data []byte) vfs.File {
	f, err := d.Create(name)
	require.NoError(t, err)
	_, err = f.WriteAt(data, 0)
	require.NoError(t, err)
	require.NoError(t, f.Sync())
	require.NoError(t, d.SyncDir("/"))
	d.At(d.Done())
	return f
}

func write(t require.TestingT, f vfs.File, data []byte, offset int64) {
	_, err := f.WriteAt(data, offset)
	require.NoError(t, err)
}

func pattern(n int, b byte) []byte { return bytes.Repeat([]byte{b}, n) }
