package sim

import (
	"iter"
	"time"

	"raftsim/clock"
)

// timers are the pending timers of one host. Each is named by its slot and the
// slot's generation, so that an entry of the event queue whose timer was moved
// or cancelled is recognised and ignored.
type timers struct {
	slots []timer
	free  []uint32
}

type timer struct {
	reading    clock.Time    // of the host's clock, when local
	length     time.Duration // that it was set for
	token      uint64
	generation uint32
	local      bool // follows the host's clock; else by virtual time
	live       bool
}

// add keeps t and returns its name.
func (t *timers) add(entry timer) uint64 {
	entry.live = true
	if n := len(t.free); n > 0 {
		slot := t.free[n-1]
		t.free = t.free[:n-1]
		entry.generation = t.slots[slot].generation + 1
		t.slots[slot] = entry
		return timerName(slot, entry.generation)
	}
	t.slots = append(t.slots, entry)
	return timerName(uint32(len(t.slots)-1), 0)
}

// take removes the named timer and returns it; ok is false when there is none of
// that name any more.
func (t *timers) take(name uint64) (taken timer, ok bool) {
	slot := uint32(name >> 32)
	if int(slot) >= len(t.slots) {
		return timer{}, false
	}
	entry := &t.slots[slot]
	if !entry.live || entry.generation != uint32(name) {
		return timer{}, false
	}
	entry.live = false
	t.free = append(t.free, slot)
	return *entry, true
}

// renew gives each timer that follows the host's clock a new name, and yields
// both, in the order of their slots.
func (t *timers) renew() iter.Seq2[uint64, timer] {
	return func(yield func(uint64, timer) bool) {
		for slot := range t.slots {
			entry := &t.slots[slot]
			if !entry.live || !entry.local {
				continue
			}
			entry.generation++
			if !yield(timerName(uint32(slot), entry.generation), *entry) {
				return
			}
		}
	}
}

// earliest is the least reading at which a timer of the host's clock is due, Never
// when there is none.
func (t *timers) earliest() clock.Time {
	reading := clock.Never
	for slot := range t.slots {
		if entry := &t.slots[slot]; entry.live && entry.local {
			reading = min(reading, entry.reading)
		}
	}
	return reading
}

// heal gives each timer that follows the host's clock, which read before and now
// reads after, the time that it has left, and no more than it was set for.
func (t *timers) heal(before, after clock.Time) {
	for slot := range t.slots {
		if entry := &t.slots[slot]; entry.live && entry.local {
			entry.reading = after.Add(min(entry.reading.Sub(before), entry.length))
		}
	}
}

// clear cancels all timers. Generations live on, so that old names stay dead.
func (t *timers) clear() {
	t.free = t.free[:0]
	for slot := range t.slots {
		t.slots[slot].live = false
		t.free = append(t.free, uint32(slot))
	}
}

func timerName(slot, generation uint32) uint64 { return uint64(slot)<<32 | uint64(generation) }
