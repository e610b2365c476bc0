package checker_test

import (
	"slices"

	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// plantedLogs break what is said of entries, acknowledgements and commits.
var plantedLogs = []planted{
	{checker.LeaderAppendOnly, "a leader replaces its last entry", 3, func(r *run) {
		r.propose(1, "c")
		r.tick().Offered(1, nil, nobody, []pb.Entry{{Index: 5, Term: 2, Data: []byte("d")}}, nil, nil, true)
	}},
	{checker.LogMatching, "a follower keeps another entry of the same term", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, []pb.Entry{{Index: 5, Term: 2, Data: []byte("x")}})
	}},
	{checker.LogMatching, "an entry rots on the disk", 3, func(r *run) {
		r.crash(2, true)
		r.hosts[2].entries[2].Data = []byte("rot")
		r.start(2)
	}},
	{checker.EntryOrigin, "a follower makes an entry of its own", 3, func(r *run) {
		r.take(2, 2, []pb.Entry{{Index: 5, Term: 2, Data: []byte("x")}})
	}},
	{checker.EntryOrigin, "a restart brings up what was never there", 3, func(r *run) {
		r.crash(2, false)
		r.hosts[2].entries = append(r.hosts[2].entries, pb.Entry{Index: 5, Term: 2})
		r.start(2)
	}},
	{checker.LogOrder, "an entry skips an index", 3, func(r *run) {
		r.tick().Offered(1, nil, nobody, []pb.Entry{{Index: 7, Term: 2}}, nil, nil, true)
	}},
	{checker.LogOrder, "the term of an entry goes back", 3, func(r *run) {
		r.elect(2, 3, 3)
		r.tick().Offered(2, nil, nobody, []pb.Entry{{Index: 6, Term: 2}}, nil, nil, true)
	}},
	{checker.LogOrder, "an entry of a term that the host is not in", 3, func(r *run) {
		r.tick().Offered(2, nil, nobody, []pb.Entry{{Index: 5, Term: 9}}, nil, nil, true)
	}},
	{checker.LogOrder, "a hole in the recovered log", 3, func(r *run) {
		r.crash(2, true)
		r.hosts[2].entries = slices.Delete(r.hosts[2].entries, 2, 3)
		r.start(2)
	}},
	{checker.Truncation, "an old append cuts off what followed", 3, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.tick().Offered(2, nil, nobody, r.hosts[1].entries[4:5], nil, nil, true)
	}},
	{checker.CommittedLog, "a follower truncates what it has committed", 3, func(r *run) {
		r.elect(3, 3, 2)
		r.take(2, 3, []pb.Entry{{Index: 3, Term: 3}})
	}},
	{checker.CommittedLog, "a host commits another entry than is committed", 3, func(r *run) {
		r.propose(1, "c")
		r.elect(3, 3, 2)
		r.replicate(3, 2)
		r.commit(5, 3)
		r.commit(5, 1)
	}},
	{checker.CommitQuorum, "a leader counts a follower that has it only in memory", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.commit(5, 1)
	}},
	{checker.CommitQuorum, "a leader counts itself before its disk has it", 3, func(r *run) {
		r.tick().Offered(1, nil, nobody, r.made(1, "c"), nil, nil, true)
		r.replicate(1, 2)
		r.commit(5, 1)
	}},
	{checker.CommitQuorum, "a leader counts a learner", 4, func(r *run) {
		r.conf = pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4}}
		r.tick().ConfChanged(1, 4, r.conf)
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.propose(1, "c")
		r.replicate(1, 4)
		r.commit(5, 1)
	}},
	{checker.CommitQuorum, "a joint configuration commits with one half", 5, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, VotersOutgoing: []uint64{1, 2, 3, 4, 5}})
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
	}},
	{checker.CommitTerm, "Figure 8: an entry of an earlier term is committed by counting", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(2, 3, 3, 4)
		r.take(3, 3, r.hosts[2].entries[4:5])
		r.tick().Persisted(3, r.hosts[3].hs, r.hosts[2].entries[4:5], nil)
		r.ack(3, 2, 5)
		r.commit(5, 2)
	}},
	{checker.CommitTerm, "a follower commits by itself", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2, 3)
		r.commit(5, 2)
	}},
	{checker.CommitOrder, "a commit index goes back", 3, func(r *run) {
		r.tick().Offered(1, nil, pb.HardState{Term: 2, Vote: 1, Commit: 3}, nil, nil, nil, false)
	}},
	{checker.CommitOrder, "a commit index passes the end of the log", 3, func(r *run) {
		r.tick().Received(2, &pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 2, Term: 2, Commit: 9})
		r.tick().Offered(2, nil, pb.HardState{Term: 2, Vote: 1, Commit: 9}, nil, nil, nil, false)
	}},
	{checker.CommitOrder, "a host recovers a commit index past its log", 3, func(r *run) {
		r.crash(2, true)
		r.hosts[2].hs.Commit = 9
		r.start(2)
	}},
	{checker.LeaderCompleteness, "a voter that lost its disk elects a leader without a committed entry", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.forget(2, 5)
		r.elect(3, 3, 2)
	}},
	{checker.LeaderCompleteness, "an entry is committed that a later leader lacks already", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.forget(2, 5)
		r.elect(3, 3, 2)
		r.commit(5, 1)
	}},
	{checker.AppendDurability, "an acknowledgement leaves before its entry is durable", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.ack(2, 1, 5)
	}},
	{checker.AppendDurability, "an acknowledgement for another entry than the leader's", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.take(2, 3, nil)
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.ack(2, 3, 5)
	}},
	{checker.AppendDurability, "an acknowledgement for what the leader has not shown to match", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.pass(3, pb.Message{Type: pb.MsgApp, To: 2, Term: 3, Index: 4, LogTerm: 2})
		r.take(2, 3, nil)
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.ack(2, 3, 5)
	}},
	{checker.AppendDurability, "an acknowledgement beyond the leader's log", 5, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.hear(2, 3)
		r.take(2, 3, nil)
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.ack(2, 3, 6)
	}},
	{checker.DurableState, "a vote is gone after a restart", 3, func(r *run) {
		r.crash(2, false)
		r.hosts[2].hs.Vote = 0
		r.start(2)
	}},
	{checker.DurableState, "a term is gone after a restart", 3, func(r *run) {
		r.term(2, 3, 0, raft.StateFollower)
		r.crash(2, false)
		r.hosts[2].hs.Term = 2
		r.start(2)
	}},
	{checker.DurableState, "an entry is gone after a restart", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.crash(2, false)
		r.hosts[2].entries = r.hosts[2].entries[:4]
		r.start(2)
	}},
	{checker.DurableState, "a commit index is gone after a restart", 3, func(r *run) {
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.crash(2, false)
		r.hosts[2].hs.Commit = 1
		r.start(2)
	}},
	{checker.DurableState, "a snapshot is gone after a restart", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, r.hosts[2].state)
		r.tick().Persisted(2, nobody, nil, snap)
		r.crash(2, false)
		r.start(2)
	}},
	{checker.DurableState, "an entry would be gone after a restart", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		h := r.hosts[2]
		r.tick().WouldStart(2, h.hs, pb.Snapshot{Metadata: r.genesis()}, h.entries[1:]) // as it is
		r.tick().WouldStart(2, h.hs, pb.Snapshot{Metadata: r.genesis()}, h.entries[1:4])
	}},
	{checker.StorageView, "a tail that stays behind a snapshot", 3, func(r *run) {
		term := terms(func(index uint64) uint64 { return r.hosts[2].entries[index-1].Term })
		r.tick().Stored(2, 1, 4, term) // as it is
		r.tick().Stored(2, 1, 5, term)
	}},
	{checker.StorageView, "an entry of another term", 3, func(r *run) {
		r.tick().Stored(2, 1, 4, terms(func(uint64) uint64 { return 1 }))
	}},
	{checker.MessageForm, "an append that is not the leader's log", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 4, LogTerm: 1})
	}},
	{checker.MessageForm, "an append with a hole", 3, func(r *run) {
		r.propose(1, "c")
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 3, LogTerm: 2, Entries: r.hosts[1].entries[4:5]})
	}},
	{checker.MessageForm, "an append past the leader's log", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 4, LogTerm: 2, Entries: []pb.Entry{{Index: 5, Term: 2}}})
	}},
	{checker.MessageForm, "a candidate embellishes its log", 3, func(r *run) {
		r.term(2, 3, 2, raft.StateCandidate)
		r.sent(2, pb.Message{Type: pb.MsgVote, To: 3, Term: 3, Index: 9, LogTerm: 2})
	}},
	{checker.CommitHint, "a leader sends a commit index that it has not", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 4, LogTerm: 2, Commit: 5})
	}},
	{checker.CommitHint, "a heartbeat commits what the follower may not have", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.sent(1, pb.Message{Type: pb.MsgHeartbeat, To: 3, Term: 2, Commit: 5})
	}},
	{checker.CommitHint, "a follower commits what the leader has not shown to match", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2, 3)
		r.commit(5, 1)
		r.tick().Received(2, &pb.Message{Type: pb.MsgApp, From: 1, To: 2, Term: 2, Index: 4, LogTerm: 2, Commit: 5})
		r.hosts[2].hs.Commit = 5
		r.tick().Offered(2, nil, r.hosts[2].hs, nil, nil, nil, false)
	}},
	{checker.ReplicationProgress, "a leader believes what is on no disk", 3, func(r *run) {
		r.propose(1, "c")
		r.tick().Progress(1, 2, 5, 6)
	}},
	{checker.ReplicationProgress, "a match goes back", 3, func(r *run) {
		r.tick().Progress(1, 2, 4, 5)
		r.tick().Progress(1, 2, 3, 5)
	}},
	{checker.ReplicationProgress, "next is not above match", 3, func(r *run) {
		r.tick().Progress(1, 2, 4, 4)
	}},
}

// terms is a log that has these terms.
type terms func(index uint64) uint64

func (t terms) Term(index uint64) (uint64, error) { return t(index), nil }
