package raftpb_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/runtime/protoimpl"

	pb "raftsim/raft/raftpb"
)

// names visits a message by reflection, as etcd's log does, and returns the names of
// its fields and of the values of its enums.
func names(m protoreflect.Message) (all []string) {
	m.Range(func(fd protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		all = append(all, string(fd.Name()))
		if n, ok := v.Interface().(protoreflect.EnumNumber); ok {
			all = append(all, string(fd.Enum().Values().Get(int(n)).FullName()))
		}
		return true
	})
	return all
}

func TestReflectionFindsFieldsAndTheValuesOfEnums(t *testing.T) {
	for m, want := range map[any][]string{
		&pb.Entry{Term: 1, Index: 2, Type: pb.EntryConfChangeV2, Data: []byte("x")}: {"Type", "raftpb.EntryConfChangeV2", "Term", "Index", "Data"},
		&pb.HardState{Term: 1, Vote: 2, Commit: 3}:                                  {"term", "vote", "commit"},
		&pb.ConfChangeSingle{Type: pb.ConfChangeAddLearnerNode, NodeID: 7}:          {"type", "raftpb.ConfChangeAddLearnerNode", "node_id"},
		&pb.ConfChange{Type: pb.ConfChangeRemoveNode, ID: 1, NodeID: 7}:             {"type", "raftpb.ConfChangeRemoveNode", "node_id", "id"},
		&pb.ConfState{Voters: []uint64{1}, AutoLeave: true}:                         {"voters", "auto_leave"},
	} {
		require.ElementsMatch(t, want, names(protoimpl.X.ProtoMessageV2Of(m).ProtoReflect()), "%T", m)
	}
}

func TestEnumDescriptorsHaveAllNames(t *testing.T) {
	for _, tt := range []struct {
		enum  any
		names map[int32]string
	}{
		{pb.EntryType(0), pb.EntryType_name},
		{pb.MessageType(0), pb.MessageType_name},
		{pb.ConfChangeType(0), pb.ConfChangeType_name},
		{pb.ConfChangeTransition(0), pb.ConfChangeTransition_name},
	} {
		values := protoimpl.X.EnumDescriptorOf(tt.enum).Values()
		require.Equal(t, len(tt.names), values.Len())
		for number, name := range tt.names {
			require.Equal(t, name, string(values.ByNumber(protoreflect.EnumNumber(number)).Name()))
		}
	}
}
