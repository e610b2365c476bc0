package checker

import (
	"raftsim/clock"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Options says what a Protocol watches.
type Options struct {
	// Only, when not empty, names the properties to report; all others are
	// off. An unknown name is an error of the caller and panics.
	Only []string
	// Off names properties that are not reported, for a Raft that lacks the
	// capability they need.
	Off []string
}

// Protocol watches the invariants of Raft over all hosts of one run. Facts are
// shown to it in the order in which they happen. It keeps no reference to what
// it is shown, and allocates nothing in the steady state beyond what the log
// grows by.
//
// Facts about one host come in this order: Started; then Offered, Persisted,
// Sent, Applied and the others as they happen; Crashed; and so on from Started.
type Protocol struct{}

// NewProtocol returns a Protocol that has seen nothing.
func NewProtocol(o Options) *Protocol { return &Protocol{} }

// At stamps the facts that follow with a virtual time and an event number.
func (c *Protocol) At(now clock.Time, event uint64) {}

// Started says that a host boots or restarts with what it recovered from its
// disk: the hard state, the snapshot (nil or empty when there is none) and the
// entries after it. All of it counts as durable.
func (c *Protocol) Started(host uint64, hs pb.HardState, snap pb.Snapshot, entries []pb.Entry) {}

// Crashed says that a host lost everything that was not durable. excused says
// that an injected disk fault, one that Raft does not promise to survive, may
// have taken what was durable as well: the next Started is then believed.
func (c *Protocol) Crashed(host uint64, excused bool) {}

// Offered says that a Ready was taken from a host. soft and snap are nil and hs
// is empty where the Ready has none. committed are the entries to apply.
func (c *Protocol) Offered(host uint64, soft *raft.SoftState, hs pb.HardState, entries, committed []pb.Entry, snap *pb.Snapshot, mustSync bool) {
}

// Persisted says that hs (when not empty), entries and snap (when not nil) of
// an earlier Offered are durable now: written and synced. Call it before the
// messages that rest on it are Sent.
func (c *Protocol) Persisted(host uint64, hs pb.HardState, entries []pb.Entry, snap *pb.Snapshot) {}

// Sent says that a message leaves a host.
func (c *Protocol) Sent(host uint64, m *pb.Message) {}

// Applied says that a host gives an entry to its state machine.
func (c *Protocol) Applied(host uint64, e *pb.Entry) {}

// AppliedState says that the state machine of a host has the digest once all
// entries up to index are applied.
func (c *Protocol) AppliedState(host, index, digest uint64) {}

// Installed says that a host replaced its state machine by a snapshot that it
// was sent.
func (c *Protocol) Installed(host uint64, snap *pb.Snapshot) {}

// Snapshotted says that a host made a snapshot of its own state machine, whose
// digest it had.
func (c *Protocol) Snapshotted(host uint64, snap *pb.Snapshot, digest uint64) {}

// Compacted says that a host dropped the entries up to index from its log.
func (c *Protocol) Compacted(host, index uint64) {}

// ConfChanged says that the configuration that a host goes by is cs once it
// has applied index. Index zero tells the configuration it booted with.
func (c *Protocol) ConfChanged(host, index uint64, cs pb.ConfState) {}

// Progress says what a leader believes of a peer.
func (c *Protocol) Progress(host, peer, match, next uint64) {}

// ReadRequested says that a linearizable read began, under a number that is
// unique in the run; ReadServed that a host serves it at its applied index.
func (c *Protocol) ReadRequested(read uint64) {}

// ReadServed says that a read is answered from the state at index of a host.
func (c *Protocol) ReadServed(host, read, index uint64) {}

// Executed says that a host's state machine met a client's request at a log
// index; duplicate when it had no effect.
func (c *Protocol) Executed(host, index, session, number uint64, duplicate bool) {}

// Acknowledged says that a client was told that its request took effect.
func (c *Protocol) Acknowledged(session, number uint64) {}

// Violations returns what was found so far, in order, one of each signature.
func (c *Protocol) Violations() []Violation { return nil }

// First returns the first violation, nil when there is none.
func (c *Protocol) First() *Violation { return nil }
