package scenarios_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
	"raftsim/scenarios"
)

func TestSeedsPrintAndParse(t *testing.T) {
	for text, want := range map[string]scenarios.Seeds{
		"7":                    {{7, 7}},
		"0":                    {{0, 0}},
		"1-200":                {{1, 200}},
		"1-3,7,20-40":          {{1, 3}, {7, 7}, {20, 40}},
		"18446744073709551615": {{math.MaxUint64, math.MaxUint64}},
		"18446744073709551614-18446744073709551615": {{math.MaxUint64 - 1, math.MaxUint64}},
	} {
		got, err := scenarios.ParseSeeds(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, text, got.String())
	}
	spaced, err := scenarios.ParseSeeds(" 1 - 3 , 7 ")
	require.NoError(t, err)
	require.Equal(t, "1-3,7", spaced.String())
}

func TestWhatIsNoSeedIsRefused(t *testing.T) {
	for _, text := range []string{"", " ", "x", "-1", "1-", "-", "1--2", "1,,2", "1,", "1.5", "0x1", "18446744073709551616", "3-1", "1-1000000001", "0-18446744073709551615", "1-999999999,1-9"} {
		_, err := scenarios.ParseSeeds(text)
		require.Error(t, err, text)
	}
}

func TestTheLastSeedOfAllEndsTheList(t *testing.T) {
	var got []random.Seed
	for seed := range (scenarios.Seeds{{math.MaxUint64 - 1, math.MaxUint64}}).All() {
		got = append(got, seed)
	}
	require.Equal(t, []random.Seed{math.MaxUint64 - 1, math.MaxUint64}, got)
}

func TestHeadAndSkipShareAListBetweenThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var seeds scenarios.Seeds
		for range rapid.IntRange(0, 4).Draw(t, "ranges") {
			first := rapid.Uint64Range(0, 20).Draw(t, "first")
			seeds = seeds.Append(scenarios.Range{First: random.Seed(first), Last: random.Seed(first + rapid.Uint64Range(0, 5).Draw(t, "more"))})
		}
		n := rapid.Int64Range(0, 30).Draw(t, "n")
		all := slices.Collect(seeds.All())
		require.Len(t, all, int(seeds.Len()))
		cut := min(int(n), len(all))
		require.True(t, slices.Equal(all[:cut], slices.Collect(seeds.Head(n).All())))
		require.True(t, slices.Equal(all[cut:], slices.Collect(seeds.Skip(n).All())))
		joined := append(scenarios.Seeds{}, seeds.Head(n)...).AppendAll(seeds.Skip(n))
		require.True(t, slices.Equal(all, slices.Collect(joined.All())))
	})
}
