package checker

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// Applied says that a host gives an entry to its state machine, be it a command,
// an empty entry or a configuration change.
func (c *Protocol) Applied(host uint64, e *pb.Entry) {
	if c.disabled {
		return
	}
	c.tell(FactApplied, FactAppliedState)
	if e.Type != pb.EntryNormal {
		c.expect(FactReconfigured)
	}
	h := c.host(host)
	if e.Index != h.applied+1 {
		shape := "skipped"
		if e.Index <= h.applied {
			shape = "again"
		}
		c.report(ApplyOrder, shape, fmt.Sprintf("n%d applies index %d after index %d", host, e.Index, h.applied),
			c.fact(host, "applies index %d of term %d", e.Index, e.Term))
	}
	h.applied = e.Index
	if e.Type != pb.EntryNormal {
		c.expectConfig(h, e)
	}
	k := c.committed.at(e.Index)
	if k == nil {
		if e.Index > c.committed.last() {
			c.report(ApplyOrder, "not committed", fmt.Sprintf("n%d applies index %d, which no host has shown to be committed", host, e.Index),
				c.fact(host, "applies index %d of term %d", e.Index, e.Term))
		}
		return
	}
	if before, ok := c.committed.entry(e.Index - 1); ok && (e.Term != k.term || chain(before.chain, e) != k.chain) {
		c.report(StateMachineSafety, "another entry", fmt.Sprintf("n%d applies another entry at index %d than the committed one", host, e.Index),
			k.by.fact(k.by.host, "reports index %d of term %d as committed", e.Index, k.term),
			c.fact(host, "applies an entry of term %d there", e.Term))
	}
}

// AppliedState says that the state machine of a host has the digest once all
// entries up to index are applied.
func (c *Protocol) AppliedState(host, index, digest uint64) {
	if c.disabled {
		return
	}
	c.tell(FactAppliedState, 0)
	k := c.committed.at(index)
	switch {
	case k == nil:
	case k.stateBy.host == 0:
		k.state, k.stateBy = digest, stamp{host, c.now}
	case k.state != digest:
		c.report(StateMachineSafety, "another state", fmt.Sprintf("n%d and n%d have different states at index %d", k.stateBy.host, host, index),
			k.stateBy.fact(k.stateBy.host, "has state digest %016x at index %d", k.state, index),
			c.fact(host, "has state digest %016x at index %d", digest, index))
	}
}

// Compacted says that a host dropped the entries up to index from its log.
func (c *Protocol) Compacted(host, index uint64) {
	if c.disabled {
		return
	}
	c.expect(FactSnapshotted)
	h := c.host(host)
	if index > h.snapIndex || index > h.applied {
		c.report(StateOrder, "compacted too far", fmt.Sprintf("n%d drops its log up to index %d", host, index),
			c.fact(host, "drops entries up to %d; its snapshot is at %d and it has applied %d", index, h.snapIndex, h.applied))
		return
	}
	h.log.compact(index)
	h.diskLog.compact(min(index, h.diskLog.last()))
}
