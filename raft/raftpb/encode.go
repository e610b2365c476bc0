package raftpb

import "google.golang.org/protobuf/encoding/protowire"

// The encoders write from the end of a buffer to its front. So the length of a
// nested message is known once it has been written, and nothing is measured
// twice. Each takes the position that its output ends at and returns the one it
// begins at; the buffer must hold Size bytes before end.

// A tag is a field number and how its value is written.
const (
	bytesField = 2
)

func (m *Entry) encode(b []byte, end int) int {
	i := putBytes(b, end, 4<<3|bytesField, m.Data)
	i = putUint(b, i, 3<<3, m.Index)
	i = putUint(b, i, 2<<3, m.Term)
	return putUint(b, i, 1<<3, uint64(m.Type))
}

func (m *HardState) encode(b []byte, end int) int {
	i := putUint(b, end, 3<<3, m.Commit)
	i = putUint(b, i, 2<<3, m.Vote)
	return putUint(b, i, 1<<3, m.Term)
}

func (m *ConfState) encode(b []byte, end int) int {
	i := putBool(b, end, 5<<3, m.AutoLeave)
	i = putIDs(b, i, 4<<3, m.LearnersNext)
	i = putIDs(b, i, 3<<3, m.VotersOutgoing)
	i = putIDs(b, i, 2<<3, m.Learners)
	return putIDs(b, i, 1<<3, m.Voters)
}

func (m *SnapshotMetadata) encode(b []byte, end int) int {
	i := putUint(b, end, 3<<3, m.Term)
	i = putUint(b, i, 2<<3, m.Index)
	return putLength(b, m.ConfState.encode(b, i), i, 1<<3|bytesField)
}

func (m *Snapshot) encode(b []byte, end int) int {
	i := putLength(b, m.Metadata.encode(b, end), end, 2<<3|bytesField)
	return putBytes(b, i, 1<<3|bytesField, m.Data)
}

func (m *Message) encode(b []byte, end int) int {
	i := end
	for k := len(m.Responses) - 1; k >= 0; k-- {
		i = putLength(b, m.Responses[k].encode(b, i), i, 14<<3|bytesField)
	}
	i = putUint(b, i, 13<<3, m.Vote)
	i = putBytes(b, i, 12<<3|bytesField, m.Context)
	i = putUint(b, i, 11<<3, m.RejectHint)
	i = putBool(b, i, 10<<3, m.Reject)
	if m.Snapshot != nil {
		i = putLength(b, m.Snapshot.encode(b, i), i, 9<<3|bytesField)
	}
	i = putUint(b, i, 8<<3, m.Commit)
	for k := len(m.Entries) - 1; k >= 0; k-- {
		i = putLength(b, m.Entries[k].encode(b, i), i, 7<<3|bytesField)
	}
	i = putUint(b, i, 6<<3, m.Index)
	i = putUint(b, i, 5<<3, m.LogTerm)
	i = putUint(b, i, 4<<3, m.Term)
	i = putUint(b, i, 3<<3, m.From)
	i = putUint(b, i, 2<<3, m.To)
	return putUint(b, i, 1<<3, uint64(m.Type))
}

func (m *ConfChange) encode(b []byte, end int) int {
	i := putBytes(b, end, 4<<3|bytesField, m.Context)
	i = putUint(b, i, 3<<3, m.NodeID)
	i = putUint(b, i, 2<<3, uint64(m.Type))
	return putUint(b, i, 1<<3, m.ID)
}

func (m *ConfChangeSingle) encode(b []byte, end int) int {
	i := putUint(b, end, 2<<3, m.NodeID)
	return putUint(b, i, 1<<3, uint64(m.Type))
}

func (m *ConfChangeV2) encode(b []byte, end int) int {
	i := putBytes(b, end, 3<<3|bytesField, m.Context)
	for k := len(m.Changes) - 1; k >= 0; k-- {
		i = putLength(b, m.Changes[k].encode(b, i), i, 2<<3|bytesField)
	}
	return putUint(b, i, 1<<3, uint64(m.Transition))
}

// putUint writes a field of one unsigned number. It is small enough to be
// inlined; most numbers of a message fit seven bits.
func putUint(b []byte, end int, tag byte, v uint64) int {
	if v >= 0x80 {
		end = putVarint(b, end, v)
	} else {
		end--
		b[end] = byte(v)
	}
	end--
	b[end] = tag
	return end
}

func putBool(b []byte, end int, tag byte, v bool) int {
	end -= 2
	b[end], b[end+1] = tag, 0
	if v {
		b[end+1] = 1
	}
	return end
}

func putBytes(b []byte, end int, tag byte, v []byte) int {
	if v == nil {
		return end
	}
	begin := end - len(v)
	copy(b[begin:end], v)
	return putLength(b, begin, end, tag)
}

func putIDs(b []byte, end int, tag byte, ids []uint64) int {
	for k := len(ids) - 1; k >= 0; k-- {
		end = putUint(b, end, tag, ids[k])
	}
	return end
}

// putLength completes a field whose contents are in b[begin:end].
func putLength(b []byte, begin, end int, tag byte) int {
	return putUint(b, begin, tag, uint64(end-begin))
}

// putVarint writes a number in groups of seven bits, the lowest first.
func putVarint(b []byte, end int, v uint64) int {
	end -= protowire.SizeVarint(v)
	i := end
	for ; v >= 0x80; v >>= 7 {
		b[i] = byte(v) | 0x80
		i++
	}
	b[i] = byte(v)
	return end
}
