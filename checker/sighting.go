package checker

// Sighting is a state of the protocol that is no violation, only rare and worth
// having been in: what it takes to see it is what a Protocol remembers anyway.
type Sighting uint8

// The sightings.
const (
	// Figure8: an entry of an earlier term that was on the disks of a majority,
	// and never committed, is replaced (Raft Figure 8).
	Figure8 Sighting = iota
	// Figure7: a follower both lacks entries of a new leader and has some that
	// the leader has not (Raft Figure 7, e and f).
	Figure7
	// ConfigTakenBack: a configuration change that was in a log and not committed
	// is replaced.
	ConfigTakenBack
	// OlderTermCommitted: a leader commits entries of earlier terms along with
	// the first one of its own (Raft §5.4.2).
	OlderTermCommitted
	// CommittedWhileJoint: an index is committed by two majorities.
	CommittedWhileJoint
	// CommittedAhead: a leader commits an index that its own disk does not have
	// yet (dissertation §10.2.1).
	CommittedAhead
	// SnapshotOverConflict: a snapshot replaces a log that has other entries
	// than the committed ones.
	SnapshotOverConflict
	// SnapshotOverLonger: a snapshot replaces a log that goes beyond it.
	SnapshotOverLonger
	// LongerLogLoses: a host is elected although another has a log with more
	// entries, of an older term (Raft §5.4.1).
	LongerLogLoses
	// LeftBehind: a leader commits while a voter's log ends a hundred entries and
	// more before.
	LeftBehind
	sightings
)

// farBehind is how many entries a voter lacks that was left behind.
const farBehind = 100

// Sightings is their number: they are counted from zero.
const Sightings = int(sightings)

// Saw reports whether the state was ever seen. It changes nothing.
func (c *Protocol) Saw(s Sighting) bool { return c.seen[s] }

// seeReplaced looks at an entry that is about to be replaced. As long as no disk
// has changed, those that ever had it still do.
func (c *Protocol) seeReplaced(h *hostMemory, index uint64, old record) {
	if c.seen[Figure8] {
		return
	}
	holds := func(id uint64) bool {
		o := c.known(id)
		if o == nil {
			return false
		}
		got, ok := o.diskLog.at(index)
		return ok && got == old
	}
	k, committed := c.committed.entry(index)
	c.seen[Figure8] = h.config.Known() && h.config.Quorum(holds) && !(committed && k == old)
}

// seeElection looks at the logs of the others when a host has been elected.
func (c *Protocol) seeElection(h *hostMemory) {
	if c.seen[Figure7] && c.seen[LongerLogLoses] {
		return
	}
	for _, o := range c.hosts {
		if o == h || !o.started || !h.config.Voter(o.id) {
			continue
		}
		// The leader's first entry is of its own term: nobody else can have it.
		last := h.log.last()
		if h.log.end().term == h.hs.Term {
			last--
		}
		if o.log.last() > last {
			c.seen[LongerLogLoses] = true
		}
		if same, ok := agree(&h.log, &o.log); ok && same < last && same < o.log.last() {
			c.seen[Figure7] = true
		}
	}
}

// seeCommit looks at a leader that is about to commit an index first.
func (c *Protocol) seeCommit(h *hostMemory, commit uint64) {
	if !h.leads() {
		return
	}
	if h.config.Joint() {
		c.seen[CommittedWhileJoint] = true
	}
	if h.diskLog.last() < commit {
		c.seen[CommittedAhead] = true
	}
	if r, ok := h.log.at(c.committed.last() + 1); ok && r.term < h.hs.Term {
		c.seen[OlderTermCommitted] = true
	}
	if !c.seen[LeftBehind] {
		for _, o := range c.hosts {
			if o.started && o.log.last()+farBehind <= commit && h.config.Voter(o.id) {
				c.seen[LeftBehind] = true
			}
		}
	}
}

// seeSnapshot looks at a log that a snapshot is about to replace.
func (c *Protocol) seeSnapshot(h *hostMemory, index uint64) {
	last := h.log.last()
	if last > index {
		c.seen[SnapshotOverLonger] = true
	}
	at := min(last, index)
	r, ok := h.log.at(at)
	if want, known := c.committed.entry(at); ok && known && r != want && at > h.hs.Commit {
		c.seen[SnapshotOverConflict] = true
	}
}
