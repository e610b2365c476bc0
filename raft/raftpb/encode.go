package raftpb

import "google.golang.org/protobuf/encoding/protowire"

// bytesField, added to a field number shifted by three, is the tag of a field
// that begins with its length. Without it the tag is that of a number.
const bytesField = 2

// Append appends the encoded entry to b.
func (m *Entry) Append(b []byte) []byte {
	b = appendUint(b, 1<<3, uint64(m.Type))
	b = appendUint(b, 2<<3, m.Term)
	b = appendUint(b, 3<<3, m.Index)
	return appendBytes(b, 4<<3|bytesField, m.Data)
}

// Append appends the encoded hard state to b.
func (m *HardState) Append(b []byte) []byte {
	b = appendUint(b, 1<<3, m.Term)
	b = appendUint(b, 2<<3, m.Vote)
	return appendUint(b, 3<<3, m.Commit)
}

// Append appends the encoded configuration to b.
func (m *ConfState) Append(b []byte) []byte {
	b = appendIDs(b, 1<<3, m.Voters)
	b = appendIDs(b, 2<<3, m.Learners)
	b = appendIDs(b, 3<<3, m.VotersOutgoing)
	b = appendIDs(b, 4<<3, m.LearnersNext)
	return appendBool(b, 5<<3, m.AutoLeave)
}

// Append appends the encoded metadata to b.
func (m *SnapshotMetadata) Append(b []byte) []byte {
	b = appendLength(b, 1<<3|bytesField, m.ConfState.Size())
	b = m.ConfState.Append(b)
	b = appendUint(b, 2<<3, m.Index)
	return appendUint(b, 3<<3, m.Term)
}

// Append appends the encoded snapshot to b.
func (m *Snapshot) Append(b []byte) []byte {
	b = appendBytes(b, 1<<3|bytesField, m.Data)
	b = appendLength(b, 2<<3|bytesField, m.Metadata.Size())
	return m.Metadata.Append(b)
}

// Append appends the encoded message to b.
func (m *Message) Append(b []byte) []byte {
	b = appendUint(b, 1<<3, uint64(m.Type))
	b = appendUint(b, 2<<3, m.To)
	b = appendUint(b, 3<<3, m.From)
	b = appendUint(b, 4<<3, m.Term)
	b = appendUint(b, 5<<3, m.LogTerm)
	b = appendUint(b, 6<<3, m.Index)
	for i := range m.Entries {
		b = appendLength(b, 7<<3|bytesField, m.Entries[i].Size())
		b = m.Entries[i].Append(b)
	}
	b = appendUint(b, 8<<3, m.Commit)
	if m.Snapshot != nil {
		b = appendLength(b, 9<<3|bytesField, m.Snapshot.Size())
		b = m.Snapshot.Append(b)
	}
	b = appendBool(b, 10<<3, m.Reject)
	b = appendUint(b, 11<<3, m.RejectHint)
	b = appendBytes(b, 12<<3|bytesField, m.Context)
	b = appendUint(b, 13<<3, m.Vote)
	for i := range m.Responses {
		b = appendLength(b, 14<<3|bytesField, m.Responses[i].Size())
		b = m.Responses[i].Append(b)
	}
	return b
}

// Append appends the encoded change to b.
func (m *ConfChange) Append(b []byte) []byte {
	b = appendUint(b, 1<<3, m.ID)
	b = appendUint(b, 2<<3, uint64(m.Type))
	b = appendUint(b, 3<<3, m.NodeID)
	return appendBytes(b, 4<<3|bytesField, m.Context)
}

// Append appends the encoded operation to b.
func (m *ConfChangeSingle) Append(b []byte) []byte {
	b = appendUint(b, 1<<3, uint64(m.Type))
	return appendUint(b, 2<<3, m.NodeID)
}

// Append appends the encoded change to b.
func (m *ConfChangeV2) Append(b []byte) []byte {
	b = appendUint(b, 1<<3, uint64(m.Transition))
	for i := range m.Changes {
		b = appendLength(b, 2<<3|bytesField, m.Changes[i].Size())
		b = m.Changes[i].Append(b)
	}
	return appendBytes(b, 3<<3|bytesField, m.Context)
}

// appendUint appends a field of one number; a negative enum fills ten bytes. It
// is just small enough to be inlined. Most numbers of a message fit seven bits.
func appendUint(b []byte, tag byte, v uint64) []byte {
	if v >= 0x80 {
		return appendLong(b, tag, v)
	}
	return append(b, tag, byte(v))
}

func appendLong(b []byte, tag byte, v uint64) []byte {
	return protowire.AppendVarint(append(b, tag), v)
}

func appendBool(b []byte, tag byte, v bool) []byte {
	if v {
		return append(b, tag, 1)
	}
	return append(b, tag, 0)
}

func appendBytes(b []byte, tag byte, v []byte) []byte {
	if v == nil {
		return b
	}
	return append(appendLength(b, tag, len(v)), v...)
}

// appendLength appends what comes before the contents of a field of n bytes.
func appendLength(b []byte, tag byte, n int) []byte { return appendUint(b, tag, uint64(n)) }

func appendIDs(b []byte, tag byte, ids []uint64) []byte {
	for _, id := range ids {
		b = appendUint(b, tag, id)
	}
	return b
}
