package sim

import (
	"fmt"
	"time"

	"raftsim/checker"
	"raftsim/checker/history"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
)

// Outcome is what a run came to.
type Outcome uint8

// The outcomes, the worst last where two could be given.
const (
	// Pass: every expectation held.
	Pass Outcome = iota
	// Inconclusive: the linearizability search ran out of steps, or there were
	// stale reads and the order of the log did not explain the other operations,
	// and nothing else is wrong. Not a pass.
	Inconclusive
	// Vacuous: the run was harmless: a fault had no effect, or too little happened.
	Vacuous
	// Liveness: the healed cluster did not recover within its bound.
	Liveness
	// Endless: the run used up its events.
	Endless
	// Safety: a property was violated.
	Safety
	// Panicked: a node or a process panicked.
	Panicked
	// OutOfModel: a property broke after a fault that Raft does not promise to
	// survive. Not a failure; Verdict.OutOfModel names the broken promise.
	OutOfModel
	// MemoryBound: the run kept more than Options.MaxMemory, and was ended.
	MemoryBound
)

func (o Outcome) String() string {
	names := [...]string{"pass", "inconclusive", "vacuous", "liveness", "endless", "safety", "panic", "out of model", "memory bound"}
	if int(o) < len(names) {
		return names[o]
	}
	return fmt.Sprintf("outcome(%d)", uint8(o))
}

// Verdict is what a run showed: plain data, equal for equal runs.
type Verdict struct {
	Name    string
	Seed    random.Seed
	Outcome Outcome
	// Fingerprint is the rolling digest of every record of the trace: of numbers
	// and data, not of the sentences that explain them.
	Fingerprint uint64
	// Events is the number of events handled, Simulated the virtual time.
	Events    uint64
	Simulated clock.Time
	// Recovery is how long the recovery phase took; zero when there was none.
	Recovery time.Duration
	// Operations of the clients.
	Operations Operations
	// Leaders is the number of terms that had a leader.
	Leaders int
	// Faults counts the faults that fired, by kind, in order of kind.
	Faults []FaultCount
	// Marks are the ids of the marks that the run hit, in alphabetical order.
	Marks []string `json:",omitempty"`
	// Violations are the broken properties, in the order they were seen; the
	// first is the one that the run is known by.
	Violations []checker.Violation
	// Class is the worst class of the faults that fired, in the configuration
	// that was in force at that time.
	Class faults.Class
	// OutOfModel lists the faults that were out of model, with the promise
	// that each of them broke.
	OutOfModel []string `json:",omitempty"`
	// Illegal is the judgement of a history that is not linearizable, nil
	// otherwise: history.WritePage draws it.
	Illegal *history.Result `json:"-"`
	// Unchecked lists the properties that nobody watched, and the liveness properties
	// that nobody watched in the recovery phase, each with what a foreign Raft, or a
	// process of the user's own, lacks for it. It is empty for our Raft.
	Unchecked []string `json:",omitempty"`
	// Memory says where the memory is when the outcome is MemoryBound, nil otherwise.
	Memory *MemoryUse `json:",omitempty"`
	// Stack lists the functions that a panic went through, innermost first.
	Stack string `json:",omitempty"`
}

// Operations counts what became of the clients' operations.
type Operations struct {
	// Invoked = Completed + Dropped + Open.
	Invoked, Completed int
	// Dropped are reads that timed out: they promise nothing.
	Dropped int
	// Open are commands whose outcome nobody learned.
	Open int
	// Attempts counts requests sent, retries included.
	Attempts int
}

// FaultCount says how often a kind of fault fired, and how often it had no effect.
type FaultCount struct {
	Kind string
	// Fired began. Skipped could not: nobody was there, or what was asked was
	// refused. NoEffect fired and had no effect.
	Fired, Skipped, NoEffect int
}

// Failed says whether the run is held against what was tested: it did not pass,
// and not because of a fault that is out of model.
func (v *Verdict) Failed() bool { return v.Outcome != Pass && v.Outcome != OutOfModel }

// Violation is the first broken property, or nil.
func (v *Verdict) Violation() *checker.Violation {
	if len(v.Violations) == 0 {
		return nil
	}
	return &v.Violations[0]
}
