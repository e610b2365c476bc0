package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
)

// BenchmarkChecks plays the same run with all online checks and with none, one
// after the other so that both see the same machine, and prints the ratio of the
// processor time that they take. It has nothing that ends it early.
func BenchmarkChecks(b *testing.B) {
	loaded := func(nodes int) sim.Options {
		o := steady(nodes)
		o.Workload = sim.WorkloadOptions{Clients: 4, PerSecond: 100}
		return o
	}
	troubled := loaded(5)
	troubled.Raft = sim.RaftOptions{PreVote: true, CheckQuorum: true, SnapshotEvery: 100, KeepEntries: 20}
	schedule, err := faults.Parse("1s crash leader losing unsynced for 300ms every 2s..4s\n2s isolate random for 500ms every 3s..5s")
	if err != nil {
		b.Fatal(err)
	}
	troubled.Schedule = schedule
	for _, c := range []struct {
		name string
		o    sim.Options
	}{{"3 hosts", loaded(3)}, {"5 hosts", loaded(5)}, {"9 hosts", loaded(9)}, {"5 hosts with faults", troubled}} {
		b.Run(c.name, func(b *testing.B) {
			watched, disabled := prepared(b, c.o), prepared(b, c.o)
			sim.Disabled(disabled)
			watched.RunFor(2 * time.Second)
			disabled.RunFor(2 * time.Second)
			var with, without time.Duration
			for b.Loop() {
				start := cpu(b)
				watched.RunFor(time.Second)
				half := cpu(b)
				disabled.RunFor(time.Second)
				with, without = with+half-start, without+cpu(b)-half
			}
			if watched.Fingerprint() != disabled.Fingerprint() {
				b.Fatal("a check changes the run")
			}
			b.ReportMetric(float64(with)/float64(without), "with/without")
		})
	}
}

// Whatever watches must never change a run.
func TestWatchingChangesNothing(t *testing.T) {
	for seed := range random.Seed(5) {
		o := sim.Options{Nodes: 5, Seed: seed, Run: 3 * time.Second, Raft: sim.RaftOptions{PreVote: true, CheckQuorum: true, SnapshotEvery: 50}}
		schedule, err := faults.Parse("1s crash leader losing unsynced for 300ms\n2s isolate random for 500ms")
		require.NoError(t, err)
		o.Schedule, o.Expect.AllowNoEffect = schedule, true
		watched, err := sim.New(o)
		require.NoError(t, err)
		disabled, err := sim.New(o)
		require.NoError(t, err)
		sim.Disabled(disabled)
		a, b := watched.Run(), disabled.Run()
		require.Equal(t, sim.Pass, a.Outcome)
		a.Marks, b.Marks = nil, nil // some are seen by what watches
		require.Equal(t, a, b)
	}
}

func prepared(b *testing.B, o sim.Options) *sim.Simulation {
	s, err := sim.New(o)
	if err != nil {
		b.Fatal(fmt.Errorf("new: %w", err))
	}
	return s
}
