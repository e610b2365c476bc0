package disk

import "raftsim/random"

// Profile is how a disk behaves while nothing is injected. The zero value is an
// endless disk that takes no time and has no faults.
type Profile struct {
	// Read is how long a read, an open or a list takes; Write a write,
	// truncate, create, remove or rename; Sync a Sync, SyncDir or MkdirAll.
	Read, Write, Sync random.Distribution
	// BytesPerSecond adds to the time of a read for each byte read, and to that
	// of a sync for each byte to be made durable. Zero is without limit.
	BytesPerSecond int64
	// Capacity is how many bytes of contents fit. Zero is without limit.
	Capacity int64
	// Faults are there from the start, under the handles 1, 2 and so on.
	Faults []Fault
}

// SetProfile makes the disk behave otherwise for operations asked for from now
// on. The faults of the new profile are not injected, and those of the old one
// stay.
func (d *Disk) SetProfile(p Profile) { d.profile = p }
