package raft_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// asyncCluster is a group with asynchronous storage writes. Threads do nothing by
// themselves.
type asyncCluster struct {
	t       *testing.T
	nodes   map[uint64]*raft.RawNode
	storage map[uint64]*raft.MemoryStorage
	toSave  map[uint64][]pb.Message
	toApply map[uint64][]pb.Message
	network []pb.Message
	applied map[uint64][]string
}

func newAsyncCluster(t *testing.T, options ...func(*raft.Config)) *asyncCluster {
	c := &asyncCluster{
		t: t, nodes: map[uint64]*raft.RawNode{}, storage: map[uint64]*raft.MemoryStorage{},
		toSave: map[uint64][]pb.Message{}, toApply: map[uint64][]pb.Message{}, applied: map[uint64][]string{},
	}
	for id := uint64(1); id <= 3; id++ {
		s := raft.NewMemoryStorage()
		snap := pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1, 2, 3}}}}
		require.NoError(t, s.ApplySnapshot(snap))
		config := quietConfig(id, s)
		config.AsyncStorageWrites = true
		for _, o := range options {
			o(config)
		}
		rn, err := raft.NewRawNode(config)
		require.NoError(t, err)
		c.nodes[id], c.storage[id] = rn, s
	}
	return c
}

// ready takes what a node has to do and gives it to its threads and the network.
func (c *asyncCluster) ready(id uint64) {
	for c.nodes[id].HasReady() {
		for _, m := range c.nodes[id].Ready().Messages {
			switch m.To {
			case raft.LocalAppendThread:
				c.toSave[id] = append(c.toSave[id], m)
			case raft.LocalApplyThread:
				c.toApply[id] = append(c.toApply[id], m)
			default:
				c.network = append(c.network, m)
			}
		}
	}
}

// save works off one message to the append thread, and apply one to the other.
func (c *asyncCluster) save(id uint64) {
	m := c.toSave[id][0]
	c.toSave[id] = c.toSave[id][1:]
	require.NoError(c.t, c.storage[id].Append(m.Entries))
	c.respond(id, m)
}

func (c *asyncCluster) apply(id uint64) {
	m := c.toApply[id][0]
	c.toApply[id] = c.toApply[id][1:]
	for _, e := range m.Entries {
		c.applied[id] = append(c.applied[id], string(e.Data))
	}
	c.respond(id, m)
}

func (c *asyncCluster) respond(id uint64, m pb.Message) {
	for _, r := range m.Responses {
		if r.To == id {
			require.NoError(c.t, c.nodes[id].Step(r))
		} else {
			c.network = append(c.network, r)
		}
	}
	c.ready(id)
}

func (c *asyncCluster) deliver() {
	network := c.network
	c.network = nil
	for _, m := range network {
		require.NoError(c.t, c.nodes[m.To].Step(m))
		c.ready(m.To)
	}
}

// settle lets all threads work until nothing is left.
func (c *asyncCluster) settle() {
	for busy := true; busy; {
		busy = len(c.network) > 0
		c.deliver()
		for id := uint64(1); id <= 3; id++ {
			c.ready(id)
			for len(c.toSave[id]) > 0 {
				c.save(id)
				busy = true
			}
			for len(c.toApply[id]) > 0 {
				c.apply(id)
				busy = true
			}
		}
	}
}

func TestVotesAndAcknowledgementsWaitForTheAppendThread(t *testing.T) {
	c := newAsyncCluster(t)
	require.NoError(t, c.nodes[1].Campaign())
	c.ready(1)
	require.Len(t, c.network, 2, "requests need not wait")
	c.deliver()
	require.Empty(t, c.network, "a vote left before it was durable")
	c.save(2)
	require.Equal(t, pb.MsgVoteResp, c.network[0].Type)
	c.deliver()
	require.Equal(t, raft.StateCandidate, c.nodes[1].BasicStatus().RaftState, "its own vote is not durable")
	c.save(1)
	require.Equal(t, raft.StateLeader, c.nodes[1].BasicStatus().RaftState)
	c.settle()
	require.NoError(t, c.nodes[1].Propose([]byte("x")))
	c.ready(1)
	require.Len(t, c.network, 2, "entries leave while the leader stores them")
	c.deliver()
	require.Empty(t, c.network)
	c.save(2)
	c.save(3)
	c.deliver()
	require.Equal(t, uint64(3), c.nodes[1].BasicStatus().Commit, "two followers of three are a quorum without the leader")
	require.Empty(t, c.toApply[1], "the leader applies nothing that it has not stored")
	c.save(1)
	require.Len(t, c.toApply[1], 1)
	c.settle()
	require.Equal(t, c.applied[1], c.applied[2])
	require.Equal(t, []string{"", "x"}, c.applied[3])
}

func TestAnAppendOfAnEarlierTermDoesNotMakeItsSuccessorStable(t *testing.T) {
	c := newAsyncCluster(t)
	n := c.nodes[3]
	appendFrom := func(leader, term, logTerm uint64, entryTerm uint64) {
		require.NoError(t, n.Step(pb.Message{Type: pb.MsgApp, From: leader, To: 3, Term: term, Index: 1, LogTerm: logTerm,
			Entries: []pb.Entry{{Index: 2, Term: entryTerm}}}))
		c.ready(3)
	}
	appendFrom(1, 2, 1, 2) // being written
	appendFrom(2, 3, 1, 3) // replaced
	appendFrom(1, 4, 1, 2) // and back again
	require.Len(t, c.toSave[3], 3)
	c.save(3)
	c.save(3)
	require.NoError(t, n.Step(pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 3, Term: 4, Commit: 2}))
	c.ready(3)
	require.Empty(t, c.toApply[3], "the storage holds the entry of another term")
	c.save(3)
	require.Len(t, c.toApply[3], 1)
}

func TestCommittedEntriesComeInPagesThatAreAcknowledged(t *testing.T) {
	c := newAsyncCluster(t, func(c *raft.Config) { c.MaxCommittedSizePerReady = 100 })
	require.NoError(t, c.nodes[1].Campaign())
	c.settle()
	for i := range 20 {
		require.NoError(t, c.nodes[1].Propose(fmt.Appendf(nil, "%030d", i)))
	}
	for range 10 {
		c.ready(1)
		c.deliver()
		for id := uint64(1); id <= 3; id++ {
			for len(c.toSave[id]) > 0 {
				c.save(id)
			}
		}
	}
	require.Equal(t, uint64(22), c.nodes[1].BasicStatus().Commit)
	var outstanding []pb.Entry
	for _, m := range c.toApply[1] {
		outstanding = append(outstanding, m.Entries...)
	}
	require.Len(t, outstanding, 3, "the third one crosses the limit")
	c.settle()
	require.Len(t, c.applied[1], 21)
	require.Equal(t, c.applied[1], c.applied[3])
}

func TestAdvanceDoesNothingWithAsynchronousStorage(t *testing.T) {
	c := newAsyncCluster(t)
	require.NoError(t, c.nodes[1].Campaign())
	rd := c.nodes[1].Ready()
	c.nodes[1].Advance(rd)
	require.Equal(t, pb.MsgVote, rd.Messages[0].Type, "nothing is taken back")
	require.Equal(t, raft.StateCandidate, c.nodes[1].BasicStatus().RaftState)
}
