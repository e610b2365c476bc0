package checker

import (
	"raftsim/clock"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Options says what a Protocol watches. The zero value watches everything.
type Options struct {
	// Only, when not empty, are the properties to report, and no others.
	Only []Property
	// Unchecked are properties that are not reported, for a Raft that lacks the
	// capability they need.
	Unchecked []Property
	// ReadRounds says that each read is confirmed by a round of heartbeats that
	// carry the read's own context, which is unique: not under a lease.
	ReadRounds bool
	// LeaseTicks is for how many ticks of its own clock a voter that has heard
	// from a leader must ignore requests for votes: the election timeout with
	// check-quorum. Zero means that nothing is said of it.
	LeaseTicks uint64
	// Promise says that leases serve reads: then the lease binds a voter from
	// its start, whatever else it hears, for it may have heard from a leader
	// before it crashed.
	Promise bool
	// LeaseReadTicks is for how many ticks of its own clock, from the beginning of
	// a round of heartbeats that a majority has answered, a leader may tell the
	// index of reads. Zero means that nothing is said of it: not when each read is
	// confirmed by a round of its own.
	LeaseReadTicks uint64
	// PatienceTicks is for how many ticks of its own clock a leader may go on
	// without hearing from a majority: with check-quorum two election timeouts,
	// for it looks once in one. Zero means that nothing is said of it.
	PatienceTicks uint64
	// TransferTicks is for how many ticks of its own clock a leader waits for one
	// whom it hands over to: an election timeout. Zero means that nothing is said
	// of it.
	TransferTicks uint64
	// MayNotExecute says that hosts need not tell what they execute. Sessions are
	// judged only where one of them does.
	MayNotExecute bool
	// Partial says that hosts may never tell some of the facts, because they run a loop
	// of somebody's own. A violation that rests on such a fact is reported once that fact
	// has been told, and Untold names what it never was.
	Partial bool
	// Disabled says that nothing is checked, to measure what watching costs.
	Disabled bool
}

// watches says which properties to report.
func (o Options) watches() (on [properties]bool) {
	for p := range on {
		on[p] = len(o.Only) == 0
	}
	for _, p := range o.Only {
		on[p] = true
	}
	for _, p := range o.Unchecked {
		on[p] = false
	}
	return on
}

// Protocol watches the invariants of Raft over all hosts of one run. Facts are
// shown to it in the order in which they happen. It keeps no reference to what
// it is shown, and allocates nothing in the steady state beyond what the log
// grows by.
//
// Facts about one host come in this order: Started; then Offered, Persisted,
// Sent, Applied and the others as they happen; Crashed; and so on from Started.
// A fact that is never shown only narrows what can be seen: without Persisted
// nothing is durable and every answer is premature, without ConfChanged no
// quorum is counted.
//
// After a violation the memory is no longer that of a sound run, so later
// violations may be echoes of the first.
type Protocol struct {
	disabled   bool
	on         [properties]bool
	readRounds bool
	promise    bool
	lease      uint64 // ticks
	leaseReads uint64 // ticks
	patience   uint64 // ticks
	transfer   uint64 // ticks
	now        note

	hosts    []*hostMemory // in order of their number
	lastHost *hostMemory
	terms    map[uint64]*termMemory
	lastTerm *termMemory

	committed commits
	configs   []configRecord       // in order of their index
	reads     map[uint64]uint64    // read under way to the index it must see
	sessions  map[uint64]execution // session to its last execution
	executed  uint64               // the highest log index that was executed
	executes  bool                 // hosts tell what they execute
	premature acknowledgement      // the first one while none of them has

	recovered  logView  // scratch of Started and WouldStart
	changes    []uint64 // indexes of configuration entries in recovered
	probing    bool     // within WouldStart
	seen       [sightings]bool
	told       told
	violations []Violation
}

// note says when something happened.
type note struct {
	at    clock.Time
	event uint64
}

// NewProtocol returns a Protocol that has seen nothing.
func NewProtocol(o Options) *Protocol {
	return &Protocol{
		disabled:   o.Disabled,
		on:         o.watches(),
		readRounds: o.ReadRounds,
		promise:    o.Promise,
		lease:      o.LeaseTicks,
		leaseReads: o.LeaseReadTicks,
		patience:   o.PatienceTicks,
		transfer:   o.TransferTicks,
		told:       newTold(o.Partial),
		terms:      map[uint64]*termMemory{},
		executes:   !o.MayNotExecute,
		reads:      map[uint64]uint64{},
		sessions:   map[uint64]execution{},
	}
}

// Disabled reports whether nothing is checked.
func (c *Protocol) Disabled() bool { return c.disabled }

// At stamps the facts that follow with a virtual time and an event number.
func (c *Protocol) At(now clock.Time, event uint64) { c.now = note{now, event} }

// Started says that a host boots or restarts with what it recovered from its
// disk: the hard state, the snapshot (of index zero when there is none) and the
// entries after it. All of it counts as durable.
func (c *Protocol) Started(host uint64, hs pb.HardState, snap pb.Snapshot, entries []pb.Entry) {
	if c.disabled {
		return
	}
	c.tell(FactStarted, 0)
	h := c.host(host)
	c.recover(h, &hs, &snap, entries)
	if h.started && !h.excused {
		c.checkDurableState(h, &hs, &snap)
	}
	h.start(hs, snap.Metadata.Index, &c.recovered, c.changes)
	if c.promise && hs.Term > 0 { // without a term it has never answered a leader
		h.promised = heardLeader{tick: h.ticks, note: c.now, starts: true}
	}
	c.checkRecoveredCommit(h)
}

// Crashed says that a host lost everything that was not durable. excused says
// that an injected disk fault, one that Raft does not promise to survive, may
// have taken what was durable as well: the next Started is then believed.
func (c *Protocol) Crashed(host uint64, excused bool) {
	if c.disabled {
		return
	}
	h := c.host(host)
	h.up, h.role = false, raft.StateFollower
	if excused {
		h.excused, h.lostUpTo = true, max(h.lostUpTo, h.diskLog.last())
	}
}

// Offered says that a Ready was taken from a host. soft and snap are nil and hs
// is empty where the Ready has none. committed are the entries to apply.
func (c *Protocol) Offered(host uint64, soft *raft.SoftState, hs pb.HardState, entries, committed []pb.Entry, snap *pb.Snapshot, mustSync bool) {
	if c.disabled {
		return
	}
	c.tell(FactOffered, FactStarted|FactStored|FactTicked|FactHandsOver|FactReceived|FactPersisted|FactSent|FactApplied)
	h := c.host(host)
	led, term, commit := h.leads(), h.hs.Term, h.hs.Commit
	if hs != (pb.HardState{}) {
		c.checkHardState(h, hs)
		h.hs.Term, h.hs.Vote = hs.Term, hs.Vote
		commit = hs.Commit
	}
	if soft != nil {
		h.role = soft.RaftState
	}
	stayed := led && h.leads() && h.hs.Term == term // led all along
	if h.leads() && !stayed {
		c.expect(FactProgress)
		h.ledSince, h.handing = h.ticks, false
		c.checkElection(h)
	}
	c.followLeader(h)
	c.checkPatience(h)
	asFollower := !led && !h.leads()
	if snap != nil && snap.Metadata.Index > 0 {
		c.expect(FactInstalled)
		c.takeSnapshot(h, snap)
	}
	c.checkHanding(h, entries, stayed)
	c.takeEntries(h, entries, stayed)
	if h.leads() && !stayed {
		c.checkLeaderCompleteness(h)
		c.seeElection(h)
	}
	if asFollower && h.listens {
		c.checkFollowerCommit(h, commit)
	}
	c.advanceCommit(h, commit)
	if soft != nil {
		c.checkCampaign(h)
	}
	c.checkOfferedCommits(h, committed)
	if h.hs.Term < h.bound {
		c.reportIgnored(h)
	}
	h.fresh, h.recentlyAsked = false, false
	h.offeredBefore, h.offeredAt = h.offeredAt, h.ticks
	h.former, h.earlier = h.earlier[:0], h.former
}

// Persisted says that hs (when not empty), entries and snap (when not nil) of
// an earlier Offered are durable now: written and synced. Call it before the
// messages that rest on it are Sent. What was written and not yet synced is
// told later, with the sync.
func (c *Protocol) Persisted(host uint64, hs pb.HardState, entries []pb.Entry, snap *pb.Snapshot) {
	if c.disabled {
		return
	}
	c.tell(FactPersisted, 0)
	h := c.host(host)
	if hs != (pb.HardState{}) {
		c.checkWritten(h, hs)
		h.disk = hs
	}
	if snap != nil && snap.Metadata.Index > 0 {
		at := snap.Metadata.Index
		h.diskLog.reset(at, c.recordAt(at, snap.Metadata.Term))
		h.diskSnap = max(h.diskSnap, at)
	}
	for i := range entries {
		h.persist(c, &entries[i])
	}
}

// Sent says that a message leaves a host.
func (c *Protocol) Sent(host uint64, m *pb.Message) {
	if c.disabled {
		return
	}
	c.tell(FactSent, 0)
	h := c.host(host)
	c.checkMessageTerm(h, m)
	if m.Type == pb.MsgSnap {
		c.expect(FactSnapshotted)
	}
	switch m.Type {
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap, pb.MsgTimeoutNow:
		c.checkLeaderMessage(h, m)
	case pb.MsgHeartbeatResp:
		if l := c.known(m.To); l != nil && len(m.Context) > 0 {
			l.rounds.answer(host, m)
		}
	case pb.MsgReadIndexResp:
		if len(m.Entries) > 0 {
			c.checkConfirmed(h, m.Term, m.Entries[0].Data, m.Index)
		}
	case pb.MsgVote, pb.MsgPreVote:
		c.checkVoteRequest(h, m)
	case pb.MsgVoteResp:
		c.checkTermDurable(h, m)
		if !m.Reject {
			c.checkVote(h, m)
		}
	case pb.MsgPreVoteResp:
		if !m.Reject {
			c.checkVoteFreshness(h, m)
			c.checkLease(h, m)
		}
	case pb.MsgAppResp:
		c.checkTermDurable(h, m)
		if !m.Reject {
			c.checkAcknowledgement(h, m)
		}
	}
}

// Received says that a message reaches a host, before the host has seen it. All
// messages of the protocol are to be shown, or none.
func (c *Protocol) Received(host uint64, m *pb.Message) {
	if c.disabled {
		return
	}
	c.tell(FactReceived, 0)
	h := c.host(host)
	h.listens = true
	c.hearsFrom(h, m)
	switch m.Type {
	case pb.MsgPreVote:
		h.polled(m, c.leased(h, m), c.now)
		return
	case pb.MsgVote:
		h.polled(m, c.leased(h, m), c.now)
	case pb.MsgPreVoteResp:
		if !m.Reject {
			return
		}
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap:
		h.shown = max(h.shown, allows(m))
		h.verify(m)
		h.hearLeader(m, c.now)
		h.bound = max(h.bound, m.Term)
	case pb.MsgReadIndex:
		c.readAsked(h, m)
	case pb.MsgTimeoutNow:
		c.LeaderForgotten(host)
		h.told = max(h.told, m.Term)
	case pb.MsgTransferLeader:
		if m.Term == 0 || m.Term == h.hs.Term {
			c.TransferAsked(host, m.From)
		}
	}
	h.heard, h.pending = max(h.heard, m.Term), max(h.pending, m.Term)
	if m.Type != pb.MsgVote && h.config.Has(m.From) {
		h.bound = max(h.bound, m.Term)
	}
}

// Violations returns what was found so far, in order, one of each signature.
// The slice is the Protocol's own.
func (c *Protocol) Violations() []Violation { return c.violations }

// First returns the first violation, nil when there is none.
func (c *Protocol) First() *Violation {
	if len(c.violations) == 0 {
		return nil
	}
	return &c.violations[0]
}
