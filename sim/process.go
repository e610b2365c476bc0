package sim

import (
	"time"

	"raftsim/clock"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
	"raftsim/vfs"
)

// Process is the program that a host runs. The default one is the raft host: a
// raft.Node, its write-ahead log and a replicated state machine. A user's own
// program takes its place through Options.Process.
//
// A process is single-threaded: its methods are called one at a time, and it
// must not start goroutines, read a clock or draw chance of its own. A crash
// drops the value and all that it holds; a new one is started on the same disk.
type Process interface {
	// Start is called once, before anything else. What it reads from the
	// disk is what the crash before it left there. An error means that the
	// process cannot run: see Env.Fail.
	Start(env Env) error
	// Receive hands over a message. The process may keep what m points at,
	// and must not change it: the network may deliver it again.
	Receive(from uint64, m *Message)
	// Timer says that a timer set through Env has fired.
	Timer(token uint64)
}

// Env is what a process has of the world. It is valid from Start until the
// host crashes.
type Env interface {
	// ID is the number of the host, 1 or more.
	ID() uint64
	// Now reads the host's own clock, which may be off.
	Now() clock.Time
	// FS is the host's disk. Every call happens at once and takes virtual
	// time: a process must not act on its result before AfterDisk says so.
	FS() vfs.FS
	// Random is a stream of chance of this host's own, a fresh one for each
	// incarnation.
	Random() *random.Rand
	// Send gives m to the network. It is lost, late or delivered twice as
	// the link decides. Messages to an unknown host vanish.
	Send(to uint64, m Message)
	// SetTimer calls Timer(token) once, after d on the host's own clock.
	SetTimer(d time.Duration, token uint64)
	// AfterDisk returns true when all that was asked of the disk has ended.
	// Otherwise it returns false and calls Timer(token) at that moment.
	AfterDisk(token uint64) bool
	// Fail ends the process with an error, as if it had exited. When the disk has
	// refused it anything, or has damaged what it held, it is restarted after a
	// while; otherwise an error is a violation.
	Fail(err error)
	// Note puts a line into the trace.
	Note(text string)
	// Marks takes what the process hits of its marks: see Mark.
	Marks() *Marks
}

// Message is what travels between hosts and clients: exactly one of its parts
// is set. Messages travel as values; what they point at is shared by all
// copies and never changed.
type Message struct {
	// Raft is a protocol message, when Kind is RaftMessage.
	Raft pb.Message
	// imprint is that of the entries of a raft host's message.
	imprint uint64
	Kind    Kind
	// Request and Response are a client's question and a host's answer.
	Request  *Request
	Response *Response
	// Payload is anything else, and Raft messages between different
	// implementations, in the wire format of raftpb.
	Payload []byte
}

// Kind says which part of a Message is set.
type Kind uint8

// The kinds of messages.
const (
	RaftMessage Kind = iota
	RaftBytes
	RequestMessage
	ResponseMessage
	PayloadMessage
)

// Request is what a client asks of a host.
type Request struct {
	// Session and Number name the command: a retry carries the same.
	Session, Number uint64
	// Read is the number of the read, unique in the run; zero for a command
	// that goes through the log.
	Read uint64
	// Stale says that the read is content with any state that is not older
	// than what a host had applied at index Seen: the last one that the client
	// was answered from, zero when there is none.
	Stale bool
	Seen  uint64
	// Command is a request of workload.EncodeRequest, or the bare query of a read.
	Command []byte
}

// Response answers a Request.
type Response struct {
	Session, Number, Read uint64
	Status                Status
	// Leader is the host to ask next; zero when the answerer knows none.
	Leader uint64
	// Answer is the state machine's, when Status is Done.
	Answer []byte
	// Index is the log index at which a command was applied, or the applied
	// index at which a read was served.
	Index uint64
}

// Status says what became of a request.
type Status uint8

// The statuses of a response.
const (
	// Done: Answer holds the result.
	Done Status = iota
	// Refused: the host did nothing and will do nothing about it.
	Refused
)

// summary gives the numbers that a trace shows of a message.
func (m *Message) summary() [4]uint64 {
	switch m.Kind {
	case RaftMessage:
		r := &m.Raft
		index := r.Index
		if r.Type == pb.MsgSnap && r.Snapshot != nil {
			index = r.Snapshot.Metadata.Index
		}
		return [4]uint64{uint64(r.Type), r.Term, index, uint64(len(r.Entries))}
	case RequestMessage:
		return [4]uint64{typeRequest, m.Request.Session, m.Request.Number, m.Request.Read}
	case ResponseMessage:
		return [4]uint64{typeResponse, m.Response.Session, m.Response.Number, m.Response.Read}
	}
	return [4]uint64{typePayload, 0, 0, uint64(len(m.Payload))}
}

// raftType is the type of a protocol message, and below zero for any other.
func (m *Message) raftType() int64 {
	switch {
	case m.Kind == RaftMessage:
		return int64(m.Raft.Type)
	case m.Kind == RaftBytes && len(m.Payload) > 1:
		return int64(m.Payload[1]) // the first field of the wire format
	}
	return -1
}

// size is about the number of bytes that m takes on a wire.
func (m *Message) size() int {
	const header = 48
	switch m.Kind {
	case RaftMessage:
		n := header + len(m.Raft.Context)
		for i := range m.Raft.Entries {
			n += 16 + len(m.Raft.Entries[i].Data)
		}
		if m.Raft.Snapshot != nil {
			n += len(m.Raft.Snapshot.Data)
		}
		return n
	case RequestMessage:
		return header + len(m.Request.Command)
	case ResponseMessage:
		return header + len(m.Response.Answer)
	}
	return header + len(m.Payload)
}
