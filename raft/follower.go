package raft

import pb "raftsim/raft/raftpb"

// handleAppend adds to the log what the leader sends, or tells it where to look
// for the point at which the logs agree (Raft §5.3).
func (r *raft) handleAppend(m *pb.Message) {
	if m.Index < r.log.committed {
		// Late or duplicated. What is committed needs no check.
		r.acknowledge(m.From, r.term, r.log.committed)
		return
	}
	if r.log.follow(m.Index, m.LogTerm, m.Entries) {
		last := m.Index + uint64(len(m.Entries))
		r.log.commitTo(min(m.Commit, last))
		r.acknowledge(m.From, r.term, last)
		return
	}
	// Entries of this log after m.Index, or of a term after m.LogTerm, cannot
	// be the leader's, because terms never decrease along a log. The leader is
	// told of the last one that can. For example, with these terms
	//
	//	index     1 2 3 4 5 6 7 8 9
	//	leader    1 3 3 3 5 5 5 5 5
	//	follower  1 1 1 1 2 2
	//
	// and a message after 9, the hint is 6 with term 2, from which the leader
	// concludes that it can go back to 1 at once.
	hint, hintTerm := r.log.lastNotAfter(min(m.Index, r.log.last()), m.LogTerm)
	r.promises = append(r.promises, promise{
		kind: pb.MsgAppResp, to: m.From, term: r.term, index: m.Index, reject: true, hint: hint, logTerm: hintTerm, token: tokenOf(m),
	})
}

// handleHeartbeat takes over the commit index. The leader only tells it of
// entries that this node acknowledged: if there is one that it does not have,
// its storage forgot what it had promised to keep, and an answer would make the
// leader count on it.
func (r *raft) handleHeartbeat(m *pb.Message) error {
	if m.Commit > r.log.last() {
		err := invalid(m, "commits index %d, beyond the last entry, %d: was the log lost?", m.Commit, r.log.last())
		r.Logger.Errorf("raft %x: %v", r.ID, err)
		return err
	}
	r.log.commitTo(m.Commit)
	r.post(pb.MsgHeartbeatResp, m.From, r.term).Context = m.Context
	return nil
}
