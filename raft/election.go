package raft

import (
	"math"

	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
)

// firstCampaign returns what a node whose election timer fired begins with.
func (r *raft) firstCampaign() CampaignType {
	if r.PreVote {
		return campaignPreElection
	}
	return campaignElection
}

// promotable reports whether the node may lead: it votes, and its log does not
// end in a snapshot that it does not have yet.
func (r *raft) promotable() bool {
	pr := r.members.Get(r.ID)
	return pr != nil && !pr.IsLearner && r.log.unstable.snapshot == nil
}

// campaignUnlessBusy starts a campaign, if this node may.
func (r *raft) campaignUnlessBusy(t CampaignType) {
	switch {
	case r.state == StateLeader:
		return
	case !r.promotable():
		return
	case r.term == math.MaxUint64:
		r.Logger.Errorf("raft %x: cannot campaign: term %d is the last one", r.ID, r.term)
		return
	case r.log.hasConfChange(r.log.applied, r.log.committed):
		// A member that does not know the configuration could win an election
		// with a quorum that is none any more.
		if !r.quiet {
			r.Logger.Warningf("raft %x: cannot campaign at term %d: a committed configuration change within (%d, %d] is not applied",
				r.ID, r.term, r.log.applied, r.log.committed)
		}
		return
	}
	r.campaign(t)
}

// campaign asks all voters, this node included, for their votes (Raft §5.2), or
// before that whether they would give them (thesis §9.6).
func (r *raft) campaign(t CampaignType) {
	var (
		request, response pb.MessageType
		term              uint64
		context           []byte
	)
	if t == campaignPreElection {
		r.becomePreCandidate()
		// The term that it would campaign in.
		request, response, term = pb.MsgPreVote, pb.MsgPreVoteResp, r.term+1
	} else {
		r.becomeCandidate()
		request, response, term = pb.MsgVote, pb.MsgVoteResp, r.term
	}
	if t == campaignTransfer {
		context = []byte(t)
	}
	last, lastTerm := r.log.last(), r.log.lastTerm()
	for _, m := range r.members.Members() {
		if !r.votes(m.ID) {
			continue
		}
		if m.ID == r.ID {
			// The own vote counts once it is durable.
			r.promises = append(r.promises, promise{kind: response, to: r.ID, term: term})
			continue
		}
		v := r.post(request, m.ID, term)
		v.Index, v.LogTerm, v.Context = last, lastTerm, context
	}
}

// votes reports whether id is a voter of either half of the configuration.
func (r *raft) votes(id uint64) bool {
	for _, half := range r.members.Voters {
		if _, ok := half[id]; ok {
			return true
		}
	}
	return false
}

// handleVoteRequest grants or refuses a vote, or a pre-vote (Raft §5.2, §5.4.1).
//
// Learners vote when asked. The candidate has a configuration in which this node
// is a voter, and may be ahead of it: to refuse could leave nobody to elect.
func (r *raft) handleVoteRequest(m *pb.Message) {
	bound := r.promised() && string(m.Context) != string(campaignTransfer)
	free := r.vote == m.From || // said so before
		r.vote == None && r.lead == None && !bound || // did not vote, and nobody won
		m.Type == pb.MsgPreVote && m.Term > r.term // a pre-vote binds nobody
	response := pb.MsgVoteResp
	if m.Type == pb.MsgPreVote {
		response = pb.MsgPreVoteResp
	}
	if !free || !r.log.isUpToDate(m.Index, m.LogTerm) {
		r.promises = append(r.promises, promise{kind: response, to: m.From, term: r.term, reject: true})
		return
	}
	// The answer is of the term asked about, which for a pre-vote is not the
	// current one: a candidate ignores answers of terms before the one it asks
	// about.
	r.promises = append(r.promises, promise{kind: response, to: m.From, term: m.Term})
	if m.Type == pb.MsgVote {
		r.electionElapsed = 0
		r.vote = m.From
	}
}

// handleVoteResp counts a vote, or a pre-vote.
func (r *raft) handleVoteResp(m *pb.Message) {
	r.members.RecordVote(m.From, !m.Reject)
	switch _, _, result := r.members.TallyVotes(); result {
	case quorum.VoteWon:
		if r.state == StatePreCandidate {
			r.campaign(campaignElection)
			return
		}
		r.becomeLeader()
		r.broadcastAppend()
	case quorum.VoteLost:
		// A refused pre-vote may come from a later term; this node stays in its.
		r.becomeFollower(r.term, None)
	}
}

// forgetLeader makes a follower free to vote again, as if it had not heard from
// its leader.
func (r *raft) forgetLeader() {
	if r.ReadOnlyOption == ReadOnlyLeaseBased {
		// The leader relies on its followers to stay with it.
		r.Logger.Errorf("raft %x: does not forget leader %x: its reads rely on a lease", r.ID, r.lead)
		return
	}
	r.lead = None
}
