package etcdraft_test

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"
	etcdpb "go.etcd.io/raft/v3/raftpb"
	"pgregory.net/rapid"

	"raftsim/adapters/etcdraft"
	pb "raftsim/raft/raftpb"
)

// coded is what all types of raftpb can do.
type coded interface {
	Marshal() ([]byte, error)
	Unmarshal([]byte) error
	Size() int
	String() string
}

// types are all that travel or are stored, of etcd and of ours.
var types = []struct{ theirs, ours func() coded }{
	{func() coded { return &etcdpb.Message{} }, func() coded { return &pb.Message{} }},
	{func() coded { return &etcdpb.Entry{} }, func() coded { return &pb.Entry{} }},
	{func() coded { return &etcdpb.HardState{} }, func() coded { return &pb.HardState{} }},
	{func() coded { return &etcdpb.ConfState{} }, func() coded { return &pb.ConfState{} }},
	{func() coded { return &etcdpb.Snapshot{} }, func() coded { return &pb.Snapshot{} }},
	{func() coded { return &etcdpb.SnapshotMetadata{} }, func() coded { return &pb.SnapshotMetadata{} }},
	{func() coded { return &etcdpb.ConfChange{} }, func() coded { return &pb.ConfChange{} }},
	{func() coded { return &etcdpb.ConfChangeV2{} }, func() coded { return &pb.ConfChangeV2{} }},
	{func() coded { return &etcdpb.ConfChangeSingle{} }, func() coded { return &pb.ConfChangeSingle{} }},
}

func TestBothWriteTheSameBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, pair := range types {
			theirs, ours := pair.theirs(), pair.ours()
			draw(t, reflect.ValueOf(theirs).Elem(), 3)
			mirror(reflect.ValueOf(ours).Elem(), reflect.ValueOf(theirs).Elem())
			a, err := theirs.Marshal()
			require.NoError(t, err)
			b, err := ours.Marshal()
			require.NoError(t, err)
			require.Equal(t, a, b, "%v", theirs)
			require.Equal(t, theirs.Size(), ours.Size())
			require.Equal(t, theirs.String(), ours.String())
		}
	})
}

// What both read of the same bytes is the same, damaged or not, into a new value or
// into a used one.
func TestBothReadTheSameOfAnyBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		for _, pair := range types {
			theirs, ours := pair.theirs(), pair.ours()
			draw(t, reflect.ValueOf(theirs).Elem(), 3)
			encoded, err := theirs.Marshal()
			require.NoError(t, err)
			encoded = damage(t, encoded)

			into := pair.theirs()
			if rapid.Bool().Draw(t, "used") {
				draw(t, reflect.ValueOf(into).Elem(), 2)
				mirror(reflect.ValueOf(ours).Elem(), reflect.ValueOf(into).Elem())
			}
			a, b := into.Unmarshal(bytes.Clone(encoded)), ours.Unmarshal(bytes.Clone(encoded))
			if a == nil && b != nil && overrunsPackedList(theirs) {
				continue // differences.md
			}
			require.Equal(t, a == nil, b == nil, "%x: etcd %v, ours %v", encoded, a, b)
			if a != nil {
				continue
			}
			want := pair.ours()
			mirror(reflect.ValueOf(want).Elem(), reflect.ValueOf(into).Elem())
			require.Equal(t, want, ours, "%x", encoded)
		}
	})
}

// overrunsPackedList says whether a type holds lists of numbers, of which etcd reads
// the last one across the end of a list that is cut short.
func overrunsPackedList(c coded) bool {
	switch c.(type) {
	case *etcdpb.Message, *etcdpb.Snapshot, *etcdpb.SnapshotMetadata, *etcdpb.ConfState:
		return true
	}
	return false
}

func TestConversionKeepsEveryField(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var theirs etcdpb.Message
		draw(t, reflect.ValueOf(&theirs).Elem(), 3)
		var want pb.Message
		mirror(reflect.ValueOf(&want).Elem(), reflect.ValueOf(&theirs).Elem())
		ours := etcdraft.FromMessage(&theirs)
		require.Equal(t, want, ours)
		require.Equal(t, theirs, etcdraft.ToMessage(&ours))

		var change etcdpb.ConfChange
		draw(t, reflect.ValueOf(&change).Elem(), 1)
		var ourChange pb.ConfChange
		mirror(reflect.ValueOf(&ourChange).Elem(), reflect.ValueOf(&change).Elem())
		require.Equal(t, change, etcdraft.ToConfChange(&ourChange))

		var v2 etcdpb.ConfChangeV2
		draw(t, reflect.ValueOf(&v2).Elem(), 1)
		var ourV2 pb.ConfChangeV2
		mirror(reflect.ValueOf(&ourV2).Elem(), reflect.ValueOf(&v2).Elem())
		require.Equal(t, v2, etcdraft.ToConfChangeV2(&ourV2))
	})
}

// Appending to what came out of a conversion, or writing to its values, does not
// reach what went in.
func TestConversionSharesNoSlices(t *testing.T) {
	entries := append(make([]pb.Entry, 0, 8), pb.Entry{Index: 1, Data: []byte("x")})
	in := pb.Message{Entries: entries, Snapshot: &pb.Snapshot{Metadata: pb.SnapshotMetadata{ConfState: pb.ConfState{Voters: []uint64{1, 2}}}}}
	out := etcdraft.ToMessage(&in)
	out.Entries = append(out.Entries, etcdpb.Entry{Index: 2})
	out.Entries[0].Index = 9
	out.Snapshot.Metadata.ConfState.Voters[0] = 9
	out.Snapshot.Metadata.Index = 9
	require.Equal(t, pb.Entry{Index: 1, Data: []byte("x")}, in.Entries[0])
	require.Zero(t, entries[:2][1])
	require.Equal(t, pb.SnapshotMetadata{ConfState: pb.ConfState{Voters: []uint64{1, 2}}}, in.Snapshot.Metadata)
}

// draw fills v with random contents, to a depth of nested messages.
func draw(t *rapid.T, v reflect.Value, depth int) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			draw(t, v.Field(i), depth)
		}
	case reflect.Uint64:
		v.SetUint(rapid.Uint64().Draw(t, "number"))
	case reflect.Int32:
		v.SetInt(int64(rapid.OneOf(rapid.Int32Range(0, 24), rapid.Int32()).Draw(t, "enum")))
	case reflect.Bool:
		v.SetBool(rapid.Bool().Draw(t, "flag"))
	case reflect.Pointer:
		if rapid.Bool().Draw(t, "set") {
			v.Set(reflect.New(v.Type().Elem()))
			draw(t, v.Elem(), depth)
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			v.SetBytes(rapid.OneOf(rapid.Just([]byte(nil)), rapid.SliceOfN(rapid.Byte(), 0, 200)).Draw(t, "bytes"))
			return
		}
		n := rapid.IntRange(0, 3).Draw(t, "length")
		if depth == 0 || n == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			draw(t, v.Index(i), depth-1)
		}
	default:
		panic(v.Kind())
	}
}

// mirror copies a value of one library into the same type of the other. It panics
// when names, order or tags of fields differ.
func mirror(to, from reflect.Value) {
	switch from.Kind() {
	case reflect.Struct:
		for i := range from.NumField() {
			a, b := to.Type().Field(i), from.Type().Field(i)
			if a.Name != b.Name || a.Tag != b.Tag {
				panic(fmt.Sprintf("fields %s %s and %s %s", a.Name, a.Tag, b.Name, b.Tag))
			}
			mirror(to.Field(i), from.Field(i))
		}
	case reflect.Pointer:
		if !from.IsNil() {
			to.Set(reflect.New(to.Type().Elem()))
			mirror(to.Elem(), from.Elem())
		}
	case reflect.Slice:
		if from.IsNil() {
			return
		}
		to.Set(reflect.MakeSlice(to.Type(), from.Len(), from.Len()))
		for i := range from.Len() {
			mirror(to.Index(i), from.Index(i))
		}
	default:
		to.Set(from.Convert(to.Type()))
	}
}

// damage changes some bytes, or none.
func damage(t *rapid.T, b []byte) []byte {
	for range rapid.IntRange(0, 4).Draw(t, "damages") {
		if len(b) == 0 {
			break
		}
		i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
		switch rapid.IntRange(0, 4).Draw(t, "damage") {
		case 0:
			b[i] = rapid.Byte().Draw(t, "byte")
		case 1:
			b = b[:i]
		case 2:
			b = append(b[:i:i], b[i+1:]...)
		case 3:
			b = append(b[:i:i], append([]byte{rapid.ByteMax(127).Draw(t, "byte")}, b[i:]...)...)
		case 4:
			b[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
		}
	}
	return b
}
