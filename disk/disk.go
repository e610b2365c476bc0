// Package disk is a simulated disk behind vfs: a page cache, fsync, and all that
// goes wrong with them. Every call is performed at once and stamped with a start
// and an end on the disk's own virtual timeline, so that code over vfs runs on it
// unchanged, and a crash can fall between any two operations or into one.
package disk

import (
	"raftsim/clock"
	"raftsim/random"
	"raftsim/vfs"
)

// Disk is one host's disk. It belongs to one simulation.
type Disk struct{}

var _ vfs.FS = (*Disk)(nil)

// New makes an empty disk whose chance comes from the stream "disk " + name.
func New(fates random.Fates, name string, p Profile) *Disk { panic("disk: not yet") }

// At says that the operations that follow are asked for at now. Each starts when
// the one before it has ended, and not before now. Time never goes back.
func (d *Disk) At(now clock.Time) { panic("disk: not yet") }

// Done is when the last operation asked for so far ends.
func (d *Disk) Done() clock.Time { panic("disk: not yet") }

// Operations counts all operations so far, failed ones too: each is a crash point.
func (d *Disk) Operations() uint64 { panic("disk: not yet") }

// Unsynced is how many bytes have been written and not synced by now.
func (d *Disk) Unsynced(now clock.Time) int { panic("disk: not yet") }

// Watch calls f after each operation, nil stops it. f must not use the disk.
func (d *Disk) Watch(f func(Operation)) { panic("disk: not yet") }

// Clone returns a copy that shares nothing with d. Handles stay with d.
func (d *Disk) Clone() *Disk { panic("disk: not yet") }

// Operation is what one call did, as Watch tells it.
type Operation struct {
	Number     uint64     // counted from 1, as Operations does
	Verb       string     // create, open, remove, rename, mkdir, list, syncdir, read, write, truncate, sync
	Name       string     // of the file or directory
	Offset     int64      // bytes; of read, write, truncate
	Bytes      int        // moved by read or write, made durable by sync
	Start, End clock.Time // on the disk's timeline
	Err        error      // what the caller got
}
