// Package disk is a simulated disk behind vfs: a page cache, fsync, and what goes
// wrong with them. Every call is performed at once and stamped with a start and an
// end on the disk's own virtual timeline, so that ordinary synchronous code runs on
// it unchanged, and a crash can fall between any two operations or into one.
//
// # What is durable
//
// The contents of a file are durable once a Sync of it has ended; names once a
// SyncDir of their directory has, and directories once MkdirAll has. Everything
// else is in the page cache only. A power failure leaves each sector of 512 bytes
// of a file with some prefix of the unsynced writes to it, each file with the size
// after some prefix of what changed it, and any of the unsynced names; [Crash] says
// which. A sector is never torn.
//
// # Chance
//
// How long operations take, which of them a fault hits and what a crash loses are
// fates of the disk's own stream, each numbered by its operation or crash.
package disk

import (
	"errors"
	"iter"
	"time"

	"raftsim/clock"
	"raftsim/random"
	"raftsim/vfs"
)

const sectorBytes = 512

// What the fates of a disk's stream decide.
const (
	purposeRead random.Purpose = iota + 1
	purposeWrite
	purposeSync
	purposeDelay
	purposePartial
	purposeMisdirect
	purposeCut
	purposeKeep
	purposeTear
	purposeDamage
	purposeStrike // plus the Kind
)

// Disk is one host's disk. It belongs to one simulation.
type Disk struct {
	key     random.Key
	profile Profile
	watch   func(Operation)

	now        clock.Time // of the latest call that told it
	started    clock.Time // when the last operation started, and
	busy       clock.Time // when it ends
	stalled    clock.Time // no operation starts before it
	waited     uint64     // operations that started later because of it
	operations uint64
	refused    uint64                  // of them, that failed with ErrIO or ErrNoSpace
	counts     [purposeSync + 1]uint64 // operations of each class of latency
	crashes    uint64
	damages    uint64 // calls that damaged data at rest
	generation uint64 // of handles; a crash makes all of them stale

	nodes   []*inode // all files and directories, in order of their making
	made    uint64
	names   tree     // as processes see them
	durable tree     // as a power failure leaves them
	changes []change // of names, not durable yet
	syncs   []syncing
	used    int64 // bytes of contents
	spare   []*inode
	pool    pool

	faults []active
	struck []int64 // by handle
	harm   harm    // other than to data that is still there
}

var _ vfs.FS = (*Disk)(nil)

// syncing is a sync on its way: at end, what it covers is durable.
type syncing struct {
	number uint64 // operation; it covers what has a lower one
	end    clock.Time
	node   *inode // of Sync
	dir    string // of SyncDir; empty for MkdirAll, which covers itself
}

// New makes an empty disk with the root as its only directory. Its chance comes
// from the stream "disk " + name.
func New(fates random.Fates, name string, p Profile) *Disk {
	d := &Disk{key: fates.Key("disk " + name), profile: p}
	d.wipe()
	for _, f := range p.Faults {
		d.Inject(0, f)
	}
	return d
}

// wipe leaves an empty root.
func (d *Disk) wipe() {
	d.nodes, d.changes, d.syncs, d.spare, d.used = nil, nil, nil, nil, 0
	root := d.newNode()
	root.dir = true
	d.names = tree{}.with("/", root)
	d.durable = tree{}.with("/", root)
}

// At says that the operations that follow are asked for at now. Each starts when
// the one before it has ended, and not before now. Time does not go back: an
// earlier now counts as the latest one.
func (d *Disk) At(now clock.Time) {
	if now > d.now {
		d.now = now
	}
	if len(d.syncs) > 0 {
		d.settle()
	}
}

// Done is when the last operation asked for so far ends; in the past when the
// disk is idle.
func (d *Disk) Done() clock.Time { return d.busy }

// Operations counts all operations so far, failed ones too. Every call of a method
// of vfs.FS or vfs.File is one, but for Size and Close.
func (d *Disk) Operations() uint64 { return d.operations }

// Bytes is the size of all files together, what nobody has written included.
func (d *Disk) Bytes() int64 { return d.used }

// Memory is about how many bytes of memory the disk takes: less than Bytes where
// files have parts that nobody has written, more where writes are not durable yet.
func (d *Disk) Memory() int64 {
	var n int64
	for _, node := range d.nodes {
		n += nodeBytes + node.data.length + int64(len(node.arena))
	}
	return n
}

// nodeBytes is about what a file takes beside its contents.
const nodeBytes = 500

// Empty tells whether there is no file and no directory but the root.
func (d *Disk) Empty() bool { return len(d.names) <= 1 }

// Refused counts the operations that failed by themselves: with ErrIO or ErrNoSpace.
func (d *Disk) Refused() uint64 { return d.refused }

// Unsynced is how many bytes have been written by now and are not durable.
func (d *Disk) Unsynced(now clock.Time) int {
	d.At(now)
	n := 0
	for w := range d.dirty() {
		n += w.length
	}
	return n
}

// AtStake is how many writes, truncates and changes of names a power failure at
// now would find that are not durable.
func (d *Disk) AtStake(now clock.Time) int {
	d.At(now)
	n := 0
	for range d.dirty() {
		n++
	}
	for i := range d.changes {
		if c := &d.changes[i]; d.begun(c.start, c.end) {
			n++
		}
	}
	return n
}

// dirty are the writes and truncates that have begun by now and are not durable.
func (d *Disk) dirty() iter.Seq[*write] {
	return func(yield func(*write) bool) {
		for _, node := range d.nodes {
			for i := range node.writes {
				if w := &node.writes[i]; !w.ghost && d.begun(w.start, w.end) && !yield(w) {
					return
				}
			}
		}
	}
}

// begun tells whether an operation has at least begun by now.
func (d *Disk) begun(start, end clock.Time) bool { return start < d.now || end <= d.now }

// settle makes durable what the syncs that have ended covered.
func (d *Disk) settle() {
	n := 0
	for ; n < len(d.syncs) && d.syncs[n].end <= d.now; n++ {
		if s := &d.syncs[n]; s.node != nil {
			d.flush(s.node, s.number)
		} else {
			d.settleNames(s.number, s.dir)
		}
	}
	d.syncs = append(d.syncs[:0], d.syncs[n:]...)
}

// Operation is what one call did, as Watch tells it.
type Operation struct {
	Number     uint64     // counted from 1, as Operations does
	Verb       string     // create, open, remove, rename, mkdir, list, syncdir, read, write, truncate or sync
	Name       string     // of the file or directory
	Offset     int64      // bytes; of read and write, and the new size of truncate
	Bytes      int        // read or written, or to be made durable by sync
	Start, End clock.Time // on the disk's timeline
	Err        error      // what the caller gets
}

// Watch has f told of every operation once its outcome is known; nil ends it. f
// must not use the disk.
func (d *Disk) Watch(f func(Operation)) { d.watch = f }

// begin puts an operation that moves so many bytes on the timeline. A write moves
// them to the cache only.
func (d *Disk) begin(verb, name string, class random.Purpose, moved int) Operation {
	d.operations++
	var latency *random.Distribution
	switch class {
	case purposeRead:
		latency = &d.profile.Read
	case purposeWrite:
		latency = &d.profile.Write
	case purposeSync:
		latency = &d.profile.Sync
	}
	d.started = max(d.now, d.busy, d.stalled)
	if d.stalled > max(d.now, d.busy) {
		d.waited++
	}
	takes := latency.At(d.key.Fate(class, d.counts[class]))
	d.counts[class]++
	if rate := d.profile.BytesPerSecond; rate > 0 && class != purposeWrite {
		takes += time.Duration(int64(moved) * int64(time.Second) / rate)
	}
	if len(d.faults) > 0 {
		if f := d.strike(Slow, name); f != nil {
			takes += f.Delay.At(d.key.Fate(purposeDelay, d.operations))
		}
	}
	d.busy = d.started.Add(takes)
	return Operation{Number: d.operations, Verb: verb, Name: name, Bytes: moved, Start: d.started, End: d.busy}
}

// finish tells the watcher of an operation and passes its error on.
func (d *Disk) finish(op *Operation, err error) error {
	if err != nil && (errors.Is(err, ErrIO) || errors.Is(err, ErrNoSpace)) {
		d.refused++
	}
	if d.watch != nil {
		op.Err = err
		d.watch(*op)
	}
	return err
}
