package main

import (
	"encoding/binary"
	"errors"
	"fmt"

	"raftsim/host"
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
)

// What servers say to one another. Messages of the protocol and acknowledgements
// of chunks travel in batches, in order; a chunk of a snapshot travels alone, on a
// connection of its own.
const (
	// batchMessages and batchBytes limit one batch. A message alone may be
	// larger than batchBytes, up to mostBytes.
	batchMessages = 64
	batchBytes    = 1 << 20
	// mostBytes limits the body of a request between servers: a message of the
	// largest size that raft makes, with an entry of the largest size that a
	// client may propose.
	mostBytes = 4 << 20
	// chunkBytes is the data that one chunk carries.
	chunkBytes = 256 << 10
)

// The kinds of what is in a batch, its first byte.
const (
	raftKind byte = iota + 1
	ackKind
)

// inbound is a message of another server.
type inbound struct {
	from    uint64
	message host.Message
}

// encode encodes a message: a chunk by itself, another one as a part of a batch.
func encode(m *host.Message) []byte {
	switch m.Kind {
	case host.ChunkMessage:
		return m.Chunk.Append(make([]byte, 0, len(m.Chunk.Data)+1<<10))
	case host.ChunkAckMessage:
		return m.ChunkAck.Append([]byte{ackKind})
	case host.RaftMessage:
		return m.Raft.Append(append(make([]byte, 0, 1+m.Raft.Size()), raftKind))
	}
	panic(fmt.Sprintf("kvserver: a replica sends a message of kind %d to another", m.Kind))
}

// appendToBatch adds an encoded part to the body of a request.
func appendToBatch(body, part []byte) []byte {
	return append(binary.AppendUvarint(body, uint64(len(part))), part...)
}

// decodeBatch takes a body apart. Whatever its bytes are, it does not panic, and
// makes room for no more than batchMessages parts.
func decodeBatch(from uint64, body []byte) (batch []inbound, err error) {
	for len(body) > 0 {
		size, n := binary.Uvarint(body)
		switch {
		case n <= 0 || size > uint64(len(body)-n):
			return nil, errors.New("the batch ends in the middle of a part")
		case size == 0:
			return nil, errors.New("the batch has an empty part")
		case len(batch) == batchMessages:
			return nil, fmt.Errorf("the batch has more than %d parts", batchMessages)
		}
		in := inbound{from: from}
		if err := in.decode(body[n : n+int(size)]); err != nil {
			return nil, fmt.Errorf("part %d of the batch: %w", len(batch)+1, err)
		}
		batch = append(batch, in)
		body = body[n+int(size):]
	}
	return batch, nil
}

// decode reads one part of a batch.
func (in *inbound) decode(part []byte) error {
	switch part[0] {
	case raftKind:
		in.message.Kind = host.RaftMessage
		return in.message.Raft.Unmarshal(part[1:])
	case ackKind:
		in.message.Kind, in.message.ChunkAck = host.ChunkAckMessage, new(snapstream.Ack)
		return in.message.ChunkAck.Unmarshal(part[1:])
	}
	return fmt.Errorf("kind is %d, must be %d or %d", part[0], raftKind, ackKind)
}

// check says what is wrong with what a server has sent to another. Requests of
// clients are forwarded in the name of whom they came from first.
func (in *inbound) check(to uint64) error {
	m := &in.message.Raft
	switch in.message.Kind {
	case host.ChunkMessage:
		m = &in.message.Chunk.Head
	case host.ChunkAckMessage:
		return nil
	}
	forwarded := m.Type == pb.MsgProp || m.Type == pb.MsgReadIndex || m.Type == pb.MsgTransferLeader
	switch {
	case m.To != to:
		return fmt.Errorf("a %v is for server %d, this is server %d", m.Type, m.To, to)
	case m.From != in.from && !forwarded:
		return fmt.Errorf("a %v of server %d was sent by server %d", m.Type, m.From, in.from)
	case in.message.Kind == host.RaftMessage && m.Type == pb.MsgSnap:
		return errors.New("a MsgSnap travels in chunks")
	}
	return nil
}
