package host

import (
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
)

// Message is what travels between hosts and clients: exactly one of its parts
// is set. Messages travel as values; what they point at is shared by all
// copies and never changed.
type Message struct {
	// Raft is a protocol message, when Kind is RaftMessage.
	Raft pb.Message
	// Checksum is that of the entries of Raft as they were sent. The network sets it,
	// so that entries which change on their way are found.
	Checksum uint64
	Kind     Kind
	// Request and Response are a client's question and a host's answer.
	Request  *Request
	Response *Response
	// Payload is anything else, and Raft messages between different
	// implementations, in the wire format of raftpb.
	Payload []byte
	// Chunk is a piece of a snapshot, and ChunkAck what a follower answers to one.
	Chunk    *snapstream.Chunk
	ChunkAck *snapstream.Ack
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
	ChunkMessage
	ChunkAckMessage
)

// Request is what a client asks of a host. It is sent again, there or elsewhere, until
// it is answered, so a command that changes something may come more than once.
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
	// Session, Number and Read are those of the Request.
	Session, Number, Read uint64
	Status                Status
	// Leader is the host to ask next; zero when the answerer knows none.
	Leader uint64
	// Answer is the state machine's, when Status is Done.
	Answer []byte
	// Index is the log index at which a command was applied, or the applied
	// index at which a read was served. Zero where there is no such order: it makes
	// long histories quick to judge, and stale reads need it.
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
	// Superseded: a later command of the session was executed before. This one has no
	// effect now; whether it had one before, its client knows or has given up knowing.
	Superseded
)
