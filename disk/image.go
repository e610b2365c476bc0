package disk

import (
	"slices"

	"raftsim/clock"
)

// Clone returns a copy that shares nothing with the disk and has no watcher. Open
// files belong to the original only.
func (d *Disk) Clone() *Disk {
	c := *d
	c.watch, c.spare, c.pool = nil, nil, pool{}
	c.syncs = slices.Clone(d.syncs)
	c.changes = slices.Clone(d.changes)
	c.faults = slices.Clone(d.faults)
	c.struck = slices.Clone(d.struck)
	c.harm = slices.Clone(d.harm)
	c.nodes = nil
	copies := map[*inode]*inode{}
	for _, n := range d.nodes {
		copies[n] = n.clone()
		c.nodes = append(c.nodes, copies[n])
	}
	c.names = d.names.clone(copies)
	c.durable = d.durable.clone(copies)
	for i := range c.changes {
		c.changes[i].node = copies[c.changes[i].node]
	}
	for i := range c.syncs {
		c.syncs[i].node = copies[c.syncs[i].node]
	}
	return &c
}

func (n *inode) clone() *inode {
	c := *n
	c.data = n.data.clone()
	c.bad = slices.Clone(n.bad)
	c.harm = slices.Clone(n.harm)
	c.writes = slices.Clone(n.writes)
	c.arena = slices.Clone(n.arena)
	return &c
}

func (t tree) clone(copies map[*inode]*inode) tree {
	c := slices.Clone(t)
	for i := range c {
		c[i].node = copies[c[i].node]
	}
	return c
}

// Left returns a copy of the disk as a crash at some time, which may be before Done,
// would leave it. The disk itself goes on. What becomes of unsynced operations is
// not what a crash of the disk itself would draw, but depends on luck.
func (d *Disk) Left(at clock.Time, c Crash, luck uint32) *Disk {
	left := d.Clone()
	left.crashes += uint64(luck) + 1
	left.Crash(at, c)
	return left
}

// Image is what a disk held at some time. It does not change, and may be used many
// times.
type Image struct {
	disk *Disk
}

// Copy returns what is durable at now.
func (d *Disk) Copy(now clock.Time) *Image {
	d.At(now)
	c := d.Clone()
	c.Crash(now, Crash{})
	return &Image{c}
}

// Lose replaces the disk by an empty one, after a power failure. Faults that are
// injected stay.
func (d *Disk) Lose(now clock.Time) {
	d.Crash(now, Crash{})
	bytes := d.used
	d.wipe()
	if bytes > 0 {
		d.harm.add(Lost, d.now, 1, bytes)
	}
}

// Swap replaces the disk by one with old contents, after a power failure. Faults
// that are injected stay.
func (d *Disk) Swap(now clock.Time, old *Image) {
	d.Crash(now, Crash{})
	bytes := d.used
	c := old.disk.Clone()
	d.nodes, d.names, d.durable, d.used, d.made = c.nodes, c.names, c.durable, c.used, c.made
	d.spare, d.pool = nil, pool{}
	d.harm.add(Swapped, d.now, 1, bytes)
}
