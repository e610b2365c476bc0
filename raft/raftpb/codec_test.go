package raftpb_test

import (
	"io"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	pb "raftsim/raft/raftpb"
)

// fresh returns a zero value of m's type.
func fresh(m message) message {
	return reflect.New(reflect.TypeOf(m).Elem()).Interface().(message)
}

func TestEveryMessageSurvivesTheWire(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genAny(t)
		b, err := m.Marshal()
		require.NoError(t, err)
		require.Len(t, b, m.Size(), "Size")

		back := fresh(m)
		require.NoError(t, back.Unmarshal(b))
		again, err := back.Marshal()
		require.NoError(t, err)
		require.Equal(t, b, again)
		require.Equal(t, m.String(), back.String())
	})
}

func TestAllWaysToMarshalAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genAny(t)
		want, err := m.Marshal()
		require.NoError(t, err)

		spare := rapid.IntRange(0, 3).Draw(t, "spare")
		front, end := make([]byte, len(want)+spare), make([]byte, len(want)+spare)
		n, err := m.MarshalTo(front)
		require.NoError(t, err)
		require.Equal(t, want, front[:n])
		require.Equal(t, make([]byte, spare), front[n:], "bytes after the encoding")
		n, err = m.MarshalToSizedBuffer(end)
		require.NoError(t, err)
		require.Equal(t, want, end[len(end)-n:])
		require.Equal(t, make([]byte, spare), end[:len(end)-n], "bytes before the encoding")

		if len(want) == 0 {
			return
		}
		_, err = m.MarshalTo(want[:len(want)-1])
		require.ErrorIs(t, err, io.ErrShortBuffer)
		_, err = m.MarshalToSizedBuffer(want[:len(want)-1])
		require.ErrorIs(t, err, io.ErrShortBuffer)
	})
}

func TestAppendLeavesWhatWasThere(t *testing.T) {
	m := pb.Entry{Term: 1, Index: 2, Data: []byte("x")}
	b, err := m.Marshal()
	require.NoError(t, err)
	require.Equal(t, append([]byte("before"), b...), m.Append([]byte("before")))
}

func TestUnmarshalMergesLikeProtobuf(t *testing.T) {
	m := pb.Message{
		Term:    1,
		Index:   9,
		Entries: []pb.Entry{{Index: 1}},
		Context: []byte("old"),
		Snapshot: &pb.Snapshot{
			Data:     []byte("state"),
			Metadata: pb.SnapshotMetadata{Index: 5, ConfState: pb.ConfState{Voters: []uint64{1}}},
		},
		Responses: []pb.Message{{To: 1}},
	}
	// Encodings of a few fields each, as no encoder of this package writes them.
	entry := field(7, fields(number(3, 2)))
	confState := field(1, fields(number(1, 2), field(1, []byte{3, 4})))
	snapshot := field(9, fields(field(2, fields(confState, number(3, 8)))))
	b := fields(number(4, 7), entry, field(12, []byte("new")), snapshot, field(14, nil), number(4, 6))
	require.NoError(t, m.Unmarshal(b))
	require.Equal(t, pb.Message{
		Term:    6, // the last one of several counts
		Index:   9, // and what is not mentioned stays
		Entries: []pb.Entry{{Index: 1}, {Index: 2}},
		Context: []byte("new"),
		Snapshot: &pb.Snapshot{
			Data: []byte("state"),
			Metadata: pb.SnapshotMetadata{Index: 5, Term: 8,
				ConfState: pb.ConfState{Voters: []uint64{1, 2, 3, 4}}},
		},
		Responses: []pb.Message{{To: 1}, {}},
	}, m)
}

// The message that is unmarshalled into may share memory with others that were
// handed out before. None of that memory may change.
func TestUnmarshalNeverWritesToMemoryItDidNotAllocate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, other := genMessage(1)(t), genMessage(1)(t)
		m.Entries = roomy(m.Entries)
		m.Responses = roomy(m.Responses)
		if s := m.Snapshot; s != nil {
			cs := &s.Metadata.ConfState
			cs.Voters, cs.Learners = roomy(cs.Voters), roomy(cs.Learners)
			cs.VotersOutgoing, cs.LearnersNext = roomy(cs.VotersOutgoing), roomy(cs.LearnersNext)
		}
		shared := m
		before := whole(&shared)

		b, err := other.Marshal()
		require.NoError(t, err)
		require.NoError(t, m.Unmarshal(b))
		after := m.String()
		for i := range b {
			b[i] = 0xff // the input, too, belongs to the caller
		}
		require.Equal(t, before, whole(&shared))
		require.Equal(t, after, m.String())
	})
}

func TestChangesAreNotAppendedToSharedMemory(t *testing.T) {
	m := pb.ConfChangeV2{Changes: roomy([]pb.ConfChangeSingle{{NodeID: 1}})}
	shared := m.Changes
	require.NoError(t, m.Unmarshal(field(2, number(2, 7))))
	require.Equal(t, []pb.ConfChangeSingle{{NodeID: 1}, {NodeID: 7}}, m.Changes)
	require.Equal(t, []pb.ConfChangeSingle{{NodeID: 1}, {}}, shared[:2])
}

func TestNumbersAreReadAsGenerouslyAsTheyMayBeWritten(t *testing.T) {
	padded := []byte{0x90, 0x80, 0x00, 0x85, 0x80, 0x00} // field 2, value 5, both too long
	// Only the low 32 bits of a field's number count: this is field 3.
	farField := append(protowire.AppendVarint(nil, (1<<32+3)<<3), 6)
	var m pb.Message
	require.NoError(t, m.Unmarshal(fields(padded, farField, number(10, 2))))
	require.Equal(t, pb.Message{To: 5, From: 6, Reject: true}, m)
}

// roomy returns a copy of s with spare room, into which an append would write.
func roomy[T any](s []T) []T {
	return append(make([]T, 0, len(s)+8), s...)
}

// whole prints m with the spare room of its lists.
func whole(m *pb.Message) string {
	c := *m
	c.Entries = c.Entries[:cap(c.Entries)]
	c.Responses = c.Responses[:cap(c.Responses)]
	text := c.String()
	if s := m.Snapshot; s != nil {
		cs := s.Metadata.ConfState
		for _, l := range [][]uint64{cs.Voters, cs.Learners, cs.VotersOutgoing, cs.LearnersNext} {
			text += (&pb.ConfState{Voters: l[:cap(l)]}).String()
		}
	}
	return text
}

func TestFieldsOfLaterVersionsAreSkipped(t *testing.T) {
	group := protowire.AppendTag(nil, 40, protowire.StartGroupType)
	group = append(group, fields(number(1, 1), field(2, []byte("nested")))...)
	group = append(group, group...)
	group = protowire.AppendTag(group, 40, protowire.EndGroupType)
	group = protowire.AppendTag(group, 40, protowire.EndGroupType)
	unknown := map[string][]byte{
		"number":           number(15, 300),
		"bytes":            field(16, []byte("abc")),
		"fixed32":          protowire.AppendFixed32(protowire.AppendTag(nil, 17, protowire.Fixed32Type), 1),
		"fixed64":          protowire.AppendFixed64(protowire.AppendTag(nil, 18, protowire.Fixed64Type), 1),
		"groups":           group,
		"largest number":   number(protowire.MaxValidNumber, 1),
		"nothing":          {},
		"tag of ten bytes": {0xf8, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00, 0x01},
	}
	for name, u := range unknown {
		t.Run(name, func(t *testing.T) {
			for _, m := range []message{&pb.Message{}, &pb.Entry{}, &pb.HardState{}, &pb.ConfState{}, &pb.Snapshot{},
				&pb.SnapshotMetadata{}, &pb.ConfChange{}, &pb.ConfChangeSingle{}, &pb.ConfChangeV2{}} {
				b, err := m.Marshal()
				require.NoError(t, err)
				back := fresh(m)
				require.NoError(t, back.Unmarshal(fields(u, b, u)), "%T", m)
				require.NoError(t, m.Unmarshal(b))
				require.Equal(t, m, back)
			}
		})
	}
}

func TestResetForgetsEverything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genAny(t)
		m.Reset()
		require.Equal(t, fresh(m), m)
	})
}

func TestNilMessagesAreEmpty(t *testing.T) {
	for _, m := range []message{(*pb.Message)(nil), (*pb.Entry)(nil), (*pb.HardState)(nil), (*pb.ConfState)(nil),
		(*pb.Snapshot)(nil), (*pb.SnapshotMetadata)(nil), (*pb.ConfChange)(nil), (*pb.ConfChangeSingle)(nil),
		(*pb.ConfChangeV2)(nil)} {
		require.Zero(t, m.Size(), "%T", m)
		require.Equal(t, "<nil>", m.String(), "%T", m)
	}
}

func TestTextEscapesWhatCannotBePrinted(t *testing.T) {
	e := pb.Entry{Data: []byte("a\"\\\n\r\t\x00\x1f\x7f\xffz")}
	require.Equal(t, `Data:"a\"\\\n\r\t\000\037\177\377z" `, e.String())
}

// number, field and fields write encodings by hand.
func number(n protowire.Number, v uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, n, protowire.VarintType), v)
}

func field(n protowire.Number, contents []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, n, protowire.BytesType), contents)
}

func fields(parts ...[]byte) []byte {
	var b strings.Builder
	for _, part := range parts {
		b.Write(part)
	}
	return []byte(b.String())
}
