package main

import (
	"encoding/binary"
	"errors"

	"raftsim/workload"
)

// In workload.KV a value is made of pieces, and a piece is the mark of the
// command that wrote it, twice the size of its content (one more in the piece
// that a delete leaves), and the content. The simulator fills pieces with
// letters; here the content is what the client sent.

// putCommand sets a key to a value.
func putCommand(key uint64, m workload.Mark, value []byte) []byte {
	return withContent(workload.KVPut(key, m).Bytes, value)
}

// appendCommand adds to the value of a key.
func appendCommand(key uint64, m workload.Mark, value []byte) []byte {
	return withContent(workload.KVAppend(key, m).Bytes, value)
}

// withContent replaces the size of zero that ends a command by that of the
// content, and the content.
func withContent(command, content []byte) []byte {
	command = command[:len(command)-1]
	return append(binary.AppendUvarint(command, uint64(len(content))<<1), content...)
}

var errNotKV = errors.New("this is no answer of workload.KV")

// valueOf joins the contents in the answer to a read. exists is false when the
// key was never written, or deleted last.
func valueOf(answer []byte) (value []byte, exists bool, err error) {
	if len(answer) == 0 {
		return nil, false, errNotKV
	}
	for rest := answer[1:]; len(rest) > 0; {
		var head [3]uint64 // client and number of the mark, size
		for i := range head {
			n := 0
			if head[i], n = binary.Uvarint(rest); n <= 0 {
				return nil, false, errNotKV
			}
			rest = rest[n:]
		}
		size := head[2] >> 1
		if size > uint64(len(rest)) {
			return nil, false, errNotKV
		}
		value, rest = append(value, rest[:size]...), rest[size:]
		exists = exists || head[2]&1 == 0
	}
	return value, exists, nil
}
