package main

import (
	"encoding/binary"
	"errors"
	"fmt"

	pb "raftsim/raft/raftpb"
)

// A batch of messages is, for each one, its length and its protobuf encoding.

// encodeBatch encodes messages for the body of a request.
func encodeBatch(batch []pb.Message) []byte {
	size := 0
	for i := range batch {
		size += binary.MaxVarintLen64 + batch[i].Size()
	}
	body := make([]byte, 0, size)
	for i := range batch {
		m, _ := batch[i].Marshal() // never fails
		body = append(binary.AppendUvarint(body, uint64(len(m))), m...)
	}
	return body
}

// decodeBatch takes a body apart. Whatever its bytes are, it does not panic.
func decodeBatch(body []byte) ([]pb.Message, error) {
	var batch []pb.Message
	for len(body) > 0 {
		size, n := binary.Uvarint(body)
		if n <= 0 || size > uint64(len(body)-n) {
			return nil, errors.New("the batch ends in the middle of a message")
		}
		var m pb.Message
		if err := m.Unmarshal(body[n : n+int(size)]); err != nil {
			return nil, fmt.Errorf("message %d of the batch: %w", len(batch)+1, err)
		}
		batch = append(batch, m)
		body = body[n+int(size):]
	}
	return batch, nil
}
