package checker

import (
	"fmt"
	"slices"

	words "raftsim/internal/text"
)

// Property is one thing that a run is held to. Its zero value is none.
type Property uint8

// The properties, in the order of the documentation: About says what each demands.
const (
	noProperty Property = iota

	// Of hosts, as the facts come in.
	ElectionSafety
	ElectionQuorum
	OneVote
	VoteFreshness
	PreVote
	VoteLease
	CheckQuorum
	LeadershipTransfer
	LeaderAppendOnly
	LogMatching
	EntryOrigin
	LogOrder
	Truncation
	CommittedLog
	CommitQuorum
	CommitTerm
	CommitOrder
	LeaderCompleteness
	StateMachineSafety
	ApplyOrder
	TermDurability
	VoteDurability
	AppendDurability
	DurableState
	StorageView
	TermOrder
	SnapshotState
	StateOrder
	ConfigAgreement
	ConfigStep
	ConfigInFlight
	Campaign
	MessageTerm
	MessageForm
	CommitHint
	ReplicationProgress
	ReadIndex
	Session

	// Of the history of the clients.
	Linearizability
	SequentialConsistency

	// Of a run as a whole.
	Determinism
	NoPanic
	NoUnexcusedFailure
	EntriesUnchanged
	NoEnd
	NothingVacuous
	ExpectedViolation

	// Of a cluster whose faults have healed.
	HostsRun
	LeaderElected
	LeaderStays
	OperationsComplete
	FreshOperations
	ReplicasConverge
	JointLeft
	FollowersReplicate
	InflightDrains
	TransferEnds
	LearnersCatchUp
	UncommittedBounded
	RejoinKeepsLeader

	properties // their number
)

// Class says what it means that a property is broken.
type Class uint8

// The classes.
const (
	// Safety: what must never happen has happened.
	Safety Class = iota
	// Liveness: what must come true has not, within its bound.
	Liveness
	// Run: the run itself went wrong, or shows nothing.
	Run
)

var classNames = [...]string{"safety", "liveness", "run"}

// String is "safety", "liveness" or "run".
func (c Class) String() string { return classNames[c] }

// MarshalText is String, so that JSON shows the word.
func (c Class) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (c *Class) UnmarshalText(text []byte) error {
	i := slices.Index(classNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("checker: no class of properties is named %q, %s", text, words.Suggestion(string(text), classNames[:]))
	}
	*c = Class(i)
	return nil
}

// Properties lists all of them, in the order of the documentation.
func Properties() []Property { return list(noProperty+1, properties) }

// Invariants lists what a Protocol watches.
func Invariants() []Property { return list(ElectionSafety, Session+1) }

// OfClass lists the properties of one class.
func OfClass(class Class) []Property {
	return slices.DeleteFunc(Properties(), func(p Property) bool { return p.Class() != class })
}

func list(from, to Property) (all []Property) {
	for p := from; p < to; p++ {
		all = append(all, p)
	}
	return all
}

// Lookup returns the property of a name. A user's own, such as an Always mark, is
// none of these.
func Lookup(name string) (p Property, ok bool) {
	i := slices.IndexFunc(registry[:], func(d description) bool { return d.name == name })
	return Property(max(i, 0)), i > 0
}

// String is how a violation is headed, such as "election safety".
func (p Property) String() string { return registry[p].name }

// Source says where the property comes from, such as "Raft §5.2, Figure 3".
func (p Property) Source() string { return registry[p].source }

// About says in a sentence what is demanded.
func (p Property) About() string { return registry[p].about }

// Class says what it means that it is broken.
func (p Property) Class() Class { return registry[p].class }

// Needs are the facts without which it is not watched.
func (p Property) Needs() Facts { return registry[p].needs }

// Unmet is the violation of the property. shape distinguishes the ways in which it may
// break; it may be empty. The fact that broke it comes last in the evidence. When it
// was seen is the caller's to add.
func (p Property) Unmet(shape, detail string, evidence ...Evidence) *Violation {
	v := &Violation{
		Property: p.String(), Source: p.Source(), Class: p.Class(),
		Detail: detail, Evidence: evidence, Signature: p.signature(shape),
	}
	for _, e := range evidence {
		if e.Host != 0 && !slices.Contains(v.Hosts, e.Host) {
			v.Hosts = append(v.Hosts, e.Host)
		}
	}
	slices.Sort(v.Hosts)
	return v
}

func (p Property) signature(shape string) string {
	if shape == "" {
		return p.String()
	}
	return p.String() + ": " + shape
}
