package disk

import (
	"path"
	"slices"
	"strings"

	"raftsim/clock"
)

// tree is the names of a disk, sorted: clean absolute paths.
type tree []entry

type entry struct {
	name string
	node *inode
}

func clean(name string) string { return path.Clean("/" + name) }

func (t tree) find(name string) (int, bool) {
	return slices.BinarySearchFunc(t, name, func(e entry, name string) int { return strings.Compare(e.name, name) })
}

// get returns the node of a name, or nil.
func (t tree) get(name string) *inode {
	if i, ok := t.find(name); ok {
		return t[i].node
	}
	return nil
}

// with returns the tree in which name belongs to node. It may reuse t.
func (t tree) with(name string, node *inode) tree {
	i, ok := t.find(name)
	if ok {
		t[i].node = node
		return t
	}
	return slices.Insert(t, i, entry{name, node})
}

// without returns the tree in which nothing has the name. It may reuse t.
func (t tree) without(name string) tree {
	if i, ok := t.find(name); ok {
		return slices.Delete(t, i, i+1)
	}
	return t
}

func (t tree) has(node *inode) bool {
	return slices.ContainsFunc(t, func(e entry) bool { return e.node == node })
}

// list returns the last elements of the names in a directory.
func (t tree) list(dir string) []string {
	names := []string{}
	for _, e := range t {
		if e.name != "/" && path.Dir(e.name) == dir {
			names = append(names, path.Base(e.name))
		}
	}
	return names
}

// change is one operation on names.
type change struct {
	number     uint64
	start, end clock.Time
	from, to   string // create and mkdir have no from, remove has no to
	node       *inode
	claimed    bool // a lying SyncDir has called it durable
	kept       bool // during a crash
}

// dir is the directory whose sync makes the change durable.
func (c *change) dir() string {
	if c.to == "" {
		return path.Dir(c.from)
	}
	return path.Dir(c.to)
}

// apply returns the tree after the change.
func (c *change) apply(t tree) tree {
	if c.from != "" {
		t = t.without(c.from)
	}
	if c.to != "" {
		t = t.with(c.to, c.node)
	}
	return t
}

// rename makes a change of names at once for processes, and durable later.
func (d *Disk) rename(op *Operation, from, to string, node *inode) {
	c := change{number: op.Number, start: op.Start, end: op.End, from: from, to: to, node: node}
	d.names = c.apply(d.names)
	d.changes = append(d.changes, c)
}

// settleNames makes durable the changes in a directory before an operation, or
// those of the operation itself when dir is empty.
func (d *Disk) settleNames(number uint64, dir string) {
	kept := d.changes[:0]
	var settled []*inode
	for _, c := range d.changes {
		if dir == "" && c.number == number || dir != "" && c.number < number && c.dir() == dir {
			for _, name := range []string{c.from, c.to} {
				if old := d.durable.get(name); old != nil {
					settled = append(settled, old)
				}
			}
			d.durable = c.apply(d.durable)
			settled = append(settled, c.node)
		} else {
			kept = append(kept, c)
		}
	}
	clear(d.changes[len(kept):])
	d.changes = kept
	for _, node := range settled {
		d.release(node)
	}
}

// release frees a file that has no name, no handle, and nothing by which it could
// get a name again.
func (d *Disk) release(node *inode) {
	if node.handles > 0 || d.names.has(node) || d.durable.has(node) ||
		slices.ContainsFunc(d.changes, func(c change) bool { return c.node == node }) {
		return
	}
	i := slices.Index(d.nodes, node)
	if i < 0 {
		return
	}
	for j := range d.syncs {
		if s := &d.syncs[j]; s.node == node {
			*s = syncing{end: s.end} // of nothing: the node may become another file
		}
	}
	d.nodes = slices.Delete(d.nodes, i, i+1)
	d.used -= node.extent
	node.data.cut(&d.pool, 0)
	const keptFiles, keptBytes = 4, 64 << 10
	if len(d.spare) < keptFiles && cap(node.arena) <= keptBytes {
		d.spare = append(d.spare, node)
	}
}
