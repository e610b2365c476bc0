package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/sim"
	"raftsim/workload"
)

func TestClientsKeepToTheStagesOfTheirWorkload(t *testing.T) {
	o := sim.Options{Nodes: 3, Seed: 3, Run: 20 * time.Second, Workload: sim.WorkloadOptions{
		Clients: 20, PerSecond: 100,
		Stages: []sim.Stage{
			{Until: 2 * time.Second, Quiet: true},
			{Until: 6 * time.Second, PerSecond: 10},
			{Until: 10 * time.Second, PerSecond: 400, Mix: []workload.Weight{{Op: "get", Weight: 1}}},
			{Until: 12 * time.Second, Quiet: true},
		},
	}}
	s, err := sim.New(o)
	require.NoError(t, err)
	begun := func(d time.Duration) (all, writes int) {
		before := len(s.History())
		require.True(t, s.RunFor(d))
		for _, op := range s.History()[before:] {
			all++
			if !op.ReadOnly {
				writes++
			}
		}
		return all, writes
	}
	all, _ := begun(2 * time.Second)
	require.Zero(t, all)
	all, _ = begun(4 * time.Second)
	require.InDelta(t, 40, all, 18)
	all, writes := begun(4 * time.Second)
	require.InDelta(t, 900, all, 150, "a read takes a round besides")
	require.Zero(t, writes)
	all, _ = begun(2 * time.Second)
	require.Zero(t, all)
	all, writes = begun(8 * time.Second)
	require.InDelta(t, 750, all, 150)
	require.NotZero(t, writes)
}

func TestStagesMustFollowEachOther(t *testing.T) {
	for want, stages := range map[string][]sim.Stage{
		"sim: Workload.Stages[1].Until is 1s, must be after 1s":            {{Until: time.Second}, {Until: time.Second}},
		"sim: Workload.Stages[0].Until is 0s, must be after 0s":            {{}},
		"sim: Workload.Stages[0].PerSecond is -1, must be 0 to 1000000":    {{Until: 1, PerSecond: -1}},
		"sim: Workload.Stages[0]: workload: kv: skew is 9, must be 0 to 3": {{Until: 1, Skew: 9}},
	} {
		_, err := sim.New(sim.Options{Workload: sim.WorkloadOptions{Stages: stages}})
		require.EqualError(t, err, want)
	}
}
