package raft_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

func TestAFollowerThatIsFarBehindGetsASnapshotAndThenTheLog(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	c.drop = isolate(3)
	for i := range 5 {
		require.NoError(t, c.nodes[1].Propose(fmt.Appendf(nil, "%d", i)))
	}
	c.settle()
	at := c.compact(1)
	require.NoError(t, c.nodes[1].Propose([]byte("after")))
	c.settle()
	c.drop = nil
	c.tick(1, 2) // a heartbeat, and one more for the pause after the probe
	c.settle()
	require.Equal(t, []string{fmt.Sprintf("snapshot %d", at), "after"}, c.applied[3])
	require.Equal(t, tracker.StateReplicate, c.nodes[1].Status().Progress[3].State)
}

func TestALostSnapshotIsSentAgainAfterItIsReported(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	c.drop = isolate(3)
	require.NoError(t, c.nodes[1].Propose([]byte("x")))
	c.settle()
	at := c.compact(1)
	lost := 0
	c.drop = func(m pb.Message) bool {
		if m.Type == pb.MsgSnap && lost == 0 {
			lost++
			return true
		}
		return false
	}
	for range 5 {
		c.tick(1, 1)
		c.settle()
	}
	require.Equal(t, 1, lost)
	require.Equal(t, tracker.StateSnapshot, c.nodes[1].Status().Progress[3].State, "waits for word of it")
	c.nodes[1].ReportSnapshot(3, raft.SnapshotFailure)
	for range 2 {
		c.tick(1, 1)
		c.settle()
	}
	require.Equal(t, []string{fmt.Sprintf("snapshot %d", at)}, c.applied[3])
}

// The change is to a configuration before the one of the snapshot. (etcd issue
// 11510)
func TestASnapshotWaitsForAConfigurationChangeThatIsBeingApplied(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	remove := pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: 2}
	require.NoError(t, c.nodes[1].ProposeConfChange(remove))
	c.settleBut(3)
	rd := c.nodes[3].Ready()
	require.NotEmpty(t, rd.CommittedEntries)
	require.Equal(t, pb.EntryConfChange, rd.CommittedEntries[0].Type)

	// Before 3 gets to apply it, 2 was added again, and everything compacted.
	snap := pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 20, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 2, 3}}}}
	m := pb.Message{Type: pb.MsgSnap, From: 1, To: 3, Term: c.nodes[1].BasicStatus().Term, Snapshot: &snap}
	require.NoError(t, c.nodes[3].Step(m))
	c.work(3, rd)
	c.settle()
	require.Equal(t, []uint64{1, 3}, c.conf[3].Voters)

	require.NoError(t, c.nodes[3].Step(m))
	c.drain(3)
	require.Equal(t, []uint64{1, 2, 3}, c.conf[3].Voters)
	require.Equal(t, "voters=(1 2 3)", c.nodes[3].Status().Config.String())
}

// The log may be gone by the time of the second one.
func TestSnapshotsMayComeWhileEntriesAreBeingApplied(t *testing.T) {
	s := raft.NewMemoryStorage()
	require.NoError(t, s.ApplySnapshot(snapshotAt(1)))
	n, err := raft.NewRawNode(quietConfig(1, s))
	require.NoError(t, err)
	require.NoError(t, n.Step(pb.Message{Type: pb.MsgApp, From: 2, To: 1, Term: 2, Index: 1, LogTerm: 1, Commit: 2, Entries: []pb.Entry{{Term: 2, Index: 2}}}))
	rd := n.Ready()
	require.Len(t, rd.CommittedEntries, 1)
	for _, index := range []uint64{10, 20} {
		snap := snapshotAt(index)
		require.NoError(t, n.Step(pb.Message{Type: pb.MsgSnap, From: 2, To: 1, Term: 2, Snapshot: &snap}))
		require.Equal(t, index, n.BasicStatus().Commit)
	}
	require.NoError(t, s.Append(rd.Entries))
	n.Advance(rd)
	require.Equal(t, uint64(20), n.Ready().Snapshot.Metadata.Index)
}

func snapshotAt(index uint64) pb.Snapshot {
	return pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: index, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1, 2}}}}
}

// settleBut settles until a node has committed entries to apply, and leaves that
// node with them.
func (c *cluster) settleBut(id uint64) {
	for range 100 {
		for _, other := range c.ids {
			if other == id {
				continue
			}
			for c.nodes[other].HasReady() {
				c.work(other, c.nodes[other].Ready())
			}
		}
		queue := c.queue
		c.queue = nil
		for _, m := range queue {
			if n := c.nodes[m.To]; n != nil {
				require.NoError(c.t, n.Step(m))
			}
		}
		if st := c.nodes[id].BasicStatus(); st.Commit > st.Applied {
			return
		}
		if c.nodes[id].HasReady() {
			c.work(id, c.nodes[id].Ready())
		}
	}
	require.Fail(c.t, "nothing was committed")
}

func TestALeaderWithoutASnapshotSendsNone(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	c.drop = isolate(3)
	require.NoError(t, c.nodes[1].Propose([]byte("x")))
	c.settle()
	require.NoError(t, c.storage[1].Compact(c.nodes[1].BasicStatus().Applied)) // a bug of the application
	c.drop = nil
	for range 5 {
		c.tick(1, 1)
		c.settle()
	}
	require.Equal(t, tracker.StateProbe, c.nodes[1].Status().Progress[3].State)
}

func TestASnapshotThatIsOfNoUseIsIgnored(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	for name, meta := range map[string]pb.SnapshotMetadata{
		"not a member":       {Index: 50, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 2}}},
		"older than the log": {Index: 1, Term: 2, ConfState: pb.ConfState{Voters: []uint64{1, 3}}},
	} {
		commit := c.nodes[3].BasicStatus().Commit
		require.NoError(t, c.nodes[3].Step(pb.Message{Type: pb.MsgSnap, From: 1, To: 3, Term: 2, Snapshot: &pb.Snapshot{Metadata: meta}}))
		messages := c.drain(3)
		require.Len(t, messages, 1, name)
		require.Equal(t, commit, messages[0].Index, name)
		require.Equal(t, "voters=(1 2 3)", c.nodes[3].Status().Config.String(), name)
	}
}
