package random

import (
	"math"
	"math/bits"
)

// unit is 1 in the fixed point of the quantile tables and of logarithms.
const unit = 1 << 32

// scaleTable returns scale times the quantiles, which are below 2^6. The scale is
// at most MaxDuration, so the products fit.
func scaleTable(scale int64, quantiles []int64) []int64 {
	table := make([]int64, len(quantiles))
	for i, q := range quantiles {
		hi, lo := bits.Mul64(uint64(scale), uint64(q))
		table[i] = int64(hi<<32 | lo>>32)
	}
	return table
}

// powerTable returns median * (p99/median)^q for each quantile q. A q of 0 is
// the median and a q of 1 the 99th percentile.
func powerTable(median, p99 int64, quantiles []int64) []int64 {
	base := log2(uint64(median))
	exponent := log2(uint64(p99)) - base
	table := make([]int64, len(quantiles))
	for i, q := range quantiles {
		table[i] = exp2(base + mulFixed(exponent, q))
	}
	return table
}

// mulFixed returns a*q in fixed point, for a not negative.
func mulFixed(a, q int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(max(q, -q)))
	v := int64(hi<<32 | lo>>32)
	if q < 0 {
		return -v
	}
	return v
}

// log2 returns the binary logarithm of x in fixed point, rounded down. x must
// not be 0.
func log2(x uint64) int64 {
	whole := bits.Len64(x) - 1
	log := int64(whole) << 32
	// The mantissa in [1, 2) with 63 fraction bits. Squaring it doubles its
	// logarithm, whose next binary digit is then its whole part.
	m := x << (63 - whole)
	for bit := int64(unit / 2); bit > 0; bit /= 2 {
		hi, lo := bits.Mul64(m, m)
		if hi>>63 == 1 {
			log += bit
			m = hi
			continue
		}
		m = hi<<1 | lo>>63
	}
	return log
}

// exp2 returns 2^x for x in fixed point, rounded to a whole number and limited
// to what an int64 holds.
func exp2(x int64) int64 {
	whole := x >> 32
	if whole >= 63 {
		return math.MaxInt64
	}
	if whole < -1 {
		return 0
	}
	m := uint64(1 << 63)
	for i := range 32 {
		if x>>(31-i)&1 == 1 {
			hi, lo := bits.Mul64(m, roots[i])
			m = hi<<1 | lo>>63
		}
	}
	// m is 2^63 times the mantissa, in [1, 2).
	shift := 63 - uint(whole)
	half := m >> (shift - 1)
	return int64(min(half>>1+half&1, math.MaxInt64))
}
