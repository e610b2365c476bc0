package raft

import pb "raftsim/raft/raftpb"

// step takes one message. Which handler gets it depends on the term of the
// message and on the role of the node; the handlers are in the files that are
// named after what they do.
func (r *raft) step(m *pb.Message) error {
	// A term of zero marks what a node says to itself and what it forwards.
	if m.Term != 0 && m.Term != r.term {
		if m.Term < r.term {
			r.stepStale(m)
			return nil
		}
		if !r.enterTerm(m) {
			return nil
		}
	}
	switch m.Type {
	case pb.MsgHup:
		if !r.promised() {
			r.campaignUnlessBusy(r.firstCampaign())
		}
		return nil
	case pb.MsgVote, pb.MsgPreVote:
		r.handleVoteRequest(m)
		return nil
	case pb.MsgStorageAppendResp:
		r.saved(r.term, m.Index, m.LogTerm, m.Snapshot)
		return nil
	case pb.MsgStorageApplyResp:
		r.appliedEntries(m.Entries)
		return nil
	}
	switch r.state {
	case StateLeader:
		return r.stepLeader(m)
	case StateFollower:
		return r.stepFollower(m)
	default:
		return r.stepCandidate(m)
	}
}

// enterTerm follows a message into its later term (Raft §5.1), and returns false
// if the message is to be ignored.
func (r *raft) enterTerm(m *pb.Message) bool {
	switch m.Type {
	case pb.MsgVote, pb.MsgPreVote:
		// A node that hears from a leader within the least election timeout stays
		// with it, so that a node that was cut off or removed cannot disturb
		// the others (thesis §4.2.3), unless the leader itself asked for it.
		leased := r.CheckQuorum && r.lead != None && r.electionElapsed < r.ElectionTick || r.promised()
		if leased && string(m.Context) != string(campaignTransfer) {
			if !r.quiet {
				r.Logger.Infof("raft %x: ignores %s of %x for term %d: hears from leader %x of term %d", r.ID, m.Type, m.From, m.Term, r.lead, r.term)
			}
			return false
		}
		if m.Type == pb.MsgPreVote {
			return true // only asks
		}
	case pb.MsgPreVoteResp:
		if !m.Reject {
			return true // the term is the one that this node asked about
		}
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap:
		r.becomeFollower(m.Term, m.From)
		return true
	}
	r.becomeFollower(m.Term, None)
	return true
}

// stepStale takes a message of an earlier term. Most are ignored.
func (r *raft) stepStale(m *pb.Message) {
	switch m.Type {
	case pb.MsgApp, pb.MsgHeartbeat:
		// With either option, a node whose term ran ahead cannot make itself
		// heard by campaigning. It lets the leader know of the term instead,
		// which steps down; otherwise neither would ever follow the other.
		if r.CheckQuorum || r.PreVote {
			r.acknowledge(m.From, r.term, 0)
		}
	case pb.MsgPreVote:
		// A candidate without pre-vote could have a higher term than those who
		// could win; they learn of it from the refusal.
		r.promises = append(r.promises, promise{kind: pb.MsgPreVoteResp, to: m.From, term: r.term, reject: true})
	case pb.MsgStorageAppendResp:
		r.saved(m.Term, m.Index, m.LogTerm, m.Snapshot)
	}
}

func (r *raft) stepFollower(m *pb.Message) error {
	switch m.Type {
	case pb.MsgApp:
		r.hearFrom(m.From)
		r.handleAppend(m)
	case pb.MsgHeartbeat:
		r.hearFrom(m.From)
		return r.handleHeartbeat(m)
	case pb.MsgSnap:
		r.hearFrom(m.From)
		r.handleSnapshot(m)
	case pb.MsgProp:
		if r.lead == None || r.DisableProposalForwarding {
			return ErrProposalDropped
		}
		r.forward(m, r.lead, 0)
	case pb.MsgReadIndex:
		if r.lead != None {
			r.forward(m, r.lead, 0)
		}
	case pb.MsgReadIndexResp:
		r.handleReadIndexResp(m)
	case pb.MsgTransferLeader:
		if r.lead != None {
			r.forward(m, r.lead, r.term)
		}
	case pb.MsgTimeoutNow:
		r.handleTimeoutNow(m)
	case pb.MsgForgetLeader:
		r.forgetLeader()
	}
	return nil
}

// hearFrom takes note of the leader of the current term.
func (r *raft) hearFrom(lead uint64) {
	r.electionElapsed, r.ticksSincePromise = 0, 0
	r.lead = lead
}

func (r *raft) stepCandidate(m *pb.Message) error {
	switch m.Type {
	case pb.MsgProp:
		return ErrProposalDropped
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap:
		// Somebody else won (Raft §5.2).
		r.becomeFollower(r.term, m.From)
		return r.stepFollower(m)
	case pb.MsgVoteResp:
		if r.state == StateCandidate {
			r.handleVoteResp(m)
		}
	case pb.MsgPreVoteResp:
		if r.state == StatePreCandidate {
			r.handleVoteResp(m)
		}
	}
	return nil
}

func (r *raft) stepLeader(m *pb.Message) error {
	switch m.Type {
	case pb.MsgBeat:
		r.broadcastHeartbeat()
		return nil
	case pb.MsgCheckQuorum:
		r.checkQuorum()
		return nil
	case pb.MsgProp:
		return r.propose(m.Entries)
	case pb.MsgReadIndex:
		r.handleReadIndex(m)
		return nil
	}
	pr := r.members.Get(m.From)
	if pr == nil {
		return nil
	}
	switch m.Type {
	case pb.MsgAppResp:
		return r.handleAppendResp(m, pr)
	case pb.MsgHeartbeatResp:
		r.handleHeartbeatResp(m, pr)
	case pb.MsgSnapStatus:
		r.handleSnapshotStatus(m, pr)
	case pb.MsgUnreachable:
		r.handleUnreachable(pr)
	case pb.MsgTransferLeader:
		r.handleTransfer(m, pr)
	}
	return nil
}
