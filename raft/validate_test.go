package raft_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// refusal is a message to a node of a group of three that n1 leads in term 2, with
// four entries, and the error that it gets.
type refusal struct {
	to   uint64
	m    pb.Message
	want string
}

func snapshotMessage(term uint64, meta pb.SnapshotMetadata) pb.Message {
	return pb.Message{Type: pb.MsgSnap, From: 1, Term: term, Snapshot: &pb.Snapshot{Metadata: meta}}
}

var refusals = map[string][]refusal{
	"identity": {
		{2, pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 3, Term: 2}, "raft: MsgHeartbeat from 1 is for 3, this node is 2"},
		{2, pb.Message{Type: pb.MsgHeartbeat, Term: 2}, "raft: MsgHeartbeat from 0 has no sender"},
		{2, pb.Message{Type: pb.MsgHeartbeat, From: 2, Term: 2}, raft.ErrStepLocalMsg.Error()},
		{2, pb.Message{Type: pb.MsgHeartbeat, From: 3, Term: 2}, "raft: MsgHeartbeat from 3 is of term 2, which 1 leads"},
		{2, pb.Message{Type: pb.MsgApp, From: 3, Term: 2, Index: 4, LogTerm: 2}, "raft: MsgApp from 3 is of term 2, which 1 leads"},
		{1, pb.Message{Type: pb.MsgApp, From: 3, Term: 2, Index: 4, LogTerm: 2}, "raft: MsgApp from 3 is of term 2, which 1 leads"},
		{2, pb.Message{Type: pb.MsgTimeoutNow, From: 3, Term: 2}, "raft: MsgTimeoutNow from 3 is of term 2, which 1 leads"},
		{2, pb.Message{Type: pb.MsgReadIndexResp, From: 3, Term: 2, Entries: make([]pb.Entry, 1)}, "raft: MsgReadIndexResp from 3 is of term 2, which 1 leads"},
		{2, pb.Message{Type: pb.MsgForgetLeader, From: 3}, raft.ErrStepLocalMsg.Error()},
		{1, pb.Message{Type: pb.MsgHup, From: 2}, raft.ErrStepLocalMsg.Error()},
		{1, pb.Message{Type: pb.MsgStorageApplyResp, From: raft.LocalApplyThread}, raft.ErrStepLocalMsg.Error()},
		{1, pb.Message{Type: pb.MsgAppResp, From: 9, Term: 2}, raft.ErrStepPeerNotFound.Error()},
	},
	"types": {
		{1, pb.Message{Type: 24, From: 2, Term: 99}, "raft: 24 from 2 is of a type that does not exist"},
		{1, pb.Message{Type: -1, From: 2, Term: 99}, "raft: -1 from 2 is of a type that does not exist"},
		{1, pb.Message{Type: pb.MsgProp, From: 2, Entries: []pb.Entry{{}, {Type: 3}}}, "raft: MsgProp from 2 has an entry of type 3 at position 1, which does not exist"},
		{1, pb.Message{Type: pb.MsgProp, From: 2, Entries: []pb.Entry{{Type: -1}}}, "raft: MsgProp from 2 has an entry of type -1 at position 0, which does not exist"},
		{2, pb.Message{Type: pb.MsgProp, From: 3, Entries: []pb.Entry{{Type: 3}}}, "raft: MsgProp from 3 has an entry of type 3 at position 0, which does not exist"},
		{1, pb.Message{Type: pb.MsgProp, From: 2}, raft.ErrProposalDropped.Error()},
		{1, pb.Message{Type: pb.MsgProp, From: 2, Entries: []pb.Entry{{Type: pb.EntryConfChange, Data: []byte{0xff}}}}, raft.ErrProposalDropped.Error()},
		{1, pb.Message{Type: pb.MsgProp, From: 2, Entries: make([]pb.Entry, 70000)}, "raft: MsgProp from 2 has 70000 entries, must have at most 65536"},
	},
	"terms": {
		{1, pb.Message{Type: pb.MsgVote, From: 2, Term: math.MaxUint64 - 1, LogTerm: 2, Index: 4},
			"raft: MsgVote from 2 has term 18446744073709551614, which is more than 1099511627776 after that of this node, 2"},
		{2, pb.Message{Type: pb.MsgHeartbeat, From: 1, Term: math.MaxUint64}, "raft: MsgHeartbeat from 1 has term 18446744073709551615, which is more than 1099511627776 after that of this node, 2"},
		{1, pb.Message{Type: pb.MsgAppResp, From: 2, Term: 3 + 1<<40}, "raft: MsgAppResp from 2 has term 1099511627779, which is more than 1099511627776 after that of this node, 2"},
		{2, pb.Message{Type: pb.MsgPreVote, From: 3, Term: 1 << 63}, "raft: MsgPreVote from 3 has term 9223372036854775808, which is more than 1099511627776 after that of this node, 2"},
		{2, pb.Message{Type: pb.MsgHeartbeat, From: 1}, "raft: MsgHeartbeat from 1 has no term"},
		{2, pb.Message{Type: pb.MsgVote, From: 3}, "raft: MsgVote from 3 has no term"},
		{1, pb.Message{Type: pb.MsgPreVoteResp, From: 3}, "raft: MsgPreVoteResp from 3 has no term"},
		{1, pb.Message{Type: pb.MsgProp, From: 2, Term: 3, Entries: make([]pb.Entry, 1)}, "raft: MsgProp from 2 has term 3, must have none"},
		{1, pb.Message{Type: pb.MsgReadIndex, From: 2, Term: 2, Entries: make([]pb.Entry, 1)}, "raft: MsgReadIndex from 2 has term 2, must have none"},
	},
	"logs": {
		{2, pb.Message{Type: pb.MsgApp, From: 1, Term: 2, Index: 4, LogTerm: 2, Entries: []pb.Entry{{Term: 2, Index: 5}, {Term: 2, Index: 7}}},
			"raft: MsgApp from 1 has entry 7 at position 1 after index 4, must be 6"},
		{2, pb.Message{Type: pb.MsgApp, From: 1, Term: 2, Index: 4, LogTerm: 2, Entries: []pb.Entry{{Term: 2, Index: 5}, {Term: 1, Index: 6}}},
			"raft: MsgApp from 1 has entry 6 of term 1, must be within [2, 2]"},
		{2, pb.Message{Type: pb.MsgApp, From: 1, Term: 2, Index: 4, LogTerm: 2, Entries: []pb.Entry{{Term: 3, Index: 5}}},
			"raft: MsgApp from 1 has entry 5 of term 3, must be within [2, 2]"},
		{2, pb.Message{Type: pb.MsgApp, From: 1, Term: 2, Entries: []pb.Entry{{Index: 1}}}, "raft: MsgApp from 1 has entry 1 of term 0, must be within [1, 2]"},
		{2, pb.Message{Type: pb.MsgApp, From: 1, Term: 2, Index: 4, LogTerm: 3}, "raft: MsgApp from 1 of term 2 comes after an entry of term 3"},
		{2, pb.Message{Type: pb.MsgApp, From: 1, Term: 2, Index: math.MaxUint64, LogTerm: 2, Entries: []pb.Entry{{Term: 2}}},
			"raft: MsgApp from 1 has 1 entries after index 18446744073709551615, and no log gets there"},
		{1, pb.Message{Type: pb.MsgAppResp, From: 2, Term: 2, Index: 11}, "raft: MsgAppResp from 2 acknowledges index 11, beyond the last entry of the leader, 4"},
		{1, pb.Message{Type: pb.MsgAppResp, From: 2, Term: 2, Index: 1 << 63}, "raft: MsgAppResp from 2 answers for index 9223372036854775808, and no log gets there"},
		{1, pb.Message{Type: pb.MsgAppResp, From: 2, Term: 2, Index: 3, Reject: true, RejectHint: 4}, "raft: MsgAppResp from 2 refuses index 3 and points to 4, which is after it"},
		{1, pb.Message{Type: pb.MsgAppResp, From: 2, Term: 2, Index: 3, Reject: true, RejectHint: 2, LogTerm: 3}, "raft: MsgAppResp from 2 of term 2 points to an entry of term 3"},
		{2, pb.Message{Type: pb.MsgHeartbeat, From: 1, Term: 2, Commit: 11}, "raft: MsgHeartbeat from 1 commits index 11, beyond the last entry, 4: was the log lost?"},
		{1, pb.Message{Type: pb.MsgVote, From: 2, Term: 3, LogTerm: 4, Index: 4}, "raft: MsgVote from 2 of term 3 has a log that ends in term 4"},
		{1, pb.Message{Type: pb.MsgPreVote, From: 2, Term: 3, LogTerm: 2, Index: 1 << 63}, "raft: MsgPreVote from 2 has a log that ends at index 9223372036854775808, and no log gets there"},
	},
	"reads": {
		{1, pb.Message{Type: pb.MsgReadIndex, From: 2}, "raft: MsgReadIndex from 2 has 0 entries, must have one, with the context of the read"},
		{2, pb.Message{Type: pb.MsgReadIndexResp, From: 1, Term: 2, Entries: make([]pb.Entry, 2)}, "raft: MsgReadIndexResp from 1 has 2 entries, must have one, with the context of the read"},
		{2, pb.Message{Type: pb.MsgReadIndexResp, From: 1, Term: 2, Index: 1 << 63, Entries: make([]pb.Entry, 1)}, "raft: MsgReadIndexResp from 1 has index 9223372036854775808, and no log gets there"},
	},
	"snapshots": {
		{2, pb.Message{Type: pb.MsgSnap, From: 1, Term: 2}, "raft: MsgSnap from 1 has no snapshot"},
		{2, snapshotMessage(2, pb.SnapshotMetadata{ConfState: pb.ConfState{Voters: []uint64{1, 2}}}), "raft: MsgSnap from 1 has no snapshot"},
		{2, snapshotMessage(2, pb.SnapshotMetadata{Index: 50, ConfState: pb.ConfState{Voters: []uint64{1, 2}}}), "raft: MsgSnap from 1 has a snapshot of term 0, must be within [1, 2]"},
		{2, snapshotMessage(2, pb.SnapshotMetadata{Index: 50, Term: 3, ConfState: pb.ConfState{Voters: []uint64{1, 2}}}), "raft: MsgSnap from 1 has a snapshot of term 3, must be within [1, 2]"},
		{2, snapshotMessage(2, pb.SnapshotMetadata{Index: 1<<64 - 1, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 2}}}), "raft: MsgSnap from 1 has a snapshot at index 18446744073709551615, and no log gets there"},
		{2, snapshotMessage(2, pb.SnapshotMetadata{Index: 50, Term: 2}), "raft: MsgSnap from 1 has a snapshot without voters"},
		{2, snapshotMessage(2, pb.SnapshotMetadata{Index: 50, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{2}}}), "raft: MsgSnap from 1 has a snapshot with a configuration that is none: ..."},
		{2, snapshotMessage(2, pb.SnapshotMetadata{Index: 50, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 2, raft.LocalAppendThread}}}), "raft: MsgSnap from 1 has a snapshot with a configuration that is none: ..."},
	},
}

func TestMessagesThatNoPeerSendsAreRefusedAndChangeNothing(t *testing.T) {
	for name, list := range refusals {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, 3)
			c.elect(1)
			require.Equal(t, pb.HardState{Term: 2, Vote: 1, Commit: 4}, c.nodes[1].BasicStatus().HardState)
			for _, tt := range list {
				before := c.nodes[tt.to].Status().String()
				err := c.nodes[tt.to].Step(tt.m)
				if start, open := strings.CutSuffix(tt.want, "..."); open {
					require.ErrorContains(t, err, start)
				} else {
					require.EqualError(t, err, tt.want)
				}
				if err != raft.ErrStepLocalMsg && err != raft.ErrStepPeerNotFound && err != raft.ErrProposalDropped {
					require.ErrorIs(t, err, raft.ErrInvalidMessage)
				}
				require.Equal(t, before, c.nodes[tt.to].Status().String(), tt.want)
				require.False(t, c.nodes[tt.to].HasReady(), tt.want)
			}
		})
	}
}

// Callers of the etcd family leave To out where they have only one node.
func TestAMessageThatIsForNobodyIsTaken(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	require.NoError(t, c.nodes[2].Step(pb.Message{Type: pb.MsgHeartbeat, From: 1, Term: 2, Commit: 4}))
	require.Len(t, c.drain(2), 1)
}

// A node whose disk is empty has no term to count from: it goes where its group is.
func TestANodeWithoutATermTakesAny(t *testing.T) {
	c := newCluster(t, 3)
	n := c.start(4)
	require.NoError(t, n.Step(pb.Message{Type: pb.MsgHeartbeat, From: 1, Term: 1 << 50}))
	require.Equal(t, uint64(1)<<50, n.BasicStatus().Term)
	require.NoError(t, n.Step(pb.Message{Type: pb.MsgHeartbeat, From: 1, Term: 1<<50 + 1<<40}))
	require.ErrorIs(t, n.Step(pb.Message{Type: pb.MsgHeartbeat, From: 1, Term: 1<<50 + 1<<41 + 1}), raft.ErrInvalidMessage)
}

// A snapshot whose term is zero, and whatever asks for the last term after it.
func TestAVoteAfterASnapshotThatCannotBeFindsItsLog(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	_ = c.nodes[2].Step(snapshotMessage(2, pb.SnapshotMetadata{Index: 50, ConfState: pb.ConfState{Voters: []uint64{1, 2, 3}}}))
	require.NoError(t, c.nodes[2].Step(pb.Message{Type: pb.MsgVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}))
	require.False(t, c.drain(2)[0].Reject)
}

// A leader without check-quorum that is cut off keeps the reads of its clients, who
// ask again and again, up to a bound.
func TestPendingReadsAreBounded(t *testing.T) {
	const bound = 1 << 16
	for name, option := range map[string]func(*raft.Config){
		"rounds": func(c *raft.Config) {},
		"leases": func(c *raft.Config) { c.ReadOnlyOption, c.CheckQuorum = raft.ReadOnlyLeaseBased, true },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCluster(t, 2, option)
			if name == "leases" {
				c.tick(1, 10) // what binds a node that has just started
			}
			c.elect(1)
			c.tick(1, 9) // no lease is left
			c.drop = isolate(2)
			c.drain(1)
			for range bound + 100 {
				c.nodes[1].ReadIndex([]byte("x"))
			}
			c.drain(1)
			c.drop = nil
			c.reads[1] = nil
			c.tick(1, 1)
			c.settle()
			require.Len(t, c.reads[1], bound)
		})
	}
}
