package vfs

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Mem returns an empty file system in memory, with the root as its only
// directory. It has no faults and no notion of durability: what is written
// stays. It belongs to one goroutine.
func Mem() FS {
	return &memFS{nodes: map[string]*memNode{"/": {dir: true}}}
}

var (
	errIsDir  = errors.New("is a directory")
	errNotDir = errors.New("not a directory")
)

// memFS keeps every file and directory under its clean absolute path.
type memFS struct {
	nodes map[string]*memNode
}

type memNode struct {
	dir  bool
	data []byte
}

func memPath(name string) string { return path.Clean("/" + name) }

func (m *memFS) Create(name string) (File, error) {
	p := memPath(name)
	if err := m.mustBeDir("create", path.Dir(p)); err != nil {
		return nil, err
	}
	node := m.nodes[p]
	switch {
	case node == nil:
		node = &memNode{}
		m.nodes[p] = node
	case node.dir:
		return nil, &fs.PathError{Op: "create", Path: name, Err: errIsDir}
	}
	node.data = nil
	return &memFile{name: name, node: node}, nil
}

func (m *memFS) Open(name string) (File, error) {
	node, err := m.file("open", name)
	if err != nil {
		return nil, err
	}
	return &memFile{name: name, node: node}, nil
}

func (m *memFS) Remove(name string) error {
	if _, err := m.file("remove", name); err != nil {
		return err
	}
	delete(m.nodes, memPath(name))
	return nil
}

func (m *memFS) Rename(oldName, newName string) error {
	node, err := m.file("rename", oldName)
	if err != nil {
		return err
	}
	p := memPath(newName)
	if err := m.mustBeDir("rename", path.Dir(p)); err != nil {
		return err
	}
	if target := m.nodes[p]; target != nil && target.dir {
		return &fs.PathError{Op: "rename", Path: newName, Err: errIsDir}
	}
	delete(m.nodes, memPath(oldName))
	m.nodes[p] = node
	return nil
}

func (m *memFS) MkdirAll(dir string) error {
	p := memPath(dir)
	if node := m.nodes[p]; node != nil {
		return m.mustBeDir("mkdir", p)
	}
	if err := m.MkdirAll(path.Dir(p)); err != nil {
		return err
	}
	m.nodes[p] = &memNode{dir: true}
	return nil
}

func (m *memFS) List(dir string) ([]string, error) {
	p := memPath(dir)
	if err := m.mustBeDir("list", p); err != nil {
		return nil, err
	}
	prefix := strings.TrimSuffix(p, "/") + "/"
	names := []string{}
	for name := range m.nodes {
		if base, ok := strings.CutPrefix(name, prefix); ok && base != "" && !strings.Contains(base, "/") {
			names = append(names, base)
		}
	}
	slices.Sort(names)
	return names, nil
}

func (m *memFS) SyncDir(dir string) error {
	return m.mustBeDir("sync", memPath(dir))
}

// file finds the file of a name.
func (m *memFS) file(op, name string) (*memNode, error) {
	p := memPath(name)
	node := m.nodes[p]
	switch {
	case node == nil:
		if err := m.mustBeDir(op, path.Dir(p)); err != nil {
			return nil, err
		}
		return nil, &fs.PathError{Op: op, Path: name, Err: fs.ErrNotExist}
	case node.dir:
		return nil, &fs.PathError{Op: op, Path: name, Err: errIsDir}
	}
	return node, nil
}

// mustBeDir finds the directory of a clean path, or says what is wrong.
func (m *memFS) mustBeDir(op, p string) error {
	switch node := m.nodes[p]; {
	case node == nil:
		return &fs.PathError{Op: op, Path: p, Err: fs.ErrNotExist}
	case !node.dir:
		return &fs.PathError{Op: op, Path: p, Err: errNotDir}
	}
	return nil
}

type memFile struct {
	name string
	node *memNode // nil when closed
}

func (f *memFile) ReadAt(p []byte, offset int64) (int, error) {
	if err := f.check("read", offset); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if offset >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[offset:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (f *memFile) WriteAt(p []byte, offset int64) (int, error) {
	if err := f.check("write", offset); err != nil {
		return 0, err
	}
	if len(p) == 0 {
		return 0, nil
	}
	if end := offset + int64(len(p)); end > int64(len(f.node.data)) {
		f.resize(end)
	}
	return copy(f.node.data[offset:], p), nil
}

func (f *memFile) Truncate(size int64) error {
	if err := f.check("truncate", size); err != nil {
		return err
	}
	f.resize(size)
	return nil
}

// resize cuts the contents, or extends them with zeros.
func (f *memFile) resize(size int64) {
	old := int64(len(f.node.data))
	if size > old {
		f.node.data = slices.Grow(f.node.data, int(size-old))[:size]
		clear(f.node.data[old:])
	}
	f.node.data = f.node.data[:size]
}

func (f *memFile) Sync() error { return f.check("sync", 0) }

func (f *memFile) Size() (int64, error) {
	if err := f.check("size", 0); err != nil {
		return 0, err
	}
	return int64(len(f.node.data)), nil
}

func (f *memFile) Close() error {
	if err := f.check("close", 0); err != nil {
		return err
	}
	f.node = nil
	return nil
}

// check refuses closed files and negative positions.
func (f *memFile) check(op string, offset int64) error {
	if f.node == nil {
		return &fs.PathError{Op: op, Path: f.name, Err: fs.ErrClosed}
	}
	if offset < 0 {
		return &fs.PathError{Op: op, Path: f.name, Err: fs.ErrInvalid}
	}
	return nil
}
