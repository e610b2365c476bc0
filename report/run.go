package report

// Run is one run of one seed, for the command run: a line each, in the order of
// scenarios and seeds. With --quiet only runs that failed have one.
type Run struct {
	Type string `json:"type" jsonschema:"const=run"`
	// File is the path of the scenario as it was given, "-" for standard input.
	File string `json:"file"`
	// Scenario is its name.
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`
	// Outcome is what the run came to, in the words of the text output.
	Outcome string `json:"outcome"`
	// Failed says whether that counts against what was tested.
	Failed bool `json:"failed"`
	// Detail says in a line what a failed run came to.
	Detail string `json:"detail,omitempty"`
	// Signature is equal for failures that look like the same bug.
	Signature string `json:"signature,omitempty"`
	// Reproduce is the command that makes a failed run again, for a shell in the
	// same folder.
	Reproduce string `json:"reproduce,omitempty"`
	// Violations are the broken properties in the order in which they were seen.
	Violations []Violation `json:"violations,omitempty"`
	// Divergence is where two runs of the seed differ.
	Divergence *Divergence `json:"divergence,omitempty"`
	// Error says why the run could not be made.
	Error string `json:"error,omitempty"`
	// Stack lists the functions that a panic went through, innermost first.
	Stack []string `json:"stack,omitempty"`
	// Memory says what a run kept that was ended for its bound.
	Memory *Memory `json:"memory,omitempty"`
	// OutOfModel lists the faults that were out of model, each with the promise that it broke.
	OutOfModel []string `json:"out_of_model,omitempty"`
	// Unchecked lists the properties that nobody watched, and why.
	Unchecked []string `json:"unchecked,omitempty"`

	// Events is the number of events handled.
	Events uint64 `json:"events"`
	// SimulatedNS is the length of the run.
	SimulatedNS int64 `json:"simulated_ns"`
	// RecoveryNS is how long the recovery took, zero when there was none.
	RecoveryNS int64 `json:"recovery_ns"`
	// Fingerprint digests every record of the run: 16 hexadecimal digits.
	Fingerprint string `json:"fingerprint" jsonschema:"pattern=^[0-9a-f]{16}$"`
	// Operations are those of the clients.
	Operations Operations `json:"operations"`
	// Leaders is the number of terms that had a leader.
	Leaders int `json:"leaders"`
	// FaultClass is the worst class of the faults that fired.
	FaultClass string `json:"fault_class"`
	// Faults counts the faults by kind.
	Faults []Fault `json:"faults,omitempty"`
	// Marks are the ids of those that the run hit.
	Marks []string `json:"marks,omitempty"`
}

// Operations counts what became of the clients' operations: invoked is the sum of
// completed, dropped and open.
type Operations struct {
	Invoked   int `json:"invoked"`
	Completed int `json:"completed"`
	// Dropped are reads that timed out.
	Dropped int `json:"dropped"`
	// Open are commands of which nobody learned the outcome.
	Open int `json:"open"`
	// Attempts counts requests that were sent, retries included.
	Attempts int `json:"attempts"`
}

// Fault says how often a kind of fault fired in a run.
type Fault struct {
	Kind  string `json:"kind"`
	Fired int    `json:"fired"`
	// Skipped faults could not fire: they had no target, or what they asked for was refused.
	Skipped int `json:"skipped"`
	// NoEffect counts those that fired and changed nothing.
	NoEffect int `json:"no_effect"`
}

// Memory is what a run keeps, counted the same on every machine.
type Memory struct {
	Bytes      int64 `json:"bytes"`
	BoundBytes int64 `json:"bound_bytes"`
	// Holders say where the memory is, the largest first.
	Holders []MemoryHolder `json:"holders"`
}

// MemoryHolder is one part of a run that keeps memory.
type MemoryHolder struct {
	What  string `json:"what"`
	Bytes int64  `json:"bytes"`
}

// Violation is a broken property with what shows it.
type Violation struct {
	// Property is the name of what is broken, such as "election safety".
	Property string `json:"property"`
	// Source says where the property comes from, such as "Raft §5.2".
	Source string `json:"source,omitempty"`
	// Detail is what is wrong, in a sentence.
	Detail string `json:"detail"`
	// Signature is equal for two violations that look like the same bug.
	Signature string `json:"signature,omitempty"`
	// AtNS is when it was seen, event the number of the event.
	AtNS  int64  `json:"at_ns"`
	Event uint64 `json:"event"`
	// Hosts are those involved.
	Hosts []uint64 `json:"hosts,omitempty"`
	// Evidence lists the facts in order of time.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Evidence is one fact that a violation rests on.
type Evidence struct {
	AtNS  int64  `json:"at_ns"`
	Event uint64 `json:"event"`
	// Host is the one that the fact is about, if it is one.
	Host uint64 `json:"host,omitempty"`
	Text string `json:"text"`
}

// Divergence is the first difference between two runs of one seed.
type Divergence struct {
	// EqualRecords counts the records before it.
	EqualRecords uint64 `json:"equal_records"`
	// First and second are the records that differ, as lines of a trace.
	First  string `json:"first"`
	Second string `json:"second"`
	// Before are the last records that were equal, oldest first.
	Before []string `json:"before,omitempty"`
	// Cause says where to look.
	Cause string `json:"cause,omitempty"`
	// FirstCauses and SecondCauses say how the two records came about, the nearest event first.
	FirstCauses  []string `json:"first_causes,omitempty"`
	SecondCauses []string `json:"second_causes,omitempty"`
}
