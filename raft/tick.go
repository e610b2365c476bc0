package raft

import pb "raftsim/raft/raftpb"

// tick moves the node's clock.
func (r *raft) tick() {
	r.countLeaseTick()
	if r.state == StateLeader {
		r.tickLeader()
		return
	}
	r.electionElapsed++
	if r.electionElapsed >= r.electionTimeout && r.promotable() {
		r.electionElapsed = 0
		r.campaignUnlessBusy(r.firstCampaign())
	}
}

// tickLeader sends heartbeats and, once an election timeout, looks after the
// leadership.
func (r *raft) tickLeader() {
	r.heartbeatElapsed++
	r.electionElapsed++
	if r.electionElapsed >= r.ElectionTick {
		r.electionElapsed = 0
		// Leadership that was not taken over by now stays here (thesis §3.10).
		tried := r.transferee != None
		r.transferee = None
		r.checkStorage(tried) // which asks who is active, what the next one resets
		if r.CheckQuorum && r.state == StateLeader {
			r.checkQuorum()
		}
	}
	if r.state == StateLeader && r.heartbeatElapsed >= r.HeartbeatTick {
		r.heartbeatElapsed = 0
		r.broadcastHeartbeat()
	}
}

// checkQuorum steps down if a quorum has been silent since the last check
// (thesis §6.2).
func (r *raft) checkQuorum() {
	if !r.members.QuorumActive() {
		if !r.quiet {
			r.Logger.Warningf("raft %x: steps down at term %d, a quorum is silent", r.ID, r.term)
		}
		r.becomeFollower(r.term, None)
	}
	for _, m := range r.members.Members() {
		if m.ID != r.ID {
			m.Progress.RecentActive = false
		}
	}
}

// broadcastHeartbeat tells everyone that this node leads (Raft §5.2). Those who
// answer repeat the context: the newest read to be confirmed, if there is one, or
// with ReadOnlyLeaseBased the round.
func (r *raft) broadcastHeartbeat() {
	context := r.reads.lastToken()
	if r.ReadOnlyOption == ReadOnlyLeaseBased {
		context = r.lease.beginRound(r.leaseTicks())
	}
	for _, m := range r.members.Members() {
		if m.ID == r.ID {
			continue
		}
		// The follower need not have what is committed: it may only be told of
		// what is known to match.
		commit := min(m.Progress.Match, r.log.committed)
		hb := r.post(pb.MsgHeartbeat, m.ID, r.term)
		hb.Commit, hb.Context = commit, context
		m.Progress.SentCommit(commit)
	}
}
