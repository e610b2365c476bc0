package faults

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
	"time"

	"raftsim/random"
)

// units are the units of time that a line may use, longest first. Only the
// last four are printed: "90s", never "1m30s".
var units = []struct {
	name string
	size time.Duration
}{
	{"h", time.Hour}, {"m", time.Minute},
	{"s", time.Second}, {"ms", time.Millisecond}, {"us", time.Microsecond}, {"ns", time.Nanosecond},
}

const printedUnits = 2 // index in units of the first that is printed

// formatDuration is the shortest exact decimal in the longest unit that d
// fills: "1.5s", "800ms". Zero is "0s".
func formatDuration(d time.Duration) string {
	switch {
	case d == 0:
		return "0s"
	case d < 0:
		return "-" + formatMagnitude(-uint64(d))
	}
	return formatMagnitude(uint64(d))
}

// formatMagnitude is formatDuration for nanoseconds above zero.
func formatMagnitude(n uint64) string {
	for _, u := range units[printedUnits:] {
		size := uint64(u.size)
		if n < size {
			continue
		}
		s := strconv.FormatUint(n/size, 10)
		if rest := n % size; rest > 0 {
			digits := strconv.FormatUint(size+rest, 10)[1:] // with its leading zeros
			s += "." + strings.TrimRight(digits, "0")
		}
		return s + u.name
	}
	return "0s"
}

// formatSigned is formatDuration with a sign in front, whatever it is.
func formatSigned(d time.Duration) string {
	if d > 0 {
		return "+" + formatDuration(d)
	}
	return formatDuration(d)
}

// formatSpan is one duration or "5s..15s". A most that is not above the least
// is not printed.
func formatSpan(least, most time.Duration) string {
	if most <= least {
		return formatDuration(least)
	}
	return formatDuration(least) + ".." + formatDuration(most)
}

// parseDuration reads decimals with units, "1.5s" or "1m30s", without a sign.
// It is exact: a fraction of a nanosecond is refused.
func parseDuration(s string) (time.Duration, bool) {
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
	name := leading(s, "abcdefghijklmnopqrstuvwxyz")
	s = s[len(name):]
	for _, u := range units {
		if u.name == name {
			n, ok = parseDecimal(number, uint64(u.size))
			return n, s, ok
		}
	}
	return 0, s, false
}

// parseDecimal returns number times scale when that is whole and fits.
func parseDecimal(number string, scale uint64) (uint64, bool) {
	whole, fraction, _ := strings.Cut(number, ".")
	if whole == "" || strings.HasSuffix(number, ".") {
		return 0, false
	}
	n, err := strconv.ParseUint(whole, 10, 63)
	if err != nil {
		return 0, false
	}
	high, n := bits.Mul64(n, scale)
	if high != 0 || n > math.MaxInt64 {
		return 0, false
	}
	fraction = strings.TrimRight(fraction, "0")
	for _, digit := range fraction {
		if digit < '0' || digit > '9' || scale%10 != 0 {
			return 0, false
		}
		scale /= 10
		n += uint64(digit-'0') * scale
	}
	return n, n <= math.MaxInt64
}

// leading is the longest start of s made of these characters.
func leading(s, of string) string {
	return s[:len(s)-len(strings.TrimLeft(s, of))]
}

var byteUnits = []struct {
	name string
	size int64
}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}}

// formatBytes is exact, in the largest unit that divides n: "64KB", "1500B".
// A KB is 1024 bytes.
func formatBytes(n int64) string {
	for _, u := range byteUnits {
		if n != 0 && n%u.size == 0 {
			return strconv.FormatInt(n/u.size, 10) + u.name
		}
	}
	return "0B"
}

// parseBytes reads a whole number with its unit.
func parseBytes(s string) (int64, bool) {
	digits := leading(s, "0123456789")
	for _, u := range byteUnits {
		if s[len(digits):] != u.name {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n > math.MaxInt64/u.size {
			return 0, false
		}
		return n * u.size, true
	}
	return 0, false
}

// formatCount is "1 bit" or "3 bits".
func formatCount(n int, what string) string {
	s := strconv.Itoa(n) + " " + what
	if n != 1 {
		s += "s"
	}
	return s
}

// hasDelay reports that a distribution was given: that it is not the zero one.
func hasDelay(d random.Distribution) bool {
	return d.At(0) != 0 || d.At(math.MaxUint64) != 0
}
