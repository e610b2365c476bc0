package checker

import (
	"fmt"

	"raftsim/checker/membership"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// checkElection judges a host that has just become leader of its term.
func (c *Protocol) checkElection(h *hostMemory) {
	c.claimTerm(h, h.hs.Term, false)
	c.checkOwnVote(h)
	c.checkElectionQuorum(h)
}

// claimTerm remembers who leads a term, and reports a second leader. Leaders
// are known by their role, and by what only leaders send or make: a leader that
// never showed its role counts too. Every term of the run is remembered, so
// leaders that never coexist in time still violate it.
func (c *Protocol) claimTerm(h *hostMemory, number uint64, acted bool) {
	t := c.term(number)
	switch t.leader.host {
	case 0:
		t.leader, t.acted = stamp{h.id, c.now}, acted
	case h.id:
	default:
		how := "elected in"
		if acted {
			how = "acts as leader of"
		}
		c.report(ElectionSafety, "two leaders", fmt.Sprintf("term %d has two leaders", number),
			t.led(), c.fact(h.id, "%s term %d", how, number))
	}
}

// checkOwnVote reports a leader that counted its own vote before it was
// durable: after a crash it could give that vote to another. With asynchronous
// storage a candidate may win by the votes of the others alone while its own is
// still being written.
func (c *Protocol) checkOwnVote(h *hostMemory) {
	if h.disk.Term == h.hs.Term && h.disk.Vote == h.id {
		return
	}
	t := c.term(h.hs.Term)
	others := func(id uint64) bool {
		b := t.vote(id)
		return id != h.id && b != nil && b.candidate == h.id
	}
	if c.anyConfig(h, func(k *membership.Config) bool { return k.Quorum(others) }) {
		return
	}
	c.report(VoteDurability, "own vote", fmt.Sprintf("n%d is elected in term %d with its own vote, which is not durable", h.id, h.hs.Term),
		c.fact(h.id, "elected in term %d; its disk has %s", h.hs.Term, describeVote(h.disk)))
}

// checkElectionQuorum counts the votes that left their voters for a new leader.
// Votes that left are at least those that arrived, so too few of them is proof.
func (c *Protocol) checkElectionQuorum(h *hostMemory) {
	t := c.term(h.hs.Term)
	granted := func(id uint64) bool {
		b := t.vote(id)
		return id == h.id || b != nil && b.candidate == h.id
	}
	if c.anyConfig(h, func(k *membership.Config) bool { return k.Voter(h.id) && k.Quorum(granted) }) {
		return
	}
	evidence := make([]Evidence, 0, len(t.votes)+1)
	for _, b := range t.votes {
		evidence = append(evidence, b.fact(b.voter, "votes for n%d in term %d", b.candidate, t.number))
	}
	shape, detail := "too few votes", fmt.Sprintf("n%d leads term %d without the votes of a majority of %s", h.id, t.number, h.config)
	if !h.config.Voter(h.id) {
		shape, detail = "not a voter", fmt.Sprintf("n%d leads term %d and is no voter of %s", h.id, t.number, h.config)
	}
	c.report(ElectionQuorum, shape, detail, append(evidence, c.fact(h.id, "elected in term %d", t.number))...)
}

// checkVote judges a vote that leaves its voter.
func (c *Protocol) checkVote(h *hostMemory, m *pb.Message) {
	t := c.term(m.Term)
	b := t.vote(h.id)
	switch {
	case b == nil:
		t.votes = append(t.votes, ballot{h.id, m.To, c.now})
	case b.candidate != m.To:
		c.report(OneVote, "two votes", fmt.Sprintf("n%d votes twice in term %d", h.id, m.Term),
			b.fact(h.id, "votes for n%d in term %d", b.candidate, m.Term),
			c.fact(h.id, "votes for n%d in term %d", m.To, m.Term))
	}
	c.checkVoteDurable(h, m)
	c.checkVoteFreshness(h, m)
	c.checkLease(h, m)
}

// checkVoteDurable reports a vote that leaves before it is on disk. A disk that
// is in a later term already is as good: the voter cannot vote in this one again.
func (c *Protocol) checkVoteDurable(h *hostMemory, m *pb.Message) {
	if h.disk.Term > m.Term || h.disk.Term == m.Term && h.disk.Vote == m.To {
		return
	}
	c.report(VoteDurability, "reply", fmt.Sprintf("n%d votes for n%d in term %d before its vote is durable", h.id, m.To, m.Term),
		c.fact(h.id, "sends its vote to n%d; its disk has %s", m.To, describeVote(h.disk)))
}

func describeVote(hs pb.HardState) string {
	if hs.Vote == 0 {
		return fmt.Sprintf("term %d and no vote", hs.Term)
	}
	return fmt.Sprintf("term %d and a vote for n%d", hs.Term, hs.Vote)
}

// checkVoteRequest judges a request for votes and remembers the log it speaks of.
func (c *Protocol) checkVoteRequest(h *hostMemory, m *pb.Message) {
	t, pre := c.term(m.Term), m.Type == pb.MsgPreVote
	if pre && m.Term > h.hs.Term+1 && h.role == raft.StatePreCandidate {
		c.report(PreVote, "term", fmt.Sprintf("n%d asks for pre-votes in term %d while it is in term %d", h.id, m.Term, h.hs.Term),
			c.fact(h.id, "sends %s for term %d", m.Type, m.Term))
	}
	asks := candidate{host: h.id, pre: pre, lastIndex: m.Index, lastTerm: m.LogTerm}
	for i := range t.candidates {
		if k := t.candidates[i]; k.host == asks.host && k.pre == asks.pre && k.lastIndex == asks.lastIndex && k.lastTerm == asks.lastTerm {
			return
		}
	}
	asks.note = c.now
	t.candidates = append(t.candidates, asks)
	if !pre && h.role == raft.StateCandidate && h.hs.Term == m.Term {
		if last := h.log.last(); last != m.Index || h.log.end().term != m.LogTerm {
			c.report(MessageForm, "vote request", fmt.Sprintf("n%d asks for votes with a last entry that is not that of its log", h.id),
				c.fact(h.id, "claims index %d of term %d; its log ends at index %d of term %d", m.Index, m.LogTerm, last, h.log.end().term))
		}
	}
}

// checkLeaderCompleteness compares the log of a new leader with all that was
// committed in earlier terms. One comparison is enough: the digest at an index
// stands for the whole prefix.
func (c *Protocol) checkLeaderCompleteness(h *hostMemory) {
	index := c.committed.last()
	for index > c.committed.base && c.committed.at(index).in >= h.hs.Term {
		index--
	}
	c.checkHolds(h, index)
}

// checkHolds reports a leader that lacks a committed entry.
func (c *Protocol) checkHolds(h *hostMemory, index uint64) {
	k := c.committed.at(index)
	if r, ok := h.log.at(index); k == nil || index < h.log.base || ok && r == k.record {
		return
	}
	c.report(LeaderCompleteness, "entry missing", fmt.Sprintf("n%d leads term %d without index %d of term %d, committed in term %d", h.id, h.hs.Term, index, k.term, k.in),
		k.by.fact(k.by.host, "reports index %d of term %d as committed", index, k.term),
		c.fact(h.id, "leads term %d; its log has %s", h.hs.Term, h.describeEntry(index)))
}

// describeEntry says what a host's log has at an index.
func (h *hostMemory) describeEntry(index uint64) string {
	r, ok := h.log.at(index)
	switch {
	case ok:
		return fmt.Sprintf("index %d of term %d there", index, r.term)
	case index <= h.log.base:
		return fmt.Sprintf("a snapshot at index %d there", h.log.base)
	}
	return fmt.Sprintf("its end at index %d", h.log.last())
}
