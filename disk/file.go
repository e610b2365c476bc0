package disk

import (
	"io"
	"io/fs"

	"raftsim/vfs"
)

// file is an open file. A crash makes it stale.
type file struct {
	disk       *Disk
	node       *inode // nil when closed
	name       string
	generation uint64
}

func (d *Disk) handle(node *inode, name string) vfs.File {
	node.handles++
	return &file{disk: d, node: node, name: name, generation: d.generation}
}

// ReadAt is vfs.File.ReadAt.
func (f *file) ReadAt(p []byte, offset int64) (int, error) {
	if err := f.check("read", offset); err != nil {
		return 0, err
	}
	d, node := f.disk, f.node
	n := int(max(0, min(int64(len(p)), node.length-offset)))
	op := d.begin("read", f.name, purposeRead, n)
	op.Offset = offset
	if d.strike(ReadError, f.name) != nil || n > 0 && len(node.bad) > 0 && node.unreadable(offset, n) {
		op.Bytes = 0
		return 0, d.finish(&op, f.fails("read", ErrIO))
	}
	node.read(p[:n], offset)
	var err error
	if n < len(p) {
		err = io.EOF
	}
	return n, d.finish(&op, err)
}

// WriteAt is vfs.File.WriteAt.
func (f *file) WriteAt(p []byte, offset int64) (int, error) {
	if err := f.check("write", offset); err != nil {
		return 0, err
	}
	d, node := f.disk, f.node
	op := d.begin("write", f.name, purposeWrite, 0)
	op.Offset = offset
	n, err := len(p), error(nil)
	if d.strike(WriteError, f.name) != nil {
		n, err = d.firstSectors(offset, n), ErrIO
	} else if fits := d.fits(node, offset, n, f.name); fits < int64(n) {
		n, err = int(wholeSectors(offset, fits)), ErrNoSpace
	}
	if n > 0 {
		w := write{number: op.Number, start: op.Start, end: op.End, offset: offset}
		w.misplaced = d.strike(Misdirect, f.name) != nil
		node.push(w, p[:n])
		d.grow(node, offset+int64(n))
	}
	op.Bytes = n
	if err != nil {
		err = f.fails("write", err)
	}
	return n, d.finish(&op, err)
}

// firstSectors is how much of a write gets done before it fails.
func (d *Disk) firstSectors(offset int64, length int) int {
	part := int64(d.key.Fate(purposePartial, d.operations) % uint64(length+1))
	return int(wholeSectors(offset, part))
}

// wholeSectors cuts a length such that what is written from offset on ends with a
// sector.
func wholeSectors(offset, length int64) int64 {
	return max(0, length-(offset+length)%sectorBytes)
}

// grow counts what a write takes of the capacity.
func (d *Disk) grow(n *inode, end int64) {
	if end > n.extent {
		d.used += end - n.extent
		n.extent = end
	}
}

// Truncate is vfs.File.Truncate. What it extends takes no room until it is
// written.
func (f *file) Truncate(size int64) error {
	if err := f.check("truncate", size); err != nil {
		return err
	}
	op := f.disk.begin("truncate", f.name, purposeWrite, 0)
	op.Offset = size
	if f.disk.strike(WriteError, f.name) != nil {
		return f.disk.finish(&op, f.fails("truncate", ErrIO))
	}
	f.disk.truncate(&op, f.node, size)
	return f.disk.finish(&op, nil)
}

func (d *Disk) truncate(op *Operation, n *inode, size int64) {
	if size == n.length {
		return
	}
	n.push(write{number: op.Number, start: op.Start, end: op.End, offset: size, truncate: true}, nil)
	if size < n.extent {
		d.used -= n.extent - size
		n.extent = size
	}
}

// Sync is vfs.File.Sync.
func (f *file) Sync() error {
	if err := f.check("sync", 0); err != nil {
		return err
	}
	d, node := f.disk, f.node
	dirty := 0
	for i := range node.writes {
		if w := &node.writes[i]; !w.ghost && w.number > node.synced {
			dirty += w.length
		}
	}
	op := d.begin("sync", f.name, purposeSync, dirty)
	if d.strike(SyncError, f.name) != nil {
		return d.finish(&op, f.fails("sync", ErrIO))
	}
	if d.strike(SyncLosesPages, f.name) != nil {
		for i := range node.writes {
			if w := &node.writes[i]; !w.ghost && w.number > node.synced {
				w.ghost = true
				node.ghosts++
			}
		}
		return d.finish(&op, f.fails("sync", ErrIO))
	}
	if d.strike(LyingSync, f.name) != nil {
		for i := range node.writes {
			node.writes[i].claimed = true
		}
		return d.finish(&op, nil)
	}
	node.synced = op.Number
	d.syncs = append(d.syncs, syncing{number: op.Number, end: op.End, node: node})
	return d.finish(&op, nil)
}

// Size is vfs.File.Size. It takes no time.
func (f *file) Size() (int64, error) {
	if err := f.check("size", 0); err != nil {
		return 0, err
	}
	return f.node.length, nil
}

// Close is vfs.File.Close. It takes no time.
func (f *file) Close() error {
	if err := f.check("close", 0); err != nil {
		return err
	}
	f.node.handles--
	if f.node.handles == 0 {
		f.disk.release(f.node)
	}
	f.node = nil
	return nil
}

// check refuses closed and stale handles and negative positions.
func (f *file) check(verb string, offset int64) error {
	switch {
	case f.node == nil:
		return f.fails(verb, fs.ErrClosed)
	case f.generation != f.disk.generation:
		return f.fails(verb, ErrStale)
	case offset < 0:
		return f.fails(verb, fs.ErrInvalid)
	}
	return nil
}

func (f *file) fails(verb string, err error) error {
	return &fs.PathError{Op: verb, Path: f.name, Err: err}
}
