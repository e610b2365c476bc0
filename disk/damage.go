package disk

import "raftsim/clock"

// Damage says that synced data may be gone, and whose fault that is. What a
// restarted host lacks is a bug unless its disk reports damage.
type Damage struct {
	Kind        Kind // LyingSync, Misdirect, Rot, Latent, Lost or Swapped
	First, Last clock.Time
	Count       int64 // writes, bits, sectors or disks
	Bytes       int64 // of synced data concerned
}

// Silent tells whether a log cannot notice the damage by itself: the data is not
// there, rather than wrong or unreadable.
func (k Kind) Silent() bool { panic("disk: not yet") }

// Damage lists the damage done to data that is still there, in order of Kind.
func (d *Disk) Damage() []Damage { panic("disk: not yet") }

// Forgive forgets the damage so far: the host was replaced.
func (d *Disk) Forgive() { panic("disk: not yet") }

// Place is a position in a file.
type Place struct {
	File   string
	Offset int64
}

// Rot flips bits of durable data in files whose last element matches pattern
// (path.Match; empty: all), and returns where. None if there is no such data.
func (d *Disk) Rot(now clock.Time, pattern string, bits int) []Place { panic("disk: not yet") }

// Latent makes sectors of durable data unreadable until they are written again.
func (d *Disk) Latent(now clock.Time, pattern string, sectors int) []Place { panic("disk: not yet") }

// Lose replaces the disk of a host that is down by an empty one.
func (d *Disk) Lose(now clock.Time) { panic("disk: not yet") }

// Image is what a disk held at some time.
type Image struct{}

// Copy returns what is durable at now.
func (d *Disk) Copy(now clock.Time) *Image { panic("disk: not yet") }

// Swap replaces the disk of a host that is down by an old copy of it.
func (d *Disk) Swap(now clock.Time, old *Image) { panic("disk: not yet") }
