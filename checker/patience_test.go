package checker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// promised is a settled cluster whose voters had waited before the election.
func promised() *run {
	r := newRun(3, checker.Options{LeaseTicks: 8, Promise: true})
	r.wait(8)
	r.elect(1, 2, 2, 3)
	r.replicate(1, 2, 3)
	r.propose(1, "a", "b")
	r.replicate(1, 2, 3)
	r.commit(4, 1, 2, 3)
	return r
}

// A voter on whose promise a lease may rest keeps it from its start on: it may
// have heard from a leader before it crashed.
func TestALeaseBindsAVoterThatRestarts(t *testing.T) {
	r := promised()
	r.wait(20)
	r.stand(3, 3)
	r.crash(2, false)
	r.start(2)
	r.pass(3, pb.Message{Type: pb.MsgVote, To: 2, Term: 3, Index: 4, LogTerm: 2})
	r.vote(3, 3, 2)
	require.Equal(t, "vote under a lease", r.c.First().Property)
	require.Contains(t, r.c.First().String(), "n2 starts, and may have heard from a leader before")

	r = promised()
	r.stand(3, 3) // too early itself
	require.Contains(t, r.c.First().String(), "n3 campaigns in term 3 within the lease of a leader")

	r = promised()
	r.wait(20)
	r.stand(3, 3)
	r.crash(2, false)
	r.start(2)
	r.wait(8)
	r.pass(3, pb.Message{Type: pb.MsgVote, To: 2, Term: 3, Index: 4, LogTerm: 2})
	r.vote(3, 3, 2)
	require.Nil(t, r.c.First(), "%s", r)

	// One that comes up with nothing, as a member that has just been added does,
	// has never promised anything.
	r = newRun(3, checker.Options{LeaseTicks: 8, Promise: true, Only: []checker.Property{checker.VoteLease}})
	r.stand(3, 3)
	r.tick().Started(9, pb.HardState{}, pb.Snapshot{}, nil)
	r.tick().Received(9, &pb.Message{Type: pb.MsgVote, From: 3, To: 9, Term: 3, Index: 1, LogTerm: 1})
	r.tick().Offered(9, soft(raft.StateFollower), pb.HardState{Term: 3, Vote: 3}, nil, nil, nil, true)
	r.tick().Sent(9, &pb.Message{Type: pb.MsgVoteResp, From: 9, To: 3, Term: 3})
	require.Nil(t, r.c.First(), "%s", r)
}

// News of a later term, from somebody who does not lead it, sets nobody free: neither
// for that term nor for one after it.
func TestALeaseBindsAVoterThatHearsOfALaterTerm(t *testing.T) {
	for _, asked := range []uint64{3, 4} {
		r := promised()
		r.wait(20)
		r.term(3, asked, 3, raft.StateCandidate)
		r.beat(1, 2)
		r.tick().Received(2, &pb.Message{Type: pb.MsgAppResp, From: 3, To: 2, Term: 3, Reject: true})
		r.tick().Offered(2, soft(raft.StateFollower), follow(3), nil, nil, nil, true)
		r.c.Persisted(2, follow(3), nil, nil)
		r.pass(3, pb.Message{Type: pb.MsgVote, To: 2, Term: asked, Index: 4, LogTerm: 2})
		r.vote(3, asked, 2)
		require.Equal(t, "vote under a lease", r.c.First().Property)
	}
}

// Only a request that makes a leader begin anew gives it more time: to hand over, and
// to hear from its majority.
func TestRequestsThatALeaderIgnoresGiveItNoTime(t *testing.T) {
	for _, c := range []struct {
		name string
		to   uint64
	}{{"an unknown host", 9}, {"a learner", 4}, {"the one it hands over to", 3}} {
		o := checker.Options{TransferTicks: 40, PatienceTicks: 80}
		r := settled(3, o)
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4}})
		r.tick().TransferAsked(1, 3)
		for range 39 {
			r.tick().HandsOver(1, 3)
			r.c.TransferAsked(1, c.to)
		}
		require.Nil(t, r.c.First(), c.name)
		for range 3 {
			r.tick().HandsOver(1, 3)
		}
		require.NotNil(t, r.c.First(), c.name)
		require.Equal(t, "transfer ends", r.c.First().Property)
	}
	for _, to := range []uint64{1, 9} {
		r := settled(3, checker.Options{TransferTicks: 40, PatienceTicks: 80})
		for range 100 {
			r.tick().TransferAsked(1, to)
		}
		r.c.Offered(1, nil, nobody, nil, nil, nil, false)
		require.NotNil(t, r.c.First(), "asked for n%d", to)
		require.Equal(t, "check quorum", r.c.First().Property)
	}
}

// What is counted is each host's own ticks, not virtual time: a host whose clock
// stands still is as patient as one whose clock runs.
func TestPatienceIsCountedInTheTicksOfTheLeader(t *testing.T) {
	r := settled(3, checker.Options{PatienceTicks: 80})
	r.c.At(ms(1_000_000), 1_000)
	r.c.Offered(1, nil, nobody, nil, nil, nil, false)
	require.Nil(t, r.c.First())
	for range 100 {
		r.c.Ticked(1)
	}
	r.c.Offered(1, nil, nobody, nil, nil, nil, false)
	require.Equal(t, "check quorum", r.c.First().Property)
	require.Contains(t, r.c.First().String(), "n1 has last heard from n2 1")
}
