package checker

import (
	"fmt"

	"raftsim/checker/membership"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// persist adds an entry to what is durable on a host. Its digest is known from
// the host's log, or from any log that has the same entry.
func (h *hostMemory) persist(c *Protocol, e *pb.Entry) {
	if e.Index <= h.diskLog.base || e.Index > h.diskLog.last()+1 {
		return // takeEntries has reported it
	}
	r, ok := h.log.at(e.Index)
	if !ok || r.term != e.Term {
		before, _ := h.diskLog.at(e.Index - 1)
		r = record{e.Term, chain(before.chain, e)}
	}
	if e.Index <= h.diskLog.last() {
		h.diskLog.truncate(e.Index - 1) // a log on disk ends with what was written last
	}
	h.diskLog.put(e.Index, r)
}

// checkWritten judges a hard state that replaces another on disk.
func (c *Protocol) checkWritten(h *hostMemory, hs pb.HardState) {
	switch {
	case hs.Term < h.disk.Term:
		c.report(TermOrder, "goes back on disk", fmt.Sprintf("n%d writes term %d over term %d", h.id, hs.Term, h.disk.Term),
			c.fact(h.id, "has term %d on disk", hs.Term))
	case hs.Term == h.disk.Term && h.disk.Vote != 0 && hs.Vote != h.disk.Vote:
		c.report(OneVote, "changed on disk", fmt.Sprintf("n%d writes another vote over that of term %d", h.id, hs.Term),
			c.fact(h.id, "had %s on disk and has %s", describeVote(h.disk), describeVote(hs)))
	}
}

// checkTermDurable reports an answer that speaks of a term which its sender
// could forget.
func (c *Protocol) checkTermDurable(h *hostMemory, m *pb.Message) {
	if h.disk.Term >= m.Term {
		return
	}
	c.report(TermDurability, "reply", fmt.Sprintf("n%d sends a response of term %d before the term is durable", h.id, m.Term),
		c.fact(h.id, "sends %s to n%d in term %d; its disk has term %d", m.Type, m.To, m.Term, h.disk.Term))
}

// checkAcknowledgement reports an acknowledgement that promises more than is
// durable, or something else than the leader has. A disk in a later term has
// moved on: the leader that is answered can no longer commit by this answer
// what a later leader did not keep, for that one was elected by voters who had it.
func (c *Protocol) checkAcknowledgement(h *hostMemory, m *pb.Message) {
	if m.Term > h.matchedTerm {
		h.matchedTerm, h.matched = m.Term, 0
	}
	if m.Term == h.matchedTerm {
		h.matched = max(h.matched, m.Index)
	}
	if h.disk.Term > m.Term {
		return
	}
	if h.verifiedTerm == m.Term && m.Index > max(h.verified, h.hs.Commit) {
		c.report(AppendDurability, "unverified", fmt.Sprintf("n%d acknowledges index %d, and the leader has shown its log to match up to %d", h.id, m.Index, h.verified),
			c.fact(h.id, "acknowledges index %d to n%d in term %d; it has committed %d", m.Index, m.To, m.Term, h.hs.Commit))
		return
	}
	if m.Index > h.diskLog.last() {
		c.report(AppendDurability, "reply", fmt.Sprintf("n%d acknowledges index %d before it is durable", h.id, m.Index),
			c.fact(h.id, "acknowledges index %d to n%d in term %d; its disk ends at index %d", m.Index, m.To, m.Term, h.diskLog.last()))
		return
	}
	l := c.known(m.To)
	if l == nil || !l.up || !l.leads() || l.hs.Term != m.Term {
		return
	}
	want, ok := l.log.at(m.Index)
	if !ok && m.Index > l.log.last() {
		c.report(AppendDurability, "beyond the leader", fmt.Sprintf("n%d acknowledges index %d to n%d, whose log ends at %d", h.id, m.Index, m.To, l.log.last()),
			c.term(m.Term).led(), c.fact(h.id, "acknowledges index %d in term %d", m.Index, m.Term))
	}
	if got, has := h.diskLog.at(m.Index); ok && has && got != want {
		c.report(AppendDurability, "another entry", fmt.Sprintf("n%d acknowledges index %d to n%d and has another log there", h.id, m.Index, m.To),
			c.term(m.Term).led(),
			c.fact(h.id, "acknowledges index %d; its disk has term %d there, the leader term %d", m.Index, got.term, want.term))
	}
}

// verify takes in up to where a message of a leader shows logs to match, if the
// host takes it.
func (h *hostMemory) verify(m *pb.Message) {
	if m.Term > h.verifiedTerm {
		h.verifiedTerm, h.verified = m.Term, 0
	}
	if m.Term < h.verifiedTerm {
		return
	}
	switch m.Type {
	case pb.MsgApp:
		h.verified = max(h.verified, m.Index+uint64(len(m.Entries)))
	case pb.MsgSnap:
		if m.Snapshot != nil {
			h.verified = max(h.verified, m.Snapshot.Metadata.Index)
		}
	}
}

// recover builds the log that a host comes up with in c.recovered, its changes of
// the configuration in c.changes, and holds each entry against all logs seen so far.
func (c *Protocol) recover(h *hostMemory, hs *pb.HardState, snap *pb.Snapshot, entries []pb.Entry) {
	l, at := &c.recovered, snap.Metadata.Index
	c.changes = c.changes[:0]
	l.reset(at, c.recordAt(at, snap.Metadata.Term))
	if at > 0 {
		c.checkSnapshot(h, &snap.Metadata, "recovers")
	}
	for i := range entries {
		e := &entries[i]
		if e.Index <= at && l.last() == at {
			continue // the snapshot stands for it
		}
		if e.Index != l.last()+1 {
			c.report(LogOrder, "gap", fmt.Sprintf("n%d recovers index %d after %d", h.id, e.Index, l.last()),
				c.fact(h.id, "recovers index %d of term %d", e.Index, e.Term))
			return
		}
		before, _ := l.at(e.Index - 1)
		r := record{e.Term, chain(before.chain, e)}
		if e.Term < before.term || e.Term > hs.Term {
			c.report(LogOrder, "recovered term", fmt.Sprintf("n%d recovers index %d of term %d, after one of term %d, in term %d", h.id, e.Index, e.Term, before.term, hs.Term),
				c.fact(h.id, "recovers its log"))
		}
		c.checkRecoveredEntry(h, e, r)
		l.put(e.Index, r)
		if e.Type != pb.EntryNormal {
			c.changes = append(c.changes, e.Index)
		}
	}
}

// checkRecoveredEntry reports an entry that comes from nowhere. At the first
// start of a host anything goes: a run may begin with data on the disks.
func (c *Protocol) checkRecoveredEntry(h *hostMemory, e *pb.Entry, r record) {
	t := c.term(e.Term)
	known, ok := t.chainAt(e.Index)
	switch {
	case ok && known != r.chain:
		c.reportMismatch(h, e.Index, e.Term, known)
	case !ok && h.started && (len(t.chains) == 0 || e.Index >= t.first):
		c.report(EntryOrigin, "recovered", fmt.Sprintf("n%d recovers index %d of term %d, which no host ever had", h.id, e.Index, e.Term),
			c.fact(h.id, "recovers index %d of term %d", e.Index, e.Term))
	case !ok:
		t.learn(e.Index, r.chain)
	}
}

// checkDurableState compares what a host recovered with what was durable when
// it went down. Writes that were not synced may have survived: more is fine.
func (c *Protocol) checkDurableState(h *hostMemory, hs *pb.HardState, snap *pb.Snapshot) {
	switch {
	case hs.Term < h.disk.Term:
		c.lostState(h, "term", fmt.Sprintf("term %d, and restarts in term %d", h.disk.Term, hs.Term))
	case hs.Term == h.disk.Term && h.disk.Vote != 0 && hs.Vote != h.disk.Vote:
		c.lostState(h, "vote", fmt.Sprintf("%s, and restarts with %s", describeVote(h.disk), describeVote(*hs)))
	}
	if hs.Commit < h.disk.Commit {
		c.lostState(h, "commit index", fmt.Sprintf("commit index %d, and restarts with %d", h.disk.Commit, hs.Commit))
	}
	if snap.Metadata.Index < h.diskSnap {
		c.lostState(h, "snapshot", fmt.Sprintf("a snapshot at index %d, and restarts with one at %d", h.diskSnap, snap.Metadata.Index))
	}
	c.checkDurableLog(h)
}

// checkDurableLog: each durable entry is there again, or stands below the
// recovered snapshot, or was replaced by one whose write survived without having
// been synced: one of a later term, or one that the host had offered in its place.
// That one can be of an earlier term, since a new leader's log is compared by its
// last term alone (Raft Figure 7).
func (c *Protocol) checkDurableLog(h *hostMemory) {
	d, r := &h.diskLog, &c.recovered
	if was, known := d.at(r.base); r.base >= d.last() || known && was != r.before {
		return // a snapshot stands for it, or has replaced a log that conflicts with it (Raft §7)
	}
	same, ok := agree(d, r)
	if ok && same == d.last() {
		return
	}
	missing := max(d.base, r.base) + 1
	if ok {
		missing = same + 1
	}
	was, _ := d.at(missing)
	now, has := r.at(missing)
	offered, had := h.log.at(missing)
	if has && (now.term > was.term || had && now == offered && offered != was) {
		return
	}
	c.lostState(h, "entry", fmt.Sprintf("index %d of term %d (of %d), and restarts with a log that ends at %d and differs from there", missing, was.term, d.last(), r.last()))
}

func (c *Protocol) lostState(h *hostMemory, what, change string) {
	when := "restarts"
	if c.probing {
		when = "would lose its power and restart"
	}
	c.report(DurableState, what, fmt.Sprintf("n%d loses a durable %s", h.id, what),
		c.fact(h.id, "%s; it had %s", when, change))
}

// start makes what was recovered the state of the host.
func (h *hostMemory) start(hs pb.HardState, snapIndex uint64, recovered *logView, changes []uint64) {
	h.fresh = !h.started && hs == (pb.HardState{}) && recovered.last() == 0
	h.started, h.up, h.excused = true, true, false
	h.role, h.config = raft.StateFollower, membership.Config{}
	h.hs, h.disk = hs, hs
	h.log.copyFrom(recovered)
	h.diskLog.copyFrom(recovered)
	h.changes = append(h.changes[:0], changes...)
	h.snapIndex, h.diskSnap = snapIndex, snapIndex
	h.rounds.term = 0
	h.pending, h.hears, h.promised, h.contacts = 0, heardLeader{}, heardLeader{}, h.contacts[:0]
	h.transferee = 0
	h.bound = 0 // what was received and not persisted is forgotten
	h.applied, h.shown, h.cameUpAt = snapIndex, max(hs.Commit, snapIndex), snapIndex
	h.former, h.earlier = h.former[:0], h.earlier[:0]
	h.progress, h.polls, h.forgotten = h.progress[:0], h.polls[:0], 0
}

// checkRecoveredCommit judges the commit index that a host comes up with. Only
// a run that begins with data on the disks learns something new from it.
func (c *Protocol) checkRecoveredCommit(h *hostMemory) {
	commit := max(h.hs.Commit, h.snapIndex)
	if !c.checkCommitInLog(h, commit) {
		return
	}
	h.hs.Commit = commit
	if c.checkCommittedPrefix(h, min(commit, c.committed.last())) {
		c.extendCommitted(h, commit)
	}
}

// checkCommitInLog reports a recovered commit index that the log does not reach.
func (c *Protocol) checkCommitInLog(h *hostMemory, commit uint64) bool {
	last := c.recovered.last()
	if commit > last {
		c.report(CommitOrder, "beyond the log", fmt.Sprintf("n%d recovers commit index %d and a log that ends at %d", h.id, commit, last),
			c.fact(h.id, "restarts with commit index %d", commit))
	}
	return commit <= last
}
