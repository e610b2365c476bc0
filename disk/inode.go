package disk

import (
	"math"
	"slices"

	"raftsim/clock"
)

// inode is a file or a directory, whatever its names are.
type inode struct {
	id      uint64 // counted from 1 in order of making
	dir     bool
	handles int // open ones
	synced  uint64

	// On the platter. The size may be more than what the contents have.
	data contents
	size int64
	bad  []int64 // sectors that cannot be read, sorted
	harm harm

	// In the cache on top of it: the writes that are not durable, oldest
	// first, their bytes in arena, and what they amount to.
	writes []write
	ghosts int
	arena  []byte
	length int64 // of the file as processes see it
	extent int64 // bytes that it takes of the capacity
}

// write is one write or truncate.
type write struct {
	number     uint64
	start, end clock.Time
	offset     int64 // of a write; the new length for a truncate
	at, length int   // where its bytes are in the arena
	truncate   bool
	misplaced  bool // on the platter it goes elsewhere
	claimed    bool // a lying sync has called it durable
	// A ghost is only in the cache: the platter has it already, or will never
	// have it. It is kept because writes before it are ghosts, too.
	ghost    bool
	survives fate // during a crash
}

func (d *Disk) newNode() *inode {
	d.made++
	node := &inode{}
	if n := len(d.spare); n > 0 {
		node = d.spare[n-1]
		d.spare = d.spare[:n-1]
		*node = inode{arena: node.arena[:0], writes: node.writes[:0], data: contents{pages: node.data.pages[:0]}}
	}
	node.id = d.made
	d.nodes = append(d.nodes, node)
	return node
}

// read fills p from the file as processes see it. All of p must be within it.
func (n *inode) read(p []byte, offset int64) {
	n.data.read(p, offset)
	for i := range n.writes {
		w := &n.writes[i]
		if w.truncate {
			if from := max(w.offset-offset, 0); from < int64(len(p)) {
				clear(p[from:])
			}
			continue
		}
		b := n.arena[w.at : w.at+w.length]
		if skip := offset - w.offset; skip < 0 {
			if -skip < int64(len(p)) {
				copy(p[-skip:], b)
			}
		} else if skip < int64(len(b)) {
			copy(p, b[skip:])
		}
	}
}

// unreadable tells whether a read would touch a bad sector of the platter.
func (n *inode) unreadable(offset int64, length int) bool {
	i, _ := slices.BinarySearch(n.bad, offset/sectorBytes)
	return i < len(n.bad) && n.bad[i]*sectorBytes < offset+int64(length)
}

// push adds a write of b, or a truncate, to the cache.
func (n *inode) push(w write, b []byte) {
	w.at, w.length = len(n.arena), len(b)
	n.arena = append(n.arena, b...)
	n.writes = append(n.writes, w)
	n.length = w.after(n.length)
}

// after is the length of a file of length bytes after the write.
func (w *write) after(length int64) int64 {
	if w.truncate {
		return w.offset
	}
	return max(length, w.offset+int64(w.length))
}

// flush makes durable what was written to a file before an operation.
func (d *Disk) flush(n *inode, number uint64) {
	i := 0
	for ; i < len(n.writes) && n.writes[i].number < number; i++ {
		w := &n.writes[i]
		if w.ghost {
			continue
		}
		if w.misplaced {
			d.misplace(n, w)
		} else {
			d.put(n, w, 0, math.MaxInt64)
		}
		d.resize(n, w.after(n.size))
		if w.misplaced || n.ghosts > 0 {
			w.ghost = true
			n.ghosts++
		}
	}
	if n.ghosts == 0 {
		n.drop(i)
	}
}

// drop removes the first writes from the cache.
func (n *inode) drop(count int) {
	n.writes = append(n.writes[:0], n.writes[count:]...)
	if len(n.writes) == 0 {
		n.arena = n.arena[:0]
		return
	}
	freed := n.writes[0].at
	n.arena = append(n.arena[:0], n.arena[freed:]...)
	for i := range n.writes {
		n.writes[i].at -= freed
	}
}

// put copies the part of a write in [from, to) to the platter, where it belongs.
func (d *Disk) put(n *inode, w *write, from, to int64) {
	from = max(from, w.offset)
	if w.truncate {
		n.data.zero(from, to)
		return
	}
	if to = min(to, w.offset+int64(w.length)); from < to {
		d.overwrite(n, from, n.arena[int64(w.at)+from-w.offset:int64(w.at)+to-w.offset])
	}
}

// overwrite puts bytes on the platter, whatever the size is.
func (d *Disk) overwrite(n *inode, offset int64, b []byte) {
	n.data.write(&d.pool, b, offset)
	if len(n.bad) > 0 {
		first, last := offset/sectorBytes, (offset+int64(len(b))-1)/sectorBytes
		n.bad = slices.DeleteFunc(n.bad, func(s int64) bool { return first <= s && s <= last })
	}
}

// resize sets the size on the platter.
func (d *Disk) resize(n *inode, size int64) {
	n.size = size
	if size < n.data.length {
		n.data.cut(&d.pool, size)
		n.bad = slices.DeleteFunc(n.bad, func(s int64) bool { return s*sectorBytes >= size })
	}
}
