package clusters_test

import (
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/adapters/etcdraft"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/sim/simtest"
)

var (
	seeds = flag.Int("seeds", 200, "runs of each kind of cluster")
	first = flag.Int("first", 1, "the first seed of them")
)

// Clusters in which every other host has etcd's Raft, and clusters of etcd's alone.
var (
	mixed = []string{sim.DefaultRaft, etcdraft.Name}
	pure  = []string{etcdraft.Name}
)

func TestMain(m *testing.M) {
	sim.RegisterRaft(etcdraft.Name, etcdraft.NewNode)
	os.Exit(m.Run())
}

func TestMixedClustersSurviveASwarmOfFaults(t *testing.T) { sweep(t, swarm(mixed)) }

func TestEtcdsClustersSurviveASwarmOfFaults(t *testing.T) { sweep(t, swarm(pure)) }

func TestMixedClustersChangeTheirMembers(t *testing.T) { sweep(t, changing(t, mixed)) }

func TestEtcdsClustersChangeTheirMembers(t *testing.T) { sweep(t, changing(t, pure)) }

// swarm leaves everything to the drawing: size, options, workload and faults.
func swarm(rafts []string) *scenarios.Scenario {
	return &scenarios.Scenario{Swarm: scenarios.FullSwarm, Plan: sim.Options{Rafts: rafts, Run: 5 * time.Second}}
}

// changing goes through every kind of change, with snapshots for those who join,
// and a few faults in between.
func changing(t *testing.T, rafts []string) *scenarios.Scenario {
	schedule, err := faults.Parse(`
800ms reconfigure learn n4
1.1s  transfer leader to n2
1.4s  reconfigure promote n4
1.7s  crash follower losing unsynced for 200ms
2.1s  reconfigure add n5, remove n1 joint
2.2s  isolate leader for 200ms
2.8s  transfer leader to n3
3s    reconfigure add n6, learn n7, remove n2 joint
3.3s  crash leader losing unsynced for 200ms
4s    reconfigure remove n7
4.3s  partition n3 | n4 n5 n6 for 300ms
`)
	require.NoError(t, err)
	return &scenarios.Scenario{Swarm: scenarios.LiteSwarm, Plan: sim.Options{
		Rafts: rafts, Run: 5 * time.Second, Schedule: schedule, Expect: sim.Expect{AllowNoEffect: true},
		Raft: sim.RaftOptions{SnapshotEvery: 20, KeepEntries: 1, PreVote: true, CheckQuorum: true},
	}}
}

// sweep plays runs and fails at every one that does not pass. That a cluster takes
// long to recover, or does not, is excused where pre-vote and check-quorum are not
// both on: without them members that were removed, or learners whose term was pushed
// up, can hold it up, in both libraries. A change that leaves no voter is one that
// nobody may ask for: etcd's library panics at it, ours lets it change nothing.
func sweep(t *testing.T, s *scenarios.Scenario) {
	var tally tally
	for seed := random.Seed(*first); tally.played < *seeds; seed++ {
		o, err := s.Options(seed)
		require.NoError(t, err)
		v, err := sim.Run(o)
		require.NoError(t, err)
		switch excused := !o.Raft.PreVote || !o.Raft.CheckQuorum; {
		case v.Outcome == sim.Liveness && excused:
			tally.slow++
			t.Logf("excused: %s", simtest.Report(&v))
		case v.Outcome == sim.Panicked && strings.HasSuffix(v.Violation().Detail, "panics: removed all voters"):
			tally.voterless++
			t.Logf("excused: %s", simtest.Report(&v))
		case v.Failed():
			t.Errorf("%s", simtest.Report(&v))
		}
		tally.add(&v)
	}
	t.Logf("%+v", tally)
	require.LessOrEqual(t, tally.slow*50, tally.played, "runs that were excused")
	require.LessOrEqual(t, tally.voterless*10, tally.played, "runs that left no voter")
	require.Positive(t, tally.completed)
	require.Positive(t, tally.leaders)
	require.Positive(t, tally.crashes)
	require.Positive(t, tally.changes)
	require.Positive(t, tally.transfers)
}

// tally is what all runs of a sweep had in them.
type tally struct {
	played, slow, voterless     int
	completed, leaders          int
	crashes, changes, transfers int
}

func (a *tally) add(v *sim.Verdict) {
	a.played++
	a.completed += v.Operations.Completed
	a.leaders += v.Leaders
	for _, f := range v.Faults {
		switch n := f.Fired - f.NoEffect; f.Kind {
		case "crash":
			a.crashes += n
		case "reconfigure":
			a.changes += n
		case "transfer":
			a.transfers += n
		}
	}
}

func TestTheSameSeedHasTheSameFingerprint(t *testing.T) {
	for _, rafts := range [][]string{pure, mixed} {
		seen := map[uint64]bool{}
		for seed := range random.Seed(3) {
			s := &scenarios.Scenario{Swarm: scenarios.LiteSwarm, Plan: sim.Options{Rafts: rafts, Run: 5 * time.Second}}
			o, err := s.Options(seed)
			require.NoError(t, err)
			first := simtest.Run(t, o)
			require.Equal(t, first, simtest.Run(t, o))
			seen[first.Fingerprint] = true
		}
		require.Len(t, seen, 3, "seeds that give the same run")
	}
}
