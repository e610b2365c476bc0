package random

import (
	"fmt"
	"math/bits"
	"time"

	"raftsim/internal/text"
)

// Distribution says how long something takes: a duration for each fate, by the
// quantile function of the distribution. The zero value is always 0. It is a
// value whose copies share a table that is never changed.
//
// At fate 0 stands the shortest duration, at half of all fates the median. The
// tail is cut off at one in 2^20: all fates beyond give the durations between
// that quantile and the last one of the table.
type Distribution struct {
	shape shape
	a, b  int64   // the parameters in nanoseconds, as the shape has them
	table []int64 // nanoseconds at the grid of fates; nil for a straight line from a to b
}

// shape is the family that a distribution belongs to.
type shape uint8

const (
	straight    shape = iota // from a to b, uniformly; a == b is constant
	exponential              // mean a
	logNormal                // median a, 99th percentile b
	heavyTail                // median a, 99th percentile b
)

// heavyLimit is where the heavy tail ends, in multiples of its 99th percentile.
const heavyLimit = 16

// MaxDuration is the longest parameter that a distribution takes.
const MaxDuration = 10_000 * time.Hour

// Constant returns the distribution that is always d. Like the other
// constructors it panics when a parameter is negative or above [MaxDuration].
func Constant(d time.Duration) Distribution { return must(straight, d, d) }

// Uniform returns the distribution in which every nanosecond from lo to hi, both
// included, is equally likely. It panics when hi is less than lo.
func Uniform(lo, hi time.Duration) Distribution { return must(straight, lo, hi) }

// Exponential returns the distribution of the time between independent events
// that happen once per mean.
func Exponential(mean time.Duration) Distribution { return must(exponential, mean, 0) }

// LogNormal returns the distribution whose logarithm is normal, given by its
// median and its 99th percentile: the usual look of latencies in a healthy
// network. It panics unless 0 < median <= p99.
func LogNormal(median, p99 time.Duration) Distribution { return must(logNormal, median, p99) }

// HeavyTail returns the Pareto distribution with that median and 99th
// percentile: a floor that nothing undercuts and a tail that falls so slowly
// that the rare delay is many times the usual one. What would be longer than 16
// times p99 is just that long, or single delays would outlast a run. It panics
// unless 0 < median <= p99.
func HeavyTail(median, p99 time.Duration) Distribution { return must(heavyTail, median, p99) }

func must(s shape, a, b time.Duration) Distribution {
	d, err := newDistribution(s, a, b)
	if err != nil {
		panic(err.Error())
	}
	return d
}

func newDistribution(s shape, a, b time.Duration) (Distribution, error) {
	for _, v := range []time.Duration{a, b} {
		if v < 0 || v > MaxDuration {
			return Distribution{}, fmt.Errorf("random: duration %s in a distribution, must be from 0s to %s", text.Duration(v), text.Duration(MaxDuration))
		}
	}
	switch {
	case s == straight && b < a:
		return Distribution{}, fmt.Errorf("random: distribution from %s to %s, must not be descending", text.Duration(a), text.Duration(b))
	case (s == logNormal || s == heavyTail) && a == 0:
		return Distribution{}, fmt.Errorf("random: distribution with median 0s, must be greater")
	case (s == logNormal || s == heavyTail) && b < a:
		return Distribution{}, fmt.Errorf("random: distribution with p99 %s, must be at least the median (%s)", text.Duration(b), text.Duration(a))
	}
	d := Distribution{shape: s, a: int64(a), b: int64(b)}
	switch s {
	case exponential:
		d.table = scaleTable(int64(a), exponentialQuantiles[:])
	case logNormal:
		d.table = powerTable(int64(a), int64(b), normalQuantiles[:])
	case heavyTail:
		d.table = powerTable(int64(a), int64(b), paretoQuantiles[:])
		for i := range d.table {
			d.table[i] = min(d.table[i], int64(b)*heavyLimit)
		}
	}
	return d, nil
}

// At returns the duration at a fate. A higher fate never gives a shorter one.
func (d *Distribution) At(fate uint64) time.Duration {
	if d.table == nil {
		hi, _ := bits.Mul64(uint64(d.b-d.a)+1, fate)
		return time.Duration(d.a + int64(hi))
	}
	i, part := gridPlace(fate)
	lo := d.table[i]
	hi, _ := bits.Mul64(uint64(d.table[i+1]-lo), part)
	return time.Duration(lo + int64(hi))
}

// Zero reports whether the distribution is always 0.
func (d *Distribution) Zero() bool { return d.a == 0 && d.b == 0 }

// Equal reports whether both give the same duration at each fate.
func (d *Distribution) Equal(other *Distribution) bool {
	return d.shape == other.shape && d.a == other.a && d.b == other.b
}
