package hunt_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/hunt"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/trace"
)

// failing makes the verdict of a run that breaks something, or of one that passes.
func failing(u hunt.Unit, o sim.Options, signature string) hunt.Result {
	v := sim.Verdict{Name: u.Scenario.Title(), Seed: u.Seed, Events: uint64(o.Run), Simulated: clock.Time(o.Run)}
	if signature != "" {
		v.Outcome = sim.Safety
		v.Violations = []checker.Violation{{Property: "a property", Signature: signature, At: clock.Time(o.Run) + 1}}
	}
	return hunt.Result{Unit: u, Verdict: v}
}

// when is a run that breaks what its plan says it does.
func when(judge func(o *sim.Options) string) func(hunt.Unit, func(*trace.Record)) hunt.Result {
	return func(u hunt.Unit, _ func(*trace.Record)) hunt.Result {
		o, err := u.Scenario.Options(u.Seed)
		if err != nil {
			return hunt.Result{Unit: u, Err: err}
		}
		return failing(u, o, judge(&o))
	}
}

// paused lists the hosts that the schedule of a plan pauses.
func paused(o *sim.Options) []uint64 {
	var ids []uint64
	for _, f := range o.Schedule {
		if p, ok := f.Action.(faults.Pause); ok {
			ids = append(ids, p.Hosts.IDs()...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func contains(all, some []uint64) bool {
	return !slices.ContainsFunc(some, func(id uint64) bool { return !slices.Contains(all, id) })
}

// busy is a scenario with a fault for each of some hosts, and much else.
func busy(t *rapid.T) *scenarios.Scenario {
	s := &scenarios.Scenario{Name: "busy", File: "busy.yaml", Seeds: scenarios.One(7)}
	s.Plan.Nodes, s.Plan.Learners = 12, 1
	s.Plan.Run = 20 * time.Second
	s.Plan.Raft.PreVote = true
	s.Plan.Network.Loss = random.Percent(3)
	for i := range rapid.IntRange(1, 12).Draw(t, "faults") {
		at := clock.Time(rapid.Int64Range(0, int64(19*time.Second)).Draw(t, "at"))
		f := faults.Fault{At: at, Action: faults.Pause{Hosts: faults.Hosts(uint64(i + 1))}}
		if rapid.Bool().Draw(t, "ends") {
			f.For = time.Duration(rapid.Int64Range(1, int64(time.Second)).Draw(t, "for"))
		}
		s.Plan.Schedule = append(s.Plan.Schedule, f)
	}
	s.Plan.Schedule.Sort()
	return s
}

// A plan of many faults, of which some cause the bug, and fewer cause another.
func TestAShrinkKeepsTheFaultsThatAreNeededAndNoOthers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := busy(t)
		all := s.Plan.Schedule.Hosts()
		needed := slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.SampledFrom(all), 1, 3).Draw(t, "needed"))))
		judge := when(func(o *sim.Options) string {
			switch {
			case contains(paused(o), needed):
				return "the bug"
			case len(paused(o)) > 0:
				return "another bug"
			}
			return ""
		})
		got, err := hunt.Shrink(context.Background(), s, 7, hunt.ShrinkOptions{Workers: 1, Run: judge})
		require.NoError(t, err)
		require.Len(t, got.Scenario.Plan.Schedule, len(needed), got.Text)
		require.Equal(t, needed, got.Scenario.Plan.Schedule.Hosts())
		require.Equal(t, "the bug", got.Signature)
		require.Equal(t, 0, got.After.Settings, got.Text)
		require.Equal(t, 0, got.After.Clients)
		require.False(t, got.Spent)
	})
}

// Whatever a run depends on, nothing grows, the failure stays the same one, the
// file says all of it, and the number of workers changes nothing.
func TestAShrunkScenarioIsNeverLargerAndFailsAlikeWhateverTheNumberOfWorkers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := busy(t)
		salt := rapid.Uint64().Draw(t, "salt")
		judge := func(o *sim.Options) string { // chaos: most plans fail in one of two ways
			h := salt
			for _, b := range []byte(fmt.Sprint(o.Schedule, o.Nodes, o.Run, o.Raft, o.Workload)) {
				h = random.Mix(h, uint64(b))
			}
			return []string{"the bug", "the bug", "another bug", ""}[h%4]
		}
		o, err := s.Options(7)
		require.NoError(t, err)
		want := judge(&o)
		runs := rapid.IntRange(1, 60).Draw(t, "runs")
		shrink := func(workers int) (hunt.Shrunk, error) {
			return hunt.Shrink(context.Background(), s, 7, hunt.ShrinkOptions{Workers: workers, Runs: runs, Run: when(judge)})
		}
		got, err := shrink(1)
		if want == "" {
			require.ErrorIs(t, err, hunt.ErrPasses)
			return
		}
		require.NoError(t, err)
		require.Equal(t, want, got.Signature)
		again, err := scenarios.Parse("", []byte(got.Text))
		require.NoError(t, err)
		o, err = again.Options(7)
		require.NoError(t, err)
		require.Equal(t, want, judge(&o))
		notLarger(t, got.Before, got.After)
		require.LessOrEqual(t, got.Runs, runs)
		other, err := shrink(rapid.IntRange(2, 6).Draw(t, "workers"))
		require.NoError(t, err)
		require.Equal(t, []any{got.Text, got.Runs, got.Spent}, []any{other.Text, other.Runs, other.Spent})
	})
}

func notLarger(t require.TestingT, before, after hunt.Size) {
	require.LessOrEqual(t, after.Faults, before.Faults)
	require.LessOrEqual(t, after.Repeated, before.Repeated)
	require.LessOrEqual(t, after.Roles, before.Roles)
	require.LessOrEqual(t, after.Hosts, before.Hosts)
	require.LessOrEqual(t, after.Clients, before.Clients)
	require.LessOrEqual(t, after.Rate, before.Rate)
	require.LessOrEqual(t, after.Settings, before.Settings)
	require.LessOrEqual(t, after.Run, before.Run)
}

func TestARunWithoutAViolationIsNotShrunk(t *testing.T) {
	s := story("s", "1")
	_, err := hunt.Shrink(context.Background(), s, 1, hunt.ShrinkOptions{Run: when(func(*sim.Options) string { return "" })})
	require.ErrorIs(t, err, hunt.ErrPasses)
	require.ErrorContains(t, err, "hunt: s, seed 1: ")
	_, err = hunt.Shrink(context.Background(), s, 1, hunt.ShrinkOptions{Run: func(u hunt.Unit, _ func(*trace.Record)) hunt.Result {
		return hunt.Result{Unit: u, Verdict: sim.Verdict{Outcome: sim.Endless}}
	}})
	require.ErrorIs(t, err, hunt.ErrNoViolation)
	s.Plan.Nodes = -1
	_, err = hunt.Shrink(context.Background(), s, 1, hunt.ShrinkOptions{})
	require.ErrorContains(t, err, "Nodes is -1")
}

func TestAPlanThatAFileCannotSayIsRefused(t *testing.T) {
	s := story("s", "1")
	s.Plan.Overrides = &random.Overrides{}
	_, err := hunt.Shrink(context.Background(), s, 1, hunt.ShrinkOptions{Run: when(func(o *sim.Options) string {
		if o.Overrides != nil {
			return "the bug"
		}
		return ""
	})})
	require.ErrorContains(t, err, "cannot say all of it")
}

func TestAFailureThatDoesNotComeAgainIsAnError(t *testing.T) {
	var runs atomic.Int64
	_, err := hunt.Shrink(context.Background(), story("s", "1"), 1, hunt.ShrinkOptions{Runs: 5, Workers: 1, Run: when(func(*sim.Options) string {
		if runs.Add(1) > 7 { // two before, five candidates
			return ""
		}
		return "the bug"
	})})
	require.ErrorContains(t, err, "does not fail again as it did")
}

func TestAnInterruptedShrinkGivesTheBestSoFar(t *testing.T) {
	s := story("s", "1")
	s.Plan.Nodes = 9
	stuck := make(chan struct{}) // a run that never ends
	defer close(stuck)
	ctx, cancel := context.WithCancel(context.Background())
	var runs atomic.Int64
	got, err := hunt.Shrink(ctx, s, 1, hunt.ShrinkOptions{Workers: 2, Run: when(func(o *sim.Options) string {
		if runs.Add(1) == 12 {
			cancel()
			<-stuck
		}
		return "the bug"
	})})
	require.NoError(t, err)
	require.True(t, got.Interrupted)
	require.Equal(t, "the bug", hunt.Signature(got.Result))
	require.Less(t, got.After.Run, got.Before.Run)
	_, err = scenarios.Parse("", []byte(got.Text))
	require.NoError(t, err)
}

// amnesic is our Raft, but for a host that restarted: it counts terms wrong in
// what it applies, so that a run breaks only when a fault restarts a host.
func init() {
	sim.RegisterRaft("amnesic", func(c *raft.Config) (raft.Node, error) {
		f, err := sim.LookupRaft(sim.DefaultRaft)
		if err != nil {
			return nil, err
		}
		hard, _, err := c.Storage.InitialState()
		if err != nil {
			return nil, err
		}
		good, err := f(c)
		if err != nil || hard.Vote == 0 {
			return good, err
		}
		return &amnesic{good.(driven)}, nil
	})
}

type driven interface {
	raft.Node
	raft.TryReadier
	raft.StatusViewer
}

type amnesic struct{ driven }

func (n *amnesic) TryReady() (raft.Ready, bool) {
	rd, ok := n.driven.TryReady()
	rd.CommittedEntries = slices.Clone(rd.CommittedEntries)
	for i := range rd.CommittedEntries {
		e := &rd.CommittedEntries[i]
		*e = pb.Entry{Term: e.Term + 7, Index: e.Index, Type: e.Type, Data: e.Data}
	}
	return rd, ok
}

func TestASwarmSeedThatFindsAPlantedBugShrinksToAFewLines(t *testing.T) {
	s, err := scenarios.Parse("swarm.yaml", []byte("name: swarm\nswarm: swarm\nrun: 3s\ncluster: {rafts: amnesic}\nworkload: {rate: 50/s}\n"))
	require.NoError(t, err)
	shrunk := 0
	for seed := random.Seed(1); shrunk < 2; seed++ {
		require.Less(t, seed, random.Seed(60), "few seeds find the bug")
		r := hunt.Simulate(hunt.Unit{Scenario: s, Seed: seed})
		if r.Verdict.Outcome != sim.Safety || !strings.HasPrefix(hunt.Signature(r), "state machine safety") {
			continue
		}
		o, err := s.Options(seed)
		require.NoError(t, err)
		if len(o.Schedule) < 5 {
			continue
		}
		shrunk++
		got, err := hunt.Shrink(context.Background(), s, seed, hunt.ShrinkOptions{Runs: 150})
		require.NoError(t, err)
		require.Equal(t, hunt.Signature(r), hunt.Signature(got.Result))
		require.LessOrEqual(t, got.After.Faults, 3, got.Text)
		require.Positive(t, got.After.Faults, got.Text)
		require.Zero(t, got.After.Repeated, got.Text)
		notLarger(t, got.Before, got.After)
		require.Less(t, got.Result.Verdict.Events, r.Verdict.Events)
		again, err := scenarios.Parse("", []byte(got.Text))
		require.NoError(t, err)
		replayed := hunt.Simulate(hunt.Unit{Scenario: again, Seed: seed})
		require.Equal(t, got.Result.Verdict.Fingerprint, replayed.Verdict.Fingerprint)
	}
}
