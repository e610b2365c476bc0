package text

import (
	"strconv"
	"strings"
)

// ParseRange reads "1-200", or one number that is both ends. The first may be
// above the last. White space around a number is ignored.
func ParseRange(s string) (first, last uint64, ok bool) {
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	first, err1 := strconv.ParseUint(strings.TrimSpace(from), 10, 64)
	last, err2 := strconv.ParseUint(strings.TrimSpace(to), 10, 64)
	return first, last, err1 == nil && err2 == nil
}

// Range is what [ParseRange] reads: "1-200", or "7" when both ends are the same.
func Range(first, last uint64) string {
	if first == last {
		return strconv.FormatUint(first, 10)
	}
	return strconv.FormatUint(first, 10) + "-" + strconv.FormatUint(last, 10)
}
