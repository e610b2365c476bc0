package clock

import (
	"fmt"
	"math"
	"math/bits"
	"time"
)

// Local is the clock of one host: what it reads is a piecewise linear function
// of global time. The zero value is perfect and reads the global time.
//
// Changes (Step, Drift, Freeze, Thaw, Heal) must come in order of time. Each
// begins a new piece at the reading that the old one had, rounded down to a
// nanosecond. All arithmetic is exact in 128 bits; what does not fit into a
// [Time] is limited to its range.
type Local struct {
	since   Time  // global instant at which this piece begins
	reading Time  // what the clock read then
	ppm     int64 // how much faster than global time it runs
	frozen  bool
}

// The range of drifts, in parts per million: from a clock that stands still to
// one that runs a thousand times too fast.
const (
	MinDrift = -1_000_000
	MaxDrift = 1_000_000_000
)

// million is the unit of a rate: a perfect clock gains a million parts per
// million.
const million = 1_000_000

// Read returns what the clock reads at now, rounded down. It never goes back as
// now goes on, but at a Step by a negative time and at a Heal. An instant before
// the last change reads as that change.
func (l *Local) Read(now Time) Time {
	if l.perfect() {
		return now
	}
	elapsed := now.Sub(l.since)
	if l.frozen || elapsed <= 0 {
		return l.reading
	}
	hi, lo := bits.Mul64(uint64(elapsed), l.rate())
	if hi >= million {
		return Never
	}
	gained, _ := bits.Div64(hi, lo, million)
	return l.reading.Add(saturate(gained))
}

// When returns the first global instant from now on at which the clock reads at
// least reading, if it is not changed before: the instant to wake a host that
// waits for that reading. It is [Never] when the clock stands still short of it.
func (l *Local) When(now Time, reading Time) Time {
	if l.Read(now) >= reading {
		return now
	}
	if reading == Never || l.frozen || l.rate() == 0 {
		return Never
	}
	if l.perfect() {
		return reading
	}
	// The least elapsed with elapsed*rate/million >= the reading to gain. That
	// gain may exceed a Duration, never a uint64.
	hi, lo := bits.Mul64(uint64(reading)-uint64(l.reading), million)
	lo, carry := bits.Add64(lo, l.rate()-1, 0)
	hi += carry
	if hi >= l.rate() {
		return Never
	}
	elapsed, _ := bits.Div64(hi, lo, l.rate())
	return l.since.Add(saturate(elapsed))
}

// Offset returns how far the clock is ahead of global time at now; it is
// negative when the clock is behind.
func (l *Local) Offset(now Time) time.Duration { return l.Read(now).Sub(now) }

// Step moves the clock by a positive or negative time at once.
func (l *Local) Step(now Time, by time.Duration) {
	l.rebase(now)
	l.reading = l.reading.Add(by)
}

// Drift makes the clock run faster than global time by ppm parts per million
// from now on, or slower when ppm is negative; 0 is the right rate, and the
// offset stays. A frozen clock drifts once it is thawed. It panics when ppm is
// outside [MinDrift], [MaxDrift].
func (l *Local) Drift(now Time, ppm int64) {
	if ppm < MinDrift || ppm > MaxDrift {
		panic(fmt.Sprintf("clock: drift of %d ppm, must be from %d to %d", ppm, MinDrift, MaxDrift))
	}
	l.rebase(now)
	l.ppm = ppm
}

// Freeze stops the clock at now. A frozen clock can still be stepped.
func (l *Local) Freeze(now Time) {
	l.rebase(now)
	l.frozen = true
}

// Thaw lets a frozen clock go on from what it reads, so that it lags by the time
// that it was frozen. It does nothing to a clock that runs.
func (l *Local) Thaw(now Time) {
	l.rebase(now)
	l.frozen = false
}

// Heal makes the clock perfect: from now on it reads the global time.
func (l *Local) Heal() { *l = Local{} }

// rebase begins a new piece at now.
func (l *Local) rebase(now Time) {
	l.reading = l.Read(now)
	l.since = max(l.since, now)
}

// perfect reports whether the clock reads the global time.
func (l *Local) perfect() bool { return *l == Local{} }

// rate returns the parts that the clock gains in a million.
func (l *Local) rate() uint64 { return uint64(million + l.ppm) }

func saturate(v uint64) time.Duration { return time.Duration(min(v, math.MaxInt64)) }
