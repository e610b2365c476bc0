package text

import (
	"strconv"
	"strings"
)

// Decimal is an unsigned decimal number as the fraction Num/Den, where Den is
// a power of ten.
type Decimal struct{ Num, Den uint64 }

// ParseDecimal reads "12", "0.25" or "1.50" exactly. It has no sign and no
// exponent, a digit on either side of its point, at most 17 digits behind it
// that matter, and its digits without the point fit 64 bits.
func ParseDecimal(s string) (Decimal, bool) {
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || point && fraction == "" || !digits(whole) || !digits(fraction) {
		return Decimal{}, false
	}
	fraction = strings.TrimRight(fraction, "0")
	if len(fraction) > 17 {
		return Decimal{}, false
	}
	num, err := strconv.ParseUint(whole+fraction, 10, 64)
	den := uint64(1)
	for range len(fraction) {
		den *= 10
	}
	return Decimal{num, den}, err == nil
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// leading is the longest start of s made of these characters.
func leading(s, of string) string { return s[:len(s)-len(strings.TrimLeft(s, of))] }
