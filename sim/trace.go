package sim

import (
	"fmt"
	"strconv"
	"strings"

	"raftsim/clock"
	"raftsim/network"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
)

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

// Record is one event of a run's trace: plain numbers, and a text where
// numbers do not say it. It holds no pointer that outlives the call it is
// shown in, and no wall time.
type Record struct {
	// At is the virtual time, Event the number of the event of the loop
	// during which it happened: the same number that violations quote.
	At    clock.Time
	Event uint64
	Verb  Verb
	// Host is who did it; a client's number is network.ClientBase and more;
	// zero is the simulator. Peer is the other end, if there is one.
	Host, Peer uint64
	// Fields are the numbers, with the meaning and order that the verb gives.
	Fields [4]uint64
	// Text says the rest.
	Text string
	// Cause is the event during which it happened. It is no part of the
	// fingerprint, and empty while nobody listens.
	Cause Cause
}

// String renders the record as one line:
//
//	0.310s  n1 -> n2    dropped        type=MsgApp term=1 index=4 entries=1  lost
func (r *Record) String() string {
	var b strings.Builder
	who := name(r.Host)
	if r.Peer != 0 {
		who += " -> " + name(r.Peer)
	}
	info := verbs[r.Verb]
	fmt.Fprintf(&b, "%12s  #%-7d %-12s %-13s", r.At, r.Event, who, info.word)
	for i, field := range info.fields {
		b.WriteByte(' ')
		b.WriteString(field)
		b.WriteByte('=')
		switch field {
		case "type":
			b.WriteString(messageTypeName(r.Fields[i]))
		case "digest":
			fmt.Fprintf(&b, "%016x", r.Fields[i])
		default:
			b.WriteString(strconv.FormatUint(r.Fields[i], 10))
		}
	}
	if r.Text != "" {
		b.WriteByte(' ')
		b.WriteString(r.Text)
	}
	return strings.TrimRight(b.String(), " ")
}

// HostName prints the host or client of a record.
func HostName(id uint64) string { return name(id) }

// name prints a host as n1, a client as c1 and the simulator as "-".
func name(id uint64) string {
	switch {
	case id == 0:
		return "-"
	case id >= network.ClientBase:
		return "c" + strconv.FormatUint(id-network.ClientBase, 10)
	}
	return "n" + strconv.FormatUint(id, 10)
}

// The kinds of messages that are not Raft's, numbered after raftpb's.
const (
	typeRequest = 1000 + iota
	typeResponse
	typePayload
)

func messageTypeName(t uint64) string {
	switch t {
	case typeRequest:
		return "Request"
	case typeResponse:
		return "Response"
	case typePayload:
		return "Payload"
	}
	return pb.MessageType(t).String()
}

// trace keeps the rolling digest of all records of a run, and shows them to
// its listener. The digest is the same with a listener and without one.
type trace struct {
	digest   uint64
	listener func(*Record)
	current  Record // what the listener is shown
}

// record adds r to the digest.
func (t *trace) record(r *Record) {
	d := random.Mix(t.digest, uint64(r.At))
	d = random.Mix(d, uint64(r.Verb)<<56^r.Host<<28^r.Peer)
	for _, f := range r.Fields {
		d = random.Mix(d, f)
	}
	if !verbs[r.Verb].prose {
		for i := 0; i < len(r.Text); i++ {
			d = random.Mix(d, uint64(r.Text[i]))
		}
	}
	t.digest = d
	if t.listener != nil {
		t.current = *r
		t.listener(&t.current)
	}
}
