package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
)

// troubled are options with a bit of everything.
func troubled(t testing.TB, seed random.Seed) sim.Options {
	schedule, err := faults.Parse(`
1s    isolate leader  for 1s
2s    crash follower  for 500ms
3s    network loses 10%  for 1s
4s    pause leader  for 400ms
5s    drift follower by +20000ppm  for 1s
`)
	require.NoError(t, err)
	return sim.Options{Nodes: 5, Seed: seed, Run: 7 * time.Second, Schedule: schedule, Raft: sim.RaftOptions{SnapshotEvery: 50}}
}

func run(t testing.TB, o sim.Options) sim.Verdict {
	v, err := sim.Run(o)
	require.NoError(t, err)
	return v
}

func TestATroubledClusterKeepsItsPromises(t *testing.T) {
	for seed := range random.Seed(20) {
		v := run(t, troubled(t, seed))
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v\n%s", seed, v.Violations, v.Stack)
		require.Greater(t, v.Operations.Completed, 200)
	}
}

func TestSameSeedSameFingerprint(t *testing.T) {
	for seed := range random.Seed(5) {
		first, second := run(t, troubled(t, seed)), run(t, troubled(t, seed))
		require.Equal(t, first, second)
	}
}

func TestOtherSeedOtherFingerprint(t *testing.T) {
	require.NotEqual(t, run(t, troubled(t, 1)).Fingerprint, run(t, troubled(t, 2)).Fingerprint)
}

func TestTracingDoesNotChangeARun(t *testing.T) {
	o := troubled(t, 3)
	silent := run(t, o)
	lines := 0
	o.Trace = func(r *trace.Record) {
		lines++
		require.NotEmpty(t, r.String())
	}
	require.Equal(t, silent, run(t, o))
	require.Greater(t, lines, 1000)
}

func TestPoisonedMemoryDoesNotChangeARun(t *testing.T) {
	o := troubled(t, 4)
	clean := run(t, o)
	o.Raft.Poison = true
	require.Equal(t, clean, run(t, o))
}
