package random_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/random"
)

func TestAnOverrideReplacesOneFateAndNoOther(t *testing.T) {
	var o random.Overrides
	o.Set("network n1->n2", 2, 17, 0)
	plain := random.Seed(1).Fates()
	over := random.NewFates(1, &o)
	for _, name := range []string{"network n1->n2", "network n2->n1"} {
		a, b := plain.Key(name), over.Key(name)
		for p := range random.Purpose(4) {
			for n := range uint64(30) {
				if name == "network n1->n2" && p == 2 && n == 17 {
					require.Zero(t, b.Fate(p, n))
					require.NotZero(t, a.Fate(p, n))
					continue
				}
				require.Equal(t, a.Fate(p, n), b.Fate(p, n))
			}
		}
	}
}

func TestOverridesReachSubStreams(t *testing.T) {
	var o random.Overrides
	o.Set("client c1/retry", 1, 0, 42)
	require.EqualValues(t, 42, random.NewFates(1, &o).Key("client c1").Key("retry").Fate(1, 0))
}

func TestARecordedRunRepeatsUnderAnotherSeed(t *testing.T) {
	ask := func(f random.Fates) (answers []uint64) {
		a, b := f.Key("a"), f.Key("b")
		for n := range uint64(20) {
			answers = append(answers, a.Fate(1, n), b.Fate(random.Purpose(n), 3))
		}
		return answers
	}
	var log random.Overrides
	first := ask(random.Seed(1).Fates().Recording(&log))
	require.Equal(t, ask(random.Seed(1).Fates()), first, "recording changed an answer")
	require.Equal(t, 40, log.Len())
	require.Equal(t, first, ask(random.NewFates(2, &log)))
}

func overridesGenerator() *rapid.Generator[*random.Overrides] {
	one := rapid.Custom(func(t *rapid.T) random.Override {
		return random.Override{
			Stream:  rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"network n1->n2", "#", `"`, " [1:2] = 0x3", "a\nb", " "})).Draw(t, "stream"),
			Purpose: random.Purpose(rapid.Uint16().Draw(t, "purpose")),
			N:       rapid.Uint64().Draw(t, "n"),
			Value:   rapid.Uint64().Draw(t, "value"),
		}
	})
	return rapid.Map(rapid.SliceOf(one), func(all []random.Override) *random.Overrides {
		o := new(random.Overrides)
		for _, v := range all {
			o.Set(v.Stream, v.Purpose, v.N, v.Value)
		}
		return o
	})
}

func TestOverridesPrintAndParse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := overridesGenerator().Draw(t, "overrides")
		back, err := random.ParseOverrides(o.String())
		require.NoError(t, err)
		require.Equal(t, o.All(), back.All())
		require.Equal(t, o.String(), back.String())
		require.Equal(t, o.All(), o.Clone().All())
		for _, v := range o.All() {
			value, ok := o.Get(v.Stream, v.Purpose, v.N)
			require.True(t, ok)
			require.Equal(t, v.Value, value)
			o.Unset(v.Stream, v.Purpose, v.N)
		}
		require.Zero(t, o.Len())
		require.Empty(t, o.String())
	})
}

func TestOverridesSayWhichLineIsWrong(t *testing.T) {
	for _, bad := range []string{
		"network n1->n2",
		"network n1->n2 [2] = 0xff",
		"network n1->n2 [2:17] = 255",
		"network n1->n2 [65536:17] = 0xff",
		"network n1->n2 [2:-1] = 0xff",
		"network n1->n2 [2:17] = 0x1ffffffffffffffff",
		`"network [2:17] = 0xff`,
	} {
		_, err := random.ParseOverrides("# good\n\n" + bad)
		require.ErrorContains(t, err, "random: line 3: override")
		require.ErrorContains(t, err, `as in "network n1->n2 [2:17] = 0xff"`)
	}
}

func TestNilOverridesAreEmpty(t *testing.T) {
	var o *random.Overrides
	require.Zero(t, o.Len())
	require.Empty(t, o.All())
	require.Empty(t, o.String())
	require.Zero(t, o.Clone().Len())
	o.Unset("a", 1, 2)
	_, ok := o.Get("a", 1, 2)
	require.False(t, ok)
	require.Equal(t, random.Seed(1).Key("a").Fate(1, 2), random.NewFates(1, o).Key("a").Fate(1, 2))
}
