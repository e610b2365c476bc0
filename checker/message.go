package checker

import (
	"fmt"

	"raftsim/checker/membership"
	pb "raftsim/raft/raftpb"
)

// checkMessageTerm reports a message that speaks of a term its sender is not in
// yet. Pre-votes and their answers speak of the term that would come.
func (c *Protocol) checkMessageTerm(h *hostMemory, m *pb.Message) {
	if m.Term <= h.hs.Term || m.Type == pb.MsgPreVote || m.Type == pb.MsgPreVoteResp && !m.Reject {
		return
	}
	c.report(MessageTerm, "above the sender's", fmt.Sprintf("n%d sends %s of term %d and is in term %d", h.id, m.Type, m.Term, h.hs.Term),
		c.fact(h.id, "sends %s to n%d", m.Type, m.To))
}

// checkLeaderMessage judges what only a leader sends. Its content is compared
// with the sender's log while the sender still leads the term of the message:
// a message may leave after its sender was deposed.
func (c *Protocol) checkLeaderMessage(h *hostMemory, m *pb.Message) {
	c.claimTerm(h, m.Term, true)
	if m.Commit > h.hs.Commit {
		c.report(CommitHint, "above the sender's", fmt.Sprintf("n%d sends commit index %d and has committed %d", h.id, m.Commit, h.hs.Commit),
			c.fact(h.id, "sends %s to n%d", m.Type, m.To))
	}
	if m.Type == pb.MsgHeartbeat && len(m.Context) > 0 {
		h.rounds.begin(m.Term, h.ticks, m.Context)
	}
	if m.Type == pb.MsgApp {
		c.learnSent(h, m)
	}
	if !h.leads() || h.hs.Term != m.Term {
		return
	}
	switch m.Type {
	case pb.MsgApp:
		c.checkAppend(h, m)
	case pb.MsgHeartbeat:
		c.checkHeartbeat(h, m)
	case pb.MsgTimeoutNow:
		h.handedOver = m.Term
		c.checkTransfer(h, m)
	case pb.MsgSnap:
		if m.Snapshot != nil {
			c.checkSnapshot(h, &m.Snapshot.Metadata, "sends")
		}
	}
}

// learnSent takes entries that a leader sends for entries that it had. It need
// not have offered them: while it waited for its disk it may have appended them,
// handed them to its followers, and lost them to the leader that deposed it.
func (c *Protocol) learnSent(h *hostMemory, m *pb.Message) {
	t := c.term(m.Term)
	if t.leader.host != h.id {
		return
	}
	for i := range m.Entries {
		e := &m.Entries[i]
		if before, ok := t.chainAt(e.Index - 1); ok && e.Term == m.Term {
			if _, known := t.chainAt(e.Index); !known {
				t.learn(e.Index, chain(before, e))
			}
		}
	}
}

// checkAppend compares an append with the leader's log, by index and term: the
// follower's log is compared in full when it has taken the entries.
func (c *Protocol) checkAppend(h *hostMemory, m *pb.Message) {
	index, term := m.Index, m.LogTerm
	for i := -1; ; {
		if r, ok := h.log.at(index); index > h.log.last() || ok && r.term != term {
			c.report(MessageForm, "append", fmt.Sprintf("n%d sends entries that are not in its log", h.id),
				c.term(m.Term).led(),
				c.fact(h.id, "sends index %d of term %d to n%d; its log has %s", index, term, m.To, h.describeEntry(index)))
			return
		}
		if i++; i == len(m.Entries) {
			return
		}
		if e := &m.Entries[i]; e.Index != index+1 {
			c.report(MessageForm, "gap", fmt.Sprintf("n%d sends an append with index %d after %d", h.id, e.Index, index),
				c.fact(h.id, "sends MsgApp to n%d", m.To))
			return
		}
		index, term = m.Entries[i].Index, m.Entries[i].Term
	}
}

// checkHeartbeat reports a heartbeat that would let its receiver commit what it
// may not have: more than it acknowledged to this leader.
func (c *Protocol) checkHeartbeat(h *hostMemory, m *pb.Message) {
	p := c.known(m.To)
	if m.Commit == 0 || p == nil || p.matchedTerm == m.Term && m.Commit <= p.matched || p.matchedTerm > m.Term {
		return
	}
	matched := p.matched
	if p.matchedTerm < m.Term {
		matched = 0
	}
	c.report(CommitHint, "heartbeat", fmt.Sprintf("n%d sends n%d a heartbeat with commit index %d, and n%d has acknowledged %d in term %d", h.id, m.To, m.Commit, m.To, matched, m.Term),
		c.fact(h.id, "sends MsgHeartbeat to n%d", m.To))
}

// checkTransfer judges a leader that tells another host to campaign. What the
// leader appended with the same Ready may have come after the message. The message may
// be late: it waited for the disk, and meanwhile the leader gave up that transfer.
func (c *Protocol) checkTransfer(h *hostMemory, m *pb.Message) {
	p := c.known(m.To)
	h.handing = m.To == h.asked && !h.recentlyAsked
	switch {
	case !c.anyRecent(h, func(k *membership.Config) bool { return k.Voter(m.To) }):
		c.report(LeadershipTransfer, "not a voter", fmt.Sprintf("n%d transfers the leadership of term %d to n%d, which is not a voter of %s", h.id, m.Term, m.To, h.config),
			c.fact(h.id, "sends MsgTimeoutNow to n%d", m.To))
	case p == nil || p.matchedTerm > m.Term:
	case p.matchedTerm < m.Term || p.matched < min(h.endBefore, h.log.last()):
		c.report(LeadershipTransfer, "behind", fmt.Sprintf("n%d transfers the leadership of term %d to n%d, which has not acknowledged its whole log", h.id, m.Term, m.To),
			c.fact(h.id, "sends MsgTimeoutNow to n%d, which has acknowledged %d in term %d; the log ends at %d", m.To, p.matched, p.matchedTerm, h.log.last()))
	}
}

// checkHanding reports a leader that takes new entries after it told another host
// to campaign: that one lacks them. A transfer that nobody took over is given up
// after an election timeout.
func (c *Protocol) checkHanding(h *hostMemory, entries []pb.Entry, led bool) {
	n := len(entries)
	if n == 0 || !led || !h.handing || h.ticks+1 >= h.handsUntil || entries[n-1].Index <= h.log.last() {
		return
	}
	c.report(LeadershipTransfer, "appends", fmt.Sprintf("n%d appends index %d while it transfers the leadership of term %d", h.id, entries[n-1].Index, h.hs.Term),
		c.term(h.hs.Term).led(), c.fact(h.id, "appends up to index %d after it sent MsgTimeoutNow", entries[n-1].Index))
}
