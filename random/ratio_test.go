package random_test

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
)

func ratioGenerator() *rapid.Generator[random.Ratio] {
	return rapid.Custom(func(t *rapid.T) random.Ratio {
		den := rapid.OneOf(rapid.SampledFrom([]uint64{1, 3, 100, 1000, 10_000, math.MaxUint64}), rapid.Uint64Min(1)).Draw(t, "den")
		return random.Ratio{Num: rapid.Uint64Range(0, den).Draw(t, "num"), Den: den}
	})
}

func TestHitIsExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ratioGenerator().Draw(t, "ratio")
		fate := rapid.Uint64().Draw(t, "fate")
		// A fate hits when the distance from the top, as a share of 2^64, is
		// below the ratio.
		left := new(big.Int).Mul(new(big.Int).SetUint64(^fate), new(big.Int).SetUint64(r.Den))
		right := new(big.Int).Lsh(new(big.Int).SetUint64(r.Num), 64)
		require.Equal(t, left.Cmp(right) < 0, r.Hit(fate))
	})
}

func TestRaisingARatioOnlyAddsHits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		den := rapid.Uint64Min(1).Draw(t, "den")
		low := rapid.Uint64Range(0, den).Draw(t, "low")
		high := rapid.Uint64Range(low, den).Draw(t, "high")
		fate := rapid.Uint64().Draw(t, "fate")
		if (random.Ratio{Num: low, Den: den}).Hit(fate) {
			require.True(t, random.Ratio{Num: high, Den: den}.Hit(fate))
		}
	})
}

func TestAlwaysAlwaysHitsAndNeverNever(t *testing.T) {
	for _, fate := range []uint64{0, 1, 1 << 63, math.MaxUint64} {
		require.True(t, random.Percent(100).Hit(fate))
		require.True(t, random.Ratio{Num: 7, Den: 7}.Hit(fate))
		require.False(t, random.Ratio{}.Hit(fate))
		require.False(t, random.Percent(0).Hit(fate))
	}
	require.False(t, random.PerMille(999).Hit(0), "fate 0 is benign")
}

func TestTwentyPercentOfFatesHitTwentyPercent(t *testing.T) {
	key := random.Seed(5).Key("ratio")
	hits := 0
	for n := range uint64(100_000) {
		if random.Percent(20).Hit(key.Fate(1, n)) {
			hits++
		}
	}
	require.InDelta(t, 20_000, hits, 633) // five standard deviations
}

func TestRatioPrintsAndParses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := ratioGenerator().Draw(t, "ratio")
		back, err := random.ParseRatio(r.String())
		require.NoError(t, err)
		require.Equal(t, r.Reduced(), back)
		require.Equal(t, r.String(), back.String())
	})
}

func TestRatioReadsAllItsForms(t *testing.T) {
	for text, want := range map[string]struct {
		ratio   random.Ratio
		printed string
	}{
		"20%":                  {random.Ratio{Num: 1, Den: 5}, "20%"},
		"0.5%":                 {random.PerMille(5), "0.5%"},
		"1/3":                  {random.Ratio{Num: 1, Den: 3}, "1/3"},
		"2/6":                  {random.Ratio{Num: 1, Den: 3}, "1/3"},
		"1":                    {random.Ratio{Num: 1, Den: 1}, "100%"},
		"1.0":                  {random.Ratio{Num: 1, Den: 1}, "100%"},
		"0":                    {random.Ratio{}, "0%"},
		"0/9":                  {random.Ratio{}, "0%"},
		"0.25":                 {random.Percent(25), "25%"},
		"0.0001%":              {random.Ratio{Num: 1, Den: 1_000_000}, "0.0001%"},
		"0.00001%":             {random.Ratio{Num: 1, Den: 10_000_000}, "1/10000000"},
		"0.00000000000000001":  {random.Ratio{Num: 1, Den: 1e17}, "1/100000000000000000"},
		"0.00000000000000001%": {random.Ratio{Num: 1, Den: 1e19}, "1/10000000000000000000"},
	} {
		r, err := random.ParseRatio(text)
		require.NoError(t, err, text)
		require.Equal(t, want.ratio, r, text)
		require.Equal(t, want.printed, r.String())
	}
}

func TestRatioRefusesWhatIsNoShare(t *testing.T) {
	for _, text := range []string{
		"", "%", "-1%", "+1%", "1/0", "/3", "1/", "1/2/3", ".5", "5.", "1e-3", "0x1", "half", " 1%", "1 %",
		"0.000000000000000001", "99999999999999999999",
	} {
		_, err := random.ParseRatio(text)
		require.ErrorContains(t, err, "want a share such as", "%q", text)
	}
	for _, text := range []string{"101%", "2", "3/2", "1.1"} {
		_, err := random.ParseRatio(text)
		require.ErrorContains(t, err, "must be at most 100%", "%q", text)
	}
	require.PanicsWithValue(t, "random: ratio 101/100, must be at most 1", func() { random.Percent(101) })
}
