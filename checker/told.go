package checker

import "slices"

// misled are the properties that would look broken to somebody who is not told of a
// fact, where those that do not need it to be watched are among them.
var misled = [...]struct {
	without Facts
	about   []Property
}{
	{FactStarted | FactOffered, slices.DeleteFunc(Invariants(), func(p Property) bool { return p == Session })},
	{FactTicked, []Property{VoteLease, CheckQuorum, LeadershipTransfer, ReadIndex}},
	{FactReceived, []Property{VoteFreshness, VoteLease, CheckQuorum, ReadIndex, Campaign, LeadershipTransfer}},
	{FactPersisted, []Property{TermDurability, VoteDurability, AppendDurability, DurableState, StorageView, CommitQuorum, ReplicationProgress, ElectionQuorum, LeaderCompleteness}},
	{FactSent, []Property{ElectionQuorum, LeadershipTransfer, CheckQuorum, ReadIndex, ReplicationProgress, CommitHint, PreVote, VoteFreshness, VoteLease}},
	{FactApplied, []Property{ApplyOrder, StateOrder, ConfigAgreement, ConfigStep, ConfigInFlight, Campaign, ReadIndex, SnapshotState}},
	{FactReconfigured, []Property{ConfigAgreement, ConfigStep, ElectionQuorum, CommitQuorum, Campaign, CheckQuorum, LeadershipTransfer, ReadIndex, SnapshotState}},
	{FactInstalled, []Property{ApplyOrder, StateMachineSafety, StateOrder, SnapshotState, ConfigAgreement}},
	{FactSnapshotted, []Property{StateOrder}},
	{FactReadBegun, []Property{ReadIndex}},
}

// restsOn are the facts without which a violation of each property may be none.
var restsOn = func() (on [properties]Facts) {
	for _, row := range misled {
		for _, p := range row.about {
			on[p] |= row.without
		}
	}
	return on
}()

// told is which facts a Protocol was told, and which of them it should have been.
type told struct {
	partial  bool // some may never be told
	got, due Facts
	held     []heldBack
}

// heldBack is a violation that rests on a fact which was never told so far.
type heldBack struct {
	Violation
	restsOn Facts
}

// newTold expects those facts without which nothing else makes sense.
func newTold(partial bool) told { return told{partial: partial, due: FactStarted | FactOffered} }

// missing are the facts that should have been told, and never were.
func (t *told) missing() Facts { return t.due &^ t.got }

// tell notes that a fact is told, and that others should be.
func (c *Protocol) tell(f, others Facts) {
	if c.told.got&f == 0 {
		c.told.got |= f
		c.told.due |= others
		c.release()
	}
}

// expect notes that facts should be told, from what was told so far.
func (c *Protocol) expect(others Facts) { c.told.due |= others }

// hold keeps a violation back that rests on a fact which was never told so far. The
// process may be one that never tells it, and then the violation is none.
func (c *Protocol) hold(p Property, v *Violation) bool {
	t := &c.told
	if !t.partial || restsOn[p]&t.missing() == 0 {
		return false
	}
	t.held = append(t.held, heldBack{*v, restsOn[p]})
	return true
}

// release reports what was held back and rests on facts that were all told.
func (c *Protocol) release() {
	t := &c.told
	t.held = slices.DeleteFunc(t.held, func(h heldBack) bool {
		if h.restsOn&t.missing() != 0 {
			return false
		}
		c.violations = append(c.violations, h.Violation)
		return true
	})
}

// Untold are the facts for want of which a property was not judged, or not wholly. None is
// missed where nobody has told anything, nor those of what did not happen, such as a
// snapshot or a read.
func (c *Protocol) Untold(p Property) Facts {
	if !c.SeesNodes() {
		return 0
	}
	return c.told.missing() & (p.Needs() | restsOn[p])
}

// SeesNodes reports whether any host has told anything of a raft.Node.
func (c *Protocol) SeesNodes() bool { return c.told.got != 0 }
