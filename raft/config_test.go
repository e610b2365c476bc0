package raft_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
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
	for _, tt := range []struct {
		applied, commit, snapshot uint64
		want                      string
	}{
		{5, 2, 0, "raft: Applied is 5, and the log of storage ends at 4: entries that were applied are missing"},
		{0, 99, 0, "raft: hard state of storage has commit 99, and its log ends at 4: entries that were committed are missing"},
		{2, 4, 3, "raft: Applied is 2, and the log of storage begins after its snapshot at 3: entries that are to be applied are missing"},
	} {
		_, err := raft.NewRawNode(restartConfig(t, tt.applied, tt.commit, tt.snapshot))
		require.EqualError(t, err, tt.want)
	}
}

// MustSync lets the commit index stay behind on the disk. An application whose state
// is durable by itself has then applied more than the disk says is committed, or has
// a snapshot of it.
func TestWhatWasAppliedWasCommittedWhateverTheDiskSays(t *testing.T) {
	for _, tt := range []struct {
		applied, commit, snapshot uint64
		goesOnAt                  uint64
	}{
		{4, 2, 0, 4},
		{3, 2, 0, 3},
		{3, 4, 0, 4},
		{4, 1, 3, 4},
		{3, 1, 3, 3},
		{0, 1, 3, 3},
		{0, 0, 0, 0},
	} {
		rn, err := raft.NewRawNode(restartConfig(t, tt.applied, tt.commit, tt.snapshot))
		require.NoError(t, err)
		status := rn.BasicStatus()
		require.Equal(t, tt.goesOnAt, status.Commit, tt)
		require.Equal(t, max(tt.applied, tt.snapshot), status.Applied, tt)
		if rn.HasReady() {
			require.Equal(t, status.Applied+1, rn.Ready().CommittedEntries[0].Index, tt)
		}
	}
}

// restartConfig is that of a node whose disk has four entries of term 1, a commit
// index, and if its index is not zero a snapshot.
func restartConfig(t *testing.T, applied, commit, snapshot uint64) *raft.Config {
	s := raft.NewMemoryStorage()
	require.NoError(t, s.Append([]pb.Entry{{Term: 1, Index: 1}, {Term: 1, Index: 2}, {Term: 1, Index: 3}, {Term: 1, Index: 4}}))
	require.NoError(t, s.SetHardState(pb.HardState{Term: 1, Commit: commit}))
	if snapshot > 0 {
		_, err := s.CreateSnapshot(snapshot, &pb.ConfState{Voters: []uint64{1, 2}}, nil)
		require.NoError(t, err)
		require.NoError(t, s.Compact(snapshot))
	}
	config := quietConfig(1, s)
	config.Applied = applied
	return config
}
