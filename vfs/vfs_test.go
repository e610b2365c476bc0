package vfs_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/vfs"
)

// The model of a file system is a map from names to contents that handles share.
type model struct {
	files map[string]*[]byte
}

var names = []string{"d/a", "d/b", "d/c", "e/a", "nowhere/a"}

// pair is one open file, in each file system and in the model.
type pair struct {
	real, mem vfs.File
	data      *[]byte
}

func TestMemAndOSDoWhatTheModelSays(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "run")
		require.NoError(rt, err)
		w := &world{t: rt, root: dir, os: vfs.OS(), mem: vfs.Mem(), model: model{files: map[string]*[]byte{}}}
		defer w.closeAll()
		for _, d := range []string{"d", "e/f"} {
			require.NoError(rt, w.os.MkdirAll(w.path(d)))
			require.NoError(rt, w.mem.MkdirAll(w.path(d)))
		}
		rt.Repeat(map[string]func(*rapid.T){
			"create": w.create, "open": w.open, "remove": w.remove, "rename": w.rename,
			"sync": w.syncDir, "write": w.write, "read": w.read, "truncate": w.truncate, "close": w.close,
			"": w.listings,
		})
	})
}

type world struct {
	t       *rapid.T
	root    string
	os, mem vfs.FS
	model   model
	handles []pair
}

func (w *world) path(name string) string { return filepath.ToSlash(filepath.Join(w.root, name)) }

func (w *world) name(t *rapid.T, label string) string {
	return rapid.SampledFrom(names).Draw(t, label)
}

// agree requires that both errors are of the class the model expects.
func (w *world) agree(t *rapid.T, osErr, memErr, want error) {
	for _, err := range []error{osErr, memErr} {
		if want == nil {
			require.NoError(t, err)
		} else {
			require.ErrorIs(t, err, want)
		}
	}
}

func (w *world) missing(name string) error {
	if w.model.files[name] == nil {
		return fs.ErrNotExist
	}
	return nil
}

func (w *world) create(t *rapid.T) {
	name := w.name(t, "name")
	a, errA := w.os.Create(w.path(name))
	b, errB := w.mem.Create(w.path(name))
	if name == "nowhere/a" {
		w.agree(t, errA, errB, fs.ErrNotExist)
		return
	}
	w.agree(t, errA, errB, nil)
	if w.model.files[name] == nil {
		w.model.files[name] = new([]byte)
	}
	*w.model.files[name] = nil
	w.handles = append(w.handles, pair{a, b, w.model.files[name]})
}

func (w *world) open(t *rapid.T) {
	name := w.name(t, "name")
	a, errA := w.os.Open(w.path(name))
	b, errB := w.mem.Open(w.path(name))
	w.agree(t, errA, errB, w.missing(name))
	if errA == nil {
		w.handles = append(w.handles, pair{a, b, w.model.files[name]})
	}
}

func (w *world) remove(t *rapid.T) {
	name := w.name(t, "name")
	w.agree(t, w.os.Remove(w.path(name)), w.mem.Remove(w.path(name)), w.missing(name))
	delete(w.model.files, name)
}

func (w *world) rename(t *rapid.T) {
	from, to := w.name(t, "from"), w.name(t, "to")
	want := w.missing(from)
	if to == "nowhere/a" {
		want = fs.ErrNotExist
	}
	w.agree(t, w.os.Rename(w.path(from), w.path(to)), w.mem.Rename(w.path(from), w.path(to)), want)
	if want == nil && from != to {
		w.model.files[to] = w.model.files[from]
		delete(w.model.files, from)
	}
}

func (w *world) syncDir(t *rapid.T) {
	w.agree(t, w.os.SyncDir(w.path("d")), w.mem.SyncDir(w.path("d")), nil)
}

func (w *world) pick(t *rapid.T) pair {
	if len(w.handles) == 0 {
		t.Skip("nothing open")
	}
	return w.handles[rapid.IntRange(0, len(w.handles)-1).Draw(t, "file")]
}

func (w *world) write(t *rapid.T) {
	f := w.pick(t)
	data := rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "data")
	offset := rapid.Int64Range(-1, 60).Draw(t, "offset")
	a, errA := f.real.WriteAt(data, offset)
	b, errB := f.mem.WriteAt(data, offset)
	require.Equal(t, a, b)
	if offset < 0 {
		require.Error(t, errA)
		require.Error(t, errB)
		return
	}
	w.agree(t, errA, errB, nil)
	require.Equal(t, len(data), a)
	if len(data) > 0 {
		end := int(offset) + len(data)
		if end > len(*f.data) {
			*f.data = append(*f.data, make([]byte, end-len(*f.data))...)
		}
		copy((*f.data)[offset:], data)
	}
}

func (w *world) read(t *rapid.T) {
	f := w.pick(t)
	offset := rapid.Int64Range(0, 100).Draw(t, "offset")
	a, b := make([]byte, rapid.IntRange(1, 50).Draw(t, "bytes")), make([]byte, 50)
	b = b[:len(a)]
	n, errA := f.real.ReadAt(a, offset)
	m, errB := f.mem.ReadAt(b, offset)
	want := []byte{}
	if int(offset) < len(*f.data) {
		want = (*f.data)[offset:min(int(offset)+len(a), len(*f.data))]
	}
	require.Equal(t, string(want), string(a[:n]))
	require.Equal(t, string(want), string(b[:m]))
	var wantErr error
	if len(want) < len(a) {
		wantErr = io.EOF
	}
	w.agree(t, errA, errB, wantErr)
}

func (w *world) truncate(t *rapid.T) {
	f := w.pick(t)
	size := rapid.IntRange(0, 100).Draw(t, "size")
	w.agree(t, f.real.Truncate(int64(size)), f.mem.Truncate(int64(size)), nil)
	*f.data = append(*f.data, make([]byte, max(0, size-len(*f.data)))...)[:size]
}

func (w *world) close(t *rapid.T) {
	f := w.pick(t)
	w.agree(t, f.real.Sync(), f.mem.Sync(), nil)
	w.agree(t, f.real.Close(), f.mem.Close(), nil)
	w.handles = slices.DeleteFunc(w.handles, func(p pair) bool { return p.real == f.real })
	_, errA := f.real.WriteAt([]byte("x"), 0)
	_, errB := f.mem.WriteAt([]byte("x"), 0)
	w.agree(t, errA, errB, fs.ErrClosed)
}

// listings holds after every step: names, and the size and contents behind each.
func (w *world) listings(t *rapid.T) {
	for _, dir := range []string{"d", "e"} {
		var want []string
		if dir == "e" {
			want = append(want, "f")
		}
		for name := range w.model.files {
			if filepath.Dir(name) == dir {
				want = append(want, filepath.Base(name))
			}
		}
		slices.Sort(want)
		for _, fsys := range []vfs.FS{w.os, w.mem} {
			got, err := fsys.List(w.path(dir))
			require.NoError(t, err)
			require.Equal(t, fmt.Sprint(want), fmt.Sprint(got))
		}
	}
	for _, f := range w.handles {
		a, errA := f.real.Size()
		b, errB := f.mem.Size()
		w.agree(t, errA, errB, nil)
		require.EqualValues(t, len(*f.data), a)
		require.EqualValues(t, len(*f.data), b)
	}
}

func (w *world) closeAll() {
	for _, f := range w.handles {
		_ = errors.Join(f.real.Close(), f.mem.Close())
	}
}

func TestMissingDirectoriesAreReported(t *testing.T) {
	for name, fsys := range map[string]vfs.FS{"os": vfs.OS(), "mem": vfs.Mem()} {
		t.Run(name, func(t *testing.T) {
			root := filepath.ToSlash(t.TempDir())
			_, err := fsys.List(root + "/none")
			require.ErrorIs(t, err, fs.ErrNotExist)
			require.ErrorIs(t, fsys.SyncDir(root+"/none"), fs.ErrNotExist)
			require.NoError(t, fsys.MkdirAll(root+"/a/b/c"))
			require.NoError(t, fsys.MkdirAll(root+"/a/b"))
			list, err := fsys.List(root + "/a")
			require.NoError(t, err)
			require.Equal(t, []string{"b"}, list)

			f, err := fsys.Create(root + "/a/file")
			require.NoError(t, err)
			require.NoError(t, f.Close())
			require.Error(t, fsys.MkdirAll(root+"/a/file/x"), "a file is in the way")
			require.Error(t, fsys.MkdirAll(root+"/a/file"), "a file is in the way")
			_, err = fsys.Create(root + "/a/b")
			require.Error(t, err, "a directory is in the way")
		})
	}
}

func TestLockKeepsOthersOutUntilItIsClosed(t *testing.T) {
	fsys := vfs.OS().(vfs.Locker)
	name := filepath.ToSlash(filepath.Join(t.TempDir(), "lock"))
	lock, err := fsys.Lock(name)
	require.NoError(t, err)
	_, err = fsys.Lock(name)
	require.ErrorIs(t, err, vfs.ErrLocked)
	require.NoError(t, lock.Close())
	lock, err = fsys.Lock(name)
	require.NoError(t, err)
	require.NoError(t, lock.Close())
	_, err = fsys.Lock(filepath.ToSlash(filepath.Join(t.TempDir(), "none", "lock")))
	require.ErrorIs(t, err, fs.ErrNotExist)
}
