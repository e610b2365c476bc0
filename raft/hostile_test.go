package raft_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// anyNumber draws numbers that are small, or close to what a node of the group
// could say, or absurd.
func anyNumber() *rapid.Generator[uint64] {
	return rapid.OneOf(rapid.Uint64Range(0, 8), rapid.SampledFrom([]uint64{math.MaxUint64, math.MaxUint64 - 1, math.MaxUint64 - 2, 1 << 63}), rapid.Uint64())
}

func anyEntries(t *rapid.T) []pb.Entry {
	first := anyNumber().Draw(t, "first")
	entries := make([]pb.Entry, rapid.IntRange(0, 3).Draw(t, "entries"))
	for i := range entries {
		entries[i] = pb.Entry{
			Type:  pb.EntryType(rapid.Int32Range(-1, 4).Draw(t, "entry type")),
			Term:  anyNumber().Draw(t, "entry term"),
			Index: first + uint64(i),
			Data:  rapid.SliceOfN(rapid.Byte(), 0, 6).Draw(t, "data"),
		}
		if rapid.IntRange(0, 9).Draw(t, "gap") == 0 {
			entries[i].Index = anyNumber().Draw(t, "entry index")
		}
	}
	return entries
}

func anySnapshot(t *rapid.T) *pb.Snapshot {
	if rapid.Bool().Draw(t, "no snapshot") {
		return nil
	}
	ids := rapid.SliceOfN(rapid.Uint64Range(0, 4), 0, 4)
	return &pb.Snapshot{Metadata: pb.SnapshotMetadata{
		Index: anyNumber().Draw(t, "snapshot index"),
		Term:  anyNumber().Draw(t, "snapshot term"),
		ConfState: pb.ConfState{
			Voters: ids.Draw(t, "voters"), Learners: ids.Draw(t, "learners"),
			VotersOutgoing: ids.Draw(t, "outgoing"), LearnersNext: ids.Draw(t, "next"), AutoLeave: rapid.Bool().Draw(t, "auto"),
		},
	}}
}

func anyMessage(t *rapid.T) pb.Message {
	return pb.Message{
		Type:       pb.MessageType(rapid.Int32Range(-1, 25).Draw(t, "type")),
		To:         1,
		From:       rapid.OneOf(rapid.Uint64Range(0, 5), anyNumber()).Draw(t, "from"),
		Term:       anyNumber().Draw(t, "term"),
		LogTerm:    anyNumber().Draw(t, "log term"),
		Index:      anyNumber().Draw(t, "index"),
		Entries:    anyEntries(t),
		Commit:     anyNumber().Draw(t, "commit"),
		Vote:       anyNumber().Draw(t, "vote"),
		Snapshot:   anySnapshot(t),
		Reject:     rapid.Bool().Draw(t, "reject"),
		RejectHint: anyNumber().Draw(t, "hint"),
		Context:    rapid.OneOf(rapid.Just([]byte("CampaignTransfer")), rapid.SliceOfN(rapid.Byte(), 0, 3)).Draw(t, "context"),
	}
}

// A peer may send anything. It may make the node believe what is not true, for
// Raft is not for liars, but it may not bring it down.
func TestNoMessageBringsANodeDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		preVote, checkQuorum := rapid.Bool().Draw(t, "pre-vote"), rapid.Bool().Draw(t, "check-quorum")
		c := newCluster(t, 3, func(c *raft.Config) { c.PreVote, c.CheckQuorum = preVote, checkQuorum })
		if rapid.Bool().Draw(t, "leads") {
			c.elect(1)
		}
		n, s := c.nodes[1], c.storage[1]
		for range rapid.IntRange(1, 30).Draw(t, "messages") {
			_ = n.Step(anyMessage(t))
			if rapid.Bool().Draw(t, "tick") {
				c.tick(1, rapid.IntRange(1, 25).Draw(t, "ticks"))
			}
			if !n.HasReady() || rapid.Bool().Draw(t, "busy") {
				continue
			}
			rd := n.Ready()
			if !raft.IsEmptySnap(rd.Snapshot) {
				require.NoError(t, s.ApplySnapshot(rd.Snapshot))
			}
			require.NoError(t, s.Append(rd.Entries))
			for _, e := range rd.CommittedEntries {
				applyAny(n, e)
			}
			n.Advance(rd)
		}
	})
}

// applyAny applies what may not be a configuration change at all.
func applyAny(n *raft.RawNode, e pb.Entry) {
	switch e.Type {
	case pb.EntryConfChange:
		var cc pb.ConfChange
		if cc.Unmarshal(e.Data) == nil {
			n.ApplyConfChange(cc)
		}
	case pb.EntryConfChangeV2:
		var cc pb.ConfChangeV2
		if cc.Unmarshal(e.Data) == nil {
			n.ApplyConfChange(cc)
		}
	}
}

func TestNoAnswerOfAStorageThreadBringsANodeDown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, s := newCore(t, true)
		for range rapid.IntRange(1, 30).Draw(t, "messages") {
			m := anyMessage(t)
			if rapid.Bool().Draw(t, "local") {
				m.From = rapid.SampledFrom([]uint64{raft.LocalAppendThread, raft.LocalApplyThread, 1}).Draw(t, "thread")
			}
			_ = n.Step(m)
			for _, m := range n.Ready().Messages {
				if m.To == raft.LocalAppendThread {
					if m.Snapshot != nil {
						require.NoError(t, s.ApplySnapshot(*m.Snapshot))
					}
					require.NoError(t, s.Append(m.Entries))
				}
			}
		}
	})
}

func TestImpossibleConfigurationChangesChangeNothing(t *testing.T) {
	c := newCluster(t, 2)
	c.elect(1)
	before := c.nodes[1].Status().Config.String()
	for _, cc := range []pb.ConfChangeI{
		nil, // leaves a joint configuration that there is not
		pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeRemoveNode, NodeID: 1}, {Type: pb.ConfChangeRemoveNode, NodeID: 2}}},
		pb.ConfChange{Type: 9, NodeID: 3},
		pb.ConfChange{Type: pb.ConfChangeAddNode, NodeID: raft.LocalAppendThread},
		pb.ConfChange{Type: pb.ConfChangeAddLearnerNode, NodeID: raft.LocalApplyThread},
	} {
		require.Equal(t, []uint64{1, 2}, c.nodes[1].ApplyConfChange(cc).Voters)
		require.Equal(t, before, c.nodes[1].Status().Config.String())
	}
}
