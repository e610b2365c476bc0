package sim_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
)

// outsiders counts what the hosts outside a core of three of five do in the
// recovery phase, over some seeds.
type outsiders struct {
	noisy, off    int // hosts
	asked         int // pre-votes of noisy hosts that reached the core
	heard         int // packets that reached noisy hosts
	leaderChanges int // that the core had once it had recovered
}

func countOutsiders(t *testing.T, change func(*sim.Options)) outsiders {
	var n outsiders
	for seed := range random.Seed(20) {
		o := scheduled(t, "1s isolate leader for 1s")
		o.Nodes, o.Seed, o.Expect.CoreOnly = 5, seed, true
		o.Raft.PreVote, o.Raft.CheckQuorum = true, true
		change(&o)
		noisy, elections := map[uint64]bool{}, 0
		o.Trace = func(r *trace.Record) {
			switch {
			case r.Verb == trace.Phase && strings.Contains(r.Text, "can send and cannot receive"):
				noisy[r.Host] = true
				n.noisy++
			case r.Verb == trace.Crashed:
				n.off++
			case r.Verb == trace.Delivered && noisy[r.Peer]:
				n.heard++
			case r.Verb == trace.Delivered && noisy[r.Host] && strings.Contains(r.String(), "MsgPreVote "):
				n.asked++
			case r.Verb == trace.BecameLeader && len(noisy) > 0:
				elections++
			}
		}
		v := run(t, o)
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v", seed, v.Violations)
		n.leaderChanges += max(elections-1, 0)
	}
	return n
}

func TestNoisyHostsAskAndDoNotHearAndDisturbNobody(t *testing.T) {
	n := countOutsiders(t, func(*sim.Options) {})
	t.Logf("%+v", n)
	require.Equal(t, 40, n.noisy+n.off, "two of five are outside, in 20 runs")
	require.Greater(t, n.noisy, 10)
	require.Greater(t, n.off, 10)
	require.Greater(t, n.asked, 5*n.noisy, "each asks whenever its election timer is due")
	require.Zero(t, n.heard)
	require.Zero(t, n.leaderChanges)
}

func TestWithoutPreVoteAndCheckQuorumNoHostIsOneWay(t *testing.T) {
	for name, change := range map[string]func(*sim.Options){
		"no pre-vote":           func(o *sim.Options) { o.Raft.PreVote = false },
		"no check-quorum":       func(o *sim.Options) { o.Raft.CheckQuorum = false },
		"one-way hosts skipped": func(o *sim.Options) { o.Expect.SkipOneWay = true },
	} {
		require.Equal(t, outsiders{off: 40}, countOutsiders(t, change), name)
	}
}
