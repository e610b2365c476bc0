package raftpb

import "google.golang.org/protobuf/encoding/protowire"

// All field numbers are below 16, so every tag is one byte. Scalars are written
// even when they are zero; bytes are left out only when nil.

// Size returns the length of the encoded entry in bytes.
func (m *Entry) Size() int {
	if m == nil {
		return 0
	}
	return 3 + sizeEnum(int32(m.Type)) + protowire.SizeVarint(m.Term) + protowire.SizeVarint(m.Index) + sizeBytes(m.Data)
}

// Size returns the length of the encoded hard state in bytes.
func (m *HardState) Size() int {
	if m == nil {
		return 0
	}
	return 3 + protowire.SizeVarint(m.Term) + protowire.SizeVarint(m.Vote) + protowire.SizeVarint(m.Commit)
}

// Size returns the length of the encoded configuration in bytes.
func (m *ConfState) Size() int {
	if m == nil {
		return 0
	}
	return 2 + sizeIDs(m.Voters) + sizeIDs(m.Learners) + sizeIDs(m.VotersOutgoing) + sizeIDs(m.LearnersNext)
}

// Size returns the length of the encoded metadata in bytes.
func (m *SnapshotMetadata) Size() int {
	if m == nil {
		return 0
	}
	return 2 + sizeNested(m.ConfState.Size()) + protowire.SizeVarint(m.Index) + protowire.SizeVarint(m.Term)
}

// Size returns the length of the encoded snapshot in bytes.
func (m *Snapshot) Size() int {
	if m == nil {
		return 0
	}
	return sizeBytes(m.Data) + sizeNested(m.Metadata.Size())
}

// Size returns the length of the encoded message in bytes.
func (m *Message) Size() int {
	if m == nil {
		return 0
	}
	n := 11 + sizeEnum(int32(m.Type)) + protowire.SizeVarint(m.To) + protowire.SizeVarint(m.From) +
		protowire.SizeVarint(m.Term) + protowire.SizeVarint(m.LogTerm) + protowire.SizeVarint(m.Index) +
		protowire.SizeVarint(m.Commit) + protowire.SizeVarint(m.Vote) + protowire.SizeVarint(m.RejectHint) +
		sizeBytes(m.Context)
	for i := range m.Entries {
		n += sizeNested(m.Entries[i].Size())
	}
	if m.Snapshot != nil {
		n += sizeNested(m.Snapshot.Size())
	}
	for i := range m.Responses {
		n += sizeNested(m.Responses[i].Size())
	}
	return n
}

// Size returns the length of the encoded change in bytes.
func (m *ConfChange) Size() int {
	if m == nil {
		return 0
	}
	return 3 + protowire.SizeVarint(m.ID) + sizeEnum(int32(m.Type)) + protowire.SizeVarint(m.NodeID) + sizeBytes(m.Context)
}

// Size returns the length of the encoded operation in bytes.
func (m *ConfChangeSingle) Size() int {
	if m == nil {
		return 0
	}
	return 2 + sizeEnum(int32(m.Type)) + protowire.SizeVarint(m.NodeID)
}

// Size returns the length of the encoded change in bytes.
func (m *ConfChangeV2) Size() int {
	if m == nil {
		return 0
	}
	n := 1 + sizeEnum(int32(m.Transition)) + sizeBytes(m.Context)
	for i := range m.Changes {
		n += sizeNested(m.Changes[i].Size())
	}
	return n
}

// sizeEnum is the length of an enum's value: a negative one fills ten bytes.
func sizeEnum(x int32) int { return protowire.SizeVarint(uint64(x)) }

// sizeNested is the length of a field, tag included, that holds n bytes.
func sizeNested(n int) int { return 1 + protowire.SizeBytes(n) }

func sizeBytes(b []byte) int {
	if b == nil {
		return 0
	}
	return sizeNested(len(b))
}

// sizeIDs is the length of a list of ids, each with its own tag: proto2 does
// not pack.
func sizeIDs(ids []uint64) int {
	n := len(ids)
	for _, id := range ids {
		n += protowire.SizeVarint(id)
	}
	return n
}
