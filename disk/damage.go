package disk

import (
	"math/bits"
	"path"
	"slices"

	"raftsim/clock"
)

// Damage says that data that was synced, or that a sync has called durable, may be
// gone. What a restarted host lacks is a bug unless its disk reports damage.
type Damage struct {
	Kind        Kind       // LyingSync, Misdirect, Rot, Latent, Lost or Swapped
	First, Last clock.Time // when it was done; for LyingSync, when the power failed
	Count       int64      // operations, bits, sectors, or disks
	Bytes       int64      // at most so many are concerned
}

// Silent tells whether what is damaged looks as if it had never been written, so
// that a log cannot always tell. After the other kinds it is unreadable or wrong,
// and a log with checksums that does not report it has a bug.
func (k Kind) Silent() bool {
	return k != Rot && k != Latent
}

// harm is damage by kind.
type harm []Damage

func (h *harm) add(k Kind, now clock.Time, count, bytes int64) {
	i, ok := slices.BinarySearchFunc(*h, k, func(d Damage, k Kind) int { return int(d.Kind) - int(k) })
	if !ok {
		*h = slices.Insert(*h, i, Damage{Kind: k, First: now, Last: now})
	}
	d := &(*h)[i]
	d.First, d.Last = min(d.First, now), max(d.Last, now)
	d.Count += count
	d.Bytes += bytes
}

// Damage lists the damage by Kind: that to files that are still there, and that by
// which data went away altogether, up to the last Forgive. A fault that is injected
// but has not harmed anything does not appear; nor does a failed sync, which has
// promised nothing.
func (d *Disk) Damage() []Damage {
	var sum harm
	merge := func(h harm) {
		for _, x := range h {
			sum.add(x.Kind, x.First, x.Count, x.Bytes)
			sum.add(x.Kind, x.Last, 0, 0)
		}
	}
	merge(d.harm)
	for _, n := range d.nodes {
		merge(n.harm)
	}
	return sum
}

// Forgive forgets the data that went away altogether: by lying syncs, lost and
// swapped disks. It is called when what the host has recovered is the new measure.
func (d *Disk) Forgive() { d.harm = nil }

// Place is a position in a file, in bytes.
type Place struct {
	File   string
	Offset int64
}

// Rot flips bits of what is durable in files whose last element matches a pattern
// of path.Match (empty: all), and returns where. It finds none in files that hold
// no durable data.
func (d *Disk) Rot(now clock.Time, pattern string, count int) []Place {
	files, total := d.platter(now, pattern)
	if total == 0 {
		return nil
	}
	places := make([]Place, count)
	for i := range places {
		where, _ := bits.Mul64(d.damageFate(i), uint64(total))
		e, offset := locate(files, int64(where))
		e.node.data.flip(&d.pool, offset, d.damageFate(i+count)%8)
		e.node.harm.add(Rot, d.now, 1, 1)
		places[i] = Place{e.name, offset}
	}
	return places
}

// Latent makes sectors of durable data unreadable until they are written again,
// and returns where. Sectors are chosen as the bits of Rot; one may be hit twice.
func (d *Disk) Latent(now clock.Time, pattern string, count int) []Place {
	files, total := d.platter(now, pattern)
	if total == 0 {
		return nil
	}
	places := make([]Place, count)
	for i := range places {
		where, _ := bits.Mul64(d.damageFate(i), uint64(total))
		e, offset := locate(files, int64(where))
		sector := offset / sectorBytes
		if at, bad := slices.BinarySearch(e.node.bad, sector); !bad {
			e.node.bad = slices.Insert(e.node.bad, at, sector)
			e.node.harm.add(Latent, d.now, 1, sectorBytes)
		}
		places[i] = Place{e.name, sector * sectorBytes}
	}
	return places
}

// damageFate is one of the fates of the latest call to platter.
func (d *Disk) damageFate(i int) uint64 {
	return d.key.Fate(purposeDamage, d.damages<<32|uint64(uint32(i)))
}

// platter lists the files with durable data and the sum of their bytes.
func (d *Disk) platter(now clock.Time, pattern string) (files []entry, total int64) {
	d.At(now)
	d.damages++
	for _, e := range d.names {
		if e.node.data.length > 0 && matches(pattern, path.Base(e.name)) {
			files = append(files, e)
			total += e.node.data.length
		}
	}
	return files, total
}

// locate finds the byte with a number, counted through all files.
func locate(files []entry, where int64) (entry, int64) {
	for _, e := range files {
		if where < e.node.data.length {
			return e, where
		}
		where -= e.node.data.length
	}
	panic("disk: position beyond the last file")
}

// misplace puts a write in a wrong place: some other sector of some file.
func (d *Disk) misplace(n *inode, w *write) {
	n.harm.add(Misdirect, d.now, 1, int64(w.length))
	var files []entry
	var total int64
	for _, v := range d.nodes {
		if v.data.length > 0 {
			files = append(files, entry{node: v})
			total += v.data.length
		}
	}
	if total == 0 {
		return
	}
	where, _ := bits.Mul64(d.key.Fate(purposeMisdirect, w.number), uint64(total))
	e, offset := locate(files, int64(where))
	offset += (w.offset - offset) % sectorBytes
	if offset < 0 {
		offset += sectorBytes
	}
	if e.node == n && offset == w.offset {
		offset += sectorBytes
	}
	if room := e.node.data.length - offset; room > 0 {
		victim := min(room, int64(w.length))
		d.overwrite(e.node, offset, n.arena[w.at:w.at+int(victim)])
		e.node.harm.add(Misdirect, d.now, 1, victim)
	}
}
