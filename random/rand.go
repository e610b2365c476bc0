package random

import (
	"fmt"
	"math/bits"
)

// Rand is a sequence of draws over one stream: the fates 0, 1, 2... of a key
// and a purpose. It suits a source that is asked in one order only, such as a
// host's election timeouts. Make it with [Key.Rand].
type Rand struct {
	key     Key
	purpose Purpose
	n       uint64
}

// Uint64 returns the next draw, uniform over all uint64.
func (r *Rand) Uint64() uint64 {
	v := r.key.Fate(r.purpose, r.n)
	r.n++
	return v
}

// Uint64N returns a draw from [0, n). It always takes exactly one fate, so that
// n does not shift later draws; the price is a bias of at most n in 2^64. It
// panics when n is 0.
func (r *Rand) Uint64N(n uint64) uint64 {
	if n == 0 {
		panic("random: Uint64N(0), must be at least 1")
	}
	hi, _ := bits.Mul64(r.Uint64(), n)
	return hi
}

// IntN returns a draw from [0, n), as [Rand.Uint64N] does. It panics when n is
// less than 1.
func (r *Rand) IntN(n int) int {
	if n < 1 {
		panic(fmt.Sprintf("random: IntN(%d), must be at least 1", n))
	}
	return int(r.Uint64N(uint64(n)))
}

// Bool returns true for one draw in two.
func (r *Rand) Bool() bool { return r.Uint64()>>63 == 1 }

// Shuffle puts n things into random order by swapping them (Fisher and Yates).
// It takes n-1 draws.
func (r *Rand) Shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, r.IntN(i+1))
	}
}

// Below maps a fate to a number in [0, n), as [Rand.Uint64N] does. n is at least 1.
func Below(fate uint64, n int) int {
	hi, _ := bits.Mul64(fate, uint64(n))
	return int(hi)
}
