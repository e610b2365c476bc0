package disk

import (
	"errors"
	"time"

	"raftsim/clock"
	"raftsim/random"
)

// Kind is a way in which a disk goes wrong.
type Kind uint8

const (
	// SyncError fails a sync. What was written stays in the cache, and a later
	// sync may still make it durable.
	SyncError Kind = iota + 1
	// SyncLosesPages fails a sync and marks the pages clean: reads still see
	// them and later syncs succeed, but they never reach the disk (fsyncgate).
	SyncLosesPages
	// LyingSync makes a sync succeed and do nothing. The next honest sync of
	// the file makes up for it.
	LyingSync
	// ReadError and WriteError fail with ErrIO. A failed write may have written
	// its first sectors.
	ReadError
	WriteError
	// Misdirect puts a write in a wrong place on the disk. The cache has it in
	// the right one until the crash.
	Misdirect
	// Slow adds Delay to operations.
	Slow
	// Full leaves no more than Bytes of room; what does not fit fails with
	// ErrNoSpace, after the sectors that did.
	Full
	// Reorder lets unsynced writes reach the disk in any order: a crash that
	// would lose a suffix loses any subset.
	Reorder
	// Rot flips bits at rest.
	Rot
	// Latent makes sectors unreadable until they are written again.
	Latent
	// Lost is a disk replaced by an empty one.
	Lost
	// Swapped is a disk replaced by an old copy.
	Swapped
)

// Errors of a disk, found with errors.Is inside an *fs.PathError.
var (
	ErrIO      = errors.New("disk: input/output error")
	ErrNoSpace = errors.New("disk: no space left")
	ErrStale   = errors.New("disk: handle from before the crash")
)

// Fault is trouble that lasts until it is healed. Kinds from SyncError to Reorder
// can be injected; the others happen once, by Disk.Rot, Latent, Lose and Swap.
type Fault struct {
	Kind Kind
	// File is a pattern of path.Match for the last element of the names it
	// hits; empty hits all.
	File string
	// Rate is the share of operations that it hits; zero means all of them.
	Rate random.Ratio
	// Times is how often it strikes before it is spent; zero means until healed.
	Times int64
	// Delay is for Slow.
	Delay random.Distribution
	// Bytes is for Full.
	Bytes int64
}

// Handle names an injected fault.
type Handle uint64

// Inject starts a fault. Several may be active at once.
func (d *Disk) Inject(now clock.Time, f Fault) Handle { panic("disk: not yet") }

// Heal ends a fault, HealAll all injected ones and a stall. Damage done stays.
func (d *Disk) Heal(now clock.Time, h Handle) { panic("disk: not yet") }
func (d *Disk) HealAll(now clock.Time)        { panic("disk: not yet") }

// Hits is how often an injected fault has struck, also after it is healed.
func (d *Disk) Hits(h Handle) int64 { panic("disk: not yet") }

// Stall lets no operation start before now + duration.
func (d *Disk) Stall(now clock.Time, duration time.Duration) { panic("disk: not yet") }
