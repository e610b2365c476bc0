package checker_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// planted is a run that breaks one property.
type planted struct {
	property string
	name     string
	hosts    uint64
	breaks   func(r *run)
}

func follow(term uint64) pb.HardState { return pb.HardState{Term: term, Commit: 4} }

var plantedRuns = []planted{
	{"election safety", "two hosts win one term", 5, func(r *run) {
		r.stand(1, 3)
		r.stand(2, 3)
		r.vote(1, 3, 3, 4)
		r.vote(2, 3, 5)
		r.lead(1)
		r.lead(2)
	}},
	{"election safety", "a host that was never elected sends as a leader", 3, func(r *run) {
		r.sent(2, pb.Message{Type: pb.MsgHeartbeat, To: 3, Term: 2})
	}},
	{"election quorum", "a leader with too few votes", 5, func(r *run) {
		r.elect(2, 3, 3)
	}},
	{"election quorum", "a learner leads", 3, func(r *run) {
		r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 3}, Learners: []uint64{2}})
		r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 3}, Learners: []uint64{2}})
		r.tick().Offered(2, nil, nobody, nil, nil, nil, false)
		r.elect(2, 3, 1, 3)
	}},
	{"election quorum", "a leader without the outgoing half", 5, func(r *run) {
		joint := pb.ConfState{Voters: []uint64{1, 2, 3}, VotersOutgoing: []uint64{1, 2, 3, 4, 5}}
		r.tick().ConfChanged(2, 4, joint)
		r.tick().Offered(2, nil, nobody, nil, nil, nil, false)
		r.elect(2, 3, 1)
	}},
	{"one vote a term", "a host votes twice", 5, func(r *run) {
		r.stand(1, 3)
		r.stand(2, 3)
		r.vote(1, 3, 4)
		h := r.hosts[4]
		h.hs.Vote = 0 // forgotten
		r.crash(4, true)
		r.start(4)
		r.vote(2, 3, 4)
	}},
	{"one vote a term", "a host changes its mind", 3, func(r *run) {
		r.term(2, 3, 1, raft.StateFollower)
		r.term(2, 3, 3, raft.StateFollower)
	}},
	{"vote freshness", "a vote for a shorter log", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.stand(3, 3)
		r.vote(3, 3, 2)
	}},
	{"vote freshness", "a vote nobody asked for", 3, func(r *run) {
		r.vote(3, 3, 2)
	}},
	{"vote freshness", "a pre-vote for a shorter log", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1, 2)
		ask := pb.Message{Type: pb.MsgPreVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.sent(3, ask)
		r.tick().Received(2, &ask)
		r.sent(2, pb.Message{Type: pb.MsgPreVoteResp, To: 3, Term: 3})
	}},
	{"pre-vote", "a pre-vote for a term far ahead", 3, func(r *run) {
		r.tick().Offered(3, soft(raft.StatePreCandidate), nobody, nil, nil, nil, false)
		r.sent(3, pb.Message{Type: pb.MsgPreVote, To: 2, Term: 7, Index: 4, LogTerm: 2})
	}},
	{"pre-vote", "being asked for a pre-vote makes a host enter the term", 3, func(r *run) {
		ask := pb.Message{Type: pb.MsgPreVote, From: 3, To: 2, Term: 3, Index: 4, LogTerm: 2}
		r.sent(3, ask)
		r.tick().Received(2, &ask)
		r.tick().Offered(2, nil, follow(3), nil, nil, nil, true)
	}},
	{"leadership transfer", "a learner is told to campaign", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{3}})
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 3, Term: 2})
	}},
	{"leadership transfer", "a host that lags is told to campaign", 3, func(r *run) {
		r.propose(1, "c")
		r.propose(1, "d")
		r.sent(1, pb.Message{Type: pb.MsgTimeoutNow, To: 3, Term: 2})
	}},
	{"leader append-only", "a leader replaces its last entry", 3, func(r *run) {
		r.propose(1, "c")
		r.tick().Offered(1, nil, nobody, []pb.Entry{{Index: 5, Term: 2, Data: []byte("d")}}, nil, nil, true)
	}},
	{"log matching", "a follower keeps another entry of the same term", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, []pb.Entry{{Index: 5, Term: 2, Data: []byte("x")}})
	}},
	{"log matching", "an entry rots on the disk", 3, func(r *run) {
		r.crash(2, true)
		r.hosts[2].entries[2].Data = []byte("rot")
		r.start(2)
	}},
	{"entry origin", "a follower makes an entry of its own", 3, func(r *run) {
		r.take(2, 2, []pb.Entry{{Index: 5, Term: 2, Data: []byte("x")}})
	}},
	{"entry origin", "a restart brings up what was never there", 3, func(r *run) {
		r.crash(2, false)
		r.hosts[2].entries = append(r.hosts[2].entries, pb.Entry{Index: 5, Term: 2})
		r.start(2)
	}},
	{"log order", "an entry skips an index", 3, func(r *run) {
		r.tick().Offered(1, nil, nobody, []pb.Entry{{Index: 7, Term: 2}}, nil, nil, true)
	}},
	{"log order", "the term of an entry goes back", 3, func(r *run) {
		r.elect(2, 3, 3)
		r.tick().Offered(2, nil, nobody, []pb.Entry{{Index: 6, Term: 2}}, nil, nil, true)
	}},
	{"log order", "an entry of a term that the host is not in", 3, func(r *run) {
		r.tick().Offered(2, nil, nobody, []pb.Entry{{Index: 5, Term: 9}}, nil, nil, true)
	}},
	{"log order", "a hole in the recovered log", 3, func(r *run) {
		r.crash(2, true)
		r.hosts[2].entries = slices.Delete(r.hosts[2].entries, 2, 3)
		r.start(2)
	}},
	{"truncation", "an old append cuts off what followed", 3, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.tick().Offered(2, nil, nobody, r.hosts[1].entries[4:5], nil, nil, true)
	}},
	{"committed log", "a follower truncates what it has committed", 3, func(r *run) {
		r.elect(3, 3, 2)
		r.take(2, 3, []pb.Entry{{Index: 3, Term: 3}})
	}},
	{"committed log", "a host commits another entry than is committed", 3, func(r *run) {
		r.propose(1, "c")
		r.elect(3, 3, 2)
		r.replicate(3, 2)
		r.commit(5, 3)
		r.commit(5, 1)
	}},
	{"commit quorum", "a leader counts a follower that has it only in memory", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.commit(5, 1)
	}},
	{"commit quorum", "a leader counts itself before its disk has it", 3, func(r *run) {
		r.tick().Offered(1, nil, nobody, r.made(1, "c"), nil, nil, true)
		r.replicate(1, 2)
		r.commit(5, 1)
	}},
	{"commit quorum", "a leader counts a learner", 4, func(r *run) {
		r.conf = pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4}}
		r.tick().ConfChanged(1, 4, r.conf)
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.propose(1, "c")
		r.replicate(1, 4)
		r.commit(5, 1)
	}},
	{"commit quorum", "a joint configuration commits with one half", 5, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, VotersOutgoing: []uint64{1, 2, 3, 4, 5}})
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
	}},
	{"commit of the own term", "Figure 8: an entry of an earlier term is committed by counting", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(2, 3, 3, 4)
		r.take(3, 3, r.hosts[2].entries[4:5])
		r.tick().Persisted(3, r.hosts[3].hs, r.hosts[2].entries[4:5], nil)
		r.ack(3, 2, 5)
		r.commit(5, 2)
	}},
	{"commit of the own term", "a follower commits by itself", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2, 3)
		r.commit(5, 2)
	}},
	{"commit order", "a commit index goes back", 3, func(r *run) {
		r.tick().Offered(1, nil, pb.HardState{Term: 2, Vote: 1, Commit: 3}, nil, nil, nil, false)
	}},
	{"commit order", "a commit index passes the end of the log", 3, func(r *run) {
		r.tick().Received(2, &pb.Message{Type: pb.MsgHeartbeat, From: 1, To: 2, Term: 2, Commit: 9})
		r.tick().Offered(2, nil, pb.HardState{Term: 2, Vote: 1, Commit: 9}, nil, nil, nil, false)
	}},
	{"commit order", "a host recovers a commit index past its log", 3, func(r *run) {
		r.crash(2, true)
		r.hosts[2].hs.Commit = 9
		r.start(2)
	}},
	{"leader completeness", "a voter that lost its disk elects a leader without a committed entry", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.forget(2, 5)
		r.elect(3, 3, 2)
	}},
	{"leader completeness", "an entry is committed that a later leader lacks already", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.forget(2, 5)
		r.elect(3, 3, 2)
		r.commit(5, 1)
	}},
	{"state machine safety", "a host applies another entry", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.tick().Applied(3, &pb.Entry{Index: 5, Term: 2, Data: []byte("x")})
	}},
	{"state machine safety", "equal logs give different states", 3, func(r *run) {
		r.tick().AppliedState(3, 4, 99)
	}},
	{"apply order", "a host applies an entry twice", 3, func(r *run) {
		r.apply(2, &r.hosts[2].entries[3])
	}},
	{"apply order", "a host skips an entry", 3, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.commit(6, 1)
		r.apply(2, &r.hosts[2].entries[5])
	}},
	{"apply order", "a host applies what is not committed", 3, func(r *run) {
		r.propose(1, "c")
		r.apply(1, &r.hosts[1].entries[4])
	}},
	{"apply order", "a host is told to apply past its commit index", 3, func(r *run) {
		r.propose(1, "c")
		r.tick().Offered(1, nil, nobody, nil, r.hosts[1].entries[4:5], nil, false)
	}},
	{"term durability", "a refusal in a term that is not durable", 3, func(r *run) {
		r.hear(2, 3)
		r.tick().Offered(2, soft(raft.StateFollower), follow(3), nil, nil, nil, true)
		r.sent(2, pb.Message{Type: pb.MsgVoteResp, To: 3, Term: 3, Reject: true})
	}},
	{"vote durability", "a vote leaves before it is durable", 3, func(r *run) {
		r.stand(1, 3)
		r.tick().Offered(2, soft(raft.StateFollower), follow(3), nil, nil, nil, true)
		r.tick().Persisted(2, follow(3), nil, nil)
		r.tick().Offered(2, nil, pb.HardState{Term: 3, Vote: 1, Commit: 4}, nil, nil, nil, true)
		r.sent(2, pb.Message{Type: pb.MsgVoteResp, To: 1, Term: 3})
	}},
	{"vote durability", "a leader counts a vote of its own that is not durable", 3, func(r *run) {
		r.tick().Offered(2, soft(raft.StateCandidate), pb.HardState{Term: 3, Vote: 2, Commit: 4}, nil, nil, nil, true)
		r.hosts[2].hs.Term = 3
		r.sent(2, pb.Message{Type: pb.MsgVote, To: 3, Term: 3, Index: 4, LogTerm: 2})
		r.vote(2, 3, 3)
		r.tick().Offered(2, soft(raft.StateLeader), nobody, nil, nil, nil, false)
	}},
	{"append durability", "an acknowledgement leaves before its entry is durable", 3, func(r *run) {
		r.propose(1, "c")
		r.take(2, 2, r.hosts[1].entries[4:5])
		r.ack(2, 1, 5)
	}},
	{"append durability", "an acknowledgement for another entry than the leader's", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.take(2, 3, nil)
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.ack(2, 3, 5)
	}},
	{"append durability", "an acknowledgement for what the leader has not shown to match", 5, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.pass(3, pb.Message{Type: pb.MsgApp, To: 2, Term: 3, Index: 4, LogTerm: 2})
		r.take(2, 3, nil)
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.ack(2, 3, 5)
	}},
	{"append durability", "an acknowledgement beyond the leader's log", 5, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.elect(3, 3, 4, 5)
		r.hear(2, 3)
		r.take(2, 3, nil)
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.ack(2, 3, 6)
	}},
	{"durable state", "a vote is gone after a restart", 3, func(r *run) {
		r.crash(2, false)
		r.hosts[2].hs.Vote = 0
		r.start(2)
	}},
	{"durable state", "a term is gone after a restart", 3, func(r *run) {
		r.term(2, 3, 0, raft.StateFollower)
		r.crash(2, false)
		r.hosts[2].hs.Term = 2
		r.start(2)
	}},
	{"durable state", "an entry is gone after a restart", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.crash(2, false)
		r.hosts[2].entries = r.hosts[2].entries[:4]
		r.start(2)
	}},
	{"durable state", "a commit index is gone after a restart", 3, func(r *run) {
		r.tick().Persisted(2, r.hosts[2].hs, nil, nil)
		r.crash(2, false)
		r.hosts[2].hs.Commit = 1
		r.start(2)
	}},
	{"durable state", "a snapshot is gone after a restart", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, r.hosts[2].state)
		r.tick().Persisted(2, nobody, nil, snap)
		r.crash(2, false)
		r.start(2)
	}},
	{"term order", "a term goes back", 3, func(r *run) {
		r.tick().Offered(2, nil, pb.HardState{Term: 1, Commit: 4}, nil, nil, nil, true)
	}},
	{"term order", "a leader ignores a later term", 3, func(r *run) {
		r.tick().Received(1, &pb.Message{Type: pb.MsgAppResp, From: 2, To: 1, Term: 3, Reject: true})
		r.propose(1, "c")
	}},
	{"snapshot", "a snapshot of what is not committed", 3, func(r *run) {
		r.propose(1, "c")
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 5, Term: 2, ConfState: r.conf}}
		r.sent(1, pb.Message{Type: pb.MsgSnap, To: 3, Term: 2, Snapshot: snap})
	}},
	{"snapshot", "a snapshot with the wrong term", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 1, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, r.hosts[2].state)
	}},
	{"snapshot", "a snapshot with a stale configuration", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4}})
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, r.hosts[2].state)
	}},
	{"snapshot", "a snapshot of another state", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, 77)
	}},
	{"snapshot", "a snapshot that moves a host back", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 3, Term: 2, ConfState: r.conf}}
		r.tick().Offered(2, nil, nobody, nil, nil, snap, true)
	}},
	{"snapshot", "a snapshot installed below what is applied", 3, func(r *run) {
		r.tick().Installed(2, &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 3, Term: 2, ConfState: r.conf}})
	}},
	{"state order", "a log is compacted past its snapshot", 3, func(r *run) {
		r.tick().Compacted(2, 3)
	}},
	{"state order", "a snapshot of what is not applied", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.tick().Snapshotted(2, &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 5, Term: 2, ConfState: r.conf}}, r.hosts[1].state)
	}},
	{"configuration agreement", "two hosts go by different configurations", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
		r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 5}})
	}},
	{"configuration agreement", "a configuration is not what its entry says", 3, func(r *run) {
		r.change(1, 5, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeAddLearnerNode, NodeID: 4}}})
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
	}},
	{"configuration agreement", "a demoted voter vanishes", 3, func(r *run) {
		r.change(1, 5, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{
			{Type: pb.ConfChangeAddLearnerNode, NodeID: 3}, {Type: pb.ConfChangeAddNode, NodeID: 4},
		}})
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 4}, VotersOutgoing: []uint64{1, 2, 3}, LearnersNext: []uint64{3}, AutoLeave: true})
		r.change(1, 6, pb.ConfChangeV2{})
		r.tick().ConfChanged(1, 6, pb.ConfState{Voters: []uint64{1, 2, 4}})
	}},
	{"configuration agreement", "a configuration that is not committed", 3, func(r *run) {
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
	}},
	{"configuration step", "two voters change at once", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 4, 5}})
	}},
	{"configuration step", "a joint configuration forgets where it came from", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{3, 4, 5}, VotersOutgoing: []uint64{1, 2}})
	}},
	{"configuration step", "a joint configuration is left for another half", 5, func(r *run) {
		r.tick().ConfChanged(1, 3, pb.ConfState{Voters: []uint64{1, 2, 3}, VotersOutgoing: []uint64{1, 2, 3, 4, 5}})
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 4}})
	}},
	{"configuration step", "a host is voter and learner", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{3}})
	}},
	{"one configuration change", "two changes in flight", 3, func(r *run) {
		change := func(index uint64) []pb.Entry {
			return []pb.Entry{{Index: index, Term: 2, Type: pb.EntryConfChange, Data: []byte{byte(index)}}}
		}
		r.tick().Offered(1, nil, nobody, change(5), nil, nil, true)
		r.tick().Offered(1, nil, nobody, change(6), nil, nil, true)
	}},
	{"message term", "a message from the future", 3, func(r *run) {
		r.sent(2, pb.Message{Type: pb.MsgHeartbeatResp, To: 1, Term: 3})
	}},
	{"message form", "an append that is not the leader's log", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 4, LogTerm: 1})
	}},
	{"message form", "an append with a hole", 3, func(r *run) {
		r.propose(1, "c")
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 3, LogTerm: 2, Entries: r.hosts[1].entries[4:5]})
	}},
	{"message form", "an append past the leader's log", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 4, LogTerm: 2, Entries: []pb.Entry{{Index: 5, Term: 2}}})
	}},
	{"message form", "a candidate embellishes its log", 3, func(r *run) {
		r.term(2, 3, 2, raft.StateCandidate)
		r.sent(2, pb.Message{Type: pb.MsgVote, To: 3, Term: 3, Index: 9, LogTerm: 2})
	}},
	{"commit hint", "a leader sends a commit index that it has not", 3, func(r *run) {
		r.sent(1, pb.Message{Type: pb.MsgApp, To: 2, Term: 2, Index: 4, LogTerm: 2, Commit: 5})
	}},
	{"commit hint", "a heartbeat commits what the follower may not have", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.sent(1, pb.Message{Type: pb.MsgHeartbeat, To: 3, Term: 2, Commit: 5})
	}},
	{"commit hint", "a follower commits what the leader has not shown to match", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2, 3)
		r.commit(5, 1)
		r.tick().Received(2, &pb.Message{Type: pb.MsgApp, From: 1, To: 2, Term: 2, Index: 4, LogTerm: 2, Commit: 5})
		r.hosts[2].hs.Commit = 5
		r.tick().Offered(2, nil, r.hosts[2].hs, nil, nil, nil, false)
	}},
	{"campaign", "a host campaigns before it has applied a change", 3, func(r *run) {
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
	{"replication progress", "a leader believes what is on no disk", 3, func(r *run) {
		r.propose(1, "c")
		r.tick().Progress(1, 2, 5, 6)
	}},
	{"replication progress", "a match goes back", 3, func(r *run) {
		r.tick().Progress(1, 2, 4, 5)
		r.tick().Progress(1, 2, 3, 5)
	}},
	{"replication progress", "next is not above match", 3, func(r *run) {
		r.tick().Progress(1, 2, 4, 4)
	}},
	{"read index", "a read misses what was committed before it", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2, 3)
		r.commit(5, 1)
		r.tick().ReadRequested(1)
		r.tick().ReadServed(3, 1, 4)
	}},
	{"read index", "a read is served ahead of the state", 3, func(r *run) {
		r.tick().ReadRequested(1)
		r.tick().ReadServed(3, 1, 5)
	}},
	{"session", "a command takes effect twice", 3, func(r *run) {
		r.tick().Executed(1, 3, 7, 1, false)
		r.tick().Executed(1, 4, 7, 1, false)
	}},
	{"session", "commands of a session take effect out of order", 3, func(r *run) {
		r.tick().Executed(1, 3, 7, 2, false)
		r.tick().Executed(1, 4, 7, 1, false)
	}},
	{"session", "a command is acknowledged and never took effect", 3, func(r *run) {
		r.tick().Executed(1, 3, 7, 1, false)
		r.tick().Acknowledged(7, 2)
	}},
}

func TestEachPropertyCatchesItsPlantedViolation(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property+"/"+p.name, func(t *testing.T) {
			r := settled(p.hosts, checker.Options{})
			require.Nil(t, r.c.First(), "the run is broken before anything was planted")
			p.breaks(r)
			first := r.c.First()
			require.NotNil(t, first, "not caught")
			require.Equal(t, p.property, first.Property, "%s", r)
			require.NotEmpty(t, first.Evidence)
			require.NotEmpty(t, first.Source)
			require.LessOrEqual(t, first.Event, r.event)
			require.True(t, slices.IsSorted(first.Hosts))
			require.NotContains(t, first.String(), "%!")
		})
	}
}

func TestEachPropertyCanBeWatchedAlone(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property+"/"+p.name, func(t *testing.T) {
			alone := settled(p.hosts, checker.Options{Only: []string{p.property}})
			p.breaks(alone)
			require.NotEmpty(t, alone.c.Violations())
			for _, v := range alone.c.Violations() {
				require.Equal(t, p.property, v.Property)
			}

			without := settled(p.hosts, checker.Options{Off: []string{p.property}})
			p.breaks(without)
			for _, v := range without.c.Violations() {
				require.NotEqual(t, p.property, v.Property)
			}
		})
	}
}

func TestEachPropertyHasAPlantedViolation(t *testing.T) {
	for _, p := range checker.Properties() {
		require.True(t, slices.ContainsFunc(plantedRuns, func(r planted) bool { return r.property == p.Name }), p.Name)
		require.NotEmpty(t, p.Source, p.Name)
		require.NotEmpty(t, p.About, p.Name)
	}
}

func TestOptionsNameTheirMistake(t *testing.T) {
	require.NoError(t, checker.Options{Only: []string{"snapshot"}}.Validate())
	err := checker.Options{Off: []string{"luck"}}.Validate()
	require.ErrorContains(t, err, `checker: no property "luck", valid are election safety, `)
	require.Panics(t, func() { checker.NewProtocol(checker.Options{Only: []string{"luck"}}) })
}

func TestViolationReadsLikeAStory(t *testing.T) {
	r := settled(5, checker.Options{})
	plantedRuns[0].breaks(r)
	require.Equal(t, `election safety (Raft §5.2, Figure 3): term 3 has two leaders
  n1 elected in term 3 at 0.135s (event 135)
  n2 elected in term 3 at 0.136s (event 136)`, r.c.First().String())
	require.Equal(t, []uint64{1, 2}, r.c.First().Hosts)
	require.Equal(t, "election safety: two leaders", r.c.First().Signature)
}
