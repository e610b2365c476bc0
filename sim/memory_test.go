package sim_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/network"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
	"raftsim/workload"
)

// large are plans that keep much, each in a place of its own.
func large(t *testing.T) map[string]sim.Options {
	schedule := func(text string) faults.Schedule {
		s, err := faults.Parse(text)
		require.NoError(t, err)
		return s
	}
	return map[string]sim.Options{
		"operations of the clients": {Workload: sim.WorkloadOptions{Clients: 200, PerSecond: 100_000, Shape: workload.Shape{Mix: []workload.Weight{{Op: "get", Weight: 1}}}}},
		"logs":                      {Nodes: 7, Workload: sim.WorkloadOptions{Clients: 200, PerSecond: 20_000}},
		"disks":                     {Workload: sim.WorkloadOptions{Clients: 20, PerSecond: 500, Shape: workload.Shape{ValueBytes: 4 << 10}}},
		"compacted":                 {Raft: sim.RaftOptions{SnapshotEvery: 500}, Workload: sim.WorkloadOptions{Clients: 200, PerSecond: 20_000}},
		"state machines":            {Raft: sim.RaftOptions{SnapshotEvery: 200}, Workload: sim.WorkloadOptions{Clients: 20, PerSecond: 500, Shape: workload.Shape{Keys: 1000, ValueBytes: 4 << 10}}},
		"packets":                   {Nodes: 9, Network: network.Profile{Latency: random.Constant(time.Hour)}, Workload: sim.WorkloadOptions{Clients: 100, PerSecond: 10_000}},
		"given up":                  {Network: network.Profile{Loss: random.PerMille(1000)}, Workload: sim.WorkloadOptions{Clients: 300, PerSecond: 100_000, Timeout: 2 * time.Millisecond, Attempt: time.Millisecond}},
		"faults":                    {Schedule: schedule("1ms pause n1 for 1ms every 1ms")},
		"copies":                    {Schedule: schedule("1s disk n1 copied every 200ms")},
		"terms":                     {Nodes: 9, Network: network.Profile{Loss: random.PerMille(700)}, Raft: sim.RaftOptions{Tick: time.Millisecond}},
		"cluster":                   {Nodes: 31, Workload: sim.WorkloadOptions{Clients: 300}},
	}
}

func heap() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestWhatARunKeepsIsCountedAboutAsItIs(t *testing.T) {
	for name, o := range large(t) {
		t.Run(name, func(t *testing.T) {
			o.Seed, o.Run = 1, time.Minute
			o.MaxMemory = 1 << 40
			before := heap()
			s, err := sim.New(o)
			require.NoError(t, err)
			for s.Events() < 40_000 && s.RunFor(100*time.Millisecond) {
			}
			real, u := heap()-before, s.MemoryUse()
			runtime.KeepAlive(s)
			require.Greater(t, u.Bytes, real/2, "%d bytes are kept, counted %v", real, &u)
			require.Less(t, u.Bytes, real*5/2, "%d bytes are kept, counted %v", real, &u)
		})
	}
}

func TestARunThatKeepsMoreThanItMayEndsAtTheSameEventEachTime(t *testing.T) {
	schedule, err := faults.Parse("1s disk n1 copied every 5ms")
	require.NoError(t, err)
	o := sim.Options{Seed: 1, Run: time.Minute, MaxMemory: sim.MinMaxMemory, Schedule: schedule}
	v, err := sim.Run(o)
	require.NoError(t, err)
	require.Equal(t, sim.MemoryBound, v.Outcome)
	require.True(t, v.Failed())
	require.Empty(t, v.Violations)
	require.Equal(t, "disks", v.Memory.Holders[0].What)
	require.Regexp(t, `^1[6-9].*MB, more than 16MB \(disks 1.*MB, `, v.Memory.String())
	again, err := sim.Run(o)
	require.NoError(t, err)
	require.Equal(t, v, again)

	o.MaxMemory = 0 // the default
	larger, err := sim.New(o)
	require.NoError(t, err)
	require.True(t, larger.RunFor(time.Duration(v.Simulated)+time.Second))
}

// Faults that nobody ends would each be judged in the light of all that came before.
func TestFaultsThatLastForEverAreBounded(t *testing.T) {
	schedule, err := faults.Parse("0s partition n1 | rest every 1ms")
	require.NoError(t, err)
	skipped := 0
	v, err := sim.Run(sim.Options{Seed: 1, Run: 3 * time.Second, Schedule: schedule, Trace: func(r *trace.Record) {
		if r.Verb == trace.FaultHadNoEffect {
			require.Contains(t, r.Text, "200 faults last already")
			skipped++
		}
	}})
	require.NoError(t, err)
	require.Equal(t, []sim.FaultCount{{Kind: "partition", Fired: 200, Skipped: skipped}}, v.Faults)
	require.InDelta(t, 2800, skipped, 2)
}

func TestAScheduleThatComesTooOftenIsRefused(t *testing.T) {
	for text, want := range map[string]string{
		"0s pause n1 for 1ms every 1ms": "the faults of Schedule may come 3600001 times, must be at most 100000",
		"0s reconfigure add n102":       "Schedule has a host n102, the last may be n101",
	} {
		schedule, err := faults.Parse(text)
		require.NoError(t, err)
		_, err = sim.New(sim.Options{Run: time.Hour, Schedule: schedule})
		require.EqualError(t, err, "sim: "+want)
	}
	_, err := sim.New(sim.Options{MaxMemory: 1})
	require.EqualError(t, err, "sim: MaxMemory is 1, must be at least 16777216")
}

func TestTheSearchForAnOrderIsBoundedByMemoryToo(t *testing.T) {
	o := sim.Options{}.Defaults()
	require.Equal(t, o.Expect.CheckSteps, o.SearchSteps())
	o.Expect.CheckSteps = 1e12
	require.Equal(t, uint64(5_368_709), o.SearchSteps())
	o.MaxMemory = 16 << 20
	require.Equal(t, uint64(83_886), o.SearchSteps())
}
