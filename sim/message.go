package sim

import (
	"fmt"

	"raftsim/host"
	pb "raftsim/raft/raftpb"
	"raftsim/trace"
)

// What runs on a host and what it has of the world, under the names that a program
// uses which is only ever simulated. One that also runs in a server imports package
// host alone.
type (
	Process  = host.Process
	Env      = host.Env
	Message  = host.Message
	Kind     = host.Kind
	Request  = host.Request
	Response = host.Response
	Status   = host.Status
)

// The kinds of messages, and the statuses of responses.
const (
	RaftMessage     = host.RaftMessage
	RaftBytes       = host.RaftBytes
	RequestMessage  = host.RequestMessage
	ResponseMessage = host.ResponseMessage
	PayloadMessage  = host.PayloadMessage
	ChunkMessage    = host.ChunkMessage
	ChunkAckMessage = host.ChunkAckMessage

	Done       = host.Done
	Refused    = host.Refused
	Superseded = host.Superseded
)

// summary gives the numbers that a trace shows of a message.
func summary(m *Message) [4]uint64 {
	switch m.Kind {
	case RaftMessage:
		r := &m.Raft
		index := r.Index
		if r.Type == pb.MsgSnap && r.Snapshot != nil {
			index = r.Snapshot.Metadata.Index
		}
		return [4]uint64{uint64(r.Type), r.Term, index, uint64(len(r.Entries))}
	case RequestMessage:
		return [4]uint64{trace.TypeRequest, m.Request.Session, m.Request.Number, m.Request.Read}
	case ResponseMessage:
		return [4]uint64{trace.TypeResponse, m.Response.Session, m.Response.Number, m.Response.Read}
	case ChunkMessage: // the last number is where it belongs
		return [4]uint64{trace.TypeChunk, m.Chunk.ID.Term, m.Chunk.Head.Snapshot.Metadata.Index, m.Chunk.Offset}
	case ChunkAckMessage:
		return [4]uint64{trace.TypeChunkAck, m.ChunkAck.ID.Term, m.ChunkAck.ID.Attempt, m.ChunkAck.Received}
	}
	return [4]uint64{trace.TypePayload, 0, 0, uint64(len(m.Payload))}
}

// raftType is the type of a protocol message, MsgSnap for each chunk of one, and below
// zero for any other.
func raftType(m *Message) int64 {
	switch {
	case m.Kind == RaftMessage:
		return int64(m.Raft.Type)
	case m.Kind == ChunkMessage:
		return int64(pb.MsgSnap)
	case m.Kind == RaftBytes && len(m.Payload) > 1:
		return int64(m.Payload[1]) // the first field of the wire format
	}
	return -1
}

// size is about the number of bytes that m takes on a wire.
func size(m *Message) int {
	const header = 48
	const chunkHeader = 96 // that of a MsgSnap, and where the chunk belongs
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
	case ChunkMessage:
		return chunkHeader + len(m.Chunk.Data)
	}
	return header + len(m.Payload)
}

// describe prints what a message is, as a trace does.
func describe(m *Message) string {
	f := summary(m)
	return fmt.Sprintf("%s (term %d, index %d, %d entries)", trace.MessageType(f[0]), f[1], f[2], f[3])
}

// isSnapshot says whether m carries a whole snapshot to a follower.
func isSnapshot(m *Message) bool { return m.Kind != ChunkMessage && raftType(m) == int64(pb.MsgSnap) }
