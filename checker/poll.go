package checker

import (
	"fmt"
	"slices"

	pb "raftsim/raft/raftpb"
)

// poll is a request for a vote or a pre-vote that has reached a host, with the
// ends of both logs at that time. An answer may leave much later, when the host
// has a longer log and is in another term.
type poll struct {
	from, term          uint64
	pre                 bool
	lastTerm, lastIndex uint64       // of the candidate
	ownTerm, ownIndex   uint64       // of the host, as far as it has offered its log
	voted               uint64       // for whom the host had voted in the term asked about
	leased              *heardLeader // why it is to be ignored, nil when it is not
	note
}

// mostPolls bounds how many requests of a host are remembered. An answer in a term
// of which some were forgotten is not judged: a slow disk can hold it back behind
// hundreds of others.
const mostPolls = 256

// polled remembers a request.
func (h *hostMemory) polled(m *pb.Message, leased bool, now note) {
	if len(h.polls) == mostPolls {
		for i := range mostPolls / 2 {
			h.forgotten = max(h.forgotten, h.polls[i].term)
		}
		h.polls = h.polls[:copy(h.polls, h.polls[mostPolls/2:])]
	}
	p := poll{from: m.From, term: m.Term, pre: m.Type == pb.MsgPreVote, lastTerm: m.LogTerm, lastIndex: m.Index,
		ownTerm: h.log.end().term, ownIndex: h.log.last(), note: now}
	if h.hs.Term == m.Term {
		p.voted = h.hs.Vote
	}
	if leased {
		promise := h.promised
		p.leased = &promise
	}
	h.polls = append(h.polls, p)
}

// fresh reports whether the candidate's log was at least as up to date as the
// host's. The end of a log only ever rises, in the order of term and index: what
// the host had not offered yet can only have been more.
func (p *poll) fresh() bool {
	return p.lastTerm > p.ownTerm || p.lastTerm == p.ownTerm && p.lastIndex >= p.ownIndex
}

// checkVoteFreshness judges a vote or pre-vote by the request that it answers.
func (c *Protocol) checkVoteFreshness(h *hostMemory, m *pb.Message) {
	pre := m.Type == pb.MsgPreVoteResp
	asked := func(k candidate) bool { return k.host == m.To && k.pre == pre }
	switch t := c.term(m.Term); {
	case m.To == h.id, m.Term <= h.forgotten:
	case !slices.ContainsFunc(t.candidates, asked):
		c.report(VoteFreshness, "nobody asked", fmt.Sprintf("n%d votes for n%d in term %d, which has not asked for it", h.id, m.To, m.Term),
			c.fact(h.id, "votes for n%d in term %d", m.To, m.Term))
	default:
		if p := h.staleRequest(m, pre); p != nil {
			k := t.candidates[slices.IndexFunc(t.candidates, asked)]
			c.report(VoteFreshness, "older log", fmt.Sprintf("n%d votes for n%d in term %d, whose log is less up to date than its own", h.id, m.To, m.Term),
				k.fact(k.host, "asks for votes in term %d with a log that ends at index %d of term %d", m.Term, p.lastIndex, p.lastTerm),
				c.fact(h.id, "votes for n%d; its log reached index %d of term %d when it was asked", m.To, p.ownIndex, p.ownTerm))
		} else if voted := h.boundElsewhere(m, pre); voted != 0 {
			c.report(PreVote, "voted already", fmt.Sprintf("n%d would vote for n%d in term %d, in which it has voted for n%d", h.id, m.To, m.Term, voted),
				c.fact(h.id, "sends MsgPreVoteResp to n%d", m.To))
		}
	}
}

// staleRequest returns the request that a vote answers if none of those it may
// answer deserved it.
func (h *hostMemory) staleRequest(m *pb.Message, pre bool) (stale *poll) {
	for i := range h.polls {
		if p := &h.polls[i]; p.from == m.To && p.term == m.Term && p.pre == pre {
			if p.fresh() {
				return nil
			}
			stale = p
		}
	}
	return stale
}

// boundElsewhere returns for whom the host had voted in the term of a pre-vote
// when it was asked for it, each time, and zero when it was free once. A real vote
// is judged by itself.
func (h *hostMemory) boundElsewhere(m *pb.Message, pre bool) (voted uint64) {
	for i := range h.polls {
		if p := &h.polls[i]; pre && p.from == m.To && p.term == m.Term && p.pre {
			if p.voted == 0 || p.voted == m.To {
				return 0
			}
			voted = p.voted
		}
	}
	return voted
}
