package etcdraft_test

import (
	"crypto/rand"
	"math/big"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// ticksToCampaign ticks a member until it stands for election.
func ticksToCampaign(m *member) (ticks int) {
	for m.BasicStatus().RaftState == raft.StateFollower {
		m.Tick()
		ticks++
	}
	return ticks
}

func TestBothWaitAsLongWithoutARand(t *testing.T) {
	for _, electionTick := range []int{2, 10, 256, 257, 1000} {
		wait := func(theirs bool) int {
			return ticksToCampaign(newMember(t, theirs, three, 1, nil, func(c *raft.Config) { c.ElectionTick = electionTick }))
		}
		require.Equal(t, wait(false), wait(true))
		require.GreaterOrEqual(t, wait(true), electionTick)
		require.Less(t, wait(true), 2*electionTick)
	}
}

func TestOthersStillReadChance(t *testing.T) {
	m := newMember(t, true, three, 1, nil, nil)
	m.Tick()
	seen := map[string]bool{}
	for range 100 {
		n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 128))
		require.NoError(t, err)
		seen[n.String()] = true
	}
	require.Len(t, seen, 100)
}

// Nodes on many goroutines take turns, and each draws its own numbers.
func TestNodesOfManyGoroutinesDrawTheirOwnNumbers(t *testing.T) {
	start := func() *member { return newMember(t, true, pb.ConfState{Voters: []uint64{1, 2}}, 1, nil, nil) }
	campaigns := func(m *member) (ticks [20]int) {
		for i := range ticks {
			for term := m.BasicStatus().Term; m.BasicStatus().Term == term; {
				m.Tick()
				ticks[i]++
			}
		}
		return ticks
	}
	want := campaigns(start())
	members := make([]*member, 8)
	for i := range members {
		members[i] = start()
	}
	got := make([][20]int, len(members))
	var group sync.WaitGroup
	for i, m := range members {
		group.Go(func() { got[i] = campaigns(m) })
	}
	group.Wait()
	for i := range got {
		require.Equal(t, want, got[i])
	}
}
