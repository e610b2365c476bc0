package random_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
)

func TestANewChoiceMovesNoOther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := random.Seed(rapid.Uint64().Draw(t, "seed"))
		names := rapid.SliceOf(rapid.SampledFrom([]string{"hosts", "kind", "at", "new"})).Draw(t, "names")
		with, without := seed.Chooser(), seed.Chooser()
		for _, name := range names {
			v := with.Choose(name, 1000)
			require.Less(t, v, uint64(1000))
			if name != "new" {
				require.Equal(t, without.Choose(name, 1000), v)
			}
		}
	})
}

func TestASeedChoosesUniformlyAcrossSeedsAndCounts(t *testing.T) {
	perSeed, perCount := make([]int, 16), make([]int, 16)
	one := random.Seed(1).Chooser()
	for seed := range random.Seed(16_000) {
		perSeed[seed.Chooser().Choose("hosts", 16)]++
		perCount[one.Choose("hosts", 16)]++
	}
	require.Less(t, chiSquare(perSeed), 42.0) // 15 degrees of freedom
	require.Less(t, chiSquare(perCount), 42.0)
}

func TestBytesAreReadInOrderAndThenComeZeros(t *testing.T) {
	c := random.BytesChooser([]byte{7, 0x34, 0x12, 255, 9})
	require.EqualValues(t, 7, c.Choose("one byte", 256))
	require.EqualValues(t, 0, c.Choose("no byte at all", 1))
	require.EqualValues(t, 0x1234, c.Choose("two bytes", 1<<16))
	require.EqualValues(t, 5, c.Choose("modulo", 10))
	require.EqualValues(t, 9, c.Choose("the end is cut short", 1<<40))
	for range 3 {
		require.Zero(t, c.Choose("after the end", math.MaxUint64))
	}
}

func TestEveryChoiceIsInRange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		choosers := []random.Chooser{
			random.Seed(rapid.Uint64().Draw(t, "seed")).Chooser(),
			random.BytesChooser(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")),
		}
		for _, c := range choosers {
			n := rapid.Uint64Min(1).Draw(t, "n")
			require.Less(t, c.Choose("n", n), n)
			lo := rapid.Int64().Draw(t, "lo")
			hi := rapid.Int64Min(lo).Draw(t, "hi")
			if uint64(hi)-uint64(lo) < math.MaxUint64 {
				v := random.Between(c, "between", lo, hi)
				require.LessOrEqual(t, lo, v)
				require.GreaterOrEqual(t, hi, v)
			}
		}
	})
}

func TestThePlanOfNoBytesIsTheBenignOne(t *testing.T) {
	c := random.BytesChooser(nil)
	require.Equal(t, "calm", random.Pick(c, "weather", "calm", "storm"))
	require.EqualValues(t, 3, random.Between(c, "hosts", 3, 9))
	require.False(t, random.Chance(c, "fault", random.Percent(99)))
	require.True(t, random.Chance(c, "fault", random.Percent(100)))
	require.False(t, random.Chance(c, "fault", random.Ratio{}))
}

func TestChanceHitsItsRatio(t *testing.T) {
	c := random.Seed(2).Chooser()
	hits := 0
	for range 10_000 {
		if random.Chance(c, "fault", random.Percent(30)) {
			hits++
		}
	}
	require.InDelta(t, 3000, hits, 230) // five standard deviations
}

func TestChoosersRefuseImpossibleChoices(t *testing.T) {
	for _, c := range []random.Chooser{random.Seed(1).Chooser(), random.BytesChooser(nil)} {
		require.PanicsWithValue(t, `random: choice "hosts" has no alternatives`, func() { c.Choose("hosts", 0) })
		require.PanicsWithValue(t, `random: choice "x" between 2 and 1, must not be descending`, func() { random.Between(c, "x", 2, 1) })
		require.PanicsWithValue(t, `random: choice "x" between -9223372036854775808 and 9223372036854775807 is too wide`,
			func() { random.Between(c, "x", math.MinInt64, math.MaxInt64) })
	}
}
