package raft_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// cluster is a group of RawNodes with a network that delivers in order, unless
// drop says otherwise, and storages that never fail. It persists and applies what
// a Ready says before it sends anything.
type cluster struct {
	t       require.TestingT
	nodes   map[uint64]*raft.RawNode
	storage map[uint64]*raft.MemoryStorage
	// applied is the data of all normal entries, in the order of their application.
	applied map[uint64][]string
	conf    map[uint64]pb.ConfState
	reads   map[uint64][]raft.ReadState
	// drop, if set, sees each message and returns true to lose it.
	drop  func(m pb.Message) bool
	queue []pb.Message
	ids   []uint64
}

// quietConfig is a config for tests.
func quietConfig(id uint64, s raft.Storage) *raft.Config {
	return &raft.Config{
		ID: id, ElectionTick: 10, HeartbeatTick: 1, Storage: s,
		MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256, Logger: raft.DiscardLogger{}, Poison: true,
	}
}

// newCluster bootstraps nodes 1 to n. Options change the config of each.
func newCluster(t require.TestingT, n uint64, options ...func(*raft.Config)) *cluster {
	c := &cluster{
		t:       t,
		nodes:   map[uint64]*raft.RawNode{},
		storage: map[uint64]*raft.MemoryStorage{},
		applied: map[uint64][]string{},
		conf:    map[uint64]pb.ConfState{},
		reads:   map[uint64][]raft.ReadState{},
	}
	var peers []raft.Peer
	for id := uint64(1); id <= n; id++ {
		peers = append(peers, raft.Peer{ID: id})
	}
	for _, p := range peers {
		require.NoError(t, c.start(p.ID, options...).Bootstrap(peers))
	}
	c.settle()
	return c
}

// start adds a node without a group.
func (c *cluster) start(id uint64, options ...func(*raft.Config)) *raft.RawNode {
	c.storage[id] = raft.NewMemoryStorage()
	c.ids = append(c.ids, id)
	return c.restart(id, options...)
}

// restart makes a node anew from its storage.
func (c *cluster) restart(id uint64, options ...func(*raft.Config)) *raft.RawNode {
	config := quietConfig(id, c.storage[id])
	for _, o := range options {
		o(config)
	}
	rn, err := raft.NewRawNode(config)
	require.NoError(c.t, err)
	c.nodes[id] = rn
	c.applied[id] = nil
	return rn
}

// settle runs until nobody has anything to say.
func (c *cluster) settle() {
	for rounds := 0; ; rounds++ {
		require.Less(c.t, rounds, 10000, "the cluster does not settle")
		busy := false
		for _, id := range c.ids {
			for c.nodes[id].HasReady() {
				busy = true
				c.work(id, c.nodes[id].Ready())
			}
		}
		if !busy && len(c.queue) == 0 {
			return
		}
		queue := c.queue
		c.queue = nil
		for _, m := range queue {
			if n := c.nodes[m.To]; n != nil && (c.drop == nil || !c.drop(m)) {
				_ = n.Step(m)
			}
		}
	}
}

// work does what a Ready says.
func (c *cluster) work(id uint64, rd raft.Ready) {
	s, n := c.storage[id], c.nodes[id]
	if !raft.IsEmptySnap(rd.Snapshot) {
		require.NoError(c.t, s.ApplySnapshot(rd.Snapshot))
		c.conf[id] = rd.Snapshot.Metadata.ConfState
		c.applied[id] = []string{fmt.Sprintf("snapshot %d", rd.Snapshot.Metadata.Index)}
	}
	require.NoError(c.t, s.Append(rd.Entries))
	if !raft.IsEmptyHardState(rd.HardState) {
		require.NoError(c.t, s.SetHardState(rd.HardState))
	}
	c.queue = append(c.queue, rd.Messages...)
	c.reads[id] = append(c.reads[id], rd.ReadStates...)
	for _, e := range rd.CommittedEntries {
		c.apply(id, e)
	}
	n.Advance(rd)
}

func (c *cluster) apply(id uint64, e pb.Entry) {
	switch e.Type {
	case pb.EntryConfChange:
		var cc pb.ConfChange
		require.NoError(c.t, cc.Unmarshal(e.Data))
		c.conf[id] = *c.nodes[id].ApplyConfChange(cc)
	case pb.EntryConfChangeV2:
		var cc pb.ConfChangeV2
		require.NoError(c.t, cc.Unmarshal(e.Data))
		c.conf[id] = *c.nodes[id].ApplyConfChange(cc)
	default:
		if len(e.Data) > 0 {
			c.applied[id] = append(c.applied[id], string(e.Data))
		}
	}
}

// elect makes a node leader.
func (c *cluster) elect(id uint64) {
	require.NoError(c.t, c.nodes[id].Campaign())
	c.settle()
	require.Equal(c.t, raft.StateLeader, c.nodes[id].BasicStatus().RaftState)
}

// tick moves one node's clock, without settling.
func (c *cluster) tick(id uint64, ticks int) {
	for range ticks {
		c.nodes[id].Tick()
	}
}

// compact makes a snapshot of a node at what it has applied, and drops its log.
func (c *cluster) compact(id uint64) uint64 {
	index := c.nodes[id].BasicStatus().Applied
	cs := c.conf[id]
	_, err := c.storage[id].CreateSnapshot(index, &cs, nil)
	require.NoError(c.t, err)
	require.NoError(c.t, c.storage[id].Compact(index))
	return index
}

// isolate loses all messages from and to id.
func isolate(id uint64) func(pb.Message) bool {
	return func(m pb.Message) bool { return m.From == id || m.To == id }
}

func (c *cluster) state(id uint64) raft.StateType { return c.nodes[id].BasicStatus().RaftState }

func TestProposalsAreAppliedByEveryoneInTheSameOrder(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	require.NoError(t, c.nodes[1].Propose([]byte("a")))
	require.NoError(t, c.nodes[2].Propose([]byte("b"))) // forwarded
	require.NoError(t, c.nodes[1].Propose([]byte("c")))
	c.settle()
	for _, id := range c.ids {
		require.Equal(t, []string{"a", "c", "b"}, c.applied[id])
	}
}
