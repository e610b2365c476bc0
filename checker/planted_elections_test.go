package checker_test

import (
	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// plantedElections break what is said of terms, votes and leaders.
var plantedElections = []planted{
	{checker.ElectionSafety, "two hosts win one term", 5, func(r *run) {
		r.stand(1, 3)
		r.stand(2, 3)
		r.vote(1, 3, 3, 4)
		r.vote(2, 3, 5)
		r.lead(1)
		r.lead(2)
	}},
	{checker.ElectionSafety, "a host that was never elected sends as a leader", 3, func(r *run) {
		r.sent(2, pb.Message{Type: pb.MsgHeartbeat, To: 3, Term: 2})
	}},
	{checker.ElectionQuorum, "a leader with too few votes", 5, func(r *run) {
		r.elect(2, 3, 3)
	}},
	{checker.ElectionQuorum, "a learner leads", 3, func(r *run) {
		r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 3}, Learners: []uint64{2}})
		r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 3}, Learners: []uint64{2}})
		r.tick().Offered(2, nil, nobody, nil, nil, nil, false)
		r.elect(2, 3, 1, 3)
	}},
	{checker.ElectionQuorum, "a leader without the outgoing half", 5, func(r *run) {
		joint := pb.ConfState{Voters: []uint64{1, 2, 3}, VotersOutgoing: []uint64{1, 2, 3, 4, 5}}
		r.tick().ConfChanged(2, 4, joint)
		r.tick().Offered(2, nil, nobody, nil, nil, nil, false)
		r.elect(2, 3, 1)
	}},
	{checker.OneVote, "a host votes twice", 5, func(r *run) {
		r.stand(1, 3)
		r.stand(2, 3)
		r.vote(1, 3, 4)
		h := r.hosts[4]
		h.hs.Vote = 0 // forgotten
		r.crash(4, true)
		r.start(4)
		r.vote(2, 3, 4)
	}},
	{checker.OneVote, "a host changes its mind", 3, func(r *run) {
		r.term(2, 3, 1, raft.StateFollower)
		r.term(2, 3, 3, raft.StateFollower)
	}},
	{checker.VoteFreshness, "a vote for a shorter log", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.stand(3, 3)
		r.vote(3, 3, 2)
	}},
	{checker.VoteFreshness, "a vote nobody asked for", 3, func(r *run) {
		r.vote(3, 3, 2)
	}},
	{checker.VoteFreshness, "a pre-vote for a shorter log", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1, 2)
		ask := pb.Message{Type: pb.MsgPreVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.sent(3, ask)
		r.tick().Received(2, &ask)
		r.sent(2, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 3})
	}},
	{checker.PreVote, "a pre-vote for a term far ahead", 3, func(r *run) {
		r.tick().Offered(3, soft(raft.StatePreCandidate), nobody, nil, nil, nil, false)
		r.sent(3, pb.Message{Type: pb.MsgPreVote, To: 2, Term: 7, Index: 4, LogTerm: 2})
	}},
	{checker.PreVote, "being asked for a pre-vote makes a host enter the term", 3, func(r *run) {
		ask := pb.Message{Type: pb.MsgPreVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.sent(3, ask)
		r.tick().Received(2, &ask)
		r.tick().Offered(2, nil, follow(3), nil, nil, nil, true)
	}},
	{checker.PreVote, "a pre-vote in a term in which the voter has voted for another", 3, func(r *run) {
		r.stand(2, 3)
		r.vote(2, 3, 1)
		r.pass(3, pb.Message{Type: pb.MsgPreVote, To: 1, Term: 3, Index: r.last(3).Index, LogTerm: r.last(3).Term})
		r.sent(1, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 3})
	}},
	{checker.VoteLease, "a host that hears from its leader votes for another", 3, func(r *run) {
		r.beat(1, 2)
		ask := pb.Message{Type: pb.MsgVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.term(3, 3, 3, raft.StateCandidate)
		r.pass(3, ask)
		r.vote(3, 3, 2)
	}},
	{checker.CheckQuorum, "a leader goes on although nobody answers", 3, func(r *run) {
		r.wait(100)
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a learner is told to campaign", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{3}})
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 3, Term: 2})
	}},
	{checker.LeadershipTransfer, "a leader that hands over takes another entry", 3, func(r *run) {
		r.asked(1, 3)
		r.handOver(1, 3)
		r.wait(5)
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a leader takes another entry when it is asked for a host that is unknown", 3, func(r *run) {
		r.asked(1, 3)
		r.handOver(1, 3)
		r.asked(1, 9)
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a leader takes another entry when it is asked for whom it hands over to", 3, func(r *run) {
		r.asked(1, 3)
		r.handOver(1, 3)
		r.asked(1, 3)
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a leader takes another entry when it is asked for that host again while its message waits", 3, func(r *run) {
		r.asked(1, 3)
		r.tick().TransferAsked(1, 3)
		r.handOver(1, 3)
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a leader takes another entry after it took a transfer back and began it anew", 3, func(r *run) {
		r.asked(1, 3)
		r.asked(1, 1)
		r.handOver(1, 3)
		r.asked(1, 3)
		r.handOver(1, 3)
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a leader takes another entry when a host that it does not hand over to has left", 3, func(r *run) {
		r.asked(1, 3)
		r.handOver(1, 3)
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 3}})
		r.propose(1, "c")
	}},
	{checker.LeadershipTransfer, "a host that lags is told to campaign", 3, func(r *run) {
		r.propose(1, "c")
		r.propose(1, "d")
		r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 3, Term: 2})
	}},
	{checker.TermDurability, "a refusal in a term that is not durable", 3, func(r *run) {
		r.hear(2, 3)
		r.tick().Offered(2, soft(raft.StateFollower), follow(3), nil, nil, nil, true)
		r.sent(2, pb.Message{Type: pb.MsgVoteResp, To: 3, Term: 3, Reject: true})
	}},
	{checker.VoteDurability, "a vote leaves before it is durable", 3, func(r *run) {
		r.stand(1, 3)
		r.tick().Offered(2, soft(raft.StateFollower), follow(3), nil, nil, nil, true)
		r.tick().Persisted(2, follow(3), nil, nil)
		r.tick().Offered(2, nil, pb.HardState{Term: 3, Vote: 1, Commit: 4}, nil, nil, nil, true)
		r.sent(2, pb.Message{Type: pb.MsgVoteResp, To: 1, Term: 3})
	}},
	{checker.VoteDurability, "a leader counts a vote of its own that is not durable", 3, func(r *run) {
		r.tick().Offered(2, soft(raft.StateCandidate), pb.HardState{Term: 3, Vote: 2, Commit: 4}, nil, nil, nil, true)
		r.hosts[2].hs.Term = 3
		r.sent(2, pb.Message{Type: pb.MsgVote, To: 3, Term: 3, Index: 4, LogTerm: 2})
		r.vote(2, 3, 3)
		r.tick().Offered(2, soft(raft.StateLeader), nobody, nil, nil, nil, false)
	}},
	{checker.TermOrder, "a term goes back", 3, func(r *run) {
		r.tick().Offered(2, nil, pb.HardState{Term: 1, Commit: 4}, nil, nil, nil, true)
	}},
	{checker.TermOrder, "an older term is written over a later one", 3, func(r *run) {
		r.term(2, 3, 0, raft.StateFollower)
		r.tick().Persisted(2, follow(2), nil, nil)
	}},
	{checker.OneVote, "another vote is written over the first", 3, func(r *run) {
		r.tick().Persisted(2, pb.HardState{Term: 2, Vote: 3, Commit: 4}, nil, nil)
	}},
	{checker.TermOrder, "a leader ignores a later term", 3, func(r *run) {
		r.tick().Received(1, &pb.Message{Type: pb.MsgAppResp, From: 2, To: 1, Term: 3, Reject: true})
		r.propose(1, "c")
	}},
	{checker.MessageTerm, "a message from the future", 3, func(r *run) {
		r.sent(2, pb.Message{Type: pb.MsgHeartbeatResp, To: 1, Term: 3})
	}},
	{checker.Campaign, "a host campaigns that is no voter", 3, func(r *run) {
		for range 3 { // a decision may show only when the next two have been offered
			r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 3}, Learners: []uint64{2}})
			r.tick().Offered(2, nil, nobody, nil, nil, nil, false)
		}
		r.stand(2, 3)
	}},
	{checker.Campaign, "a host campaigns before it has applied a change", 3, func(r *run) {
		change := []pb.Entry{{Index: 5, Term: 2, Type: pb.EntryConfChange}}
		r.hosts[1].entries = append(r.hosts[1].entries, change...)
		r.tick().Offered(1, nil, nobody, change, nil, nil, true)
		r.c.Persisted(1, nobody, change, nil)
		r.replicate(1, 2)
		r.commit(5, 1)
		r.hosts[2].hs.Commit = 5
		r.tick().Received(2, &pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 2, Term: 2, Commit: 5})
		r.tick().Offered(2, nil, r.hosts[2].hs, nil, change, nil, false)
		r.stand(2, 3)
	}},
}
