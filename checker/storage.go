package checker

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// WouldStart says what a host that runs would recover from its disk if its power
// failed now, or while the disk does what the host has asked it to. It is judged as
// Started judges it, and changes nothing.
func (c *Protocol) WouldStart(host uint64, hs pb.HardState, snap pb.Snapshot, entries []pb.Entry) {
	if c.disabled {
		return
	}
	h := c.host(host)
	c.probing = true
	c.recover(h, &hs, &snap, entries)
	c.checkDurableState(h, &hs, &snap)
	c.checkCommitInLog(h, max(hs.Commit, snap.Metadata.Index))
	c.probing = false
}

// Terms returns the term of the entry at an index, as raft.Storage does.
type Terms interface {
	Term(index uint64) (uint64, error)
}

// Stored says what a running host reads of its log from its Storage, once that has
// taken what became durable: the index before the first entry, the last index, and
// the term at any index between them.
func (c *Protocol) Stored(host, before, last uint64, log Terms) {
	if c.disabled {
		return
	}
	c.tell(FactStored, 0)
	h := c.host(host)
	if end := h.diskLog.last(); last != end {
		c.report(StorageView, "end", fmt.Sprintf("the log of n%d ends at index %d in its Storage, and at index %d on its disk", host, last, end),
			c.fact(host, "has written its log up to index %d", end))
		return
	}
	for _, index := range [...]uint64{before, before + (last-before)/2, last} {
		r, known := h.diskLog.at(index)
		got, err := log.Term(index)
		if known && (err != nil || got != r.term) {
			c.report(StorageView, "term", fmt.Sprintf("n%d reads term %d at index %d from its Storage (error: %v), and term %d is on its disk", host, got, index, err, r.term),
				c.fact(host, "has a log from %d to %d on its disk", h.diskLog.base+1, h.diskLog.last()))
			return
		}
	}
}
