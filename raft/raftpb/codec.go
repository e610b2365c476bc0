package raftpb

import (
	"fmt"
	"io"
	"slices"
)

// The methods that protobuf messages have, for every type of the package:
//
//   - Append, in encode.go, appends the encoded value to a buffer.
//   - Marshal returns the encoded value. It never fails.
//   - MarshalTo encodes to the front of a buffer, MarshalToSizedBuffer to its
//     end. Both return the number of bytes written, and io.ErrShortBuffer if
//     Size of them do not fit.
//   - Unmarshal merges encoded fields into the value: call Reset first to
//     replace it. It copies what it keeps, and never writes to memory that the
//     value referred to before. Fields it does not know are skipped. After an
//     error the value holds some of the fields.
//   - Reset makes the value zero.

// shortBuffer is the error of a buffer that has no room for an encoding.
func shortBuffer(b []byte, size int) error {
	return fmt.Errorf("raftpb: buffer has %d bytes, encoding takes %d: %w", len(b), size, io.ErrShortBuffer)
}

// Marshal encodes the entry.
func (m *Entry) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the entry to the front of b and returns its length.
func (m *Entry) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the entry to the end of b and returns its length.
func (m *Entry) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the entry.
func (m *Entry) Unmarshal(b []byte) error {
	return m.decode(b)
}

// Reset makes m zero.
func (m *Entry) Reset() { *m = Entry{} }

// ProtoMessage marks m as a protobuf message.
func (m *Entry) ProtoMessage() {}

// Marshal encodes the hard state.
func (m *HardState) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the hard state to the front of b and returns its length.
func (m *HardState) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the hard state to the end of b and returns its length.
func (m *HardState) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the hard state.
func (m *HardState) Unmarshal(b []byte) error {
	return m.decode(b)
}

// Reset makes m zero.
func (m *HardState) Reset() { *m = HardState{} }

// ProtoMessage marks m as a protobuf message.
func (m *HardState) ProtoMessage() {}

// Marshal encodes the configuration.
func (m *ConfState) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the configuration to the front of b and returns its length.
func (m *ConfState) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the configuration to the end of b and returns its length.
func (m *ConfState) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the configuration.
func (m *ConfState) Unmarshal(b []byte) error {
	m.detach()
	return m.decode(b)
}

// Reset makes m zero.
func (m *ConfState) Reset() { *m = ConfState{} }

// ProtoMessage marks m as a protobuf message.
func (m *ConfState) ProtoMessage() {}

// Marshal encodes the metadata.
func (m *SnapshotMetadata) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the metadata to the front of b and returns its length.
func (m *SnapshotMetadata) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the metadata to the end of b and returns its length.
func (m *SnapshotMetadata) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the metadata.
func (m *SnapshotMetadata) Unmarshal(b []byte) error {
	m.ConfState.detach()
	return m.decode(b)
}

// Reset makes m zero.
func (m *SnapshotMetadata) Reset() { *m = SnapshotMetadata{} }

// ProtoMessage marks m as a protobuf message.
func (m *SnapshotMetadata) ProtoMessage() {}

// Marshal encodes the snapshot.
func (m *Snapshot) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the snapshot to the front of b and returns its length.
func (m *Snapshot) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the snapshot to the end of b and returns its length.
func (m *Snapshot) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the snapshot.
func (m *Snapshot) Unmarshal(b []byte) error {
	m.Metadata.ConfState.detach()
	return m.decode(b)
}

// Reset makes m zero.
func (m *Snapshot) Reset() { *m = Snapshot{} }

// ProtoMessage marks m as a protobuf message.
func (m *Snapshot) ProtoMessage() {}

// Marshal encodes the message.
func (m *Message) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the message to the front of b and returns its length.
func (m *Message) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the message to the end of b and returns its length.
func (m *Message) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the message.
func (m *Message) Unmarshal(b []byte) error {
	m.detach()
	return m.decode(b, 0)
}

// Reset makes m zero.
func (m *Message) Reset() { *m = Message{} }

// ProtoMessage marks m as a protobuf message.
func (m *Message) ProtoMessage() {}

// Marshal encodes the change.
func (m *ConfChange) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the change to the front of b and returns its length.
func (m *ConfChange) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the change to the end of b and returns its length.
func (m *ConfChange) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the change.
func (m *ConfChange) Unmarshal(b []byte) error {
	return m.decode(b)
}

// Reset makes m zero.
func (m *ConfChange) Reset() { *m = ConfChange{} }

// ProtoMessage marks m as a protobuf message.
func (m *ConfChange) ProtoMessage() {}

// Marshal encodes the operation.
func (m *ConfChangeSingle) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the operation to the front of b and returns its length.
func (m *ConfChangeSingle) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the operation to the end of b and returns its length.
func (m *ConfChangeSingle) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the operation.
func (m *ConfChangeSingle) Unmarshal(b []byte) error {
	return m.decode(b)
}

// Reset makes m zero.
func (m *ConfChangeSingle) Reset() { *m = ConfChangeSingle{} }

// ProtoMessage marks m as a protobuf message.
func (m *ConfChangeSingle) ProtoMessage() {}

// Marshal encodes the change.
func (m *ConfChangeV2) Marshal() ([]byte, error) {
	return m.Append(make([]byte, 0, m.Size())), nil
}

// MarshalTo encodes the change to the front of b and returns its length.
func (m *ConfChangeV2) MarshalTo(b []byte) (int, error) {
	n := len(m.Append(b[:0:len(b)])) // a longer encoding ends up elsewhere
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	return n, nil
}

// MarshalToSizedBuffer encodes the change to the end of b and returns its length.
func (m *ConfChangeV2) MarshalToSizedBuffer(b []byte) (int, error) {
	n := m.Size()
	if n > len(b) {
		return 0, shortBuffer(b, n)
	}
	m.Append(b[len(b)-n : len(b)-n])
	return n, nil
}

// Unmarshal merges encoded fields into the change.
func (m *ConfChangeV2) Unmarshal(b []byte) error {
	m.Changes = slices.Clip(m.Changes)
	return m.decode(b)
}

// Reset makes m zero.
func (m *ConfChangeV2) Reset() { *m = ConfChangeV2{} }

// ProtoMessage marks m as a protobuf message.
func (m *ConfChangeV2) ProtoMessage() {}
