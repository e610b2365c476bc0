package raft

import (
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// handleTransfer begins to hand leadership to the sender of m (thesis §3.10):
// the leader takes no more proposals, completes the other's log, and tells it to
// campaign. It has an election timeout for that.
func (r *raft) handleTransfer(m *pb.Message, pr *tracker.Progress) {
	to := m.From
	switch {
	case pr.IsLearner, to == r.transferee:
		return
	}
	r.transferee = None // whichever it was before
	if to == r.ID {
		return
	}
	r.electionElapsed = 0
	r.handOver(to, pr)
}

// handOver makes another node lead, as soon as it has the whole log.
func (r *raft) handOver(to uint64, pr *tracker.Progress) {
	r.transferee = to
	if !r.quiet {
		r.Logger.Infof("raft %x: transfers leadership of term %d to %x", r.ID, r.term, to)
	}
	if pr.Match == r.log.last() {
		r.sendTimeoutNow(to)
		return
	}
	r.sendAppend(to, pr, true)
}

// sendTimeoutNow tells a node to campaign without waiting for its timer.
func (r *raft) sendTimeoutNow(to uint64) {
	r.lease.void = true
	r.post(pb.MsgTimeoutNow, to, r.term)
}

// handleTimeoutNow campaigns on behalf of the leader. There is no pre-vote: this
// node was not cut off, and the others shall not wait for their timers either.
func (r *raft) handleTimeoutNow(m *pb.Message) {
	if !r.quiet {
		r.Logger.Infof("raft %x: leader %x of term %d transfers its leadership to it", r.ID, m.From, r.term)
	}
	r.campaignUnlessBusy(campaignTransfer)
}
