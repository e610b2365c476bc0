package disk

import (
	"errors"
	"math"
	"path"
	"strconv"
	"time"

	"raftsim/clock"
	"raftsim/random"
)

// Kind is a way in which a disk goes wrong. Those up to Reorder last until they
// are healed; see Disk.Inject. The others strike once, by the method named.
type Kind uint8

const (
	// SyncError fails a sync. What was written stays in the cache, and a later
	// sync may make it durable.
	SyncError Kind = iota + 1
	// SyncLosesPages fails a sync and takes its pages for clean: reads still
	// show them and later syncs succeed, but they never reach the disk
	// (fsyncgate).
	SyncLosesPages
	// LyingSync lets a sync succeed and do nothing. The next honest sync of the
	// file or directory makes up for it.
	LyingSync
	// ReadError fails a read with ErrIO.
	ReadError
	// WriteError fails a write or truncate with ErrIO. Some of the first sectors
	// of the write may have been written.
	WriteError
	// Misdirect puts a write in a wrong place on the platter. The cache shows it
	// where it should be, until a power failure.
	Misdirect
	// Slow adds Delay to operations.
	Slow
	// Full leaves no more than Bytes of room. A write that does not fit fails
	// with ErrNoSpace, after the sectors that did.
	Full
	// Reorder lets writes reach the disk in any order: a crash that would lose
	// a suffix of them loses any subset.
	Reorder
	// Rot flips bits at rest: Disk.Rot.
	Rot
	// Latent makes sectors unreadable until they are written: Disk.Latent.
	Latent
	// Lost is a disk replaced by an empty one: Disk.Lose.
	Lost
	// Swapped is a disk replaced by an old copy: Disk.Swap.
	Swapped
)

var kindNames = [...]string{
	SyncError: "sync error", SyncLosesPages: "sync loses pages", LyingSync: "lying sync", ReadError: "read error",
	WriteError: "write error", Misdirect: "misdirected write", Slow: "slow", Full: "full", Reorder: "reordering",
	Rot: "rot", Latent: "latent sector", Lost: "lost", Swapped: "swapped",
}

// String is a short name in words, such as "lying sync".
func (k Kind) String() string {
	if k == 0 || int(k) >= len(kindNames) {
		return "kind(" + strconv.Itoa(int(k)) + ")"
	}
	return kindNames[k]
}

// What a disk answers, found by errors.Is in an *fs.PathError.
var (
	// ErrIO is a failed read, write or sync.
	ErrIO = errors.New("disk: input/output error")
	// ErrNoSpace is a write that does not fit.
	ErrNoSpace = errors.New("disk: no space left")
	// ErrStale is a file that was opened before a crash.
	ErrStale = errors.New("disk: file was opened before the crash")
)

// Fault is trouble that lasts until it is healed or spent.
type Fault struct {
	Kind Kind // up to Reorder
	// File limits it to files and directories whose last element matches, as in
	// path.Match. Empty is all of them.
	File string
	// Rate is the share of operations that it hits. The zero value is all of
	// them.
	Rate random.Ratio
	// Times is how often it strikes before it is spent. Zero is until healed.
	Times int64
	// Until spares operations that start at it or later, although they may be
	// asked for before. Zero is without end.
	Until clock.Time
	// Delay is what Slow adds.
	Delay random.Distribution
	// Bytes is the room that Full leaves.
	Bytes int64
}

// Handle names an injected fault. No fault has handle 0.
type Handle uint64

type active struct {
	Fault
	handle Handle
	limit  int64 // of Full: bytes of contents in all
	left   int64 // of Times
}

// Inject starts a fault. Any number may be active, and of several of one kind any
// may strike. It panics if the kind cannot be injected or the pattern is malformed.
func (d *Disk) Inject(now clock.Time, f Fault) Handle {
	if f.Kind == 0 || f.Kind > Reorder {
		panic("disk: cannot inject " + f.Kind.String() + ", only kinds up to " + Reorder.String())
	}
	if _, err := path.Match(f.File, ""); err != nil {
		panic("disk: pattern " + strconv.Quote(f.File) + " is malformed")
	}
	d.At(now)
	d.struck = append(d.struck, 0)
	h := Handle(len(d.struck))
	left := f.Times
	if left == 0 {
		left = math.MaxInt64
	}
	d.faults = append(d.faults, active{Fault: f, handle: h, limit: d.used + f.Bytes, left: left})
	return h
}

// Heal ends a fault. It does nothing if that has ended already. Damage stays.
func (d *Disk) Heal(now clock.Time, h Handle) {
	d.At(now)
	for i := range d.faults {
		if d.faults[i].handle == h {
			d.faults = append(d.faults[:i], d.faults[i+1:]...)
			return
		}
	}
}

// HealAll ends all faults, those of the profile too, and a stall. Damage stays.
func (d *Disk) HealAll(now clock.Time) {
	d.At(now)
	d.faults = d.faults[:0]
	d.stalled = 0
}

// Struck is how often a fault has had an effect so far, also after its end.
func (d *Disk) Struck(h Handle) int64 {
	if h == 0 || uint64(h) > uint64(len(d.struck)) {
		return 0
	}
	return d.struck[h-1]
}

// Stall lets no operation start before the duration from now has passed. Those
// that have started end as they would have.
func (d *Disk) Stall(now clock.Time, duration time.Duration) {
	d.At(now)
	d.stalled = max(d.stalled, now.Add(duration))
}

// Stalled is how many operations have had to wait for the end of a stall, not
// counting those that waited behind another one.
func (d *Disk) Stalled() uint64 { return d.waited }

// strike finds a fault of a kind that hits the current operation, and counts it.
func (d *Disk) strike(k Kind, name string) *active {
	for i := range d.faults {
		f := &d.faults[i]
		if f.Kind != k || f.left == 0 || !matches(f.File, name) {
			continue
		}
		if f.Until > 0 && d.started >= f.Until {
			continue
		}
		if f.Rate != (random.Ratio{}) && !f.Rate.Hit(d.key.Fate(purposeStrike+random.Purpose(k), d.operations)) {
			continue
		}
		d.struck[f.handle-1]++
		f.left--
		return f
	}
	return nil
}

func matches(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	ok, _ := path.Match(pattern, path.Base(name))
	return ok
}

// fits is how many bytes of a write there is room for. A gap before it takes room,
// too.
func (d *Disk) fits(n *inode, offset int64, length int, name string) int64 {
	fits := int64(length)
	if c := d.profile.Capacity; c > 0 {
		fits = min(fits, max(c-d.used, 0)+n.extent-offset)
	}
	for i := range d.faults {
		f := &d.faults[i]
		if f.Kind != Full || f.left == 0 || f.Until > 0 && d.started >= f.Until || !matches(f.File, name) {
			continue
		}
		if room := max(f.limit-d.used, 0) + n.extent - offset; room < int64(length) {
			fits = min(fits, room)
			d.struck[f.handle-1]++
			f.left--
		}
	}
	return max(fits, 0)
}
