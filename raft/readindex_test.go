package raft_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// drain takes a node's Readys and returns their messages.
func (c *cluster) drain(id uint64) (messages []pb.Message) {
	for c.nodes[id].HasReady() {
		c.work(id, c.nodes[id].Ready())
	}
	messages, c.queue = c.queue, nil
	return messages
}

// only returns the messages of one type.
func only(messages []pb.Message, t pb.MessageType) (found []pb.Message) {
	for _, m := range messages {
		if m.Type == t {
			found = append(found, m)
		}
	}
	return found
}

// heartbeatsOf reads at a leader and returns the heartbeats that confirm it.
func (c *cluster) heartbeatsOf(leader uint64, context string) []pb.Message {
	c.nodes[leader].ReadIndex([]byte(context))
	return only(c.drain(leader), pb.MsgHeartbeat)
}

// answer returns a follower's answer to a heartbeat.
func answer(hb pb.Message) pb.Message {
	return pb.Message{Type: pb.MsgHeartbeatResp, From: hb.To, To: hb.From, Term: hb.Term, Context: hb.Context}
}

// The first answers to the heartbeats of a read are late: they arrive when the read
// is done, and its context is in use again. (etcd issue 20418)
func TestLateAnswersDoNotConfirmARetryWithTheSameContext(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	first := c.heartbeatsOf(1, "ctx")
	require.NoError(t, c.nodes[1].Step(answer(first[0])))
	c.drain(1)
	require.Len(t, c.reads[1], 1)

	// Another leader, unknown to this one, commits.
	c.drop = isolate(1)
	c.elect(2)
	require.NoError(t, c.nodes[2].Propose([]byte("news")))
	c.settle()
	require.Equal(t, raft.StateLeader, c.state(1))

	c.nodes[1].ReadIndex([]byte("ctx"))
	for _, hb := range first {
		require.NoError(t, c.nodes[1].Step(answer(hb)))
	}
	c.settle()
	require.Len(t, c.reads[1], 1, "a deposed leader served a read")
}

func TestEachAttemptIsAnsweredAtItsOwnIndex(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	before := c.nodes[1].BasicStatus().Commit
	first := c.heartbeatsOf(1, "ctx")
	require.NoError(t, c.nodes[1].Propose([]byte("x")))
	for _, m := range only(c.drain(1), pb.MsgApp) {
		require.NoError(t, c.nodes[1].Step(pb.Message{Type: pb.MsgAppResp, From: m.To, To: 1, Term: m.Term, Index: before + 1}))
	}
	c.drain(1)
	second := c.heartbeatsOf(1, "ctx")
	require.NotEqual(t, first[0].Context, second[0].Context)

	require.NoError(t, c.nodes[1].Step(answer(first[0])))
	c.drain(1)
	require.Equal(t, []raft.ReadState{{Index: before, RequestCtx: []byte("ctx")}}, c.reads[1])
	require.NoError(t, c.nodes[1].Step(answer(second[1])))
	c.drain(1)
	require.Equal(t, []raft.ReadState{{Index: before, RequestCtx: []byte("ctx")}, {Index: before + 1, RequestCtx: []byte("ctx")}}, c.reads[1])
}

func TestHeartbeatsCarryTheContextOfAReadThatIsNew(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	for i := range 2000 {
		context := binary.BigEndian.AppendUint64(nil, uint64(i))
		hb := c.heartbeatsOf(1, string(context))
		if i < 1000 {
			require.Equal(t, context, hb[0].Context)
		}
		require.Equal(t, context, hb[0].Context[:8])
		require.NoError(t, c.nodes[1].Step(answer(hb[0])))
		c.drain(1)
		require.Len(t, c.reads[1], i+1)
		require.Equal(t, context, c.reads[1][i].RequestCtx)
	}
}

// A number added to one context makes it equal to another one.
func TestTokensOfReadsAreNeverEqual(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	seen := map[string]bool{}
	for _, context := range []string{"", "a", "a", "a\x00\x00\x00\x00\x00\x00\x00\x03", "a", "a", "", "\x00\x00\x00\x00\x00\x00\x00\x01"} {
		token := string(c.heartbeatsOf(1, context)[0].Context)
		require.False(t, seen[token], "token %q is used twice", token)
		seen[token] = true
	}
}

func TestReadWithoutContextIsServed(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	c.nodes[1].ReadIndex(nil)
	c.settle()
	require.Len(t, c.reads[1], 1)
}

// A leader that is the only voter knows what is committed when it has committed
// something in its term, and not before.
func TestOnlyVoterDoesNotReadBeforeItCommitsInItsTerm(t *testing.T) {
	c := newCluster(t, 1)
	c.elect(1)
	require.NoError(t, c.nodes[1].Propose([]byte("x")))
	c.settle()
	last := c.nodes[1].BasicStatus().Commit

	// It crashed before it stored that x is committed.
	require.NoError(t, c.storage[1].SetHardState(pb.HardState{Term: 2, Vote: 1, Commit: last - 1}))
	n := c.restart(1)
	c.drain(1)
	require.NoError(t, n.Campaign())
	for n.BasicStatus().RaftState != raft.StateLeader {
		c.work(1, n.Ready())
	}
	n.ReadIndex([]byte("ctx"))
	rd := n.Ready()
	require.Empty(t, rd.ReadStates, "served at index %d, but %d is committed", last-1, last)
	c.work(1, rd)
	c.settle()
	require.Equal(t, []raft.ReadState{{Index: last + 1, RequestCtx: []byte("ctx")}}, c.reads[1])
	n.ReadIndex([]byte("again"))
	require.Len(t, n.Ready().ReadStates, 1, "and now at once")
}

func TestNewLeaderReadsAfterItsFirstCommit(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	c.drop = func(m pb.Message) bool { return m.Type == pb.MsgApp }
	c.elect(2)
	commit := c.nodes[2].BasicStatus().Commit
	c.nodes[2].ReadIndex([]byte("own"))
	c.nodes[3].ReadIndex([]byte("forwarded"))
	c.settle()
	require.Empty(t, c.reads[2])
	c.drop = nil
	c.tick(2, 1)
	c.settle()
	require.Equal(t, []raft.ReadState{{Index: commit + 1, RequestCtx: []byte("own")}}, c.reads[2])
}

func TestFollowersReadThroughTheLeader(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	commit := c.nodes[1].BasicStatus().Commit
	c.nodes[3].ReadIndex([]byte("ctx"))
	c.nodes[2].ReadIndex([]byte("ctx")) // the same context from another node
	c.settle()
	want := []raft.ReadState{{Index: commit, RequestCtx: []byte("ctx")}}
	require.Equal(t, want, c.reads[3])
	require.Equal(t, want, c.reads[2])
	require.Empty(t, c.reads[1])
}

func TestAQuorumConfirmsAllReadsBefore(t *testing.T) {
	c := newCluster(t, 5)
	c.elect(1)
	var last []pb.Message
	for i := range 100 {
		last = c.heartbeatsOf(1, fmt.Sprint(i))
	}
	require.NoError(t, c.nodes[1].Step(answer(last[0])))
	c.drain(1)
	require.Empty(t, c.reads[1], "two of five are no quorum")
	require.NoError(t, c.nodes[1].Step(answer(last[0])))
	c.drain(1)
	require.Empty(t, c.reads[1], "one follower does not count twice")
	require.NoError(t, c.nodes[1].Step(answer(last[1])))
	c.drain(1)
	require.Len(t, c.reads[1], 100)
}

func TestALeaderThatIsAVoterAgainConfirmsItsReads(t *testing.T) {
	c := newCluster(t, 3, func(c *raft.Config) { c.LeadAfterRemoval = true })
	c.elect(1)
	self := func(t pb.ConfChangeType) pb.ConfChange { return pb.ConfChange{Type: t, NodeID: 1} }
	c.nodes[1].ApplyConfChange(self(pb.ConfChangeRemoveNode))
	hb := c.heartbeatsOf(1, "ctx")
	c.nodes[1].ApplyConfChange(self(pb.ConfChangeAddNode))
	for _, m := range hb {
		if m.To == 2 {
			require.NoError(t, c.nodes[1].Step(answer(m)))
		}
	}
	c.drain(1)
	require.Len(t, c.reads[1], 1, "1 and 2 are a quorum of 1, 2 and 3")
}

func TestAMemberThatComesBackHasConfirmedWhatItConfirmed(t *testing.T) {
	c := newCluster(t, 5)
	c.elect(1)
	hb := c.heartbeatsOf(1, "ctx")
	hear := func(from uint64) {
		for _, m := range hb {
			if m.To == from {
				require.NoError(t, c.nodes[1].Step(answer(m)))
			}
		}
	}
	hear(3)
	c.nodes[1].ApplyConfChange(pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: 3})
	c.nodes[1].ApplyConfChange(pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: 2})
	c.nodes[1].ApplyConfChange(pb.ConfChange{Type: pb.ConfChangeAddNode, NodeID: 2})
	c.nodes[1].ApplyConfChange(pb.ConfChange{Type: pb.ConfChangeAddNode, NodeID: 3})
	c.drain(1)
	require.Empty(t, c.reads[1])
	hear(2)
	c.drain(1)
	require.Len(t, c.reads[1], 1, "1, 2 and 3 are a quorum of five")
}

func TestReadsKeepTheirConfirmationsWhenTheConfigurationChanges(t *testing.T) {
	c := newCluster(t, 3)
	for id := uint64(4); id <= 5; id++ {
		c.start(id)
	}
	c.elect(3)
	change := func(t0 pb.ConfChangeType, id uint64) {
		require.NoError(t, c.nodes[3].ProposeConfChange(pb.ConfChange{Type: t0, NodeID: id}))
		c.settle()
	}
	change(pb.ConfChangeAddNode, 4)
	change(pb.ConfChangeAddNode, 5)
	hb := c.heartbeatsOf(3, "ctx")
	for _, m := range hb {
		if m.To == 5 {
			require.NoError(t, c.nodes[3].Step(answer(m)))
		}
	}
	c.drop = func(m pb.Message) bool { return m.Type == pb.MsgHeartbeat }
	change(pb.ConfChangeRemoveNode, 1) // everybody's position moves
	require.Empty(t, c.reads[3])
	for _, m := range hb {
		if m.To == 4 {
			require.NoError(t, c.nodes[3].Step(answer(m)))
		}
	}
	c.drain(3)
	require.Len(t, c.reads[3], 1, "3, 4 and 5 are a quorum of 2, 3, 4 and 5")
}

func TestLeaseReadsAreAnsweredAtOnce(t *testing.T) {
	c := newCluster(t, 3, func(c *raft.Config) { c.CheckQuorum, c.ReadOnlyOption = true, raft.ReadOnlyLeaseBased })
	c.elect(1)
	c.tick(1, 1)
	c.settle()
	c.nodes[1].ReadIndex([]byte("ctx"))
	rd := c.nodes[1].Ready()
	require.Empty(t, rd.Messages, "a quorum has answered a heartbeat of now")
	require.Equal(t, []raft.ReadState{{Index: c.nodes[1].BasicStatus().Commit, RequestCtx: []byte("ctx")}}, rd.ReadStates)
}
