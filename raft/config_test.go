package raft_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
)

func TestConfigErrorsShowValueAndLimit(t *testing.T) {
	for want, change := range map[string]func(*raft.Config){
		"raft: ID is 0 (None), must be the id of a node":                                                                  func(c *raft.Config) { c.ID = 0 },
		"raft: ID is 0xffffffffffffffff, must not be the id of a storage thread (0xfffffffffffffffe, 0xffffffffffffffff)": func(c *raft.Config) { c.ID = raft.LocalAppendThread },
		"raft: HeartbeatTick is -1, must be greater than 0":                                                               func(c *raft.Config) { c.HeartbeatTick = -1 },
		"raft: ElectionTick is 5, must be greater than HeartbeatTick (5)":                                                 func(c *raft.Config) { c.ElectionTick, c.HeartbeatTick = 5, 5 },
		"raft: Storage is nil, must be set":                                                                               func(c *raft.Config) { c.Storage = nil },
		"raft: MaxInflightMsgs is 0, must be greater than 0":                                                              func(c *raft.Config) { c.MaxInflightMsgs = 0 },
		"raft: MaxInflightBytes is 9, must be 0 (no limit) or at least MaxSizePerMsg (10)":                                func(c *raft.Config) { c.MaxInflightBytes, c.MaxSizePerMsg = 9, 10 },
		"raft: ReadOnlyOption is 7, must be ReadOnlySafe (0) or ReadOnlyLeaseBased (1)":                                   func(c *raft.Config) { c.ReadOnlyOption = 7 },
		"raft: CheckQuorum is false, must be true when ReadOnlyOption is ReadOnlyLeaseBased":                              func(c *raft.Config) { c.ReadOnlyOption = raft.ReadOnlyLeaseBased },
	} {
		c := quietConfig(1, raft.NewMemoryStorage())
		require.NoError(t, c.Validate())
		change(c)
		require.EqualError(t, c.Validate(), want)
		_, err := raft.NewRawNode(c)
		require.EqualError(t, err, want)
	}
}

func TestValidateChangesNothing(t *testing.T) {
	c := quietConfig(1, raft.NewMemoryStorage())
	before := *c
	require.NoError(t, c.Validate())
	_, err := raft.NewRawNode(c)
	require.NoError(t, err)
	require.Equal(t, before, *c)
}

// fixed returns the same number each time.
type fixed uint64

func (f fixed) Uint64() uint64 { return uint64(f) }

func TestElectionTimeoutIsDrawnFromTheGivenSource(t *testing.T) {
	for _, draw := range []uint64{0, 3, 9, 10, math.MaxUint64} {
		c := newCluster(t, 3, func(c *raft.Config) { c.Rand = fixed(draw) })
		wait := 0
		for ; c.state(1) == raft.StateFollower; wait++ {
			c.tick(1, 1)
		}
		require.Equal(t, 10+int(draw%10), wait)
	}
}

func TestEqualNodesWithoutASourceWaitEqually(t *testing.T) {
	wait := func(id uint64) (ticks int) {
		c := newCluster(t, 5)
		for ; c.state(id) == raft.StateFollower; ticks++ {
			c.tick(id, 1)
		}
		return ticks
	}
	differ := false
	for id := uint64(1); id <= 5; id++ {
		require.Equal(t, wait(id), wait(id))
		differ = differ || wait(id) != wait(1)
	}
	require.True(t, differ, "all ids have the same timeout")
}

func TestRestartRefusesAStateThatNoNodeCanHave(t *testing.T) {
	c := newCluster(t, 1)
	c.elect(1)
	last, err := c.storage[1].LastIndex()
	require.NoError(t, err)

	config := quietConfig(1, c.storage[1])
	config.Applied = last + 1
	_, err = raft.NewRawNode(config)
	require.EqualError(t, err, "raft: Applied is 3, must be within the committed log of storage, [0, 2]")

	hs, _, err := c.storage[1].InitialState()
	require.NoError(t, err)
	hs.Commit = 99
	require.NoError(t, c.storage[1].SetHardState(hs))
	_, err = raft.NewRawNode(quietConfig(1, c.storage[1]))
	require.EqualError(t, err, "raft: hard state of storage has commit 99, must be within its log, [0, 2]")
}
