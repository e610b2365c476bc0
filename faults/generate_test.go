package faults_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
)

// counting counts the choices of another chooser.
type counting struct {
	random.Chooser
	choices int
}

func (c *counting) Choose(name string, n uint64) uint64 {
	c.choices++
	return c.Chooser.Choose(name, n)
}

// plain asks for trouble in a cluster of five voters and a learner.
func plain(p faults.Profile, class faults.Class) faults.GeneratorOptions {
	return faults.GeneratorOptions{
		Profile: p, Class: class,
		Voters: []uint64{1, 2, 3, 4, 5}, Learners: []uint64{6}, Spare: []uint64{7, 8},
		Start: clock.Time(time.Second), End: clock.Time(30 * time.Second),
	}
}

func budgetOf(o faults.GeneratorOptions) faults.Budget {
	return faults.Budget{Voters: o.Voters, ElectionTimeout: o.ElectionTimeout, Leases: o.Leases, LeaseDriftPPM: o.LeaseDriftPPM}
}

func TestAGeneratedScheduleStaysInsideItsClassAndTheFaultPhase(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		voters := make([]uint64, rapid.IntRange(1, 7).Draw(t, "voters"))
		for i := range voters {
			voters[i] = uint64(i + 1)
		}
		o := faults.GeneratorOptions{
			Profile: rapid.SampledFrom([]faults.Profile{faults.Swarm, faults.Lite}).Draw(t, "profile"),
			Class:   faults.Class(rapid.IntRange(0, 2).Draw(t, "class")),
			Voters:  voters, Learners: []uint64{8}, Spare: []uint64{9, 10},
			Start:           clock.Time(rapid.IntRange(0, 5000).Draw(t, "start")) * clock.Time(time.Millisecond),
			End:             clock.Time(rapid.IntRange(0, 60000).Draw(t, "end")) * clock.Time(time.Millisecond),
			ElectionTimeout: time.Duration(rapid.IntRange(1, 3000).Draw(t, "timeout")) * time.Millisecond,
			Leases:          rapid.Bool().Draw(t, "leases"), LeaseDriftPPM: 500,
		}
		require.NoError(t, o.Validate())
		seed := random.Seed(rapid.Uint64().Draw(t, "seed"))
		s := faults.Generate(seed.Chooser(), o)
		require.NoError(t, s.Validate(slices.Concat(voters, o.Learners)))
		require.LessOrEqual(t, s.Class(budgetOf(o)), o.Class, "%s", s)
		require.LessOrEqual(t, s.End(), max(o.End, 0), "%s", s)
		for _, f := range s {
			require.GreaterOrEqual(t, f.At, o.Start)
			kind, _ := faults.Lookup(f.Action.Kind())
			require.Equal(t, kind.Lasting, f.For > 0, "%s", f)
			require.True(t, f.Every == (faults.Interval{}) || f.Every.Until > 0, "%s", f)
		}
		parsed, err := faults.Parse(s.String())
		require.NoError(t, err)
		require.Equal(t, len(s), len(parsed))
		for i := range s {
			require.Equal(t, s[i], parsed[i])
		}
		require.Equal(t, s, faults.Generate(seed.Chooser(), o), "the same seed, the same schedule")
	})
}

func TestTheBenignPlanHasNoFaults(t *testing.T) {
	require.Empty(t, faults.Generate(random.BytesChooser(nil), plain(faults.Swarm, faults.OutOfModel)))
	require.Empty(t, faults.Generate(random.Seed(1).Chooser(), plain(faults.Perf, faults.OutOfModel)))
}

func TestAPlanOfAnyBytesIsASchedule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := plain(faults.Swarm, faults.SafetyOnly)
		s := faults.Generate(random.BytesChooser(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")), o)
		require.NoError(t, s.Validate([]uint64{1, 2, 3, 4, 5, 6}))
		require.LessOrEqual(t, s.Class(budgetOf(o)), faults.SafetyOnly)
		s = faults.Generate(chooser{t}, o)
		require.LessOrEqual(t, s.Class(budgetOf(o)), faults.SafetyOnly)
	})
}

func TestAPlanTakesAFewHundredChoices(t *testing.T) {
	for seed := range random.Seed(300) {
		c := &counting{Chooser: seed.Chooser()}
		faults.Generate(c, plain(faults.Safety, faults.OutOfModel))
		require.LessOrEqual(t, c.choices, 500)
	}
}

func TestASwarmUsesEveryKindThatItsClassAllowsAndNoOther(t *testing.T) {
	seen := map[string]int{}
	leaving := 0
	const seeds = 500
	for seed := range random.Seed(seeds) {
		s := faults.Generate(seed.Chooser(), plain(faults.Swarm, faults.OutOfModel))
		if len(s.Count()) < len(faults.Kinds())/2 {
			leaving++
		}
		for _, c := range s.Count() {
			seen[c.Kind]++
		}
	}
	require.Greater(t, leaving, seeds*9/10, "most seeds leave most kinds out")
	for _, k := range faults.Kinds() {
		if k.Draw == nil {
			require.Zero(t, seen[k.Name], k.Name)
			continue
		}
		require.Greater(t, seen[k.Name], 0, k.Name)
	}
	for seed := range random.Seed(200) {
		for _, f := range faults.Generate(seed.Chooser(), plain(faults.Lite, faults.Tolerable)) {
			require.Contains(t, []string{
				"crash", "isolate", "link delays", "link duplicates", "link loses", "link reorders", "partition",
				"pause", "skew", "transfer",
			}, f.Action.Kind())
		}
	}
}

func TestANewKindMovesNoneOfTheOthersFaults(t *testing.T) {
	for seed := range random.Seed(200) {
		with := plain(faults.Swarm, faults.OutOfModel)
		with.Never = []string{"reconfigure", "replace"} // they change who may be named later
		without := with
		without.Never = append([]string{"heat"}, with.Never...)
		all := faults.Generate(seed.Chooser(), with)
		if len(all) == faults.MaxGenerated {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(all), func(f faults.Fault) bool { return f.Action.Kind() == "heat" })
		require.Equal(t, faults.Generate(seed.Chooser(), without).String(), others.String())
	}
}

func TestOnlyTheKindsThatAreAskedForAreDrawn(t *testing.T) {
	o := plain(faults.Swarm, faults.SafetyOnly)
	o.Only = []string{"crash", "disk lies"}
	n := 0
	for seed := range random.Seed(100) {
		for _, f := range faults.Generate(seed.Chooser(), o) {
			require.Equal(t, "crash", f.Action.Kind(), "a lie is outside the class")
			n++
		}
	}
	require.Greater(t, n, 50)

	o.Never = []string{"crush"}
	require.EqualError(t, o.Validate(), `faults: "crush" is not a kind that can be drawn: did you mean crash?`)
	o = faults.GeneratorOptions{}
	require.EqualError(t, o.Validate(), "faults: a generated schedule needs at least one voter")
}

// What bursts leave behind goes through a bounded tail a few operations at a time.
func TestBurstsLeaveNoMoreThanCanBeWorkedOff(t *testing.T) {
	lowered := 0
	for seed := range random.Seed(2000) {
		o := plain(faults.Swarm, faults.OutOfModel)
		o.ElectionTimeout = 100 * time.Millisecond
		free := faults.Generate(seed.Chooser(), o)
		o.Pace = faults.Pace{Bytes: 4 << 10}
		s := faults.Generate(seed.Chooser(), o)
		require.Len(t, s, len(free), "only counts differ")
		rounds := 0
		for i, f := range s {
			a, ok := f.Action.(faults.Propose)
			if !ok {
				require.Equal(t, free[i], f)
				continue
			}
			times := 1
			if f.Every.Min > 0 {
				times += int(f.Every.Until.Sub(f.At) / f.Every.Min)
			}
			require.GreaterOrEqual(t, a.Count, 1)
			if a.Count > 1 && a.Bytes >= 4<<10 { // one at a time
				rounds += a.Count * times
			}
			if a.Count < free[i].Action.(faults.Propose).Count {
				lowered++
			}
		}
		require.LessOrEqual(t, rounds, 200, "ten election timeouts, a round each 5 ms")
	}
	require.NotZero(t, lowered)
}

func TestProfilesAreKnownByName(t *testing.T) {
	for _, p := range []faults.Profile{faults.Lite, faults.Swarm, faults.Safety, faults.Perf} {
		parsed, err := faults.ParseProfile(p.String())
		require.NoError(t, err)
		require.Equal(t, p, parsed)
	}
	_, err := faults.ParseProfile("swam")
	require.EqualError(t, err, `faults: "swam" is not a profile: did you mean swarm?`)
}

func BenchmarkGenerate(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		faults.Generate(random.Seed(i).Chooser(), plain(faults.Swarm, faults.Tolerable))
	}
}
