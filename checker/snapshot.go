package checker

import (
	"fmt"

	"raftsim/checker/membership"
	pb "raftsim/raft/raftpb"
)

// recordAt returns the term and log digest that a snapshot at index stands for.
// The snapshot that a run begins with becomes the base of what is committed; of
// one that nobody has seen the prefix of, the digest is made up.
func (c *Protocol) recordAt(index, term uint64) record {
	if index == 0 {
		return record{}
	}
	if r, ok := c.committed.entry(index); ok {
		return record{term, r.chain}
	}
	if known, ok := c.term(term).chainAt(index); ok {
		return record{term, known}
	}
	r := record{term, mix(mix(1, index), term)}
	if c.committed.last() == 0 {
		c.committed.base, c.committed.before = index, r
	}
	return r
}

// checkSnapshot judges what a snapshot claims to stand for.
func (c *Protocol) checkSnapshot(h *hostMemory, m *pb.SnapshotMetadata, verb string) {
	r, known := c.committed.entry(m.Index)
	switch {
	case m.Index > c.committed.last():
		c.report(SnapshotState, "not committed", fmt.Sprintf("n%d %s a snapshot at index %d, which is not committed", h.id, verb, m.Index),
			c.fact(h.id, "%s a snapshot at index %d of term %d", verb, m.Index, m.Term))
	case known && r.term != m.Term:
		c.report(SnapshotState, "term", fmt.Sprintf("n%d %s a snapshot at index %d of term %d, where term %d is committed", h.id, verb, m.Index, m.Term, r.term),
			c.fact(h.id, "%s a snapshot at index %d of term %d", verb, m.Index, m.Term))
	}
	if k := c.configAt(m.Index); k != nil {
		if got := membership.Of(&m.ConfState); !got.Equal(&k.Config) {
			c.report(SnapshotState, "configuration", fmt.Sprintf("n%d %s a snapshot at index %d with another configuration than the one in force", h.id, verb, m.Index),
				k.by.fact(k.by.host, "uses configuration %s from index %d on", k.Config, k.index),
				c.fact(h.id, "%s a snapshot with %s", verb, got))
		}
	}
}

// takeSnapshot replaces a host's log by the snapshot that it offers to install.
func (c *Protocol) takeSnapshot(h *hostMemory, snap *pb.Snapshot) {
	m := &snap.Metadata
	c.checkSnapshot(h, m, "takes")
	if m.Index <= h.hs.Commit {
		c.report(SnapshotState, "moves back", fmt.Sprintf("n%d installs a snapshot at index %d and has committed %d", h.id, m.Index, h.hs.Commit),
			c.fact(h.id, "installs a snapshot at index %d", m.Index))
	}
	c.seeSnapshot(h, m.Index)
	h.log.reset(m.Index, c.recordAt(m.Index, m.Term))
	h.changes = h.changes[:0]
	h.snapIndex = max(h.snapIndex, m.Index)
}

// Installed says that a host replaced its state machine by a snapshot that it
// was sent. Tell the digest of the new state by AppliedState.
func (c *Protocol) Installed(host uint64, snap *pb.Snapshot) {
	if c.disabled {
		return
	}
	c.tell(FactInstalled, 0)
	h := c.host(host)
	if index := snap.Metadata.Index; index <= h.applied {
		c.report(SnapshotState, "moves back", fmt.Sprintf("n%d installs a snapshot at index %d and has applied %d", host, index, h.applied),
			c.fact(host, "installs a snapshot at index %d", index))
	}
	h.applied = snap.Metadata.Index
	h.snapIndex = max(h.snapIndex, h.applied)
}

// Snapshotted says that a host made a snapshot of its own state machine, whose
// digest it had.
func (c *Protocol) Snapshotted(host uint64, snap *pb.Snapshot, digest uint64) {
	if c.disabled {
		return
	}
	c.tell(FactSnapshotted, 0)
	h, m := c.host(host), &snap.Metadata
	c.checkSnapshot(h, m, "makes")
	if m.Index > h.applied {
		c.report(StateOrder, "snapshot ahead", fmt.Sprintf("n%d makes a snapshot at index %d and has applied %d", host, m.Index, h.applied),
			c.fact(host, "makes a snapshot at index %d", m.Index))
	}
	h.snapIndex = max(h.snapIndex, m.Index)
	if k := c.committed.at(m.Index); k != nil && k.stateBy.host != 0 && k.state != digest {
		c.report(SnapshotState, "state", fmt.Sprintf("n%d makes a snapshot at index %d with another state than other hosts have there", host, m.Index),
			k.stateBy.fact(k.stateBy.host, "has state digest %016x at index %d", k.state, m.Index),
			c.fact(host, "makes a snapshot of state digest %016x", digest))
	}
}
