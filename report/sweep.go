package report

// Sweep is what all runs of the command run came to.
type Sweep struct {
	// Asked is the number of runs that were asked for. It is more than runs, those
	// that have finished, only when the sweep was interrupted.
	Asked int64 `json:"asked"`
	Runs  int64 `json:"runs"`
	// Failed is the number of runs that failed.
	Failed int64 `json:"failed"`
	// Outcomes counts the runs of each outcome, the worst first.
	Outcomes []OutcomeCount `json:"outcomes,omitempty"`
	// Unreached are the scenarios of which no seed hit the mark that the scenario
	// reaches.
	Unreached []Unreached `json:"unreached,omitempty"`
	// MissedMarks are those of --require-marks that no run hit.
	MissedMarks []string `json:"missed_marks,omitempty"`
	// Bugs are the failures, those of one signature together.
	Bugs []Bug `json:"bugs,omitempty"`
	// UnlistedFailures counts those of further signatures, which are not told apart.
	UnlistedFailures int64 `json:"unlisted_failures,omitempty"`
	// Unchecked lists the properties that some run did not watch, and why.
	Unchecked []string `json:"unchecked,omitempty"`
	// GoOn are the commands that run what an interrupted sweep has left, for a shell
	// in the same folder.
	GoOn []string `json:"go_on,omitempty"`

	// Events, simulated_ns, leaders and the operations are sums over all runs.
	Events              uint64 `json:"events"`
	SimulatedNS         int64  `json:"simulated_ns"`
	Leaders             int64  `json:"leaders"`
	InvokedOperations   int64  `json:"invoked_operations"`
	CompletedOperations int64  `json:"completed_operations"`
	// Faults counts the faults of each kind.
	Faults []FaultTotal `json:"faults,omitempty"`
	// Marks counts the runs that hit each mark.
	Marks []MarkTotal `json:"marks,omitempty"`
	// Fingerprint digests the names, seeds and fingerprints of all runs: 16 hexadecimal digits.
	Fingerprint string `json:"fingerprint" jsonschema:"pattern=^[0-9a-f]{16}$"`
	// ElapsedNS is the real time that the sweep took.
	ElapsedNS int64 `json:"elapsed_ns"`
}

// OutcomeCount is the number of runs of one outcome.
type OutcomeCount struct {
	Outcome string `json:"outcome"`
	Runs    int64  `json:"runs"`
}

// Unreached is a scenario and the mark that none of its seeds hit.
type Unreached struct {
	File     string `json:"file"`
	Scenario string `json:"scenario"`
	Mark     string `json:"mark"`
}

// Bug is all failures of one signature.
type Bug struct {
	Signature string `json:"signature"`
	// Count is the number of runs that failed so.
	Count int64 `json:"count"`
	// First is the first of them in the order of the sweep, shortest the one of
	// fewest events.
	First    Seen `json:"first"`
	Shortest Seen `json:"shortest"`
}

// Seen is one run that shows a bug.
type Seen struct {
	File     string `json:"file"`
	Scenario string `json:"scenario"`
	Seed     uint64 `json:"seed"`
	Outcome  string `json:"outcome"`
	Events   uint64 `json:"events"`
	// Reproduce is the command that makes it again, for a shell in the same folder.
	Reproduce string `json:"reproduce"`
}

// FaultTotal says how often a kind of fault fired in all runs.
type FaultTotal struct {
	Kind     string `json:"kind"`
	Fired    int64  `json:"fired"`
	Skipped  int64  `json:"skipped"`
	NoEffect int64  `json:"no_effect"`
	// Runs is the number of runs in which it had an effect.
	Runs int64 `json:"runs"`
}

// MarkTotal says how many runs hit a mark.
type MarkTotal struct {
	ID   string `json:"id"`
	Runs int64  `json:"runs"`
	// File and seed are those of the first run that hit it.
	File string `json:"file"`
	Seed uint64 `json:"seed"`
}
