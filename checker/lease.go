package checker

import (
	"fmt"

	"raftsim/checker/membership"
	pb "raftsim/raft/raftpb"
)

// mostReads bounds how many reads of a leader are remembered.
const mostReads = 4096

// ReadBegun says that a host is asked for the index of a read, under a context
// that no other read has. Call it before the host sees the request.
func (c *Protocol) ReadBegun(host uint64, context []byte) {
	c.tell(FactReadBegun, 0)
	c.readBegins(c.host(host), context)
}

// readBegins notes which rounds of a leader were under way when a read came to it.
// A read that is not known may have come before all of them.
func (c *Protocol) readBegins(h *hostMemory, context []byte) {
	r := &h.rounds
	if !h.leads() {
		return
	}
	r.enter(h.hs.Term)
	if r.reads == nil || len(r.reads) == mostReads {
		r.lost = r.lost || r.reads != nil
		r.reads = map[uint64]uint64{}
	}
	digest := hashBytes(0, context)
	if _, again := r.reads[digest]; !again {
		r.reads[digest] = r.last
	}
}

// readAsked notes a read that a follower has passed on to its leader.
func (c *Protocol) readAsked(h *hostMemory, m *pb.Message) {
	if len(m.Entries) > 0 {
		c.readBegins(h, m.Entries[0].Data)
	}
}

// checkReadLease judges a leader that tells the index of a read while reads are
// served under leases. A majority must have answered a round of heartbeats that
// began less than a lease ago, or since the read came. Once the leader has told
// another host to campaign its voters are free, and only the latter will do.
//
// When the leader decided is not shown, only that it was not before the Ready
// before. Rounds begin no earlier than they are seen to, and answers are sent no
// later than they arrive, so what is missing here was missing there.
func (c *Protocol) checkReadLease(h *hostMemory, term uint64, context []byte, index uint64) {
	r := &h.rounds
	if r.forgotten {
		return
	}
	came := r.reads[hashBytes(0, context)]
	confirms := func(id uint64) bool {
		if id == h.id {
			return true
		}
		for _, a := range r.heard {
			if a.host == id && r.term == term {
				return a.place > came || h.handedOver != term && h.offeredBefore < a.tick+c.leaseReads
			}
		}
		return false
	}
	if c.anyRecent(h, func(k *membership.Config) bool { return k.Quorum(confirms) }) {
		return
	}
	evidence := []Evidence{c.term(term).led()}
	for _, a := range r.heard {
		evidence = append(evidence, c.fact(a.host, "has answered heartbeats, the last one sent %d ticks earlier", h.ticks-a.tick))
	}
	detail := fmt.Sprintf("n%d answers a read with index %d under a leader lease of %d ticks, and no majority of %s has confirmed the lease", h.id, index, c.leaseReads, h.config)
	if h.handedOver == term {
		detail = fmt.Sprintf("n%d answers a read with index %d under a leader lease, after it has sent MsgTimeoutNow", h.id, index)
	}
	c.report(ReadIndex, "no lease", detail, append(evidence, c.fact(h.id, "answers a read with index %d", index))...)
}
