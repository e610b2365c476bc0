package text

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// DurationPattern is the regular expression of the durations that
// [ParseDuration] reads.
const DurationPattern = `^(0|([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+)$`

// units are the units of time, longest first.
var units = []struct {
	name string
	size time.Duration
}{
	{"h", time.Hour}, {"m", time.Minute},
	{"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}, {"ns", time.Nanosecond},
	{"µs", time.Microsecond}, {"μs", time.Microsecond}, // the micro sign and the Greek letter, as in package time
}

// printed are the units that [Duration] uses for what is no whole hour.
var printed = units[2:6]

// Duration is d as [ParseDuration] reads it: whole hours as "24h", all else as
// the shortest exact decimal in the longest of s, ms, us and ns that d fills,
// "90s", "1.5s", "800ms". Zero is "0s". One below zero begins with a minus.
func Duration(d time.Duration) string {
	n, sign := uint64(d), ""
	if d < 0 {
		n, sign = -n, "-"
	}
	if n > 0 && n%uint64(time.Hour) == 0 {
		return sign + strconv.FormatUint(n/uint64(time.Hour), 10) + "h"
	}
	for _, u := range printed {
		size := uint64(u.size)
		if n < size {
			continue
		}
		s := sign + strconv.FormatUint(n/size, 10)
		if rest := n % size; rest > 0 {
			digits := strconv.FormatUint(size+rest, 10)[1:] // with its leading zeros
			s += "." + strings.TrimRight(digits, "0")
		}
		return s + u.name
	}
	return "0s"
}

// SignedDuration is [Duration] with a sign also for what is above zero.
func SignedDuration(d time.Duration) string {
	if d > 0 {
		return "+" + Duration(d)
	}
	return Duration(d)
}

// DurationRange is "5s..15s", or one duration when most is not above least.
func DurationRange(least, most time.Duration) string {
	if most <= least {
		return Duration(least)
	}
	return Duration(least) + ".." + Duration(most)
}

// ParseDuration reads decimals with units, "1.5s" or "1m30s", or "0". It knows
// no sign, and it is exact: a fraction of a nanosecond is refused.
func ParseDuration(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	var total uint64
	for first := true; s != "" || first; first = false {
		n, rest, ok := parseTerm(s)
		if !ok || n > math.MaxInt64-total {
			return 0, false
		}
		total += n
		s = rest
	}
	return time.Duration(total), true
}

// parseTerm reads one decimal with its unit, in nanoseconds.
func parseTerm(s string) (n uint64, rest string, ok bool) {
	number := leading(s, "0123456789.")
	s = s[len(number):]
	name := leading(s, "abcdefghijklmnopqrstuvwxyzµμ")
	s = s[len(name):]
	d, ok := ParseDecimal(number)
	if !ok {
		return 0, s, false
	}
	for _, u := range units {
		if u.name != name {
			continue
		}
		high, low := bits.Mul64(d.Num, uint64(u.size))
		if high >= d.Den {
			return 0, s, false
		}
		n, rest := bits.Div64(high, low, d.Den)
		return n, s, rest == 0 && n <= math.MaxInt64
	}
	return 0, s, false
}
