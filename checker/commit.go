package checker

import (
	"fmt"
	"slices"

	"raftsim/checker/membership"
	pb "raftsim/raft/raftpb"
)

// checkHardState judges a new term and vote by the ones before.
func (c *Protocol) checkHardState(h *hostMemory, hs pb.HardState) {
	if hs.Term < h.hs.Term {
		c.report(TermOrder, "goes back", fmt.Sprintf("n%d goes from term %d back to %d", h.id, h.hs.Term, hs.Term),
			c.fact(h.id, "has term %d in a Ready", hs.Term))
	}
	if hs.Term > h.hs.Term && h.listens && hs.Term > h.heard && hs.Vote != h.id {
		c.report(PreVote, "entered", fmt.Sprintf("n%d enters term %d because of a pre-vote, and does not campaign", h.id, hs.Term),
			c.fact(h.id, "goes from term %d to %d", h.hs.Term, hs.Term))
	}
	if hs.Term == h.hs.Term && h.hs.Vote != 0 && hs.Vote != h.hs.Vote {
		c.report(OneVote, "changed", fmt.Sprintf("n%d changes its vote in term %d", h.id, hs.Term),
			c.fact(h.id, "had voted for n%d and has a vote for n%d in a Ready", h.hs.Vote, hs.Vote))
	}
}

// reportIgnored reports a host that goes on in its term although it has heard of
// a later one, from a leader or from a member of its configuration.
func (c *Protocol) reportIgnored(h *hostMemory) {
	c.report(TermOrder, "ignored", fmt.Sprintf("n%d stays in term %d after a message of term %d", h.id, h.hs.Term, h.bound),
		c.fact(h.id, "has term %d in a Ready", h.hs.Term))
}

// allows returns the commit index that a message lets its receiver come to: an
// append shows that logs match up to its last entry, a heartbeat carries what
// the leader knows to match.
func allows(m *pb.Message) uint64 {
	switch m.Type {
	case pb.MsgApp:
		return min(m.Commit, m.Index+uint64(len(m.Entries)))
	case pb.MsgHeartbeat:
		return m.Commit
	case pb.MsgSnap:
		if m.Snapshot != nil {
			return m.Snapshot.Metadata.Index
		}
	}
	return 0
}

// checkFollowerCommit reports a host that commits more than any message let it.
func (c *Protocol) checkFollowerCommit(h *hostMemory, commit uint64) {
	if commit <= h.hs.Commit || commit <= h.shown || h.fresh {
		return
	}
	c.report(CommitHint, "follower", fmt.Sprintf("n%d commits index %d, and messages have shown that its log matches up to %d", h.id, commit, h.shown),
		c.fact(h.id, "has commit index %d in a Ready", commit))
}

// advanceCommit takes over the commit index that a host shows, and judges it.
func (c *Protocol) advanceCommit(h *hostMemory, commit uint64) {
	if commit == h.hs.Commit {
		return
	}
	switch before := h.hs.Commit; {
	case commit < before:
		c.report(CommitOrder, "goes back", fmt.Sprintf("n%d decreases its commit index from %d to %d", h.id, before, commit),
			c.fact(h.id, "has commit index %d in a Ready", commit))
	case commit > h.log.last():
		c.report(CommitOrder, "beyond the log", fmt.Sprintf("n%d commits index %d and its log ends at %d", h.id, commit, h.log.last()),
			c.fact(h.id, "has commit index %d in a Ready", commit))
		commit = h.log.last()
	case commit <= c.committed.last():
		c.checkCommittedPrefix(h, commit)
	default:
		if c.checkCommittedPrefix(h, c.committed.last()) {
			c.seeCommit(h, commit)
			c.checkCommitTerm(h, commit)
			c.checkCommitQuorum(h, commit)
			c.extendCommitted(h, commit)
		}
	}
	h.hs.Commit = commit
}

// checkCommittedPrefix compares a host's log up to a committed index with what
// is committed there.
func (c *Protocol) checkCommittedPrefix(h *hostMemory, index uint64) bool {
	r, ok := h.log.at(index)
	want, known := c.committed.entry(index)
	if !ok || !known || r == want {
		return true
	}
	for index > c.committed.base+1 { // down to the first difference
		r, ok = h.log.at(index - 1)
		if k := c.committed.at(index - 1); !ok || k == nil || r == k.record {
			break
		}
		index--
	}
	k := c.committed.at(index)
	if k == nil {
		return false
	}
	r, _ = h.log.at(index)
	c.report(CommittedLog, "conflict", fmt.Sprintf("two different entries are committed at index %d", index),
		k.by.fact(k.by.host, "reports index %d of term %d as committed", index, k.term),
		c.fact(h.id, "reports another entry, of term %d, as committed there", r.term))
	return false
}

// checkCommitTerm reports a commit index that nobody was entitled to show
// first: a leader's that ends in an entry of an earlier term (Raft Figure 8),
// or one of a host that did not lead the term of the entry.
func (c *Protocol) checkCommitTerm(h *hostMemory, commit uint64) {
	r, _ := h.log.at(commit)
	t := c.term(r.term)
	switch {
	case h.leads() && r.term != h.hs.Term:
		c.report(CommitTerm, "earlier term", fmt.Sprintf("n%d, leader of term %d, commits index %d of term %d by counting", h.id, h.hs.Term, commit, r.term),
			c.term(h.hs.Term).led(), c.fact(h.id, "has commit index %d in a Ready", commit))
	case !h.leads() && t.leader.host != 0 && t.leader.host != h.id:
		c.report(CommitTerm, "not the leader", fmt.Sprintf("n%d commits index %d of term %d, which no leader has committed", h.id, commit, r.term),
			t.led(), c.fact(h.id, "has commit index %d in a Ready", commit))
	}
}

// checkCommitQuorum counts on how many disks a newly committed entry is. A host
// that may have lost it to a fault is believed to have had it.
func (c *Protocol) checkCommitQuorum(h *hostMemory, commit uint64) {
	r, _ := h.log.at(commit)
	if h.fresh && slices.Contains(h.changes, commit) && c.term(r.term).leader.host == 0 {
		return // what a node is bootstrapped with
	}
	durable := func(id uint64) bool {
		o := c.known(id)
		return o != nil && (commit <= o.lostUpTo || o.keeps(commit, r))
	}
	if c.anyConfig(h, func(k *membership.Config) bool { return k.Quorum(durable) }) {
		return
	}
	var evidence []Evidence
	for _, o := range c.hosts {
		if h.config.Voter(o.id) {
			evidence = append(evidence, c.fact(o.id, "has %s on disk", o.describeDisk(commit, r)))
		}
	}
	c.report(CommitQuorum, "too few disks", fmt.Sprintf("n%d commits index %d of term %d, which is not durable on a majority of %s", h.id, commit, r.term, h.config),
		append(evidence, c.fact(h.id, "has commit index %d in a Ready", commit))...)
}

// keeps reports whether an entry is durable on a host, by itself or within a
// snapshot.
func (h *hostMemory) keeps(index uint64, r record) bool {
	got, ok := h.diskLog.at(index)
	return index < h.diskLog.base || ok && got == r
}

func (h *hostMemory) describeDisk(index uint64, r record) string {
	got, ok := h.diskLog.at(index)
	switch {
	case h.keeps(index, r):
		return fmt.Sprintf("index %d", index)
	case ok:
		return fmt.Sprintf("another entry, of term %d, at index %d", got.term, index)
	}
	return fmt.Sprintf("a log that ends at index %d", h.diskLog.last())
}

// extendCommitted adds what a host was first to show as committed, and holds it
// against the leaders of later terms that are already there.
func (c *Protocol) extendCommitted(h *hostMemory, commit uint64) {
	for index := c.committed.last() + 1; index <= commit; index++ {
		r, ok := h.log.at(index)
		if !ok {
			return
		}
		c.committed.records = append(c.committed.records, commitRecord{record: r, in: h.hs.Term, by: stamp{h.id, c.now}})
	}
	for _, o := range c.hosts {
		if o.up && o.leads() && o.hs.Term > h.hs.Term {
			c.checkHolds(o, commit)
		}
	}
}

// checkOfferedCommits judges the entries that a host is told to apply. What is
// in them is judged when they are Applied.
func (c *Protocol) checkOfferedCommits(h *hostMemory, entries []pb.Entry) {
	for i := range entries {
		e := &entries[i]
		if e.Index > h.hs.Commit {
			c.report(ApplyOrder, "not committed", fmt.Sprintf("the Ready of n%d has index %d to apply, and its commit index is %d", h.id, e.Index, h.hs.Commit),
				c.fact(h.id, "has index %d as committed in a Ready", e.Index))
			return
		}
	}
}
