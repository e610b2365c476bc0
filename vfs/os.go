package vfs

import (
	"errors"
	"os"
	"path/filepath"
)

// OS is the file system of the operating system. Relative names start at the
// working directory of the process. What FS promises holds on POSIX systems, where
// a directory can be synced and an open file renamed. It is a [Locker].
func OS() FS { return osFS{} }

// OSAt is OS with names that start at a directory, which need not exist yet.
func OSAt(dir string) FS { return osFS{root: dir} }

type osFS struct{ root string }

// path is where a name is in the operating system.
func (fs osFS) path(name string) string { return filepath.Join(fs.root, filepath.FromSlash(name)) }

func (fs osFS) Create(name string) (File, error) {
	return openFile(fs.path(name), os.O_RDWR|os.O_CREATE|os.O_TRUNC)
}

func (fs osFS) Open(name string) (File, error) {
	return openFile(fs.path(name), os.O_RDWR)
}

func openFile(path string, flags int) (File, error) {
	f, err := os.OpenFile(path, flags, 0o600)
	if err != nil {
		return nil, err
	}
	return osFile{f}, nil
}

func (fs osFS) Remove(name string) error {
	return os.Remove(fs.path(name))
}

func (fs osFS) Rename(oldName, newName string) error {
	return os.Rename(fs.path(oldName), fs.path(newName))
}

// MkdirAll syncs the parent of every directory that it makes: a log whose
// directory is gone after a power failure was never durable.
func (fs osFS) MkdirAll(dir string) error { return mkdirAll(filepath.Clean(fs.path(dir))) }

func mkdirAll(dir string) error {
	if info, err := os.Stat(dir); err == nil {
		if !info.IsDir() {
			return &os.PathError{Op: "mkdir", Path: dir, Err: errNotDir}
		}
		return nil
	}
	parent := filepath.Dir(dir)
	if parent != dir {
		if err := mkdirAll(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	return osFS{}.SyncDir(parent)
}

func (fs osFS) List(dir string) ([]string, error) {
	entries, err := os.ReadDir(fs.path(dir))
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	return names, nil
}

func (fs osFS) SyncDir(dir string) error {
	d, err := os.Open(fs.path(dir))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

type osFile struct{ *os.File }

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
