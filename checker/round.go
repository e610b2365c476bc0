package checker

import (
	"fmt"

	"raftsim/checker/membership"
	pb "raftsim/raft/raftpb"
)

// rounds is what is known of the heartbeats by which a leader confirms reads.
// Each round has a token, the context of its heartbeats. That is the context of
// the read it was begun for, or begins with it: a leader that has seen a context
// before adds eight bytes of its own.
type rounds struct {
	term      uint64
	order     map[uint64]round // digest of a token, or of its beginning, to its round
	digests   []uint64         // the keys of order, the oldest first
	forgotten bool             // there were more
	last      uint64           // place of the last round, counted from one
	heard     []answered
	reads     map[uint64]uint64 // digest of a read's context to the last round before it
	lost      bool              // there were more reads
}

// enter begins a term, if it is another.
func (r *rounds) enter(term uint64) {
	if term != r.term || r.order == nil {
		*r = rounds{term: term, order: map[uint64]round{}, digests: r.digests[:0], heard: r.heard[:0]}
	}
}

// round is a round of heartbeats: its place, counted from one, and the tick of the
// leader's clock at which the first of them left.
type round struct{ place, tick uint64 }

// answered is the latest round that a host has answered.
type answered struct {
	host uint64
	round
}

// mostRounds bounds how many tokens of a leader are remembered.
const mostRounds = 4096

// begin notes the token of a heartbeat. The first with a token begins its round.
func (r *rounds) begin(term, tick uint64, context []byte) {
	r.enter(term)
	token := hashBytes(0, context)
	if _, known := r.order[token]; known {
		return
	}
	r.last++
	r.remember(token, tick)
	if own := len(context) - 8; own >= 0 {
		r.remember(hashBytes(0, context[:own]), tick)
	}
}

// remember gives a digest that is new the place of the last round.
func (r *rounds) remember(digest, tick uint64) {
	if _, known := r.order[digest]; known {
		return
	}
	if len(r.digests) == mostRounds {
		for _, old := range r.digests[:mostRounds/2] {
			delete(r.order, old)
		}
		r.digests = r.digests[:copy(r.digests, r.digests[mostRounds/2:])]
		r.forgotten = true
	}
	r.order[digest] = round{r.last, tick}
	r.digests = append(r.digests, digest)
}

// answer notes that a host answers a heartbeat.
func (r *rounds) answer(host uint64, m *pb.Message) {
	latest, known := r.order[hashBytes(0, m.Context)]
	if m.Term != r.term || !known {
		return
	}
	for i := range r.heard {
		if a := &r.heard[i]; a.host == host {
			if latest.place > a.place {
				a.round = latest
			}
			return
		}
	}
	r.heard = append(r.heard, answered{host, latest})
}

// has reports whether a host has answered a round or a later one.
func (r *rounds) has(host, place uint64) bool {
	for _, a := range r.heard {
		if a.host == host {
			return a.place >= place
		}
	}
	return false
}

// first is the place of the first round that may confirm a read: its own, or else
// the one after those that were under way when it came. It is not known for a read
// that nobody has seen come.
func (r *rounds) first(context []byte) (place uint64, known bool) {
	digest := hashBytes(0, context)
	if own, begun := r.order[digest]; begun {
		return own.place, true
	}
	before, came := r.reads[digest]
	return before + 1, came
}

// ReadConfirmed says that a Ready of a host has the index of a read that it
// asked for with a context: the Ready's ReadStates. Call it after Offered.
func (c *Protocol) ReadConfirmed(host uint64, context []byte, index uint64) {
	if c.disabled {
		return
	}
	c.expect(FactReadBegun | FactReadServed)
	if h := c.host(host); h.leads() {
		c.checkConfirmed(h, h.hs.Term, context, index)
	}
}

// checkConfirmed judges a leader that tells the index of a read. A majority must
// have answered a heartbeat of the read's own round or a later one, and the
// leader must have committed an entry of its term. A read that came while there
// was nobody to ask has no round of its own: one that began since will do. Answers
// that left their hosts are at least those that arrived, so too few of them is
// proof. A leader that is the only voter needs nobody's answer.
func (c *Protocol) checkConfirmed(h *hostMemory, term uint64, context []byte, index uint64) {
	if !h.leads() || h.hs.Term != term || c.anyRecent(h, (*membership.Config).Single) {
		return
	}
	if r, ok := h.log.at(h.hs.Commit); ok && r.term < term {
		c.report(ReadIndex, "before the own term", fmt.Sprintf("n%d answers a read with index %d and has committed no entry of term %d", h.id, index, term),
			c.term(term).led(), c.fact(h.id, "answers a read with index %d; its commit index %d is of term %d", index, h.hs.Commit, r.term))
	}
	if c.leaseReads > 0 {
		c.checkReadLease(h, term, context, index)
	}
	if !c.readRounds {
		return
	}
	place, begun := h.rounds.first(context)
	switch {
	case h.rounds.term != term:
		place, begun = 0, false
	case !begun && (h.rounds.forgotten || h.rounds.lost):
		return // it began so long ago that its round is forgotten
	}
	confirms := func(id uint64) bool { return id == h.id || begun && h.rounds.has(id, place) }
	if c.anyRecent(h, func(k *membership.Config) bool { return k.Quorum(confirms) }) {
		return
	}
	shape, detail := "not confirmed", fmt.Sprintf("n%d answers a read with index %d, and no majority of %s has confirmed that it leads", h.id, index, h.config)
	evidence := []Evidence{c.term(term).led()}
	for _, a := range h.rounds.heard {
		if a.place >= place && begun {
			evidence = append(evidence, c.fact(a.host, "has answered a heartbeat that was sent since the read began"))
		}
	}
	c.report(ReadIndex, shape, detail, append(evidence, c.fact(h.id, "answers a read with index %d", index))...)
}
