package hunt_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/hunt"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
)

// fake is a run whose verdict is a function of its unit, as a real one is.
func fake(u hunt.Unit) hunt.Result {
	v := sim.Verdict{
		Name: u.Scenario.Name, Seed: u.Seed, Fingerprint: uint64(u.Seed) * 77, Events: 100 + uint64(u.Seed)%7, Simulated: clock.Time(1e9),
		Operations: sim.Operations{Invoked: 3, Completed: 2}, Leaders: 1, Faults: []sim.FaultCount{{Kind: "crash", Fired: 1}},
	}
	if u.Seed%5 == 0 {
		v.Outcome = sim.Safety
		v.Violations = []checker.Violation{{Property: "election safety", Signature: fmt.Sprintf("two leaders %d", u.Seed%2)}}
	}
	return hunt.Result{Unit: u, Verdict: v}
}

func story(name, seeds string) *scenarios.Scenario {
	list, err := scenarios.ParseSeeds(seeds)
	if err != nil {
		panic(err)
	}
	return &scenarios.Scenario{Name: name, File: name + ".yaml", Seeds: list}
}

func TestResultsComeInTheOrderOfSeedsWhateverTheNumberOfWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sweep := &hunt.Sweep{Workers: rapid.IntRange(1, 9).Draw(t, "workers"), Run: fake}
		var want []hunt.Result
		for i := range rapid.IntRange(0, 3).Draw(t, "scenarios") {
			s := story(fmt.Sprint("s", i), rapid.SampledFrom([]string{"1-300", "7", "9-12,3,3,50-60", "0"}).Draw(t, "seeds"))
			sweep.Scenarios = append(sweep.Scenarios, s)
			for seed := range s.Seeds.All() {
				want = append(want, fake(hunt.Unit{Scenario: s, Seed: seed}))
			}
		}
		var got []hunt.Result
		require.Empty(t, sweep.Do(context.Background(), func(r hunt.Result) { got = append(got, r) }))
		require.Equal(t, want, got)
		require.EqualValues(t, len(want), sweep.Units())
	})
}

func TestASweepRunsAsManyAtOnceAsItHasWorkers(t *testing.T) {
	const workers = 4
	meet := make(chan struct{})
	var waiting atomic.Int32
	sweep := &hunt.Sweep{Workers: workers, Scenarios: []*scenarios.Scenario{story("s", "1-4")}, Run: func(u hunt.Unit) hunt.Result {
		if waiting.Add(1) == workers {
			close(meet)
		}
		<-meet // reached only when all four are under way
		return fake(u)
	}}
	require.Empty(t, sweep.Do(context.Background(), func(hunt.Result) {}))
}

// Whatever the moment of the interruption, each unit is either delivered or
// left to run, none both and none neither.
func TestAnInterruptedSweepAccountsForEveryUnit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := story("a", "1-40"), story("b", "5,1-20,5")
		ctx, cancel := context.WithCancel(context.Background())
		defer cancel()
		after := rapid.Int64Range(0, 62).Draw(t, "after")
		stuck := make(chan struct{}) // the runs of some seeds never end
		defer close(stuck)
		hung := random.Seed(rapid.Uint64Range(0, 30).Draw(t, "hung"))
		var started atomic.Int64
		sweep := &hunt.Sweep{Workers: rapid.IntRange(1, 4).Draw(t, "workers"), Scenarios: []*scenarios.Scenario{a, b}, Run: func(u hunt.Unit) hunt.Result {
			if u.Seed == hung {
				cancel()
				<-stuck
			}
			if started.Add(1) == after {
				cancel()
			}
			return fake(u)
		}}
		delivered := map[hunt.Unit]int{}
		left := sweep.Do(ctx, func(r hunt.Result) { delivered[r.Unit]++ })
		for _, l := range left {
			for seed := range l.Seeds.All() {
				delivered[hunt.Unit{Scenario: l.Scenario, Seed: seed}]++
			}
		}
		for _, s := range []*scenarios.Scenario{a, b} {
			all := slices.Collect(s.Seeds.All())
			for _, seed := range all {
				count := 0
				for _, other := range all {
					if other == seed {
						count++
					}
				}
				require.Equal(t, count, delivered[hunt.Unit{Scenario: s, Seed: seed}], "%s seed %d", s.Name, seed)
			}
		}
	})
}

func TestAPanicOutsideTheSimulationIsAVerdictAndTheSweepGoesOn(t *testing.T) {
	sweep := &hunt.Sweep{Workers: 2, Scenarios: []*scenarios.Scenario{story("s", "1-9")}, Run: func(u hunt.Unit) hunt.Result {
		if u.Seed == 4 {
			panic("a model with a bug")
		}
		return fake(u)
	}}
	var outcomes []sim.Outcome
	sweep.Do(context.Background(), func(r hunt.Result) {
		outcomes = append(outcomes, r.Verdict.Outcome)
		if r.Seed == 4 {
			require.Equal(t, "a model with a bug", r.Verdict.Violation().Detail)
			require.Contains(t, r.Verdict.Stack, "sweep_test.go")
		}
	})
	require.Len(t, outcomes, 9)
	require.Equal(t, sim.Panicked, outcomes[3])
}

// A user's kind of fault panics while a schedule is drawn: no run has begun.
func TestAPanicOfAKindThatIsDrawnNamesItsPlaceHoweverTheRunIsMade(t *testing.T) {
	t.Cleanup(faults.Register(faults.Kind{
		Name: "quake", Parse: func(*faults.Parser) faults.Action { return nil },
		Draw: func(*faults.Draw) faults.Action { panic("no host is left") },
	}))
	s := story("s", "1-40")
	s.Swarm, s.Plan.Run = scenarios.FullSwarm, 2e9
	for name, run := range map[string]func(hunt.Unit) hunt.Result{"once": nil, "twice": hunt.Twice} {
		var sum hunt.Summary
		(&hunt.Sweep{Scenarios: []*scenarios.Scenario{s}, Run: run}).Do(context.Background(), sum.Add)
		require.NotZero(t, sum.Outcomes[sim.Panicked], name)
		require.Regexp(t, `^no panic: raftsim/hunt_test\.\S+ < .*: no host is left$`, sum.Bugs[0].Signature, name)
	}
}

func TestASummaryCountsAndGroupsWhatFailed(t *testing.T) {
	s := story("s", "1-20")
	var sum hunt.Summary
	for seed := range s.Seeds.All() {
		sum.Add(fake(hunt.Unit{Scenario: s, Seed: seed}))
	}
	require.EqualValues(t, 20, sum.Runs)
	require.EqualValues(t, 4, sum.Failed)
	require.EqualValues(t, 16, sum.Outcomes[sim.Pass])
	require.EqualValues(t, 4, sum.Outcomes[sim.Safety])
	require.EqualValues(t, 60, sum.Invoked)
	require.EqualValues(t, 40, sum.Completed)
	require.EqualValues(t, 20, sum.Leaders)
	require.Equal(t, []hunt.FaultTotal{{Kind: "crash", Fired: 20, Runs: 20}}, sum.Faults)
	require.Len(t, sum.Bugs, 2)
	odd, even := sum.Bugs[0], sum.Bugs[1]
	require.Equal(t, "two leaders 1", odd.Signature)
	require.EqualValues(t, 2, odd.Count)
	require.EqualValues(t, 5, odd.Lowest.Seed)
	require.EqualValues(t, 15, odd.Shortest.Seed) // 101 events, seed 5 has 105
	require.Equal(t, "two leaders 0", even.Signature)
	require.EqualValues(t, 10, even.Lowest.Seed)
}

func TestTheFingerprintOfASweepDependsOnNameSeedFingerprintAndOrder(t *testing.T) {
	print := func(names ...string) uint64 {
		var sum hunt.Summary
		for i, name := range names {
			sum.Add(fake(hunt.Unit{Scenario: story(name, "1"), Seed: random.Seed(i / 2)}))
		}
		return sum.Fingerprint
	}
	require.Equal(t, print("a", "b"), print("a", "b"))
	require.NotEqual(t, print("a", "b"), print("b", "a"))
	require.NotEqual(t, print("a", "b"), print("a"))
	require.NotEqual(t, print("a", "a"), print("a", "a", "a"))
}

func TestARunThatCannotBeMadeIsReportedAndNotAPass(t *testing.T) {
	s := story("s", "1")
	s.Plan.Nodes = -1
	r := hunt.Simulate(hunt.Unit{Scenario: s, Seed: 1})
	require.ErrorContains(t, r.Err, "Nodes is -1")
	require.True(t, r.Failed())
	var sum hunt.Summary
	sum.Add(r)
	require.EqualValues(t, 1, sum.Refused)
	require.Equal(t, "refused: "+r.Err.Error(), sum.Bugs[0].Signature)
}

func TestASummaryKeepsABoundedNumberOfBugs(t *testing.T) {
	var s hunt.Summary
	one := &scenarios.Scenario{Name: "a"}
	for i := range 3 * hunt.MaxBugs {
		signature := fmt.Sprint("bug ", i%(2*hunt.MaxBugs))
		s.Add(hunt.Result{Unit: hunt.Unit{Scenario: one}, Verdict: sim.Verdict{Outcome: sim.Safety, Violations: []checker.Violation{{Signature: signature}}}})
	}
	require.Len(t, s.Bugs, hunt.MaxBugs)
	require.Equal(t, int64(2), s.Bugs[0].Count)
	require.Equal(t, int64(hunt.MaxBugs), s.Unlisted)
	require.Equal(t, int64(3*hunt.MaxBugs), s.Failed)
}
