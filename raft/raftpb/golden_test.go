package raftpb_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"

	pb "raftsim/raft/raftpb"
)

// message is what every type of the package can do.
type message interface {
	Marshal() ([]byte, error)
	MarshalTo([]byte) (int, error)
	MarshalToSizedBuffer([]byte) (int, error)
	Unmarshal([]byte) error
	Size() int
	Reset()
	String() string
	ProtoMessage()
}

// newMessage returns a zero value of the type with this name.
func newMessage(name string) message {
	return map[string]message{
		"Entry":            &pb.Entry{},
		"HardState":        &pb.HardState{},
		"ConfState":        &pb.ConfState{},
		"SnapshotMetadata": &pb.SnapshotMetadata{},
		"Snapshot":         &pb.Snapshot{},
		"Message":          &pb.Message{},
		"ConfChange":       &pb.ConfChange{},
		"ConfChangeSingle": &pb.ConfChangeSingle{},
		"ConfChangeV2":     &pb.ConfChangeV2{},
	}[name]
}

func TestEncodingIsThatOfEtcdByteForByte(t *testing.T) {
	datadriven.Walk(t, "testdata/wire", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			m, back := newMessage(d.Cmd), newMessage(d.Cmd)
			require.NotNil(t, m, "%s: no message type %s", d.Pos, d.Cmd)
			require.NoError(t, json.Unmarshal([]byte(d.Input), m), d.Pos)
			b, err := m.Marshal()
			require.NoError(t, err)
			require.NoError(t, back.Unmarshal(b), d.Pos)
			require.Equal(t, m, back, d.Pos)
			return fmt.Sprintf("hex:  %s\ntext: [%s]\n", spaced(b), m)
		})
	})
}

// spaced returns an encoding in hexadecimal with a space between its fields.
func spaced(b []byte) string {
	var fields []string
	for len(b) > 0 {
		_, _, n := protowire.ConsumeField(b)
		if n < 0 {
			n = len(b)
		}
		fields = append(fields, hex.EncodeToString(b[:n]))
		b = b[n:]
	}
	return strings.Join(fields, " ")
}
