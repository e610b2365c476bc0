package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
)

func TestAClusterMustRecoverWhenAllItsFoundersAreReplaced(t *testing.T) {
	for seed := range random.Seed(10) {
		o := scheduled(t, "1s replace n1 with n4\n2s replace n2 with n5\n3s replace n3 with n6")
		o.Seed, o.Run = seed, 5*time.Second
		requireRecovery(t, o)
		// One of them runs again, and knows no others than the founders.
		again, err := faults.Parse("4990ms reconfigure add n1")
		require.NoError(t, err)
		o.Schedule = append(o.Schedule, again...)
		requireRecovery(t, o)
	}
}

// requireRecovery plays a run that must recover, and not be excused from it.
func requireRecovery(t *testing.T, o sim.Options) {
	t.Helper()
	o.Expect.AllowNoEffect = true
	v := run(t, o)
	require.Equal(t, sim.Pass, v.Outcome, "seed %d of %v: %v", o.Seed, o.Schedule, v.Violations)
	require.NotZero(t, v.Recovery, "seed %d of %v: no core was found", o.Seed, o.Schedule)
}

func TestACoreHoldsAQuorumOfTheConfigurationThatCameAfterIt(t *testing.T) {
	for _, later := range []string{
		"3s reconfigure add n6 n7 joint",
		"3s reconfigure add n6\n3500ms crash n6",
		"3s reconfigure remove leader",
		"3s reconfigure remove n1\n3500ms reconfigure remove n2\n4s reconfigure remove n3",
		"3s reconfigure add n6 n7, remove n1 n2 n3 joint",
		"3s reconfigure add n6 n7 explicit\n3500ms leave-joint\n4s disk n6 lost",
		"3s reconfigure add n6 n7 joint\n3500ms heal core\n3700ms reconfigure remove leader\n4s heal core",
	} {
		for seed := range random.Seed(10) {
			o := scheduled(t, "1s blackout\n2s heal core\n"+later)
			o.Nodes, o.Seed, o.Run = 5, seed, 4500*time.Millisecond
			o.Raft.PreVote, o.Raft.CheckQuorum = seed%2 == 1, seed%2 == 1
			requireRecovery(t, o)
		}
	}
}

// The change is asked for while the disk of the leader is busy, so that no log
// has it when the recovery phase chooses its core.
func TestACoreIsChosenAnewWhenAnotherConfigurationComesIntoForce(t *testing.T) {
	renewed := 0
	for seed := range random.Seed(100) {
		o := scheduled(t, "1999ms reconfigure add n4 n5 n6 n7 joint")
		o.Seed, o.Run, o.Expect.CoreOnly = seed, 2*time.Second, true
		o.Disk = disk.Profile{Sync: random.Constant(2 * time.Millisecond)}
		o.Trace = func(r *trace.Record) {
			if r.Verb == trace.Phase && strings.Contains(r.Text, "another configuration") {
				renewed++
			}
		}
		requireRecovery(t, o)
	}
	require.NotZero(t, renewed)
}

func TestARestartLeavesHostsOutsideTheCoreOff(t *testing.T) {
	s, _, _ := cluster(t, nodes(5))
	s.inject("crash all")
	s.inject("heal core")
	require.Equal(t, 3, s.running())
	require.NoError(t, s.Inject("restart all"))
	s.pass(0)
	require.Equal(t, 3, s.running())
	require.Equal(t, 1, s.count(func(r *trace.Record) bool {
		return r.Verb == trace.FaultHadNoEffect && strings.Contains(r.Text, "outside the core")
	}))
}

func TestAHostThatComesAfterTheCoreIsNotOutsideIt(t *testing.T) {
	s, _, _ := cluster(t, nodes(5))
	s.inject("heal core")
	s.pass(2 * time.Second)
	s.inject("reconfigure add n6")
	s.pass(time.Second)
	for _, back := range []string{"restart n6", "heal"} {
		s.inject("crash n6")
		require.Equal(t, 3, s.running())
		s.inject(back)
		require.Equal(t, 4, s.running())
	}
}

func TestAHostThatWasRemovedWhileItWasDownRunsOnceItIsAddedAgain(t *testing.T) {
	s, _, followers := cluster(t)
	s.inject(fmt.Sprintf("crash n%d for 1h", followers[0]))
	s.inject(fmt.Sprintf("reconfigure remove n%d", followers[0]))
	s.pass(time.Second)
	s.inject(fmt.Sprintf("reconfigure add n%d", followers[0]))
	s.pass(time.Second)
	require.True(t, s.Host(followers[0]).Running())
	require.Equal(t, s.Host(s.Leader()).Applied(), s.Host(followers[0]).Applied())
}

// running counts the hosts that run.
func (s *stage) running() (n int) {
	for _, h := range s.Hosts() {
		if h.Running() {
			n++
		}
	}
	return n
}
