package disk

import (
	"math/bits"
	"slices"

	"raftsim/clock"
)

// Losing says what a crash does to operations that had ended but were not synced.
type Losing uint8

const (
	// Unsynced loses all of them.
	Unsynced Losing = iota
	// Suffix loses those after some moment, at least the last one.
	Suffix
	// Subset loses each of them with a chance of one half: writes reach the
	// platter in any order.
	Subset
	// Nothing loses none, and makes none durable either: the process died, the
	// machine did not, and the page cache is still there for the next process
	// to read and for a later power failure to lose.
	Nothing
	// Chosen leaves the state of a number: see Disk.States.
	Chosen
)

var losingNames = [...]string{"unsynced", "suffix", "subset", "nothing", "chosen"}

// String is the name in lower case, such as "suffix".
func (l Losing) String() string {
	if int(l) >= len(losingNames) {
		return "unknown"
	}
	return losingNames[l]
}

// Crash is one way for a host to stop. The zero value is the plainest power
// failure.
type Crash struct {
	Losing Losing
	// Torn keeps some sectors, and not all, of the write that is in progress, or
	// else of the first write lost that spans sectors. A write within one sector
	// that makes its file longer can leave the length without the bytes. With
	// Nothing, only the write in progress is torn. With Chosen it means nothing.
	Torn bool
	// State is the number of the state that Chosen leaves, less than
	// Disk.States. A greater one counts modulo that.
	State uint64
}

// Loss is what a crash took. All zero means that it cannot have hurt.
type Loss struct {
	Operations int   // writes, truncates and changes of names lost wholly or in part
	Bytes      int64 // written and not kept
	Files      int   // changes of names lost
	Torn       bool  // Torn was asked for and there was a write to tear
}

// fate is what becomes of a write that is not durable.
type fate struct {
	kept bool
	torn bool
	draw uint64 // how it is torn
}

// unsynced is one operation that is not durable.
type unsynced struct {
	number uint64
	ended  bool
	node   *inode // nil for a change of names
	i      int    // in node.writes or Disk.changes
}

// Crash stops the host of the disk at now. Operations that had not begun never
// were, the one in progress is undone or torn, and those that had ended but were
// not synced follow c. All open files are stale afterwards.
func (d *Disk) Crash(now clock.Time, c Crash) Loss {
	d.At(now)
	d.crashes++
	d.forgetUnbegun()
	pending := d.pending()
	var loss Loss
	if c.Losing == Nothing {
		loss = d.kill(c.Torn)
	} else {
		d.decide(pending, c)
		loss.Torn = c.Torn && c.Losing != Chosen && d.tear(pending)
		d.powerOff(&loss, d.choice(c, pending))
	}
	d.afterCrash()
	return loss
}

// forgetUnbegun removes what the host asked for but the disk had not begun.
func (d *Disk) forgetUnbegun() {
	for _, n := range d.nodes {
		for i := range n.writes {
			if w := &n.writes[i]; !d.begun(w.start, w.end) {
				n.arena, n.writes = n.arena[:w.at], n.writes[:i]
				break
			}
		}
	}
	d.changes = slices.DeleteFunc(d.changes, func(c change) bool { return !d.begun(c.start, c.end) })
}

// pending lists what is not durable, in order.
func (d *Disk) pending() []unsynced {
	var list []unsynced
	for _, n := range d.nodes {
		for i := range n.writes {
			if w := &n.writes[i]; !w.ghost {
				list = append(list, unsynced{w.number, w.end <= d.now, n, i})
			}
		}
	}
	for i := range d.changes {
		c := &d.changes[i]
		list = append(list, unsynced{c.number, c.end <= d.now, nil, i})
	}
	slices.SortStableFunc(list, func(a, b unsynced) int {
		if a.number < b.number {
			return -1
		}
		return min(int(a.number-b.number), 1)
	})
	return list
}

// decide says of each operation whether it is kept.
func (d *Disk) decide(pending []unsynced, c Crash) {
	ended := 0
	for _, u := range pending {
		if u.ended {
			ended++
		}
	}
	lost, _ := bits.Mul64(d.key.Fate(purposeCut, d.crashes), uint64(ended))
	losing := c.Losing
	if losing == Suffix && ended > 0 && d.strike(Reorder, "") != nil {
		losing = Subset
	}
	for i, u := range pending {
		kept := false
		switch losing {
		case Suffix:
			kept = u.ended && uint64(i)+lost+1 < uint64(ended)
		case Subset:
			kept = u.ended && d.key.Fate(purposeKeep, d.crashes<<32|uint64(i))>>63 == 0
		}
		if u.node != nil {
			u.node.writes[u.i].survives = fate{kept: kept}
		} else {
			d.changes[u.i].kept = kept
		}
	}
}

// tear chooses the write to be torn, if there is one.
func (d *Disk) tear(pending []unsynced) bool {
	torn := -1
	for i, u := range pending {
		if u.node == nil || u.node.writes[u.i].survives.kept || !u.node.tearable(u.i) {
			continue
		}
		if !u.ended || torn < 0 {
			torn = i
		}
	}
	if torn < 0 {
		return false
	}
	w := &pending[torn].node.writes[pending[torn].i]
	w.survives = fate{torn: true, draw: d.key.Fate(purposeTear, d.crashes<<32)}
	return true
}

// tearable tells whether a write touches two sectors or extends the file.
func (n *inode) tearable(i int) bool {
	w := &n.writes[i]
	if w.truncate || w.misplaced {
		return false
	}
	first, last := n.sectors(i)
	length := n.size
	for j := range i {
		length = n.writes[j].after(length)
	}
	return first < last || w.after(length) > length
}

// kill stops the process only. The page cache stays, but for the operation in
// progress.
func (d *Disk) kill(torn bool) Loss {
	var loss Loss
	for _, n := range d.nodes {
		last := len(n.writes) - 1
		if last < 0 || n.writes[last].end <= d.now {
			continue
		}
		w := &n.writes[last]
		begin, end := n.sectors(last)
		done := 0
		if torn && !w.truncate && begin < end {
			sectors := 1 + int64(d.key.Fate(purposeTear, d.crashes<<32)%uint64(end-begin))
			done = int((begin+sectors)*sectorBytes - w.offset)
			loss.Torn = true
		}
		loss.Operations++
		loss.Bytes += int64(w.length - done)
		n.arena = n.arena[:w.at+done]
		w.length, w.end = done, d.now
		if done == 0 {
			n.writes = n.writes[:last]
		}
	}
	undone := len(d.changes)
	d.changes = slices.DeleteFunc(d.changes, func(c change) bool { return c.end > d.now })
	loss.Files = undone - len(d.changes)
	loss.Operations += loss.Files
	return loss
}

// afterCrash is what every kind of crash has in common: nothing is under way, no
// file is open, and names and lengths are what is left of them.
func (d *Disk) afterCrash() {
	clear(d.syncs)
	d.syncs = d.syncs[:0]
	d.busy = d.now
	d.generation++
	d.names = slices.Clone(d.durable)
	for i := range d.changes {
		d.names = d.changes[i].apply(d.names)
	}
	d.used = 0
	for _, n := range d.nodes {
		n.handles, n.synced = 0, 0
		n.length, n.extent = n.size, n.data.length
		for i := range n.writes {
			w := &n.writes[i]
			n.length = w.after(n.length)
			if w.truncate {
				n.extent = min(n.extent, w.offset)
			} else {
				n.extent = max(n.extent, w.offset+int64(w.length))
			}
		}
		d.used += n.extent
	}
	for _, n := range slices.Clone(d.nodes) {
		d.release(n)
	}
}
