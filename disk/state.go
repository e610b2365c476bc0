package disk

import (
	"iter"
	"math"
	"math/bits"
	"slices"

	"raftsim/clock"
)

// A power failure decides unit by unit: each sector that was written, the size of
// each file that changed it, each name. A unit has a state after any number of the
// operations that touched it, in their order.

// theSize stands for a file's size among its sectors.
const theSize = -1

// units visits the units of a file that are not durable: the size, then the
// sectors in order, each with the indexes of the writes that touch it.
func (n *inode) units(visit func(sector int64, writes []int)) {
	var writes []int
	var sectors []int64
	length := n.size
	for i := range n.writes {
		w := &n.writes[i]
		if w.ghost {
			continue
		}
		if after := w.after(length); after != length {
			length = after
			writes = append(writes, i)
		}
		for s, last := n.sectors(i); s <= last; s++ {
			sectors = append(sectors, s)
		}
	}
	if len(writes) > 0 {
		visit(theSize, writes)
	}
	slices.Sort(sectors)
	for _, s := range slices.Compact(sectors) {
		writes = writes[:0]
		for i := range n.writes {
			if first, last := n.sectors(i); first <= s && s <= last && !n.writes[i].ghost {
				writes = append(writes, i)
			}
		}
		visit(s, writes)
	}
}

// sectors are the first and the last sector that a write touches; the last comes
// before the first when it touches none. A truncate touches what is behind the new
// end.
func (n *inode) sectors(i int) (first, last int64) {
	w := &n.writes[i]
	end := w.offset + int64(w.length)
	if w.truncate {
		end = n.data.length
		for j := range i {
			if v := &n.writes[j]; !v.truncate {
				end = max(end, v.offset+int64(v.length))
			}
		}
		if end <= w.offset {
			return 0, -1
		}
	}
	return w.offset / sectorBytes, (end - 1) / sectorBytes
}

// choose says how many of the operations that touched a unit it has. For names the
// node is nil and the one operation is the index of the change.
type choose func(n *inode, sector int64, operations []int) int

// choice is the choose of a crash.
func (d *Disk) choice(c Crash, pending []unsynced) choose {
	if c.Losing != Chosen {
		return d.byFate
	}
	state := c.State
	return func(_ *inode, _ int64, operations []int) int {
		alternatives := uint64(len(operations)) + 1
		chosen := state % alternatives
		state /= alternatives
		return int(chosen)
	}
}

// byFate gives a unit the last operation that survives in it, and so those before.
func (d *Disk) byFate(n *inode, sector int64, operations []int) int {
	for k := len(operations); k > 0; k-- {
		if n == nil {
			if d.changes[operations[k-1]].kept {
				return k
			}
		} else if n.reaches(operations[k-1], sector, d) {
			return k
		}
	}
	return 0
}

// reaches tells whether a write reaches a sector, or the size.
func (n *inode) reaches(i int, sector int64, d *Disk) bool {
	w := &n.writes[i]
	if !w.survives.torn {
		return w.survives.kept
	}
	first, last := n.sectors(i)
	prefix, count := w.torn(first, last)
	switch {
	case sector == theSize || first == last:
		return sector == theSize
	case prefix:
		return sector-first < count
	}
	draw := w.survives.draw >> 1
	sectors := uint64(last - first + 1)
	kept, lost := draw%sectors, draw/sectors%(sectors-1)
	if lost >= kept {
		lost++
	}
	switch uint64(sector - first) {
	case kept:
		return true
	case lost:
		return false
	}
	return d.key.Fate(purposeTear, d.crashes<<32|uint64(sector-first+1))>>63 == 1
}

// torn says how a torn write is torn: by a prefix of so many sectors, or any way.
func (w *write) torn(first, last int64) (prefix bool, sectors int64) {
	if w.survives.draw&1 == 1 || first == last {
		return false, 0
	}
	return true, 1 + int64(w.survives.draw>>1%uint64(last-first))
}

// powerOff leaves on the platter what the units chosen say, and nothing in the
// cache.
func (d *Disk) powerOff(loss *Loss, choose choose) {
	changes := d.changes
	for i := range changes {
		c := &changes[i]
		if choose(nil, 0, []int{i}) == 1 {
			d.durable = c.apply(d.durable)
			continue
		}
		loss.Operations++
		loss.Files++
		if c.claimed {
			d.harm.add(LyingSync, d.now, 1, 0)
		}
	}
	d.changes = nil
	for _, n := range d.nodes {
		if len(n.writes) > 0 {
			d.collapse(n, loss, choose)
		}
	}
}

// collapse puts on the platter what a file keeps.
func (d *Disk) collapse(n *inode, loss *Loss, choose choose) {
	hurt := make([]bool, len(n.writes))
	size := n.size
	var misplaced []int
	n.units(func(sector int64, writes []int) {
		kept := choose(n, sector, writes)
		for k, i := range writes {
			w := &n.writes[i]
			switch {
			case k >= kept:
				hurt[i] = true
				if sector != theSize && !w.truncate {
					begin, end := w.part(sector)
					loss.Bytes += end - begin
				}
			case sector == theSize:
				size = n.sizeAfter(i)
			case !w.misplaced:
				d.put(n, w, sector*sectorBytes, (sector+1)*sectorBytes)
			case sector == w.offset/sectorBytes:
				misplaced = append(misplaced, i)
			}
		}
	})
	d.resize(n, size)
	for _, i := range misplaced {
		d.misplace(n, &n.writes[i])
	}
	for i, w := range n.writes {
		if !hurt[i] {
			continue
		}
		loss.Operations++
		if w.claimed {
			d.harm.add(LyingSync, d.now, 1, int64(w.length))
		}
	}
	n.writes, n.arena, n.ghosts = n.writes[:0], n.arena[:0], 0
}

// sizeAfter is the size on the platter when the write at i is the last to have
// changed it.
func (n *inode) sizeAfter(i int) int64 {
	size := n.size
	for j := range i + 1 {
		w := &n.writes[j]
		if w.ghost {
			continue
		}
		if first, last := n.sectors(j); w.survives.torn {
			if prefix, sectors := w.torn(first, last); prefix {
				size = max(size, min(w.after(size), (first+sectors)*sectorBytes))
				continue
			}
		}
		size = w.after(size)
	}
	return size
}

// part is what a write covers of a sector.
func (w *write) part(sector int64) (begin, end int64) {
	return max(w.offset, sector*sectorBytes), min(w.offset+int64(w.length), (sector+1)*sectorBytes)
}

// States is the number of states that a power failure at now can leave, torn
// writes included, counted by what each sector, size and name can be; MaxUint64 if
// there are more. Different numbers may stand for equal contents. It is 1 when
// everything is durable.
func (d *Disk) States(now clock.Time) uint64 {
	c := d.Clone()
	c.At(now)
	c.forgetUnbegun()
	states := uint64(1)
	multiply := func(alternatives int) {
		high, low := bits.Mul64(states, uint64(alternatives))
		if states = low; high > 0 {
			states = math.MaxUint64
		}
	}
	for range c.changes {
		multiply(2)
	}
	for _, n := range c.nodes {
		n.units(func(_ int64, writes []int) { multiply(len(writes) + 1) })
	}
	return states
}

// CrashStates yields the number of each state that a power failure at now can
// leave, and a copy of the disk that crashed into it. It yields nothing when there
// are more than limit.
func (d *Disk) CrashStates(now clock.Time, limit uint64) iter.Seq2[uint64, *Disk] {
	return func(yield func(uint64, *Disk) bool) {
		states := d.States(now)
		if states > limit {
			return
		}
		for state := range states {
			c := d.Clone()
			c.Crash(now, Crash{Losing: Chosen, State: state})
			if !yield(state, c) {
				return
			}
		}
	}
}
