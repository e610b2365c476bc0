package disk

import (
	"iter"

	"raftsim/clock"
)

// Losing says what a crash does with operations that had ended but were not
// synced. Whatever it is, a sector holds some prefix of the writes to it.
type Losing uint8

const (
	Unsynced Losing = iota // all of them are lost
	Suffix                 // those after some moment are lost
	Subset                 // any of them are lost: writes reached the platter in any order
	Nothing                // the process died, not the machine: its writes are still in the page cache, unsynced
	Chosen                 // the state of this number, see Disk.States
)

// Crash is one way to stop a disk.
type Crash struct {
	Losing Losing
	// Torn keeps some sectors, not all, of the write that was in progress, or
	// else of the first write lost. A write within one sector cannot be torn,
	// except that the file may have grown by it and hold zeros there.
	Torn bool
	// State is used with Chosen: from 0, nothing unsynced kept, up to States-1.
	State uint64
}

// Loss is what a crash took.
type Loss struct {
	Operations int   // lost or torn, of those begun
	Bytes      int64 // written in them and not kept
	Torn       bool  // a write was kept in part
	Files      int   // names not kept: files gone, come back, or called as before
}

// Crash stops the disk at now. Operations that had not ended are undone, or torn;
// unsynced ones follow c.Losing. All open handles are dead afterwards.
func (d *Disk) Crash(now clock.Time, c Crash) Loss { panic("disk: not yet") }

// States is the number of different states that a power failure at now can leave,
// torn writes included; MaxUint64 if there are more.
func (d *Disk) States(now clock.Time) uint64 { panic("disk: not yet") }

// CrashStates yields each state's number and a copy of the disk crashed into it,
// or nothing at all when there are more than limit.
func (d *Disk) CrashStates(now clock.Time, limit uint64) iter.Seq2[uint64, *Disk] {
	panic("disk: not yet")
}
