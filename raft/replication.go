package raft

import (
	"encoding/binary"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// broadcastAppend sends everyone what is new: entries, or the commit index.
func (r *raft) broadcastAppend() {
	for _, m := range r.members.Members() {
		if m.ID != r.ID {
			r.sendAppend(m.ID, m.Progress, true)
		}
	}
}

// sendAppend sends a follower the entries that come next (AppendEntries, Raft
// §5.3), or a snapshot if they are gone. It sends a message without entries only
// if evenEmpty is set. It returns false if it sent nothing.
func (r *raft) sendAppend(to uint64, pr *tracker.Progress, evenEmpty bool) bool {
	if pr.IsPaused() {
		return false
	}
	prev := pr.Next - 1
	prevTerm, err := r.log.term(prev)
	if err != nil {
		return r.sendSnapshot(to, pr)
	}
	var entries []pb.Entry
	// With all messages that may be in flight unanswered, an empty one now and
	// then makes sure that there is an answer, even if all of them were lost.
	if pr.State != tracker.StateReplicate || !pr.Inflights.Full() {
		entries, err = r.log.entries(pr.Next, r.MaxSizePerMsg)
	}
	if len(entries) == 0 && !evenEmpty {
		return false
	}
	if err != nil {
		return r.sendSnapshot(to, pr)
	}
	m := r.post(pb.MsgApp, to, r.term)
	m.Index, m.LogTerm, m.Entries, m.Commit = prev, prevTerm, entries, r.log.committed
	if token := pr.Token(); token != 0 {
		m.Context = contextOf(token)
	}
	pr.SentEntries(len(entries), dataSize(entries))
	pr.SentCommit(r.log.committed)
	return true
}

// handleAppendResp learns from an answer to MsgApp what a follower has (Raft
// §5.3), and from the node's own that entries are durable here.
func (r *raft) handleAppendResp(m *pb.Message, pr *tracker.Progress) error {
	if !m.Reject && m.Index > r.log.last() {
		return invalid(m, "acknowledges index %d, beyond the last entry of the leader, %d", m.Index, r.log.last())
	}
	pr.RecentActive = true
	if m.Reject {
		r.handleAppendRejected(m, pr)
		return nil
	}
	// An answer with nothing new still tells a probe where the follower is.
	if !pr.MaybeUpdate(m.Index) && !(pr.Match == m.Index && pr.State == tracker.StateProbe) {
		return nil
	}
	switch pr.State {
	case tracker.StateProbe:
		pr.BecomeReplicate()
	case tracker.StateSnapshot:
		// Whatever brought the follower to where the log begins, it may go on
		// from there. It passes through StateProbe to take leave of the
		// snapshot.
		if pr.Match+1 >= r.log.first() {
			pr.BecomeProbe()
			pr.BecomeReplicate()
		}
	case tracker.StateReplicate:
		pr.Inflights.FreeLE(m.Index)
	}
	if m.From == r.ID {
		if r.maybeCommit(m.Index) {
			r.releasePostponedReads()
			r.broadcastAppend()
		}
		return nil
	}
	if r.maybeCommit(m.Index) {
		r.releasePostponedReads()
		r.broadcastAppend()
	} else if pr.CanBumpCommit(r.log.committed) {
		r.sendAppend(m.From, pr, true)
	}
	// The answer may have made room for more than one message.
	for r.sendAppend(m.From, pr, false) {
	}
	if m.From == r.transferee && pr.Match == r.log.last() {
		r.sendTimeoutNow(m.From)
	}
	return nil
}

// handleAppendRejected moves back to where the follower's log can match.
//
// The follower says of which term its own entry at the hint is. The leader's
// entries after the last one of that term or before cannot match, so all of them
// are skipped, as the follower skipped those of its own that cannot: one round
// for each term at odds, on either side, instead of one for each entry.
func (r *raft) handleAppendRejected(m *pb.Message, pr *tracker.Progress) {
	hint := m.RejectHint
	if m.LogTerm > 0 {
		hint, _ = r.log.lastNotAfter(hint, m.LogTerm)
	}
	if r.handleDenial(m, pr, hint) {
		return
	}
	if !pr.MaybeDecrTo(m.Index, hint) {
		return
	}
	if pr.State == tracker.StateReplicate {
		pr.BecomeProbe()
	}
	r.sendAppend(m.From, pr, true)
}

// handleDenial deals with a follower that refuses what comes after an entry that it
// has acknowledged, which none does that keeps its promises. Its disk was lost, or it
// was removed and added again without one and an answer from before came late. Such a
// follower would be sent the same entries for ever, each time at once. So it is asked
// for a proof, which a late rejection is not, and then sent what it lacks. It returns
// false if there is nothing to deal with.
func (r *raft) handleDenial(m *pb.Message, pr *tracker.Progress, hint uint64) bool {
	acknowledged, token := pr.Match, tokenOf(m)
	switch pr.Deny(m.Index, hint, token, r.tokens+1) {
	case tracker.Doubted:
		if pr.Token() == r.tokens+1 {
			r.tokens++
			r.sendAppend(m.From, pr, true)
		}
	case tracker.Proven:
		r.Logger.Errorf("raft %x: %x has acknowledged index %d and does not have it: was its disk lost? It gets the log from index %d on, "+
			"but what was committed by its word may be lost", r.ID, m.From, acknowledged, pr.Next)
	default:
		return false
	}
	return true
}

// tokenOf is the token that a MsgApp carries and its rejection repeats, zero if there is
// none. It is the context of the message.
func tokenOf(m *pb.Message) uint64 {
	if len(m.Context) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(m.Context)
}

func contextOf(token uint64) []byte { return binary.BigEndian.AppendUint64(nil, token) }

// maybeCommit moves the commit index to what a quorum has, if that is of the
// leader's own term: older entries are committed by a newer one only (Raft
// §5.4.2, Figure 8). acked is the index whose acknowledgement is the reason to
// look; one at or before the commit index changes nothing.
func (r *raft) maybeCommit(acked uint64) bool {
	if acked <= r.log.committed && !r.recount {
		return false
	}
	r.recount = false
	index := r.members.Committed()
	if index <= r.log.committed || index < r.termStart || index > r.log.last() {
		return false
	}
	r.log.commitTo(index)
	r.uncommitted.commit(index)
	return true
}

// handleHeartbeatResp goes on with a follower that may have been given up on.
func (r *raft) handleHeartbeatResp(m *pb.Message, pr *tracker.Progress) {
	pr.RecentActive = true
	pr.MsgAppFlowPaused = false
	// A follower that has everything but is probed, after it was reported
	// unreachable, has to answer once to be replicated to again.
	if pr.Match < r.log.last() || pr.State == tracker.StateProbe {
		r.sendAppend(m.From, pr, true)
	}
	r.confirmReads(m)
}

// handleUnreachable doubts that what is in flight will arrive.
func (r *raft) handleUnreachable(pr *tracker.Progress) {
	if pr.State == tracker.StateReplicate {
		pr.BecomeProbe()
	}
}
