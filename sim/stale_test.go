package sim_test

import (
	"testing"
	"time"

	"raftsim/checker/history"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/sim"
	"raftsim/workload"
)

// staleCluster is a run whose clients write and read at once, mostly stale,
// while one host after the other lags.
func staleCluster(t *testing.T, seed uint64) *sim.Simulation {
	o := sim.Options{Nodes: 4, Learners: 1, Seed: random.Seed(seed), Run: 10 * time.Second, Workload: sim.WorkloadOptions{
		Clients: 6, PerSecond: 300, Shape: workload.Shape{Keys: 2, Mix: []workload.Weight{
			{Op: "put", Weight: 3}, {Op: "get", Weight: 1}, {Op: "stale-get", Weight: 6}}},
	}}
	s, err := sim.New(o)
	require.NoError(t, err)
	for _, line := range []string{"isolate follower for 300ms every 700ms", "isolate learners for 500ms every 900ms", "isolate leader for 1s every 4s"} {
		require.NoError(t, s.Inject(line))
	}
	return s
}

func TestAStaleReadIsAnsweredByAnyHostThatIsNotBehindItsClient(t *testing.T) {
	s := staleCluster(t, 3)
	seen := map[uint64]uint64{}  // by the number of the read, as it was last asked
	answered := map[uint64]int{} // by host
	newest, old := uint64(0), 0  // answers from less than somebody had been told of
	stale := map[uint64]bool{}
	s.DropIf(func(from, to uint64, m *sim.Message) bool {
		switch {
		case m.Kind == sim.RequestMessage && m.Request.Stale:
			stale[m.Request.Read] = true
			seen[m.Request.Read] = m.Request.Seen
		case m.Kind == sim.ResponseMessage && m.Response.Status == sim.Done:
			if r := m.Response; stale[r.Read] {
				require.GreaterOrEqual(t, r.Index, seen[r.Read], "n%d answers read %d", from, r.Read)
				answered[from]++
				if r.Index < newest {
					old++
				}
			}
			newest = max(newest, m.Response.Index)
		}
		return false
	})
	verdict := s.Run()
	require.Equal(t, sim.Pass, verdict.Outcome, "%v", verdict.Violations)
	for _, h := range s.Hosts() {
		require.Greater(t, answered[h.ID()], 20, "%v", h)
	}
	require.Greater(t, old, 20)
	require.Subset(t, verdict.Marks, []string{"stale-read", "stale-read-waits"})
}

func TestAHistoryMarksItsStaleReads(t *testing.T) {
	s := staleCluster(t, 4)
	s.RunFor(8 * time.Second)
	ops := s.History()
	stale := 0
	for i := range ops {
		o := &ops[i]
		require.Equal(t, o.Stale, o.Command[0] == workload.KVStaleGet(0).Bytes[0])
		require.False(t, o.Stale && !o.ReadOnly)
		if o.Stale && o.Return != history.Open {
			require.NotZero(t, o.Applied)
			stale++
		}
	}
	require.Greater(t, stale, 100)
	bad, judged := history.StaleReads(workload.KV, ops)
	require.True(t, judged)
	require.Nil(t, bad)
	for i := range ops {
		ops[i].Stale = false
	}
	require.Equal(t, history.Illegal, history.Linearizable(workload.KV, ops, 0).Verdict, "some of them saw the past")
}

func TestAStaleReadWaitsAtAHostThatIsBehind(t *testing.T) {
	s, err := sim.New(sim.Options{Nodes: 3, Seed: 5, Workload: sim.WorkloadOptions{Clients: -1}})
	require.NoError(t, err)
	done := func(command workload.Command) *sim.Call {
		call := s.Propose(command)
		require.True(t, s.RunUntil(call.Done, 10*time.Second), "%v", call)
		return call
	}
	for n := range uint64(40) {
		done(workload.KVPut(0, workload.Mark{Client: 1, Number: n + 1}))
		read := done(workload.KVStaleGet(0))
		require.Equal(t, workload.KV.Describe(workload.KVStaleGet(0).Bytes, read.Answer()), read.String())
		require.Contains(t, read.String(), workload.Mark{Client: 1, Number: n + 1}.String(), "it sees what its client wrote")
	}
	require.Contains(t, s.Reached(), "stale-read-waits")
	require.Equal(t, sim.Pass, s.Verdict().Outcome)
}
