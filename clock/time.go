package clock

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// Time is an instant in nanoseconds since the run began. Instants of a run are
// not negative; the reading of a host's clock that was stepped back may be.
type Time int64

// Never is later than every instant: a deadline that does not come.
const Never Time = math.MaxInt64

// Add returns t moved by d, which may be negative. What would lie at or beyond
// [Never] is Never, and Never stays Never; what would lie before the first
// instant that a Time can hold is that instant.
func (t Time) Add(d time.Duration) Time {
	sum := t + Time(d)
	switch {
	case t == Never || d > 0 && sum < t:
		return Never
	case d < 0 && sum > t:
		return math.MinInt64
	}
	return sum
}

// Sub returns the time from u to t, limited to what a Duration holds.
func (t Time) Sub(u Time) time.Duration {
	d := t - u
	switch {
	case t >= 0 && u < 0 && d < 0:
		return math.MaxInt64
	case t < 0 && u >= 0 && d >= 0:
		return math.MinInt64
	}
	return time.Duration(d)
}

// String returns the instant in seconds, with three decimals or as many more as
// it takes to be exact: "1.204s", "0.000000001s". Never is "never".
func (t Time) String() string {
	if t == Never {
		return "never"
	}
	sign, ns := "", uint64(t)
	if t < 0 {
		sign, ns = "-", -ns
	}
	decimals := fmt.Sprintf("%09d", ns%1e9)
	return fmt.Sprintf("%s%d.%s%ss", sign, ns/1e9, decimals[:3], strings.TrimRight(decimals[3:], "0"))
}
