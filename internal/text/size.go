package text

import (
	"math"
	"strconv"
)

// SizePattern is the regular expression of the sizes that [ParseSize] reads.
const SizePattern = `^[0-9]+(B|KB|MB|GB)$`

// sizes are the units of size, largest first. A KB is 1024 bytes.
var sizes = []struct {
	name  string
	bytes int64
}{{"GB", 1 << 30}, {"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}}

// Size is a number of bytes as [ParseSize] reads it, in the largest unit that
// divides it: "64KB", "1500B". Zero is "0B". A KB is 1024 bytes.
func Size(bytes int64) string {
	for _, u := range sizes {
		if bytes != 0 && bytes%u.bytes == 0 {
			return strconv.FormatInt(bytes/u.bytes, 10) + u.name
		}
	}
	return "0B"
}

// ParseSize reads a whole number and its unit, B, KB, MB or GB.
func ParseSize(s string) (bytes int64, ok bool) {
	number := leading(s, "0123456789")
	for _, u := range sizes {
		if s[len(number):] != u.name {
			continue
		}
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || n > math.MaxInt64/u.bytes {
			return 0, false
		}
		return n * u.bytes, true
	}
	return 0, false
}
