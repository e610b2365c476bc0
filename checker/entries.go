package checker

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// takeEntries adds what a host appends to its log, which ends with it. led says
// that the host led its term before and after: then it may only add at the end.
func (c *Protocol) takeEntries(h *hostMemory, entries []pb.Entry, led bool) {
	h.endBefore = h.log.last()
	for i := range entries {
		e := &entries[i]
		if e.Index > h.log.last()+1 {
			c.report(LogOrder, "gap", fmt.Sprintf("n%d appends index %d to a log that ends at %d", h.id, e.Index, h.log.last()),
				c.fact(h.id, "has index %d of term %d in a Ready", e.Index, e.Term))
			return
		}
		if e.Index <= h.log.base {
			c.report(CommittedLog, "below snapshot", fmt.Sprintf("n%d appends index %d below its snapshot at %d", h.id, e.Index, h.log.base),
				c.fact(h.id, "has index %d of term %d in a Ready", e.Index, e.Term))
			continue
		}
		before, _ := h.log.at(e.Index - 1)
		r := record{e.Term, chain(before.chain, e)}
		if old, had := h.log.at(e.Index); had {
			if old == r {
				continue
			}
			c.checkReplaced(h, e, old, led)
			c.seeReplaced(h, e.Index, old)
			if n := len(h.changes); n > 0 && h.changes[n-1] >= e.Index {
				c.seen[ConfigTakenBack] = true
			}
			h.cut(e.Index)
		}
		c.checkOrder(h, e, before)
		c.checkEntry(h, e, r)
		h.log.put(e.Index, r)
		if e.Type != pb.EntryNormal {
			c.checkConfigInFlight(h, e)
			h.changes = append(h.changes, e.Index)
		}
	}
	if n := len(entries); n > 0 && entries[n-1].Index < h.log.last() {
		c.checkShortened(h, &entries[n-1])
		h.cut(max(entries[n-1].Index, h.log.base) + 1)
	}
}

// checkShortened reports entries that are dropped although nothing conflicts
// with them, as when an old append is taken for the end of the log.
func (c *Protocol) checkShortened(h *hostMemory, e *pb.Entry) {
	last := h.log.last()
	c.report(Truncation, "without a conflict", fmt.Sprintf("n%d drops the entries after index %d, up to %d, and none of them conflicts", h.id, e.Index, last),
		c.fact(h.id, "has a log that ends at index %d of term %d in a Ready", e.Index, e.Term))
}

// cut drops the entries from an index on.
func (h *hostMemory) cut(index uint64) {
	h.log.truncate(index - 1)
	for n := len(h.changes); n > 0 && h.changes[n-1] >= index; n-- {
		h.changes = h.changes[:n-1]
	}
}

// checkReplaced judges an entry that takes the place of another. The commit
// index is that of the Ready before: a new one may already count the new entry.
func (c *Protocol) checkReplaced(h *hostMemory, e *pb.Entry, old record, led bool) {
	if e.Index <= h.hs.Commit {
		c.report(CommittedLog, "truncated", fmt.Sprintf("n%d replaces index %d, which it has committed", h.id, e.Index),
			c.fact(h.id, "replaces index %d of term %d by one of term %d; its commit index is %d", e.Index, old.term, e.Term, h.hs.Commit))
	}
	if led {
		c.report(LeaderAppendOnly, "replaced", fmt.Sprintf("n%d, leader of term %d, replaces index %d of its log", h.id, h.hs.Term, e.Index),
			c.term(h.hs.Term).led(),
			c.fact(h.id, "replaces index %d of term %d by another entry, of term %d", e.Index, old.term, e.Term))
	}
}

// checkOrder judges the term of an entry by the entry before it and by the
// term of the host.
func (c *Protocol) checkOrder(h *hostMemory, e *pb.Entry, before record) {
	if e.Term < before.term {
		c.report(LogOrder, "term goes back", fmt.Sprintf("n%d has index %d of term %d after one of term %d", h.id, e.Index, e.Term, before.term),
			c.fact(h.id, "has index %d of term %d", e.Index, e.Term))
	}
	if e.Term > h.hs.Term {
		c.report(LogOrder, "term ahead", fmt.Sprintf("n%d has index %d of term %d and is in term %d", h.id, e.Index, e.Term, h.hs.Term),
			c.fact(h.id, "has index %d of term %d", e.Index, e.Term))
	}
}

// checkEntry judges an entry by all others of its index and term: there is one
// log up to it (log matching), and its term's leader had it first.
//
// The entries that nodes are bootstrapped with have no leader; they are the
// configuration changes that a host without any state begins with.
func (c *Protocol) checkEntry(h *hostMemory, e *pb.Entry, r record) {
	t := c.term(e.Term)
	if known, ok := t.chainAt(e.Index); ok {
		if known != r.chain {
			c.reportMismatch(h, e.Index, e.Term, known)
		}
		return
	}
	switch bootstrap := h.fresh && e.Type != pb.EntryNormal; {
	case bootstrap:
	case t.leader.host == 0:
		c.claimTerm(h, e.Term, true)
	case t.leader.host != h.id:
		c.report(EntryOrigin, "not the leader's", fmt.Sprintf("n%d has index %d of term %d, which the leader of that term never had", h.id, e.Index, e.Term),
			t.led(), c.fact(h.id, "has index %d of term %d", e.Index, e.Term))
	}
	t.learn(e.Index, r.chain)
}

// reportMismatch reports two different logs that share an index and term.
func (c *Protocol) reportMismatch(h *hostMemory, index, term, known uint64) {
	var evidence []Evidence
	for _, o := range c.hosts {
		if r, ok := o.log.at(index); ok && r == (record{term, known}) && o != h {
			evidence = append(evidence, c.fact(o.id, "has index %d of term %d with log digest %016x", index, term, known))
			break
		}
	}
	if len(evidence) == 0 {
		if t := c.term(term); t.leader.host != 0 {
			evidence = append(evidence, t.led())
		}
	}
	c.report(LogMatching, "same term, other log", fmt.Sprintf("index %d of term %d ends two different logs", index, term),
		append(evidence, c.fact(h.id, "has index %d of term %d with another log before or at it", index, term))...)
}
