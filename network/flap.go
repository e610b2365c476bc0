package network

import (
	"time"

	"raftsim/random"
)

// Flap says how trouble comes and goes: links that are cut for a while, restored
// for a while, and so on. Its caller begins phase 0, schedules the next
// phase for when that ends, and so on.
type Flap struct {
	Down random.Distribution // how long each time of trouble lasts
	Up   random.Distribution // how long each time without lasts
}

// purposeFlap is the purpose of the fates that a Flap draws.
const purposeFlap random.Purpose = 1

// Phase returns the nth phase: whether it is one of trouble, as the even ones
// are, and how long it lasts, which is at least a nanosecond so that the phases
// get somewhere. It is a function of its arguments alone.
func (f *Flap) Phase(k random.Key, n uint64) (down bool, lasts time.Duration) {
	d := &f.Up
	if down = n%2 == 0; down {
		d = &f.Down
	}
	return down, max(d.At(k.Fate(purposeFlap, n)), 1)
}
