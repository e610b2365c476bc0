package checker

import (
	"fmt"
	"slices"
)

// peerBelief is what a leader last said to know of a peer.
type peerBelief struct{ peer, term, match uint64 }

// Progress says what a leader believes of a peer: the index up to which their
// logs match, and the next it would send. It may be told as often as wanted.
func (c *Protocol) Progress(host, peer, match, next uint64) {
	if c.disabled {
		return
	}
	c.tell(FactProgress, 0)
	h := c.host(host)
	if !h.leads() {
		return
	}
	if next <= match {
		c.report(ReplicationProgress, "next below match", fmt.Sprintf("n%d has for n%d Next %d and Match %d", host, peer, next, match),
			c.fact(host, "has this progress for n%d", peer))
	}
	b := h.belief(peer)
	// A leader may learn that a peer has lost what it acknowledged.
	p := c.known(peer)
	if b.term == h.hs.Term && match < b.match && (p == nil || p.lostUpTo < b.match) {
		c.report(ReplicationProgress, "match goes back", fmt.Sprintf("n%d had Match %[3]d for n%[2]d, and now has %[4]d", host, peer, b.match, match),
			c.fact(host, "has this progress for n%d in term %d", peer, h.hs.Term))
	}
	b.term, b.match = h.hs.Term, match
	c.checkMatch(h, peer, match)
}

// forgetProgress drops the beliefs of hosts that are no members any more: one
// that comes back begins anew.
func (h *hostMemory) forgetProgress() {
	h.progress = slices.DeleteFunc(h.progress, func(b peerBelief) bool { return !h.config.Has(b.peer) })
}

// belief returns what a host believed of a peer, for the caller to update.
func (h *hostMemory) belief(peer uint64) *peerBelief {
	for i := range h.progress {
		if h.progress[i].peer == peer {
			return &h.progress[i]
		}
	}
	h.progress = append(h.progress, peerBelief{peer: peer})
	return &h.progress[len(h.progress)-1]
}

// checkMatch compares a leader's belief with the peer's disk. A peer that is in
// a later term on disk may have dropped what it once acknowledged. Of itself a
// leader may count what it held when it was elected before its disk has it all:
// nothing is committed by that, but only by entries of its own term.
func (c *Protocol) checkMatch(h *hostMemory, peer, match uint64) {
	p := c.known(peer)
	if p == nil || match <= p.lostUpTo || p.disk.Term > h.hs.Term {
		return
	}
	want, ok := h.log.at(match)
	if !ok || p.keeps(match, want) || p == h && want.term < h.hs.Term {
		return
	}
	c.report(ReplicationProgress, "not on disk", fmt.Sprintf("n%d has Match %[3]d for n%[2]d, which does not have that entry on its disk", h.id, peer, match),
		c.fact(peer, "has %s on disk", p.describeDisk(match, want)),
		c.fact(h.id, "has for n%d Match %d", peer, match))
}
