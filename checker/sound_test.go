package checker_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// watchful watches what depends on options, too. A run has a tick an event.
var watchful = checker.Options{ReadRounds: true, LeaseTicks: 8, PatienceTicks: 80, TransferTicks: 40}

// soundRuns come close to a violation and are none.
var soundRuns = []struct {
	name  string
	hosts uint64
	tells func(r *run)
}{
	{"a new leader overwrites what was never committed", 5, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.replicate(3, 1, 2, 4, 5)
		r.commit(5, 3, 1, 2)
	}},
	{"an entry of an earlier term is committed under one of the leader's own", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(2, 3, 3, 4)
		r.replicate(2, 3, 4)
		r.commit(6, 2, 3)
	}},
	{"a commit shows only after its leader was deposed", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		h := r.hosts[1]
		h.hs = pb.HardState{Term: 3, Commit: 5}
		r.hear(1, 3)
		r.tick().Offered(1, soft(raft.StateFollower), h.hs, nil, h.entries[4:5], nil, true)
		r.c.Persisted(1, h.hs, nil, nil)
	}},
	{"an acknowledgement leaves after its host moved on to a later term", 5, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.elect(3, 3, 4, 5)
		r.take(2, 3, r.hosts[3].entries[4:5])
		r.c.Persisted(2, r.hosts[2].hs, r.hosts[2].entries[4:5], nil)
		r.sent(2, pb.Message{Type: pb.MsgAppResp, To: 1, Term: 2, Index: 5})
	}},
	{"a pre-vote leaves after hundreds of other requests, and a vote in its term", 5, func(r *run) {
		ask := pb.Message{Type: pb.MsgPreVote, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.pass(3, ask)
		r.stand(4, 3)
		r.vote(4, 3, 2)
		for range 1000 {
			r.pass(3, ask) // again and again, too late to be granted
		}
		r.sent(2, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 3})
	}},
	{"a vote leaves after its voter moved on to a later term", 3, func(r *run) {
		r.stand(3, 3)
		h := r.hosts[2]
		h.hs.Term, h.hs.Vote = 4, 0
		r.hear(2, 4)
		r.tick().Offered(2, soft(raft.StateFollower), h.hs, nil, nil, nil, true)
		r.c.Persisted(2, h.hs, nil, nil)
		r.sent(2, pb.Message{Type: pb.MsgVoteResp, To: 3, Term: 3})
	}},
	{"a host votes again in a later term, and repeats a vote", 3, func(r *run) {
		r.stand(1, 3)
		r.vote(1, 3, 2)
		r.vote(1, 3, 2)
		r.stand(3, 4)
		r.vote(3, 4, 2)
		r.lead(3)
	}},
	{"a write that was not synced survives a crash", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.crash(2, false)
		r.start(2)
		r.pass(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 5, LogTerm: 2})
		r.ack(2, 1, 5)
	}},
	{"a write that was not synced is lost in a crash", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.crash(2, false)
		r.hosts[2].entries = r.hosts[2].entries[:4]
		r.start(2)
		r.replicate(1, 2)
		r.commit(5, 1, 2)
	}},
	{"a write that replaces durable entries survives without a sync", 3, func(r *run) {
		r.propose(1, "c", "d")
		r.elect(3, 3, 2)
		r.take(1, 3, r.hosts[3].entries[4:5])
		r.crash(1, false)
		r.start(1)
	}},
	{"a fault takes what was durable, and is excused", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.forget(2, 4)
		r.commit(5, 1)
		r.replicate(1, 2, 3)
	}},
	{"a lagging follower takes a snapshot", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1, 2)
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 5, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(1, snap, r.hosts[1].state)
		r.pass(1, pb.Message{Type: pb.MsgSnap, To: 3, Term: 2, Snapshot: snap})
		hs := pb.HardState{Term: 2, Vote: 1, Commit: 5}
		r.tick().Offered(3, nil, hs, nil, nil, snap, true)
		r.c.Persisted(3, hs, nil, snap)
		r.c.Installed(3, snap)
		r.c.ConfChanged(3, 5, r.conf)
		r.c.AppliedState(3, 5, r.hosts[1].state)
		r.sent(3, pb.Message{Type: pb.MsgAppResp, To: 1, Term: 2, Index: 5})
		r.sent(1, pb.Message{Type: pb.MsgHeartbeat, To: 3, Term: 2, Commit: 5})
		r.tick().Compacted(1, 5)
		r.propose(1, "d")
		r.crash(3, false)
		r.tick().Started(3, hs, *snap, nil)
		r.c.ConfChanged(3, 5, r.conf)
	}},
	{"a leader restarts and the next one goes on", 3, func(r *run) {
		r.propose(1, "c")
		r.crash(1, false)
		r.elect(2, 3, 3)
		r.replicate(2, 3)
		r.commit(5, 2, 3)
		r.start(1)
		r.replicate(2, 1)
		r.commit(5, 1)
	}},
	{"voters change one by one and through a joint configuration", 3, func(r *run) {
		joint := pb.ConfState{Voters: []uint64{2, 3, 4}, VotersOutgoing: []uint64{4, 3, 2, 1}}
		for _, id := range []uint64{2, 1} {
			r.tick().ConfChanged(id, 2, pb.ConfState{Voters: []uint64{3, 2, 1}, Learners: []uint64{4}})
			r.tick().ConfChanged(id, 3, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
			r.tick().ConfChanged(id, 4, joint)
		}
		r.tick().ConfChanged(3, 4, pb.ConfState{Voters: []uint64{2, 3, 4}, VotersOutgoing: []uint64{1, 2, 3, 4}})
	}},
	{"a leader counts under the configuration it has just left", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
		r.commit(5, 1)
	}},
	{"a pre-vote changes nothing and asks for the next term", 3, func(r *run) {
		r.tick().Offered(3, soft(raft.StatePreCandidate), nobody, nil, nil, nil, false)
		r.sent(3, pb.Message{Type: pb.MsgPreVote, To: 2, Term: 3, Index: 4, LogTerm: 2})
		r.sent(2, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 3})
		r.sent(1, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 2, Reject: true})
	}},
	{"one change of configuration follows another once it is applied", 3, func(r *run) {
		change := []pb.Entry{{Index: 5, Term: 2, Type: pb.EntryConfChange}}
		r.hosts[1].entries = append(r.hosts[1].entries, change...)
		r.tick().Offered(1, nil, nobody, change, nil, nil, true)
		r.c.Persisted(1, nobody, change, nil)
		r.replicate(1, 2)
		r.commit(5, 1)
		r.tick().Offered(1, nil, nobody, []pb.Entry{{Index: 6, Term: 2, Type: pb.EntryConfChange}}, nil, nil, true)
	}},
	{"reads, commands and retries as they should be", 3, func(r *run) {
		r.tick().ReadRequested(1)
		r.tick().ReadServed(2, 1, 4)
		r.tick().ReadServed(2, 1, 4) // the answer is asked for again
		r.tick().ReadRequested(2)
		r.c.ReadAbandoned(2)
		for host := uint64(1); host <= 3; host++ {
			r.tick().Executed(host, 3, 9, 1, false)
			r.tick().Executed(host, 4, 9, 1, true)
		}
		r.tick().Acknowledged(9, 1)
		r.tick().Progress(1, 2, 4, 5)
		r.tick().Progress(2, 1, 99, 1) // no leader: what it believes is past
	}},
	{"a leader learns that a follower has lost what it acknowledged", 3, func(r *run) {
		r.tick().Progress(1, 2, 4, 5)
		r.forget(2, 3)
		r.tick().Progress(1, 2, 0, 1)
	}},
	{"terms are entered by campaigning and by what others say", 3, func(r *run) {
		refusal := pb.Message{Type: pb.MsgPreVoteResp, From: 1, To: 3, Term: 5, Reject: true}
		r.tick().Received(3, &refusal)
		r.term(3, 5, 0, raft.StateFollower)
		r.term(3, 6, 3, raft.StateCandidate)
	}},
	{"a follower commits what a heartbeat or an append lets it", 3, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2, 3)
		r.commit(6, 1)
		r.tick().Received(2, &pb.Message{Type: pb.MsgApp, From: 1, To: 2, Term: 2, Index: 4, LogTerm: 2, Commit: 6, Entries: r.hosts[1].entries[4:6]})
		r.commit(6, 2)
		r.tick().Received(3, &pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 3, Term: 2, Commit: 5})
		r.commit(5, 3)
	}},
	{"configurations follow from their entries", 3, func(r *run) {
		r.change(1, 5, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeAddLearnerNode, NodeID: 4}}})
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4}})
		r.change(1, 6, pb.ConfChangeV2{Transition: pb.ConfChangeTransitionJointExplicit, Changes: []pb.ConfChangeSingle{
			{Type: pb.ConfChangeAddLearnerNode, NodeID: 3}, {Type: pb.ConfChangeAddNode, NodeID: 4}, {Type: pb.ConfChangeUpdateNode, NodeID: 2},
			{Type: pb.ConfChangeRemoveNode, NodeID: 5}, {Type: pb.ConfChangeAddNode},
		}})
		r.tick().ConfChanged(1, 6, pb.ConfState{Voters: []uint64{4, 1, 2}, VotersOutgoing: []uint64{1, 2, 3}, LearnersNext: []uint64{3}})
		r.change(1, 7, pb.ConfChangeV2{})
		r.tick().ConfChanged(1, 7, pb.ConfState{Voters: []uint64{1, 2, 4}, Learners: []uint64{3}})
		r.change(1, 8, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeRemoveNode, NodeID: 3}}})
		r.tick().ConfChanged(1, 8, pb.ConfState{Voters: []uint64{1, 2, 4}})
	}},
	{"requests for votes and strangers are ignored", 3, func(r *run) {
		r.tick().Received(1, &pb.Message{Type: pb.MsgVote, From: 3, To: 1, Term: 3})
		r.tick().Received(1, &pb.Message{Type: pb.MsgPreVote, From: 3, To: 1, Term: 3})
		r.tick().Received(1, &pb.Message{Type: pb.MsgAppResp, From: 9, To: 1, Term: 3})
		r.propose(1, "c")
	}},
	{"a pre-vote leaves after its voter has learned more", 3, func(r *run) {
		ask := pb.Message{Type: pb.MsgPreVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.sent(3, ask)
		r.tick().Received(2, &ask)
		r.propose(1, "c")
		r.replicate(1, 2)
		r.sent(2, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 3})
	}},
	{"reads are confirmed by a round of their own or a later one", 5, func(r *run) {
		r.round(1, "first", 2)
		r.round(1, "second", 3)
		r.tick().ReadConfirmed(1, []byte("first"), 4)
		r.round(1, "second", 5)
		r.tick().ReadConfirmed(1, []byte("second"), 4)
		r.tick().ReadConfirmed(2, []byte("any"), 4) // as its leader has told it
	}},
	{"a read was confirmed under the configuration just left", 3, func(r *run) {
		r.round(1, "read", 2)
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.tick().ReadConfirmed(1, []byte("read"), 4)
	}},
	{"a leader makes the context of a read its own", 3, func(r *run) {
		r.round(1, "read00000001", 2)
		r.tick().ReadConfirmed(1, []byte("read"), 4)
	}},
	{"a vote for the one whom the leader hands over to", 3, func(r *run) {
		r.beat(1, 2)
		r.term(3, 3, 3, raft.StateCandidate)
		r.pass(3, pb.Message{Type: pb.MsgVote, To: 2, Term: 3, Index: 4, LogTerm: 2, Context: []byte("CampaignTransfer")})
		r.vote(3, 3, 2)
	}},
	{"a vote once the leader was silent for long", 3, func(r *run) {
		r.beat(1, 2)
		r.wait(8)
		r.elect(3, 3, 2)
	}},
	{"a vote of a host that its leader told to campaign", 3, func(r *run) {
		r.beat(1, 2)
		r.pass(1, pb.Message{Type: pb.MsgTimeoutNow, To: 2, Term: 2})
		r.elect(3, 3, 2)
	}},
	{"a vote after a later term was heard of, in which nobody leads", 3, func(r *run) {
		r.beat(1, 2)
		r.pass(3, pb.Message{Type: pb.MsgAppResp, To: 2, Term: 2, Reject: true})
		r.tick().Received(2, &pb.Message{Type: pb.MsgAppResp, From: 3, To: 2, Term: 3, Reject: true})
		r.stand(3, 4)
		r.vote(3, 4, 2)
	}},
	{"a vote of a host that had campaigned before it heard from its old leader", 3, func(r *run) {
		r.pass(1, pb.Message{Type: pb.MsgHeartbeat, To: 2, Term: 2, Commit: 4})
		r.stand(2, 3) // the heartbeat found a candidate
		r.stand(3, 4)
		r.vote(3, 4, 2)
	}},
	{"a leader goes on while a majority answers", 3, func(r *run) {
		r.wait(50)
		r.ack(2, 1, 4)
		r.wait(50)
		r.propose(1, "c")
	}},
	{"a leader was asked to hand over while nobody answers", 3, func(r *run) {
		r.wait(70)
		r.tick().TransferAsked(1, 3)
		r.wait(50)
		r.propose(1, "c")
	}},
	{"a transfer that nobody took over is given up", 3, func(r *run) {
		r.asked(1, 3)
		r.handOver(1, 3)
		r.wait(40)
		r.propose(1, "c")
	}},
	{"a leader takes its transfer back before it has told the other to campaign", 3, func(r *run) {
		r.asked(1, 3)
		r.tick().TransferAsked(1, 1)
		r.handOver(1, 3) // it waited for the disk
		r.propose(1, "c")
	}},
	{"a leader takes its transfer back after it has told the other to campaign", 3, func(r *run) {
		r.asked(1, 3)
		r.handOver(1, 3)
		r.tick().TransferAsked(1, 1)
		r.propose(1, "c")
	}},
	{"a leader takes a transfer back, takes an entry, and begins it anew, all while it waits for the disk", 3, func(r *run) {
		r.asked(1, 3)
		r.tick().TransferAsked(1, 1)
		r.tick().TransferAsked(1, 3)
		r.handOver(1, 3)
		r.propose(1, "c") // taken between the two
	}},
	{"a leader turns to another host while it waits for the disk, and gives that up", 3, func(r *run) {
		r.asked(1, 3)
		r.tick().TransferAsked(1, 2)
		r.handOver(1, 3)
		r.tick().TransferAsked(1, 1)
		r.propose(1, "c")
	}},
	{"a transfer to a host that is a learner by now is given up", 3, func(r *run) {
		r.asked(1, 3)
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{3}})
		r.handOver(1, 3) // offered before
		r.propose(1, "c")
	}},
	{"a vote of a host that was told to forget its leader", 3, func(r *run) {
		r.beat(1, 2)
		r.c.LeaderForgotten(2)
		r.elect(3, 3, 2)
	}},
	{"leadership is handed over to a voter that has everything", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 3, Term: 2})
		r.propose(1, "c") // nobody has asked for a transfer that would still last
		r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 3, Term: 2})
	}},
	{"a leader counts what it held when it was elected", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.elect(2, 3, 3)
		r.c.Progress(2, 2, 5, 6) // its disk has it with the next
	}},
	{"a host is removed and comes back with nothing", 3, func(r *run) {
		r.tick().Progress(1, 3, 4, 5)
		r.c.ConfChanged(1, 3, pb.ConfState{Voters: []uint64{1, 2}})
		r.c.ConfChanged(1, 4, r.conf)
		r.c.Progress(1, 3, 0, 1)
	}},
	{"a read without a round of its own, for there was nobody to ask", 3, func(r *run) {
		r.tick().ReadBegun(1, []byte("read"))
		r.wait(2)
		r.round(1, "another", 2)
		r.tick().ReadConfirmed(1, []byte("read"), 4)
	}},
	{"entries are offered twice", 3, func(r *run) {
		r.tick().Offered(1, nil, nobody, r.hosts[1].entries[2:4], nil, nil, true)
	}},
}

func TestSoundRunsAreNotAccused(t *testing.T) {
	for _, s := range soundRuns {
		t.Run(s.name, func(t *testing.T) {
			r := settled(s.hosts, watchful)
			s.tells(r)
			require.Nil(t, r.c.First(), "%s", r)
		})
	}
}

// Nodes may be founded by entries that add each of them, instead of a snapshot:
// they are committed before there is a leader.
func TestFoundingEntriesAreNotAccused(t *testing.T) {
	c := checker.NewProtocol(checker.Options{})
	var founding []pb.Entry
	for i := range uint64(3) {
		founding = append(founding, pb.Entry{Index: i + 1, Term: 1, Type: pb.EntryConfChange, Data: []byte{byte(i + 1)}})
	}
	hs := pb.HardState{Term: 1, Commit: 3}
	for id := uint64(1); id <= 3; id++ {
		c.Started(id, pb.HardState{}, pb.Snapshot{}, nil)
		c.ConfChanged(id, 0, pb.ConfState{})
		c.Offered(id, soft(raft.StateFollower), hs, founding, founding, nil, true)
		c.Persisted(id, hs, founding, nil)
		for i := range founding {
			c.Applied(id, &founding[i])
			c.ConfChanged(id, founding[i].Index, pb.ConfState{Voters: []uint64{1, 2, 3}})
		}
	}
	require.Empty(t, c.Violations())
}

// A cluster of one is its own quorum, and must have its vote and its entries
// on disk all the same.
func TestClusterOfOneCountsItsOwnDisk(t *testing.T) {
	r := newRun(1, checker.Options{})
	r.elect(1, 2)
	r.propose(1, "a")
	r.commit(3, 1)
	require.Nil(t, r.c.First(), "%s", r)
	r.tick().Offered(1, nil, pb.HardState{Term: 2, Vote: 1, Commit: 4}, r.made(1, "b"), nil, nil, true)
	require.Equal(t, "commit quorum", r.c.First().Property)
}

func TestAllIsForgottenButWhatIsDurable(t *testing.T) {
	r := settled(3, checker.Options{})
	r.crash(1, false)
	r.elect(2, 3, 3)
	r.start(1)
	r.tick().Progress(1, 2, 99, 1) // it does not lead any more
	require.Nil(t, r.c.First(), "%s", r)
}

func TestCheckingAllocatesNothingInTheSteadyState(t *testing.T) {
	r := settled(3, checker.Options{})
	leader, follower := r.hosts[1].hs, r.hosts[2].hs
	beat := pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 2, Term: 2, Commit: 4}
	app := pb.Message{Type: pb.MsgApp, From: 1, To: 2, Term: 2, Index: 3, LogTerm: 2, Entries: r.hosts[1].entries[3:4], Commit: 4}
	ack := pb.Message{Type: pb.MsgAppResp, From: 2, To: 1, Term: 2, Index: 4}
	require.Zero(t, testing.AllocsPerRun(100, func() {
		r.c.At(1, 1)
		r.c.Offered(1, nil, leader, r.hosts[1].entries[3:4], nil, nil, true)
		r.c.Persisted(1, leader, r.hosts[1].entries[3:4], nil)
		r.c.Sent(1, &app)
		r.c.Received(2, &app)
		r.c.Offered(2, nil, follower, app.Entries, nil, nil, true)
		r.c.Persisted(2, follower, app.Entries, nil)
		r.c.Sent(2, &ack)
		r.c.Sent(1, &beat)
		r.c.AppliedState(2, 4, r.hosts[2].state)
		r.c.Progress(1, 2, 4, 5)
		r.c.ReadRequested(7)
		r.c.ReadServed(2, 7, 4)
		r.c.Executed(1, 4, 9, 1, false)
	}))
	require.Nil(t, r.c.First(), "%s", r)
}

func TestReadUnderALeaseNeedsNoRound(t *testing.T) {
	r := settled(3, checker.Options{})
	r.tick().ReadConfirmed(1, []byte("read"), 4)
	require.Nil(t, r.c.First(), "%s", r)
}

func TestRoundsOfALongTermAreForgottenInTime(t *testing.T) {
	r := settled(3, watchful)
	for i := range 10_000 {
		context := strconv.Itoa(i)
		r.round(1, context, 3)
		r.tick().ReadConfirmed(1, []byte(context), 4)
	}
	require.Nil(t, r.c.First(), "%s", r)
}

func BenchmarkProposal(b *testing.B) {
	r := settled(3, checker.Options{})
	b.ReportAllocs()
	data := make([]byte, 64)
	index := uint64(4)
	entries := make([]pb.Entry, 1)
	for b.Loop() {
		index++
		entries[0] = pb.Entry{Index: index, Term: 2, Data: data}
		hs := pb.HardState{Term: 2, Vote: 1, Commit: index}
		r.c.Offered(1, nil, nobody, entries, nil, nil, true)
		r.c.Persisted(1, nobody, entries, nil)
		for id := uint64(2); id <= 3; id++ {
			app := pb.Message{Type: pb.MsgApp, From: 1, To: id, Term: 2, Index: index - 1, LogTerm: 2, Entries: entries, Commit: index - 1}
			r.c.Sent(1, &app)
			r.c.Offered(id, nil, nobody, entries, nil, nil, true)
			r.c.Persisted(id, nobody, entries, nil)
			ack := pb.Message{Type: pb.MsgAppResp, From: id, To: 1, Term: 2, Index: index}
			r.c.Sent(id, &ack)
		}
		for id := uint64(1); id <= 3; id++ {
			r.c.Offered(id, nil, hs, nil, entries, nil, false)
			r.c.Applied(id, &entries[0])
			r.c.AppliedState(id, index, index)
		}
	}
	if r.c.First() != nil {
		b.Fatal(r.c.First())
	}
}
