package random_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
)

const ms = time.Millisecond

// fateAt returns the fate at a share of all fates.
func fateAt(u float64) uint64 { return uint64(u * (1 << 64)) }

// quantiles are the exact quantile functions of what the tables approximate.
var quantiles = []struct {
	d random.Distribution
	q func(u float64) float64
}{
	{random.Exponential(5 * ms), func(u float64) float64 { return -5e6 * math.Log1p(-u) }},
	{random.LogNormal(5*ms, 40*ms), func(u float64) float64 {
		return 5e6 * math.Pow(8, math.Erfinv(2*u-1)/math.Erfinv(0.98))
	}},
	{random.HeavyTail(5*ms, 20*ms), func(u float64) float64 {
		return min(5e6*math.Pow(4, (-math.Log2(1-u)-1)/math.Log2(50)), 16*20e6)
	}},
}

// TestTheTablesFollowTheQuantileFunctions allows half a percent, and a
// microsecond at the lower end.
func TestTheTablesFollowTheQuantileFunctions(t *testing.T) {
	for _, v := range quantiles {
		for u := 1.0 / 256; u < 1-1e-6; u += 1.0 / 7777 {
			want := v.q(u)
			require.InDelta(t, want, float64(v.d.At(fateAt(u))), want/200+1000, "%v at %v", v.d, u)
		}
		for tail := 0.01; tail > 2e-6; tail *= 0.9 {
			want := v.q(1 - tail)
			require.InDelta(t, want, float64(v.d.At(fateAt(1-tail))), want/100, "%v at 1-%v", v.d, tail)
		}
	}
}

// TestDrawsHaveTheMeanMedianAndTailThatTheySay draws 100,000 times with a fixed
// seed.
func TestDrawsHaveTheMeanMedianAndTailThatTheySay(t *testing.T) {
	const draws = 100_000
	count := func(d random.Distribution, below time.Duration) (share, mean float64) {
		key := random.Seed(6).Key("draws")
		n := 0
		var sum float64
		for i := range uint64(draws) {
			v := d.At(key.Fate(1, i))
			sum += float64(v)
			if v <= below {
				n++
			}
		}
		return float64(n) / draws, sum / draws
	}
	share, mean := count(random.Uniform(2*ms, 4*ms), 3*ms)
	require.InDelta(t, 0.5, share, 0.008)
	require.InDelta(t, 3e6, mean, 0.01e6)
	share, mean = count(random.Exponential(5*ms), 5*ms)
	require.InDelta(t, 1-1/math.E, share, 0.008)
	require.InDelta(t, 5e6, mean, 0.08e6)
	for _, d := range []random.Distribution{random.LogNormal(5*ms, 40*ms), random.HeavyTail(5*ms, 40*ms)} {
		share, _ = count(d, 5*ms)
		require.InDelta(t, 0.5, share, 0.008, "%v", d)
		share, _ = count(d, 40*ms)
		require.InDelta(t, 0.99, share, 0.0016, "%v", d)
	}
}

func TestAHeavyTailIsHeavierThanALogNormalOne(t *testing.T) {
	heavy, normal := random.HeavyTail(5*ms, 40*ms), random.LogNormal(5*ms, 40*ms)
	require.Greater(t, heavy.At(fateAt(0.9999)), 2*normal.At(fateAt(0.9999)))
	require.Greater(t, heavy.At(0), 3*ms, "it has a floor")
	require.Less(t, normal.At(0), ms)
	require.Equal(t, 640*ms, heavy.At(math.MaxUint64), "it ends at 16 times p99")
}

func distributionGenerator() *rapid.Generator[random.Distribution] {
	return rapid.Custom(func(t *rapid.T) random.Distribution {
		a := time.Duration(rapid.Int64Range(1, int64(random.MaxDuration)).Draw(t, "a"))
		b := time.Duration(rapid.Int64Range(int64(a), int64(random.MaxDuration)).Draw(t, "b"))
		switch rapid.IntRange(0, 4).Draw(t, "shape") {
		case 0:
			return random.Constant(a)
		case 1:
			return random.Uniform(a, b)
		case 2:
			return random.Exponential(a)
		case 3:
			return random.LogNormal(a, b)
		}
		return random.HeavyTail(a, b)
	})
}

func TestAHigherFateIsNeverShorter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := distributionGenerator().Draw(t, "distribution")
		low := rapid.Uint64().Draw(t, "low")
		high := rapid.Uint64Min(low).Draw(t, "high")
		require.LessOrEqual(t, d.At(low), d.At(high))
		require.GreaterOrEqual(t, d.At(low), time.Duration(0))
	})
}

func TestDistributionPrintsAndParses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := distributionGenerator().Draw(t, "distribution")
		back, err := random.ParseDistribution(d.String())
		require.NoError(t, err)
		require.Equal(t, d, back)
		require.True(t, d.Equal(&back))
	})
	for _, text := range []string{"0s", "5ms", "1ms..5ms", "exp 5ms", "median 5ms p99 40ms", "heavy median 5ms p99 200ms"} {
		d, err := random.ParseDistribution(text)
		require.NoError(t, err)
		require.Equal(t, text, d.String())
	}
}

func TestTheZeroDistributionIsNoTimeAtAll(t *testing.T) {
	var d random.Distribution
	require.True(t, d.Zero())
	require.Zero(t, d.At(math.MaxUint64))
	require.Equal(t, "0s", d.String())
	for _, d := range []random.Distribution{random.Constant(1), random.Uniform(0, 1), random.Exponential(1)} {
		require.False(t, d.Zero())
	}
}

func TestUniformReachesBothEndsAndNothingElse(t *testing.T) {
	d := random.Uniform(3, 5)
	require.EqualValues(t, 3, d.At(0))
	require.EqualValues(t, 5, d.At(math.MaxUint64))
	counts := make([]int, 6)
	key := random.Seed(7).Key("uniform")
	for n := range uint64(30_000) {
		counts[d.At(key.Fate(1, n))]++
	}
	require.Less(t, chiSquare(counts[3:]), 14.0)
}

func TestDistributionSaysWhatIsWrong(t *testing.T) {
	for text, want := range map[string]string{
		"":                           `want "5ms", "1ms..5ms"`,
		"normal 5ms":                 `want "5ms", "1ms..5ms"`,
		"median 5ms":                 `want "5ms", "1ms..5ms"`,
		"5":                          `"5" is not a duration`,
		"..5ms":                      `"" is not a duration`,
		"exp fast":                   `"fast" is not a duration`,
		"-5ms":                       `"-5ms" is not a duration`,
		"10001h":                     "duration 10001h in a distribution, must be from 0s to 10000h",
		"5ms..1ms":                   "from 5ms to 1ms, must not be descending",
		"median 0s p99 1ms":          "median 0s, must be greater",
		"median 5ms p99 4ms":         "p99 4ms, must be at least the median (5ms)",
		"heavy median 5ms p99 4ms":   "p99 4ms, must be at least the median (5ms)",
		"heavy median 5ms p99":       `want "5ms", "1ms..5ms"`,
		"median 5ms p99 40ms really": `want "5ms", "1ms..5ms"`,
	} {
		_, err := random.ParseDistribution(text)
		require.ErrorContains(t, err, "random: ", text)
		require.ErrorContains(t, err, want, text)
	}
	require.Panics(t, func() { random.Uniform(2, 1) })
}

// TestDistributionsNeverChange pins values that every architecture must give.
func TestDistributionsNeverChange(t *testing.T) {
	var got []time.Duration
	for _, text := range []string{"1ms..5ms", "exp 5ms", "median 5ms p99 40ms", "heavy median 5ms p99 200ms"} {
		d, err := random.ParseDistribution(text)
		require.NoError(t, err)
		for _, u := range []float64{0, 0.001, 0.3, 0.77, 0.999, 0.9999999} {
			got = append(got, d.At(fateAt(u)))
		}
	}
	require.Equal(t, pinnedDurations, got)
}

func TestTheGridHasEveryFateInItsStep(t *testing.T) {
	for i := range random.GridPoints - 1 {
		distance, upper := random.GridFate(i)
		fate := distance
		if upper {
			fate = -distance
		}
		step, part := random.GridPlace(fate)
		require.Equal(t, i, step, "fate %x", fate)
		require.Zero(t, part)
		if fate > 0 {
			step, part = random.GridPlace(fate - 1)
			require.Equal(t, i-1, step)
			require.Greater(t, part, uint64(math.MaxUint64-1<<40))
		}
	}
	step, _ := random.GridPlace(math.MaxUint64)
	require.Equal(t, random.GridPoints-2, step)
}

func TestFixedPointLogarithmsAreExactToTheirLastBits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Uint64Range(1, 1<<62).Draw(t, "x")
		require.InDelta(t, math.Log2(float64(x)), float64(random.Log2(x))/(1<<32), 1e-9)
		require.InEpsilon(t, float64(x), float64(random.Exp2(random.Log2(x)))+0.5, 1e-8*float64(1)+0.5/float64(x)+1e-12)
	})
	require.Equal(t, int64(math.MaxInt64), random.Exp2(63<<32))
	require.Equal(t, int64(1), random.Exp2(0))
	require.Equal(t, int64(1), random.Exp2(-1<<31))
	require.Equal(t, int64(0), random.Exp2(-2<<32))
}

func TestDrawingAllocatesNothing(t *testing.T) {
	key := random.Seed(1).Key("a")
	d := random.LogNormal(5*ms, 40*ms)
	n := uint64(0)
	require.Zero(t, testing.AllocsPerRun(100, func() {
		n++
		d.At(key.Fate(1, n))
	}))
}
