package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	"raftsim/trace"
)

// voters are the configuration that the leader has applied.
func (s *stage) voters() string { return s.Host(s.Leader()).Status().Config.Voters.String() }

func reconfigureChangesTheVoters(t *testing.T) {
	s, leader, followers := cluster(t)
	s.inject(fmt.Sprintf("reconfigure add n4 n5, remove n%d joint", followers[0]))
	s.pass(5 * time.Second)
	require.Equal(t, fmt.Sprintf("(%d %d 4 5)", min(leader, followers[1]), max(leader, followers[1])), s.voters())
	require.True(t, s.Host(4).Running())
	require.True(t, s.Host(5).Running())
	require.Equal(t, s.Host(leader).Applied(), s.Host(5).Applied())
	require.False(t, s.Host(followers[0]).Running())
	s.inject("reconfigure learn n6")
	s.pass(5 * time.Second)
	require.Contains(t, s.Host(6).Status().Config.Learners, uint64(6))
}

func replaceExchangesAVoter(t *testing.T) {
	s, leader, followers := cluster(t)
	s.inject(fmt.Sprintf("replace n%d with n4", followers[0]))
	s.pass(5 * time.Second)
	require.Equal(t, fmt.Sprintf("(%d %d 4)", min(leader, followers[1]), max(leader, followers[1])), s.voters())
}

func leaveJointEndsAnExplicitOne(t *testing.T) {
	s, _, _ := cluster(t)
	s.inject("reconfigure add n4 explicit")
	s.pass(5 * time.Second)
	require.Equal(t, "(1 2 3 4)&&(1 2 3)", s.voters())
	s.inject("leave-joint")
	s.pass(time.Second)
	require.Equal(t, "(1 2 3 4)", s.voters())
	require.NoError(t, s.Inject("leave-joint"))
	s.pass(3 * time.Second) // it waits for a joint one
	void := s.count(func(r *trace.Record) bool { return r.Verb == trace.FaultHadNoEffect })
	require.Equal(t, 1, void, "once more there is nothing to leave")
}

func transferMakesAnotherLead(t *testing.T) {
	s, leader, followers := cluster(t)
	term := s.Host(leader).Status().Term
	s.inject(fmt.Sprintf("transfer leader to n%d", followers[1]))
	s.pass(100 * time.Millisecond)
	require.Equal(t, followers[1], s.Leader())
	require.Equal(t, term+1, s.Host(followers[1]).Status().Term)
}

func campaignStartsTheNextTerm(t *testing.T) {
	s, leader, followers := cluster(t)
	term := s.Host(leader).Status().Term
	s.inject(fmt.Sprintf("campaign n%d", followers[0]))
	require.Equal(t, raft.StateCandidate, s.Host(followers[0]).Status().RaftState)
	require.Equal(t, term+1, s.Host(followers[0]).Status().Term)
	s.pass(100 * time.Millisecond)
	require.Equal(t, followers[0], s.Leader())
}

func forgottenLeaderIsUnknownUntilItSpeaks(t *testing.T) {
	s, leader, followers := cluster(t)
	s.inject("forget-leader followers")
	for _, id := range followers {
		require.Zero(t, s.Host(id).Status().Lead)
	}
	require.Equal(t, leader, s.Host(leader).Status().Lead)
	s.pass(200 * time.Millisecond)
	for _, id := range followers {
		require.Equal(t, leader, s.Host(id).Status().Lead)
	}
}

func compactDropsTheLog(t *testing.T) {
	s, leader, followers := cluster(t)
	s.inject("propose 20 on leader")
	s.pass(time.Second)
	s.records = nil
	s.inject("compact leader")
	s.pass(0)
	applied := s.Host(leader).Applied()
	require.GreaterOrEqual(t, applied, uint64(21))
	compacted := func(id uint64) int {
		return s.count(func(r *trace.Record) bool {
			return r.Verb == trace.Compacted && r.Host == id && r.Fields[0] == applied
		})
	}
	require.Equal(t, 1, compacted(leader))
	require.Zero(t, compacted(followers[0]))
}

func proposeAsksEachHost(t *testing.T) {
	s, _, followers := cluster(t)
	s.inject("propose 25 on followers of 1KB")
	s.pass(2 * time.Second)
	history := s.History()
	require.Len(t, history, 50)
	for _, o := range history {
		require.False(t, o.ReadOnly)
		require.GreaterOrEqual(t, o.Return, int64(0))
	}
	for _, id := range followers {
		require.Equal(t, 25, s.asked(id))
	}
	bytes := 0
	for _, o := range history {
		bytes += len(o.Command)
	}
	require.Greater(t, bytes, 50*1024/4, "most operations write a value")
}

func readAsksEachHost(t *testing.T) {
	s, _, followers := cluster(t)
	s.inject("read 10 on followers")
	s.pass(2 * time.Second)
	require.Len(t, s.History(), 20)
	for _, o := range s.History() {
		require.True(t, o.ReadOnly)
	}
	for _, id := range followers {
		require.Equal(t, 10, s.asked(id))
	}
}

// asked is how many requests of clients a host got.
func (s *stage) asked(id uint64) int {
	return s.count(func(r *trace.Record) bool {
		return r.Verb == trace.Delivered && r.Peer == id && r.Host >= 1_000_000 && r.At > 0
	})
}
