// Package trace says what happened in a run: records, each with the event that caused it,
// and the digest of them all, by which two runs are known to be the same.
package trace

import (
	"fmt"
	"strconv"
	"strings"

	"raftsim/clock"
	"raftsim/network"
	pb "raftsim/raft/raftpb"
)

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
	who := Name(r.Host)
	if r.Peer != 0 {
		who += " -> " + Name(r.Peer)
	}
	info := verbs[r.Verb]
	fmt.Fprintf(&b, "%12s  #%-7d %-12s %-13s", r.At, r.Event, who, info.word)
	for i, field := range info.fields {
		b.WriteByte(' ')
		b.WriteString(field)
		b.WriteByte('=')
		switch field {
		case "type":
			b.WriteString(MessageType(r.Fields[i]))
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

// Name prints a host as n1, a client as c1 and the simulator as "-".
func Name(id uint64) string {
	switch {
	case id == 0:
		return "-"
	case id >= network.ClientBase:
		return "c" + strconv.FormatUint(id-network.ClientBase, 10)
	}
	return "n" + strconv.FormatUint(id, 10)
}

// The types of messages that are not Raft's, numbered after raftpb's.
const (
	TypeRequest = 1000 + iota
	TypeResponse
	TypePayload
	TypeChunk
	TypeChunkAck
)

// MessageType is how the type of a message is printed.
func MessageType(t uint64) string {
	switch t {
	case TypeRequest:
		return "Request"
	case TypeResponse:
		return "Response"
	case TypePayload:
		return "Payload"
	case TypeChunk:
		return "SnapshotChunk"
	case TypeChunkAck:
		return "SnapshotChunkAck"
	}
	return pb.MessageType(t).String()
}
