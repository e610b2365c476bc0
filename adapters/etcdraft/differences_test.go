package etcdraft_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	etcdpb "go.etcd.io/raft/v3/raftpb"

	"raftsim/adapters/etcdraft"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Each entry of differences.md, shown on both libraries.

// member is a node of either library, and a test that plays all of its peers.
type member struct {
	raft.Core
	t       *testing.T
	log     *raft.MemoryStorage
	reads   []raft.ReadState
	sent    []pb.Message
	applied []pb.Entry
}

// both runs a test for either library.
func both(t *testing.T, test func(t *testing.T, theirs bool)) {
	t.Run("etcd", func(t *testing.T) { test(t, true) })
	t.Run("ours", func(t *testing.T) { test(t, false) })
}

// newMember starts node 1 with a log.
func newMember(t *testing.T, theirs bool, cs pb.ConfState, commit uint64, entries []pb.Entry, change func(c *raft.Config)) *member {
	log := raft.NewMemoryStorage()
	require.NoError(t, log.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: cs}}))
	require.NoError(t, log.Append(entries))
	require.NoError(t, log.SetHardState(pb.HardState{Term: 1, Commit: commit}))
	c := &raft.Config{
		ID: 1, ElectionTick: 10, HeartbeatTick: 1, Storage: log, Applied: 1,
		MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 16, Logger: raft.DiscardLogger{},
	}
	if change != nil {
		change(c)
	}
	m := &member{t: t, log: log}
	var err error
	if theirs {
		m.Core, err = etcdraft.NewCore(c)
	} else {
		m.Core, err = raft.NewRawNode(c)
	}
	require.NoError(t, err)
	return m
}

// work does all that the node asks for, and keeps what it says.
func (m *member) work() {
	for m.HasReady() {
		m.finish(m.Ready())
	}
}

func (m *member) finish(rd raft.Ready) {
	if !raft.IsEmptySnap(rd.Snapshot) {
		require.NoError(m.t, m.log.ApplySnapshot(rd.Snapshot))
	}
	require.NoError(m.t, m.log.Append(rd.Entries))
	m.reads = append(m.reads, rd.ReadStates...)
	m.sent = append(m.sent, rd.Messages...)
	m.applied = append(m.applied, rd.CommittedEntries...)
	for i := range rd.CommittedEntries {
		if e := &rd.CommittedEntries[i]; e.Type == pb.EntryConfChangeV2 {
			var cc pb.ConfChangeV2
			require.NoError(m.t, cc.Unmarshal(e.Data))
			m.ApplyConfChange(cc)
		}
	}
	m.Advance(rd)
}

// hear steps messages to the node and works.
func (m *member) hear(messages ...pb.Message) {
	for _, msg := range messages {
		msg.To = 1
		require.NoError(m.t, m.Step(msg))
	}
	m.work()
}

// lead makes the node the leader by the vote of node 2, with what follows committed
// by node 2, too.
func (m *member) lead(commit bool) (term uint64) {
	require.NoError(m.t, m.Campaign())
	m.work()
	term = m.BasicStatus().Term
	m.hear(pb.Message{Type: pb.MsgVoteResp, From: 2, Term: term})
	require.Equal(m.t, raft.StateLeader, m.BasicStatus().RaftState)
	if commit {
		m.hear(pb.Message{Type: pb.MsgAppResp, From: 2, Term: term, Index: must(m.log.LastIndex())})
		require.Equal(m.t, must(m.log.LastIndex()), m.BasicStatus().Commit)
	}
	m.sent = nil
	return term
}

func must(i uint64, err error) uint64 {
	if err != nil {
		panic(err)
	}
	return i
}

// contexts are those of the heartbeats to a node.
func (m *member) contexts(to uint64) (all [][]byte) {
	for i := range m.sent {
		if m.sent[i].Type == pb.MsgHeartbeat && m.sent[i].To == to {
			all = append(all, m.sent[i].Context)
		}
	}
	return all
}

func change(t *testing.T, term, index uint64, text string, transition pb.ConfChangeTransition) pb.Entry {
	changes, err := pb.ConfChangesFromString(text)
	require.NoError(t, err)
	cc := pb.ConfChangeV2{Transition: transition, Changes: changes}
	data, err := cc.Marshal()
	require.NoError(t, err)
	return pb.Entry{Type: pb.EntryConfChangeV2, Term: term, Index: index, Data: data}
}

var three = pb.ConfState{Voters: []uint64{1, 2, 3}}

func TestALateAnswerConfirmsAnotherReadInEtcdOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		term := m.lead(true)
		m.ReadIndex([]byte("x"))
		m.work()
		late := m.contexts(3)[0]
		m.hear(pb.Message{Type: pb.MsgHeartbeatResp, From: 2, Term: term, Context: m.contexts(2)[0]})
		require.Len(t, m.reads, 1)
		// Cut off from here on. Others may lead by now, and commit.
		m.ReadIndex([]byte("x"))
		m.work()
		m.hear(pb.Message{Type: pb.MsgHeartbeatResp, From: 3, Term: term, Context: late})
		require.Equal(t, theirs, len(m.reads) == 2)
	})
}

// What seed 473 of ./clusters has in it: a network that delivers a MsgReadIndex again,
// and later the answer to the heartbeat of its first delivery.
func TestALateAnswerConfirmsTheReadsBeforeADuplicateInEtcdOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		term := m.lead(true)
		forwarded := func(context string) pb.Message {
			return pb.Message{Type: pb.MsgReadIndex, From: 3, Entries: []pb.Entry{{Data: []byte(context)}}}
		}
		m.hear(forwarded("x"))
		late := m.contexts(3)[0]
		m.hear(pb.Message{Type: pb.MsgHeartbeatResp, From: 2, Term: term, Context: m.contexts(2)[0]})
		m.sent = nil
		// Cut off from here on. The heartbeats of a new read reach nobody.
		m.hear(forwarded("y"), forwarded("x"))
		m.hear(pb.Message{Type: pb.MsgHeartbeatResp, From: 3, Term: term, Context: late})
		var answered []string
		for i := range m.sent {
			if m.sent[i].Type == pb.MsgReadIndexResp {
				answered = append(answered, string(m.sent[i].Entries[0].Data))
			}
		}
		if theirs {
			require.Equal(t, []string{"y", "x"}, answered)
		} else {
			require.Empty(t, answered)
		}
	})
}

func TestEtcdSwallowsASecondReadWithTheSameContext(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		term := m.lead(true)
		read := []pb.Entry{{Data: []byte("x")}}
		m.hear(pb.Message{Type: pb.MsgReadIndex, From: 2, Entries: read}, pb.Message{Type: pb.MsgReadIndex, From: 3, Entries: read})
		for _, context := range m.contexts(2) {
			m.hear(pb.Message{Type: pb.MsgHeartbeatResp, From: 2, Term: term, Context: context})
		}
		answered := map[uint64]bool{}
		for i := range m.sent {
			if m.sent[i].Type == pb.MsgReadIndexResp {
				answered[m.sent[i].To] = true
			}
		}
		require.True(t, answered[2])
		require.Equal(t, !theirs, answered[3])
	})
}

func TestEtcdNeverAnswersAReadWithoutAContext(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		term := m.lead(true)
		m.ReadIndex(nil)
		m.work()
		for _, context := range m.contexts(2) {
			m.hear(pb.Message{Type: pb.MsgHeartbeatResp, From: 2, Term: term, Context: context})
		}
		require.Equal(t, !theirs, len(m.reads) == 1)
	})
}

func TestTheOnlyVoterReadsTooEarlyInEtcdOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		// It had committed and acknowledged 2 and 3, but not stored that it had.
		log := []pb.Entry{{Term: 1, Index: 2, Data: []byte("x")}, {Term: 1, Index: 3, Data: []byte("y")}}
		m := newMember(t, theirs, pb.ConfState{Voters: []uint64{1}}, 1, log, nil)
		require.NoError(t, m.Campaign())
		for m.BasicStatus().RaftState != raft.StateLeader {
			m.finish(m.Ready())
		}
		m.ReadIndex([]byte("x"))
		m.work()
		require.Len(t, m.reads, 1)
		require.Equal(t, theirs, m.reads[0].Index < 3, "index %d", m.reads[0].Index)
	})
}

func TestALeaderThatRemovedItselfReadsAloneInEtcdOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, pb.ConfState{Voters: []uint64{1, 2}}, 1, nil, func(c *raft.Config) { c.LeadAfterRemoval = true })
		m.lead(true)
		m.ApplyConfChange(pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: 1})
		m.ReadIndex([]byte("x"))
		m.work()
		require.Equal(t, theirs, len(m.reads) == 1)
	})
}

func TestALoneVoterOfBothHalvesReadsAloneInOursOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, pb.ConfState{Voters: []uint64{1}, VotersOutgoing: []uint64{1}}, 1, nil, nil)
		require.NoError(t, m.Campaign())
		m.work()
		require.Equal(t, raft.StateLeader, m.BasicStatus().RaftState)
		m.ReadIndex([]byte("x"))
		m.work()
		require.Equal(t, !theirs, len(m.reads) == 1)
	})
}

func TestAPostponedReadOfTheOnlyVoterIsNotAnsweredByEtcd(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, pb.ConfState{Voters: []uint64{1, 2}}, 1, nil, nil)
		term := m.lead(false)
		m.ReadIndex([]byte("x")) // waits for a commit of this term
		m.work()
		// Node 2 leads next, and leaves.
		leave := change(t, term+1, 2, "r2", pb.ConfChangeTransitionAuto)
		m.hear(pb.Message{Type: pb.MsgApp, From: 2, Term: term + 1, Index: 1, LogTerm: 1, Entries: []pb.Entry{leave}, Commit: 2})
		require.Equal(t, "voters=(1)", statusConfig(m))
		require.NoError(t, m.Campaign())
		m.work()
		require.Equal(t, raft.StateLeader, m.BasicStatus().RaftState)
		require.Equal(t, !theirs, len(m.reads) == 1)
	})
}

func statusConfig(m *member) string {
	s := m.Status()
	s.Config.AutoLeave = false
	return s.Config.String()
}

func TestASnapshotDuringAChangeEndsInAWrongConfigurationInEtcd(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		add := change(t, 1, 2, "v4", pb.ConfChangeTransitionAuto)
		require.NoError(t, m.Step(pb.Message{Type: pb.MsgApp, From: 2, To: 1, Term: 1, Index: 1, LogTerm: 1, Entries: []pb.Entry{add}, Commit: 2}))
		rd := m.Ready() // adds node 4, which a later change removed again
		snap := pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 9, Term: 1, ConfState: three}}
		require.NoError(t, m.Step(pb.Message{Type: pb.MsgSnap, From: 2, To: 1, Term: 1, Snapshot: &snap}))
		m.finish(rd)
		m.hear(pb.Message{Type: pb.MsgSnap, From: 2, Term: 1, Snapshot: &snap}) // sent again
		require.Equal(t, uint64(9), m.BasicStatus().Commit)
		want := "voters=(1 2 3)"
		if theirs {
			want = "voters=(1 2 3 4)"
		}
		require.Equal(t, want, statusConfig(m))
	})
}

func TestEtcdsStatusDoesNotShowAutoLeave(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		joint := pb.ConfState{Voters: []uint64{1, 2}, VotersOutgoing: []uint64{1, 2, 3}, AutoLeave: true}
		m := newMember(t, theirs, joint, 1, nil, nil)
		require.Equal(t, !theirs, m.Status().Config.AutoLeave)
	})
}

func TestEtcdAppliesNothingWithoutLimitsOfSize(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		for _, applied := range []uint64{0, 1} {
			m := newMember(t, theirs, pb.ConfState{Voters: []uint64{1}}, 1, nil, func(c *raft.Config) { c.MaxSizePerMsg, c.Applied = 0, applied })
			require.NoError(t, m.Campaign())
			require.Equal(t, theirs && applied == 0, panics(m.work))
			require.Equal(t, theirs, len(m.applied) == 0)
		}
	})
}

func TestAChangeThatCannotBeMadePanicsInEtcd(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, pb.ConfState{Voters: []uint64{1}}, 1, nil, nil)
		remove := pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: 1}
		require.Equal(t, theirs, panics(func() { m.ApplyConfChange(remove) }))
		require.Equal(t, "voters=(1)", statusConfig(m))
	})
}

func TestOursRefusesAcknowledgementsOfWhatIsNotThere(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		term := m.lead(true)
		err := m.Step(pb.Message{Type: pb.MsgAppResp, From: 3, To: 1, Term: term, Index: 100})
		require.Equal(t, theirs, err == nil)
	})
}

func TestEtcdReadsNumbersAcrossTheEndOfTheirList(t *testing.T) {
	list := []byte{1<<3 | 2, 1, 0x80, 0x01} // one byte long, of which the number takes two
	var theirs etcdpb.ConfState
	require.NoError(t, theirs.Unmarshal(list))
	require.Equal(t, []uint64{128}, theirs.Voters)
	var ours pb.ConfState
	require.Error(t, ours.Unmarshal(list))
}

func TestARestartedVoterKeepsThePromiseOfALeaseInOursOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, func(c *raft.Config) {
			c.CheckQuorum, c.ReadOnlyOption = true, raft.ReadOnlyLeaseBased
		})
		require.NoError(t, m.Campaign())
		require.Equal(t, theirs, m.BasicStatus().RaftState == raft.StateCandidate || m.HasReady())
	})
}

func TestALeaseIsWhatAQuorumAnsweredInOursOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, func(c *raft.Config) {
			c.CheckQuorum, c.ReadOnlyOption = true, raft.ReadOnlyLeaseBased
		})
		for range 10 { // ours is bound by what it may have promised before its start
			m.Tick()
			m.work()
		}
		m.lead(true)
		for range 12 { // nobody answers any more; check-quorum has had its look
			m.Tick()
			m.work()
		}
		require.Equal(t, raft.StateLeader, m.BasicStatus().RaftState)
		m.ReadIndex([]byte("x"))
		m.work()
		require.Equal(t, theirs, len(m.reads) == 1)
	})
}

// A message for another member makes etcd's commit what a leader of an old term has
// left here, though the leader of the new one has other entries there.
func TestAMessageForAnotherMemberCommitsInEtcdOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, []pb.Entry{{Term: 1, Index: 2, Data: []byte("lost")}}, nil)
		_ = m.Step(pb.Message{Type: pb.MsgHeartbeat, From: 2, To: 3, Term: 2, Commit: 2})
		m.work()
		require.Equal(t, theirs, len(m.applied) == 1)
	})
}

func TestATermOfTheFarFutureIsEnteredByEtcdOnly(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, nil)
		_ = m.Step(pb.Message{Type: pb.MsgHeartbeat, From: 2, To: 1, Term: 1<<64 - 2})
		require.Equal(t, theirs, m.BasicStatus().Term == 1<<64-2)
	})
}

func TestEtcdStartsToCountUncommittedBytesAnewInEachTerm(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, func(c *raft.Config) { c.MaxUncommittedEntriesSize = 1000 })
		accepted := 0
		for range 10 {
			term := m.lead(false)
			if m.Propose(make([]byte, 1000)) == nil {
				accepted++
			}
			m.work()
			m.hear(pb.Message{Type: pb.MsgAppResp, From: 3, Term: term + 1}) // of another term
		}
		want := 1
		if theirs {
			want = 10
		}
		require.Equal(t, want, accepted)
	})
}

// The leader's own disk is stalled; the others have what it proposed.
func TestAStalledDiskKeepsEtcdsUncommittedBytes(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		m := newMember(t, theirs, three, 1, nil, func(c *raft.Config) { c.AsyncStorageWrites, c.MaxUncommittedEntriesSize = true, 1000 })
		require.NoError(t, m.Campaign())
		for _, msg := range m.Ready().Messages {
			for _, r := range msg.Responses {
				if r.To == 1 {
					require.NoError(t, m.Step(r))
				}
			}
		}
		require.NoError(t, m.Step(pb.Message{Type: pb.MsgVoteResp, From: 2, To: 1, Term: 2}))
		require.NoError(t, m.Propose(make([]byte, 1000)))
		m.Ready() // nothing of it is ever saved
		require.NoError(t, m.Step(pb.Message{Type: pb.MsgAppResp, From: 2, To: 1, Term: 2, Index: 3}))
		require.NoError(t, m.Step(pb.Message{Type: pb.MsgAppResp, From: 3, To: 1, Term: 2, Index: 3}))
		require.EqualValues(t, 3, m.BasicStatus().Commit)
		require.Equal(t, theirs, m.Propose(make([]byte, 1000)) != nil)
	})
}

// An application with a durable state machine is ahead of the durable commit index.
func TestAnApplicationAheadOfTheCommitIndexPanicsInEtcd(t *testing.T) {
	both(t, func(t *testing.T, theirs bool) {
		start := func() {
			newMember(t, theirs, three, 1, []pb.Entry{{Term: 1, Index: 2}}, func(c *raft.Config) { c.Applied = 2 })
		}
		if theirs {
			require.Panics(t, start)
		} else {
			start()
		}
	})
}
