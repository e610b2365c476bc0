package random_test

import (
	"fmt"
	"math/bits"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
)

// chiSquare returns the statistic of the counts against equal expectations. Its
// mean is len(counts)-1 and its standard deviation about sqrt(2*mean).
func chiSquare(counts []int) float64 {
	total := 0
	for _, c := range counts {
		total += c
	}
	expected := float64(total) / float64(len(counts))
	var sum float64
	for _, c := range counts {
		d := float64(c) - expected
		sum += d * d / expected
	}
	return sum
}

// requireUniform draws 65,536 words and requires each of their bytes to be
// uniform. With 255 degrees of freedom the bounds are five standard deviations;
// the seeds are fixed, so the test either passes for ever or never.
func requireUniform(t *testing.T, draw func(i uint64) uint64) {
	t.Helper()
	var counts [8][256]int
	for i := range uint64(1 << 16) {
		v := draw(i)
		for b := range 8 {
			counts[b][v>>(8*b)&255]++
		}
	}
	for b := range counts {
		x := chiSquare(counts[b][:])
		require.Greater(t, x, 142.0, "byte %d is too even", b)
		require.Less(t, x, 368.0, "byte %d is not uniform", b)
	}
}

func TestFatesAreUniformAlongEveryAxis(t *testing.T) {
	key := random.Seed(1).Key("network n1->n2")
	t.Run("number", func(t *testing.T) {
		requireUniform(t, func(i uint64) uint64 { return key.Fate(1, i) })
	})
	t.Run("purpose", func(t *testing.T) {
		requireUniform(t, func(i uint64) uint64 { return key.Fate(random.Purpose(i), 7) })
	})
	t.Run("seed", func(t *testing.T) {
		requireUniform(t, func(i uint64) uint64 { return random.Seed(i).Key("disk n1").Fate(1, 0) })
	})
	t.Run("stream", func(t *testing.T) {
		requireUniform(t, func(i uint64) uint64 { return random.Seed(1).Key(fmt.Sprint("n", i)).Fate(1, 0) })
	})
	t.Run("large steps", func(t *testing.T) {
		requireUniform(t, func(i uint64) uint64 { return key.Fate(1, i<<40) })
	})
	t.Run("chain of mixes", func(t *testing.T) {
		h := uint64(0)
		requireUniform(t, func(i uint64) uint64 { h = random.Mix(h, i&1); return h })
	})
}

// requireIndependent requires the high bits of 65,536 pairs of words to fall
// evenly into 16 times 16 cells.
func requireIndependent(t *testing.T, pair func(i uint64) (x, y uint64)) {
	t.Helper()
	var high, low [256]int
	for i := range uint64(1 << 16) {
		x, y := pair(i)
		high[x>>60<<4|y>>60]++
		low[x&15<<4|y&15]++
	}
	for _, counts := range [][]int{high[:], low[:]} {
		x := chiSquare(counts)
		require.Greater(t, x, 142.0)
		require.Less(t, x, 368.0)
	}
}

func TestNeighbouringFatesAreIndependent(t *testing.T) {
	a, b := random.Seed(1).Key("network n1->n2"), random.Seed(1).Key("network n2->n1")
	c := random.Seed(2).Key("network n1->n2")
	t.Run("numbers", func(t *testing.T) {
		requireIndependent(t, func(i uint64) (x, y uint64) { return a.Fate(1, i), a.Fate(1, i+1) })
	})
	t.Run("purposes", func(t *testing.T) {
		requireIndependent(t, func(i uint64) (x, y uint64) { return a.Fate(1, i), a.Fate(2, i) })
	})
	t.Run("number and purpose", func(t *testing.T) {
		requireIndependent(t, func(i uint64) (x, y uint64) { return a.Fate(1, i+1), a.Fate(2, i) })
	})
	t.Run("streams", func(t *testing.T) {
		requireIndependent(t, func(i uint64) (x, y uint64) { return a.Fate(1, i), b.Fate(1, i) })
	})
	t.Run("seeds", func(t *testing.T) {
		requireIndependent(t, func(i uint64) (x, y uint64) { return a.Fate(1, i), c.Fate(1, i) })
	})
	t.Run("sub-stream", func(t *testing.T) {
		sub := a.Key("x")
		requireIndependent(t, func(i uint64) (x, y uint64) { return a.Fate(1, i), sub.Fate(1, i) })
	})
}

// TestOneInputBitMovesHalfOfTheOutput measures the avalanche of Mix and Fate:
// each output bit must flip with probability one half, to within 0.05, for each
// input bit that is flipped (4,096 trials, six standard deviations).
func TestOneInputBitMovesHalfOfTheOutput(t *testing.T) {
	const trials = 4096
	key := random.Seed(9).Key("avalanche")
	other := random.Seed(9).Key("inputs")
	for name, f := range map[string]func(h, v uint64) uint64{
		"mix, digest":  func(h, v uint64) uint64 { return random.Mix(v, h) },
		"mix, word":    random.Mix,
		"fate, number": func(_, v uint64) uint64 { return key.Fate(3, v) },
	} {
		for bit := range 64 {
			var flips [64]int
			for i := range uint64(trials) {
				h, v := other.Fate(1, i), other.Fate(2, i)
				changed := f(h, v) ^ f(h, v^1<<bit)
				for changed != 0 {
					flips[bits.TrailingZeros64(changed)]++
					changed &= changed - 1
				}
			}
			for out, n := range flips {
				require.InDelta(t, 0.5, float64(n)/trials, 0.05, "%s: input bit %d, output bit %d", name, bit, out)
			}
		}
	}
}

func TestMixTellsApartAMillionShortHistories(t *testing.T) {
	seen := make(map[uint64]bool, 1<<20)
	for h := range uint64(1 << 10) {
		for v := range uint64(1 << 10) {
			seen[random.Mix(random.Mix(0, h), v)] = true
		}
	}
	require.Len(t, seen, 1<<20)
}

func TestMixDependsOnOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h, a, b := rapid.Uint64().Draw(t, "h"), rapid.Uint64().Draw(t, "a"), rapid.Uint64().Draw(t, "b")
		if a != b {
			require.NotEqual(t, random.Mix(random.Mix(h, a), b), random.Mix(random.Mix(h, b), a))
			require.NotEqual(t, random.Mix(h, a), random.Mix(h, b))
		}
	})
}

// TestFatesNeverChange pins values: a seed in a bug report must mean the same
// on every architecture and for as long as the project can keep it so.
func TestFatesNeverChange(t *testing.T) {
	key := random.Seed(8841).Key("network n1->n2")
	require.Equal(t, uint64(pinnedFate), key.Fate(2, 17))
	require.Equal(t, uint64(pinnedSubFate), key.Key("a name that is longer than a word").Fate(0, 0))
	require.Equal(t, uint64(pinnedMix), random.Mix(1, 2))
}

func TestNamesOfAnyLengthAndSplitAreDifferentStreams(t *testing.T) {
	seed := random.Seed(3)
	seen := make(map[uint64]string)
	long := "abcdefghijklmnopqrstuvwxyz\x00\x00\x00\x00\x00\x00\x00\x00\x00"
	for n := range len(long) {
		for _, name := range []string{long[:n], long[n:]} {
			fate := seed.Key(name).Fate(0, 0)
			other, ok := seen[fate]
			require.True(t, !ok || other == name, "%q and %q", name, other)
			seen[fate] = name
		}
	}
	require.Equal(t, seed.Key("a/b").Fate(1, 2), seed.Key("a").Key("b").Fate(1, 2))
	require.Equal(t, "a/b", seed.Key("a").Key("b").String())
}

func TestRandIsTheFatesInOrder(t *testing.T) {
	key := random.Seed(3).Key("host n1")
	r := key.Rand(5)
	for n := range uint64(10) {
		require.Equal(t, key.Fate(5, n), r.Uint64())
	}
}

func TestDrawsBelowNAreUniform(t *testing.T) {
	r := random.Seed(3).Key("host n1").Rand(1)
	counts := make([]int, 10)
	ones := 0
	for range 100_000 {
		counts[r.IntN(10)]++
		if r.Bool() {
			ones++
		}
	}
	require.Less(t, chiSquare(counts), 30.0) // 9 degrees of freedom
	require.InDelta(t, 50_000, ones, 800)    // five standard deviations
	require.PanicsWithValue(t, "random: IntN(0), must be at least 1", func() { r.IntN(0) })
	require.PanicsWithValue(t, "random: Uint64N(0), must be at least 1", func() { r.Uint64N(0) })
}

func TestShuffleMakesEveryOrderEquallyLikely(t *testing.T) {
	r := random.Seed(4).Key("shuffle").Rand(1)
	counts := make(map[[4]int]int)
	for range 24_000 {
		order := [4]int{0, 1, 2, 3}
		r.Shuffle(4, func(i, j int) { order[i], order[j] = order[j], order[i] })
		counts[order]++
	}
	require.Len(t, counts, 24)
	var flat []int
	for _, c := range counts {
		flat = append(flat, c)
	}
	require.Less(t, chiSquare(flat), 57.0) // 23 degrees of freedom, five deviations
}
