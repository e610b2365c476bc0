package random

import (
	"fmt"
	"math/bits"
	"strconv"
	"strings"

	"raftsim/internal/text"
)

// Ratio is a probability as a fraction of integers: Num in Den. The zero value
// is never; Num equal to Den is always.
type Ratio struct{ Num, Den uint64 }

// Percent returns n in 100, in lowest terms. It panics above 100.
func Percent(n uint64) Ratio { return ratio(n, 100) }

// PerMille returns n in 1000, in lowest terms. It panics above 1000.
func PerMille(n uint64) Ratio { return ratio(n, 1000) }

func ratio(num, den uint64) Ratio {
	if num > den {
		panic(fmt.Sprintf("random: ratio %d/%d, must be at most 1", num, den))
	}
	return Ratio{num, den}.Reduced()
}

// Hit reports whether a fate falls into the ratio: it is true for Num in Den of
// all fates, to within one in 2^64. The fates that hit are the high ones, so
// raising a ratio only adds to the fates that hit, and fate 0 hits only a ratio
// of one.
func (r Ratio) Hit(fate uint64) bool {
	hi, _ := bits.Mul64(^fate, r.Den)
	return hi < r.Num
}

// Zero reports whether the ratio never hits.
func (r Ratio) Zero() bool { return r.Num == 0 }

// Reduced returns the ratio in lowest terms. Never is the zero value.
func (r Ratio) Reduced() Ratio {
	if r.Num == 0 {
		return Ratio{}
	}
	a, b := r.Num, r.Den
	for b != 0 {
		a, b = b, a%b
	}
	return Ratio{r.Num / a, r.Den / a}
}

// ParseRatio reads "20%", "0.5%", "1/3", "0.25", "1" or "0" and returns the
// ratio in lowest terms. A ratio lies between 0 and 1.
func ParseRatio(form string) (Ratio, error) {
	r, ok := parseRatio(form)
	if !ok {
		return Ratio{}, fmt.Errorf(`random: ratio %q: want a share such as "20%%", "0.5%%", "1/3" or "1"`, form)
	}
	if r.Num > r.Den {
		return Ratio{}, fmt.Errorf("random: ratio %q: must be at most 100%%", form)
	}
	return r.Reduced(), nil
}

func parseRatio(form string) (Ratio, bool) {
	if num, den, ok := strings.Cut(form, "/"); ok {
		n, err1 := strconv.ParseUint(num, 10, 64)
		d, err2 := strconv.ParseUint(den, 10, 64)
		return Ratio{n, d}, err1 == nil && err2 == nil && d > 0
	}
	if percent, ok := strings.CutSuffix(form, "%"); ok {
		d, ok := text.ParseDecimal(percent)
		return Ratio{d.Num, d.Den * 100}, ok // Den is at most 1e17
	}
	d, ok := text.ParseDecimal(form)
	return Ratio(d), ok
}

// String returns the ratio as a percentage when that is exact with at most four
// decimals, and as a fraction in lowest terms otherwise. [ParseRatio] of it
// gives the [Ratio.Reduced] ratio.
func (r Ratio) String() string {
	r = r.Reduced()
	if r.Num == 0 {
		return "0%"
	}
	hi, lo := bits.Mul64(r.Num, 1_000_000)
	if r.Den == 0 || hi >= r.Den {
		return fmt.Sprintf("%d/%d", r.Num, r.Den)
	}
	millionths, rest := bits.Div64(hi, lo, r.Den)
	if rest != 0 {
		return fmt.Sprintf("%d/%d", r.Num, r.Den)
	}
	percent := strconv.FormatUint(millionths/10_000, 10)
	if decimals := millionths % 10_000; decimals != 0 {
		percent += "." + strings.TrimRight(fmt.Sprintf("%04d", decimals), "0")
	}
	return percent + "%"
}
