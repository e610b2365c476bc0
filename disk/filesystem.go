package disk

import (
	"errors"
	"io/fs"
	"path"

	"raftsim/vfs"
)

var (
	errIsDir  = errors.New("is a directory")
	errNotDir = errors.New("not a directory")
)

// Create is vfs.FS.Create.
func (d *Disk) Create(name string) (vfs.File, error) {
	op := d.begin("create", name, purposeWrite, 0)
	p := clean(name)
	if err := d.mustBeDir("create", path.Dir(p)); err != nil {
		return nil, d.finish(&op, err)
	}
	node := d.names.get(p)
	switch {
	case node == nil:
		node = d.newNode()
		d.rename(&op, "", p, node)
	case node.dir:
		return nil, d.finish(&op, &fs.PathError{Op: "create", Path: name, Err: errIsDir})
	default:
		d.truncate(&op, node, 0)
	}
	return d.handle(node, p), d.finish(&op, nil)
}

// Open is vfs.FS.Open.
func (d *Disk) Open(name string) (vfs.File, error) {
	op := d.begin("open", name, purposeRead, 0)
	node, err := d.find("open", name)
	if err != nil {
		return nil, d.finish(&op, err)
	}
	return d.handle(node, clean(name)), d.finish(&op, nil)
}

// Remove is vfs.FS.Remove.
func (d *Disk) Remove(name string) error {
	op := d.begin("remove", name, purposeWrite, 0)
	node, err := d.find("remove", name)
	if err == nil {
		d.rename(&op, clean(name), "", node)
	}
	return d.finish(&op, err)
}

// Rename is vfs.FS.Rename. It becomes durable with a SyncDir of the directory of
// the new name.
func (d *Disk) Rename(oldName, newName string) error {
	op := d.begin("rename", newName, purposeWrite, 0)
	node, err := d.find("rename", oldName)
	if err != nil {
		return d.finish(&op, err)
	}
	p := clean(newName)
	if err := d.mustBeDir("rename", path.Dir(p)); err != nil {
		return d.finish(&op, err)
	}
	if target := d.names.get(p); target != nil && target.dir {
		return d.finish(&op, &fs.PathError{Op: "rename", Path: newName, Err: errIsDir})
	}
	d.rename(&op, clean(oldName), p, node)
	return d.finish(&op, nil)
}

// MkdirAll is vfs.FS.MkdirAll.
func (d *Disk) MkdirAll(dir string) error {
	op := d.begin("mkdir", dir, purposeSync, 0)
	before := len(d.changes)
	err := d.mkdir(&op, clean(dir))
	if len(d.changes) > before {
		d.syncs = append(d.syncs, syncing{number: op.Number, end: op.End})
	}
	return d.finish(&op, err)
}

func (d *Disk) mkdir(op *Operation, p string) error {
	if d.names.get(p) != nil {
		return d.mustBeDir("mkdir", p)
	}
	if err := d.mkdir(op, path.Dir(p)); err != nil {
		return err
	}
	node := d.newNode()
	node.dir = true
	d.rename(op, "", p, node)
	return nil
}

// List is vfs.FS.List.
func (d *Disk) List(dir string) ([]string, error) {
	op := d.begin("list", dir, purposeRead, 0)
	if err := d.mustBeDir("list", clean(dir)); err != nil {
		return nil, d.finish(&op, err)
	}
	return d.names.list(clean(dir)), d.finish(&op, nil)
}

// SyncDir is vfs.FS.SyncDir. The faults of syncs strike it as well, but no pages
// are lost with it: names stay to be synced again.
func (d *Disk) SyncDir(dir string) error {
	op := d.begin("syncdir", dir, purposeSync, 0)
	p := clean(dir)
	if err := d.mustBeDir("sync", p); err != nil {
		return d.finish(&op, err)
	}
	if d.strike(SyncError, dir) != nil || d.strike(SyncLosesPages, dir) != nil {
		return d.finish(&op, &fs.PathError{Op: "sync", Path: dir, Err: ErrIO})
	}
	if d.strike(LyingSync, dir) != nil {
		for i := range d.changes {
			if c := &d.changes[i]; c.dir() == p {
				c.claimed = true
			}
		}
		return d.finish(&op, nil)
	}
	d.syncs = append(d.syncs, syncing{number: op.Number, end: op.End, dir: p})
	return d.finish(&op, nil)
}

// find finds the file of a name.
func (d *Disk) find(verb, name string) (*inode, error) {
	p := clean(name)
	node := d.names.get(p)
	switch {
	case node == nil:
		if err := d.mustBeDir(verb, path.Dir(p)); err != nil {
			return nil, err
		}
		return nil, &fs.PathError{Op: verb, Path: name, Err: fs.ErrNotExist}
	case node.dir:
		return nil, &fs.PathError{Op: verb, Path: name, Err: errIsDir}
	}
	return node, nil
}

// mustBeDir says what is wrong with a clean path as a directory.
func (d *Disk) mustBeDir(verb, p string) error {
	switch node := d.names.get(p); {
	case node == nil:
		return &fs.PathError{Op: verb, Path: p, Err: fs.ErrNotExist}
	case !node.dir:
		return &fs.PathError{Op: verb, Path: p, Err: errNotDir}
	}
	return nil
}
