package raftpb_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	pb "raftsim/raft/raftpb"
)

func TestEnumsPrintTheirNamesAndUnknownOnesTheirNumbers(t *testing.T) {
	require.Equal(t, "MsgHup", pb.MsgHup.String())
	require.Equal(t, "MsgForgetLeader", pb.MsgForgetLeader.String())
	require.Equal(t, "24", pb.MessageType(24).String())
	require.Equal(t, "-1", pb.MessageType(-1).String())
	require.Equal(t, "EntryConfChangeV2", pb.EntryConfChangeV2.String())
	require.Equal(t, "ConfChangeAddLearnerNode", pb.ConfChangeAddLearnerNode.String())
	require.Equal(t, "ConfChangeTransitionJointExplicit", pb.ConfChangeTransitionJointExplicit.String())

	for number, name := range pb.MessageType_name {
		require.Equal(t, name, pb.MessageType(number).String())
		require.Equal(t, number, pb.MessageType_value[name])
	}
	require.Len(t, pb.MessageType_name, 24)
	require.Len(t, pb.EntryType_value, 3)
	require.Len(t, pb.ConfChangeType_name, 4)
	require.Len(t, pb.ConfChangeTransition_value, 3)
}

func TestEnumGivesAPointerToACopy(t *testing.T) {
	a := pb.MsgApp.Enum()
	*a = pb.MsgSnap
	require.Equal(t, pb.MsgApp, *pb.MsgApp.Enum())
	require.Equal(t, pb.EntryConfChange, *pb.EntryConfChange.Enum())
	require.Equal(t, pb.ConfChangeRemoveNode, *pb.ConfChangeRemoveNode.Enum())
	require.Equal(t, pb.ConfChangeTransitionAuto, *pb.ConfChangeTransitionAuto.Enum())
}

func TestEnumsAreReadFromJSONAsNumbersOrNames(t *testing.T) {
	var m pb.Message
	require.NoError(t, json.Unmarshal([]byte(`{"type": "MsgVote"}`), &m))
	require.Equal(t, pb.MsgVote, m.Type)
	require.NoError(t, json.Unmarshal([]byte(`{"type": 7}`), &m))
	require.Equal(t, pb.MsgSnap, m.Type)
	require.EqualError(t, json.Unmarshal([]byte(`{"type": "MsgNothing"}`), &m),
		`raftpb: "MsgNothing" is not a name of MessageType`)
	require.EqualError(t, json.Unmarshal([]byte(`{"type": true}`), &m),
		`raftpb: true is neither a number nor a name of MessageType`)
	require.Equal(t, pb.MsgSnap, m.Type)
}
