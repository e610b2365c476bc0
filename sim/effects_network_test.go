package sim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/network"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
	"raftsim/workload"
)

// cuts lists the links that are cut, and checks that nothing passes them.
func (s *stage) cuts() (links []string) {
	before := map[network.LinkID]network.Stats{}
	var cut []network.LinkID
	for _, from := range s.Hosts() {
		for _, to := range s.Hosts() {
			if from != to && !s.Network().Connected(from.ID(), to.ID()) {
				l := network.LinkID{From: from.ID(), To: to.ID()}
				cut = append(cut, l)
				links = append(links, l.String())
				before[l] = s.Network().LinkStats(l.From, l.To)
			}
		}
	}
	s.pass(2 * time.Second)
	for _, l := range cut {
		require.Equal(s.t, before[l].Delivered, s.Network().LinkStats(l.From, l.To).Delivered, "%v", l)
	}
	return links
}

func partitionCutsEveryLinkBetweenItsSides(t *testing.T) {
	s, _, _ := cluster(t, nodes(4))
	s.inject("partition n1 | n2 n3 for 5s")
	require.ElementsMatch(t, []string{"n1->n2", "n1->n3", "n2->n1", "n3->n1"}, s.cuts())
	require.NotZero(t, s.Network().Stats().Cut)
	s.pass(3 * time.Second)
	require.Empty(t, s.cuts())
}

func isolateCutsAHostOff(t *testing.T) {
	s, _, _ := cluster(t)
	s.inject("isolate n2 for 5s")
	require.ElementsMatch(t, []string{"n1->n2", "n2->n1", "n2->n3", "n3->n2"}, s.cuts())
	s.pass(3 * time.Second)
	require.Empty(t, s.cuts())
}

func TestAFaultOverAllReachesWhoComesLater(t *testing.T) {
	s, leader, followers := cluster(t)
	s.inject(fmt.Sprintf("isolate n%d for 10s", followers[0]))
	s.inject("network duplicates 100% for 10s")
	s.inject("reconfigure learn n4")
	s.pass(2 * time.Second)
	require.True(t, s.Host(4).Running())
	require.False(t, s.Network().Connected(4, followers[0]))
	require.False(t, s.Network().Connected(followers[0], 4))
	st := s.Network().LinkStats(leader, 4)
	require.NotZero(t, st.Sent)
	require.Equal(t, st.Sent, st.Duplicated)
	s.pass(8 * time.Second)
	require.True(t, s.Network().Connected(4, followers[0]))
	require.True(t, s.Network().Profile(leader, 4).Duplicate.Zero())
}

func cutCutsOneDirection(t *testing.T) {
	s, _, _ := cluster(t)
	s.inject("cut n1 -> n2 n3 for 5s")
	require.ElementsMatch(t, []string{"n1->n2", "n1->n3"}, s.cuts())
	s.pass(3 * time.Second)
	s.inject("cut n1 <-> n2 for 5s")
	require.ElementsMatch(t, []string{"n1->n2", "n2->n1"}, s.cuts())
}

func bridgeLeavesTheMiddle(t *testing.T) {
	s, _, _ := cluster(t, nodes(5))
	s.inject("bridge n1 n2 | n3 | n4 n5 for 5s")
	require.ElementsMatch(t, []string{
		"n1->n4", "n1->n5", "n2->n4", "n2->n5", "n4->n1", "n5->n1", "n4->n2", "n5->n2",
	}, s.cuts())
}

func ringLeavesEachHostItsNeighbours(t *testing.T) {
	s, _, _ := cluster(t, nodes(5))
	s.inject("ring n3 n1 n4 n5 n2 for 5s")
	require.ElementsMatch(t, []string{
		"n3->n4", "n3->n5", "n1->n5", "n1->n2", "n4->n2", "n4->n3", "n5->n3", "n5->n1", "n2->n1", "n2->n4",
	}, s.cuts())
}

func TestARingOfAllStandsInAnotherOrderForEverySeed(t *testing.T) {
	cut := map[string]int{}
	for seed := range random.Seed(100) {
		s := setUp(t, nodes(5), func(o *sim.Options) { o.Seed = seed })
		s.inject("ring all for 5s")
		links := s.cuts()
		require.Len(t, links, 10, "each of five hears two others")
		cut[strings.Join(links, " ")]++
	}
	require.Len(t, cut, 12, "there are 4!/2 rings of five hosts")
}

func flapCutsThreeFifthsOfTheTime(t *testing.T) {
	s, _, _ := cluster(t)
	s.inject("flap n1 | n2 n3 off 300ms on 200ms for 5s")
	s.pass(time.Millisecond)
	cut := 0
	for range 500 {
		if !s.Network().Connected(1, 2) {
			cut++
		}
		s.pass(10 * time.Millisecond)
	}
	require.Equal(t, 300, cut)
	require.True(t, s.Network().Connected(1, 2))
}

// shareOfPackets shows that an effect hits its share of 10000 packets on its
// link, within a point and a half: three deviations at 30% and more elsewhere.
func shareOfPackets(effect string, percent float64, of func(network.Stats) uint64) func(*testing.T) {
	return func(t *testing.T) {
		s := setUp(t, actors(&actor{period: time.Millisecond, to: []uint64{2}}, &actor{period: 10 * time.Millisecond, to: []uint64{1}}))
		s.inject("link n1 -> n2 " + effect + " for 10s")
		s.pass(11 * time.Second)
		hit := s.Network().LinkStats(1, 2)
		require.InDelta(t, 11000, hit.Sent, 2)
		require.InDelta(t, percent, 100*float64(of(hit))/10000, 1.5)
		require.Zero(t, of(s.Network().LinkStats(2, 1)), "the other direction is left alone")
	}
}

func delaysAddToTheLatency(t *testing.T) {
	s := setUp(t, actors(&actor{period: 100 * time.Millisecond, to: []uint64{2}}, &actor{}))
	latency := func() time.Duration {
		s.records = nil
		s.pass(time.Second)
		var sent []trace.Record
		for _, r := range s.records {
			switch r.Verb {
			case trace.Sent:
				sent = append(sent, r)
			case trace.Delivered:
				if len(sent) > 0 {
					return r.At.Sub(sent[0].At)
				}
			}
		}
		return 0
	}
	require.Equal(t, 5*time.Millisecond, latency())
	s.inject("link n1 -> n2 delays 50ms for 3s")
	s.pass(500 * time.Millisecond)
	require.Equal(t, 55*time.Millisecond, latency())
	s.pass(2 * time.Second)
	require.Equal(t, 5*time.Millisecond, latency())
}

func limitsBoundTheBytesOfASecond(t *testing.T) {
	s := setUp(t, actors(&actor{period: time.Millisecond, to: []uint64{2}}, &actor{}))
	s.inject("link n1 -> n2 limits 1KB/s queue 512B for 20s")
	before := s.Network().LinkStats(1, 2)
	s.pass(20 * time.Second)
	after := s.Network().LinkStats(1, 2)
	require.InDelta(t, 20*1024, after.Bytes-before.Bytes, 512)
	require.Greater(t, after.Overflow-before.Overflow, uint64(19000), "of 20000 packets of 52 bytes")
}

func holdKeepsPacketsAndDeliversThemAll(t *testing.T) {
	s := setUp(t, actors(&actor{period: 10 * time.Millisecond, to: []uint64{2}}, &actor{}))
	s.pass(time.Second)
	s.inject("hold n1 -> n2 for 2s")
	before := s.Network().LinkStats(1, 2)
	s.pass(2*time.Second - time.Millisecond)
	during := s.Network().LinkStats(1, 2)
	require.Equal(t, before.Delivered, during.Delivered)
	require.InDelta(t, 200, during.Held, 2)
	s.pass(time.Millisecond)
	require.Equal(t, before.Delivered+during.Held, s.Network().LinkStats(1, 2).Delivered)
}

func releaseEndsAHoldEarly(t *testing.T) {
	s := setUp(t, actors(&actor{period: 10 * time.Millisecond, to: []uint64{2}}, &actor{}))
	s.inject("hold n1 -> n2 for 1m")
	s.pass(time.Second)
	require.Zero(t, s.Network().LinkStats(1, 2).Delivered)
	s.inject("release n1 -> n2")
	s.pass(time.Second)
	require.InDelta(t, 200, s.Network().LinkStats(1, 2).Delivered, 2)
}

func clogHoldsClientsToo(t *testing.T) {
	s, leader, followers := cluster(t)
	s.inject(fmt.Sprintf("clog n%d for 1s", leader))
	call := s.Propose(workload.Command{Bytes: []byte("anything")})
	out, in := s.Network().LinkStats(leader, followers[0]), s.Network().LinkStats(followers[0], leader)
	s.pass(900 * time.Millisecond)
	require.False(t, call.Done() && s.Leader() == leader)
	require.Equal(t, out.Delivered, s.Network().LinkStats(leader, followers[0]).Delivered)
	require.Equal(t, in.Delivered, s.Network().LinkStats(followers[0], leader).Delivered)
	held := s.Network().LinkStats(leader, followers[0]).Held
	require.NotZero(t, held)
	s.pass(100 * time.Millisecond)
	require.GreaterOrEqual(t, s.Network().LinkStats(leader, followers[0]).Delivered, out.Delivered+held)
}

func swizzleHoldsAllHostsAndLetsAllGo(t *testing.T) {
	s, _, _ := cluster(t)
	s.inject("swizzle all over 1s for 2s")
	s.pass(1100 * time.Millisecond)
	all := s.Network().Stats()
	s.pass(800 * time.Millisecond)
	require.Equal(t, all.Delivered, s.Network().Stats().Delivered, "every host is clogged")
	require.NotZero(t, s.Network().Stats().Held)
	s.pass(1200 * time.Millisecond)
	require.Less(t, s.Network().InFlight(), 12, "nothing is held any more")
	require.Greater(t, s.Network().Stats().Delivered, all.Delivered+s.Network().Stats().Held/2)
}

func dropPicksOneTypeOfMessage(t *testing.T) {
	s, _, _ := cluster(t)
	s.records = nil
	s.inject("drop MsgHeartbeat network 50% for 1m")
	s.pass(time.Minute)
	count := func(verb trace.Verb, heartbeat bool) int {
		return s.count(func(r *trace.Record) bool {
			return r.Verb == verb && heartbeat == (r.Fields[0] == uint64(pb.MsgHeartbeat))
		})
	}
	dropped := count(trace.Dropped, true)
	require.Greater(t, dropped, 500)
	require.InDelta(t, 0.5, float64(dropped)/float64(dropped+count(trace.Sent, true)), 0.05)
	require.Zero(t, count(trace.Dropped, false))
	require.NotZero(t, count(trace.Sent, false))
}
