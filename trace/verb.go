package trace

// Verb is what a record of the trace says happened.
type Verb uint8

// The verbs, in the order of the life of a run.
const (
	verbNone Verb = iota
	Boot
	Recovered
	Crashed
	Paused
	Resumed
	Retired
	Failed
	Sent
	Delivered
	Dropped
	BecameLeader
	TermChanged
	Wrote
	Applied
	Snapshot
	Installed
	Compacted
	Reconfigured
	FaultBegan
	FaultEnded
	FaultHadNoEffect
	Invoked
	Answered
	GaveUp
	Phase
	Violated
	Noted
	verbCount
)

// verbs says how each record is printed: its word, and the names of its fields.
// The text of most is data, such as a fault or a command. Where it is prose that
// explains what other records have as data, it is no part of the digest: to put
// it better does not make another run.
var verbs = [verbCount]struct {
	word   string
	fields []string
	prose  bool
}{
	verbNone:         {"?", nil, false},
	Boot:             {"boot", []string{"incarnation"}, false},
	Recovered:        {"recovered", []string{"term", "commit", "first", "last"}, false},
	Crashed:          {"crash", []string{"operations", "bytes", "torn"}, false},
	Paused:           {"pause", nil, false},
	Resumed:          {"resume", []string{"held"}, false},
	Retired:          {"retired", nil, false},
	Failed:           {"failed", nil, true},
	Sent:             {"send", []string{"type", "term", "index", "entries"}, false},
	Delivered:        {"deliver", []string{"type", "term", "index", "entries"}, false},
	Dropped:          {"dropped", []string{"type", "term", "index", "entries"}, false},
	BecameLeader:     {"elected", []string{"term"}, false},
	TermChanged:      {"term", []string{"term", "vote"}, false},
	Wrote:            {"wrote", []string{"index", "entries", "term", "synced"}, false},
	Applied:          {"apply", []string{"index", "term", "digest"}, false},
	Snapshot:         {"snapshot", []string{"index", "term", "bytes"}, false},
	Installed:        {"install", []string{"index", "term", "bytes"}, false},
	Compacted:        {"compact", []string{"index"}, false},
	Reconfigured:     {"configuration", []string{"index"}, false},
	FaultBegan:       {"fault", nil, false},
	FaultEnded:       {"heal", nil, false},
	FaultHadNoEffect: {"no effect", nil, true},
	Invoked:          {"invoke", []string{"session", "number"}, false},
	Answered:         {"answer", []string{"session", "number"}, false},
	GaveUp:           {"gave up", []string{"session", "number"}, false},
	Phase:            {"phase", nil, true},
	Violated:         {"violation", nil, true},
	Noted:            {"note", nil, false},
}

// String is the word that a trace prints for v.
func (v Verb) String() string { return verbs[v].word }
