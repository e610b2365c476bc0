package raftpb_test

import (
	"encoding/hex"
	"io"
	"reflect"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	pb "raftsim/raft/raftpb"
)

func TestMalformedBytesAreErrors(t *testing.T) {
	cases := []struct {
		why   string
		bytes string
		err   string
	}{
		{"tag ends early", "88", io.ErrUnexpectedEOF.Error()},
		{"number is missing", "08", io.ErrUnexpectedEOF.Error()},
		{"number ends early", "10ff", io.ErrUnexpectedEOF.Error()},
		{"number of eleven bytes", "10ffffffffffffffffffff01", "more than ten bytes"},
		{"length is missing", "3a", io.ErrUnexpectedEOF.Error()},
		{"length reaches beyond the end", "6202aa", io.ErrUnexpectedEOF.Error()},
		{"length is negative", "62ffffffffffffffffff01", "negative"},
		{"length of an unknown field is negative", "ba01ffffffffffffffffff01", "negative"},
		{"response reaches beyond its parent", "7202" + "7205" + "0000000000", io.ErrUnexpectedEOF.Error()},
		{"entry ends early", "3a0118", io.ErrUnexpectedEOF.Error()},
		{"number written as bytes", "0a00", "Message: field 1 has wire type 2"},
		{"bytes written as a number", "3800", "Message: field 7 has wire type 0"},
		{"number of an entry written as fixed64", "3a09110000000000000000", "Entry: field 2 has wire type 1"},
		{"field number is zero", "0000", "field number 0 is not positive"},
		{"field number is negative", "f8ffffff7f00", "field number -1 is not positive"},
		{"group ends that never began", "7c", "end of a group that never began"},
		{"group never ends", "7b", io.ErrUnexpectedEOF.Error()},
		{"group in a group never ends", "7b7b7c", io.ErrUnexpectedEOF.Error()},
		{"fixed32 ends early", "7d000000", io.ErrUnexpectedEOF.Error()},
		{"fixed64 ends early", "7900000000000000", io.ErrUnexpectedEOF.Error()},
		{"wire type does not exist", "7e", "wire type 6"},
		{"packed list ends within a number", "4a06" + "1204" + "0a02" + "0a80", io.ErrUnexpectedEOF.Error()},
		{"packed list borrows from what follows", "4a09" + "1207" + "0a05" + "0a0180" + "2801", io.ErrUnexpectedEOF.Error()},
	}
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) {
			b, err := hex.DecodeString(c.bytes)
			require.NoError(t, err)
			var m pb.Message
			require.ErrorContains(t, m.Unmarshal(b), c.err)
		})
	}
}

func TestNoPrefixOfAMessageIsTakenForAnother(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := genAny(t)
		b, err := m.Marshal()
		require.NoError(t, err)
		cut := rapid.IntRange(0, len(b)).Draw(t, "cut")
		back := fresh(m)
		if back.Unmarshal(b[:cut]) != nil {
			return
		}
		// Only at the border between two fields may the rest be missing.
		require.NoError(t, back.Unmarshal(b[cut:]))
		again, err := back.Marshal()
		require.NoError(t, err)
		require.Equal(t, b, again)
	})
}

func TestResponsesNestAHundredLevelsAndNoMore(t *testing.T) {
	nest := func(levels int) []byte {
		var b []byte
		for range levels {
			b = field(14, b)
		}
		return b
	}
	var m pb.Message
	require.NoError(t, m.Unmarshal(nest(100)))
	require.EqualError(t, m.Unmarshal(nest(101)), "raftpb: responses nest deeper than 100 levels")
	require.Error(t, m.Unmarshal(nest(5_000)))
}

// A message of a hundred bytes cannot ask for gigabytes, nor can one of many
// small fields for much more than they would take in memory.
func TestUnmarshalAllocatesInProportionToTheInput(t *testing.T) {
	const n = 100_000
	repeat := func(unit ...[]byte) (b []byte) {
		for range n {
			for _, u := range unit {
				b = append(b, u...)
			}
		}
		return b
	}
	packed := func(cs []byte) []byte { return field(9, field(2, field(1, cs))) }
	attacks := map[string][]byte{
		"huge length":            protowire.AppendVarint(protowire.AppendTag(nil, 12, protowire.BytesType), 1<<40),
		"empty entries":          repeat(field(7, nil)),
		"empty responses":        repeat(field(14, nil)),
		"interleaved responses":  repeat(field(14, nil), number(1, 1)),
		"empty snapshots":        repeat(field(9, nil)),
		"configurations of one":  repeat(packed(number(1, 1))),
		"packed configurations":  repeat(packed(field(1, []byte{1}))),
		"contexts, one kept":     repeat(field(12, make([]byte, 30))),
		"entries broken at last": append(repeat(field(7, nil)), 0x3a, 0x05),
	}
	for name, b := range attacks {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			var m pb.Message
			_ = m.Unmarshal(b)
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			require.Less(t, allocated, uint64(300*len(b)+64<<10), "%d bytes of input", len(b))
		})
	}
}

// FuzzUnmarshal feeds arbitrary bytes to every type. They must give an error or
// a message that survives the wire, and no more memory than the input justifies.
func FuzzUnmarshal(f *testing.F) {
	seeds := []message{
		&pb.Message{Type: pb.MsgApp, To: 2, Term: 300, Entries: []pb.Entry{{Term: 1, Data: []byte("x")}, {Index: 1 << 60}}},
		&pb.Message{Type: pb.MsgSnap, Snapshot: &pb.Snapshot{Data: []byte("s"), Metadata: pb.SnapshotMetadata{
			ConfState: pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{3}}}}},
		&pb.Message{Type: pb.MsgStorageAppend, Responses: []pb.Message{{Responses: []pb.Message{{}}}}, Context: []byte{}},
		&pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{NodeID: 1}}},
	}
	for _, m := range seeds {
		b, err := m.Marshal()
		require.NoError(f, err)
		f.Add(b)
	}
	f.Add(field(9, field(2, field(1, field(1, []byte{1, 2, 3})))))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []message{&pb.Message{}, &pb.Entry{}, &pb.HardState{}, &pb.ConfState{}, &pb.Snapshot{},
			&pb.SnapshotMetadata{}, &pb.ConfChange{}, &pb.ConfChangeSingle{}, &pb.ConfChangeV2{}} {
			err := m.Unmarshal(b)
			held := heldBytes(reflect.ValueOf(m).Elem())
			require.LessOrEqual(t, held, 256*len(b), "%T holds %d bytes after %d of input", m, held, len(b))
			if err != nil {
				continue
			}
			canonical, err := m.Marshal()
			require.NoError(t, err)
			require.Len(t, canonical, m.Size())
			back := fresh(m)
			require.NoError(t, back.Unmarshal(canonical))
			require.Equal(t, m, back)
			_ = m.String()
		}
	})
}

// heldBytes counts the memory that v refers to, spare room included.
func heldBytes(v reflect.Value) int {
	n := 0
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			n += heldBytes(v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			n = int(v.Type().Elem().Size()) + heldBytes(v.Elem())
		}
	case reflect.Slice:
		n = v.Cap() * int(v.Type().Elem().Size())
		if v.Type().Elem().Kind() == reflect.Struct {
			for i := range v.Len() {
				n += heldBytes(v.Index(i))
			}
		}
	}
	return n
}
