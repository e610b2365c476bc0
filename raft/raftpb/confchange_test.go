package raftpb_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	pb "raftsim/raft/raftpb"
)

func TestFirstFormTurnsIntoSecondButNotBack(t *testing.T) {
	v1 := pb.ConfChange{Type: pb.ConfChangeRemoveNode, NodeID: 3, Context: []byte("c"), ID: 9}
	v2 := pb.ConfChangeV2{
		Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeRemoveNode, NodeID: 3}},
		Context: []byte("c"),
	}
	same, ok := v1.AsV1()
	require.True(t, ok)
	require.Equal(t, v1, same)
	require.Equal(t, v2, v1.AsV2())
	require.Equal(t, v2, v2.AsV2())
	none, ok := v2.AsV1()
	require.False(t, ok)
	require.Zero(t, none)
}

func TestJointConfigurationIsEnteredWhenNeededOrAsked(t *testing.T) {
	one := []pb.ConfChangeSingle{{NodeID: 1}}
	two := []pb.ConfChangeSingle{{NodeID: 1}, {NodeID: 2}}
	cases := []struct {
		transition       pb.ConfChangeTransition
		changes          []pb.ConfChangeSingle
		joint, autoLeave bool
	}{
		{pb.ConfChangeTransitionAuto, nil, false, false},
		{pb.ConfChangeTransitionAuto, one, false, false},
		{pb.ConfChangeTransitionAuto, two, true, true},
		{pb.ConfChangeTransitionJointImplicit, nil, true, true},
		{pb.ConfChangeTransitionJointImplicit, one, true, true},
		{pb.ConfChangeTransitionJointExplicit, one, true, false},
		{pb.ConfChangeTransitionJointExplicit, two, true, false},
		{pb.ConfChangeTransition(7), two, true, true}, // from a later version: no panic
	}
	for _, c := range cases {
		t.Run(fmt.Sprint(c.transition, len(c.changes)), func(t *testing.T) {
			autoLeave, joint := pb.ConfChangeV2{Transition: c.transition, Changes: c.changes}.EnterJoint()
			require.Equal(t, c.joint, joint, "joint")
			require.Equal(t, c.autoLeave, autoLeave, "auto leave")
		})
	}
}

func TestOnlyTheZeroChangeLeavesAJointConfiguration(t *testing.T) {
	require.True(t, pb.ConfChangeV2{}.LeaveJoint())
	require.True(t, pb.ConfChangeV2{Context: []byte("why")}.LeaveJoint())
	require.True(t, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{}}.LeaveJoint())
	require.False(t, pb.ConfChangeV2{Transition: pb.ConfChangeTransitionJointExplicit}.LeaveJoint())
	require.False(t, pb.ConfChangeV2{Changes: make([]pb.ConfChangeSingle, 1)}.LeaveJoint())
}

func TestChangesAreMarshalledInTheirOwnForm(t *testing.T) {
	v1 := pb.ConfChange{NodeID: 3, ID: 1}
	kind, data, err := pb.MarshalConfChange(v1)
	require.NoError(t, err)
	require.Equal(t, pb.EntryConfChange, kind)
	var back1 pb.ConfChange
	require.NoError(t, back1.Unmarshal(data))
	require.Equal(t, v1, back1)

	v2 := v1.AsV2()
	kind, data, err = pb.MarshalConfChange(v2)
	require.NoError(t, err)
	require.Equal(t, pb.EntryConfChangeV2, kind)
	var back2 pb.ConfChangeV2
	require.NoError(t, back2.Unmarshal(data))
	require.Equal(t, v2, back2)

	kind, data, err = pb.MarshalConfChange(nil)
	require.NoError(t, err)
	require.Equal(t, pb.EntryConfChangeV2, kind)
	require.Nil(t, data)
}

func TestChangesPrintAndParse(t *testing.T) {
	ccs, err := pb.ConfChangesFromString(" v1  l22 r333\tu18446744073709551615 ")
	require.NoError(t, err)
	require.Equal(t, []pb.ConfChangeSingle{
		{Type: pb.ConfChangeAddNode, NodeID: 1},
		{Type: pb.ConfChangeAddLearnerNode, NodeID: 22},
		{Type: pb.ConfChangeRemoveNode, NodeID: 333},
		{Type: pb.ConfChangeUpdateNode, NodeID: 18446744073709551615},
	}, ccs)

	rapid.Check(t, func(t *rapid.T) {
		var ccs []pb.ConfChangeSingle
		for range rapid.IntRange(0, 5).Draw(t, "n") {
			ccs = append(ccs, pb.ConfChangeSingle{
				Type:   pb.ConfChangeType(rapid.IntRange(0, 3).Draw(t, "type")),
				NodeID: rapid.Uint64().Draw(t, "node"),
			})
		}
		back, err := pb.ConfChangesFromString(pb.ConfChangesToString(ccs))
		require.NoError(t, err)
		require.Equal(t, ccs, back)
	})
	require.Equal(t, "unknown3", pb.ConfChangesToString([]pb.ConfChangeSingle{{Type: 9, NodeID: 3}}))
}

func TestMisspelledChangesAreErrors(t *testing.T) {
	for input, want := range map[string]string{
		"v1 x2": `raftpb: change "x2" must begin with one of v, l, r, u`,
		"1":     `raftpb: change "1" must begin with one of v, l, r, u`,
		"v":     `raftpb: change "v" must end with the number of a node`,
		"r-1":   `raftpb: change "r-1" must end with the number of a node`,
		"l2a":   `raftpb: change "l2a" must end with the number of a node`,
		"u18446744073709551616": `raftpb: change "u18446744073709551616" must end with the number of a node: ` +
			`strconv.ParseUint: parsing "18446744073709551616": value out of range`,
	} {
		_, err := pb.ConfChangesFromString(input)
		require.ErrorContains(t, err, want)
	}
}

func TestConfigurationsAreEquivalentWhateverTheOrderOfIDs(t *testing.T) {
	cs := pb.ConfState{Voters: []uint64{3, 1, 2}, Learners: []uint64{5, 4}, VotersOutgoing: []uint64{2, 1},
		LearnersNext: []uint64{7, 6}, AutoLeave: true}
	sorted := pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4, 5}, VotersOutgoing: []uint64{1, 2},
		LearnersNext: []uint64{6, 7}, AutoLeave: true}
	require.NoError(t, cs.Equivalent(sorted))
	require.NoError(t, sorted.Equivalent(cs))
	require.Equal(t, []uint64{3, 1, 2}, cs.Voters, "the input is not sorted in place")
	require.NoError(t, pb.ConfState{Voters: []uint64{}}.Equivalent(pb.ConfState{}))

	for name, change := range map[string]func(*pb.ConfState){
		"voters [3 1 2] and [1 2] differ":       func(cs *pb.ConfState) { cs.Voters = []uint64{1, 2} },
		"voters [3 1 2] and [1 2 3 3] differ":   func(cs *pb.ConfState) { cs.Voters = []uint64{1, 2, 3, 3} },
		"learners [5 4] and [4 6] differ":       func(cs *pb.ConfState) { cs.Learners = []uint64{4, 6} },
		"outgoing voters [2 1] and [] differ":   func(cs *pb.ConfState) { cs.VotersOutgoing = nil },
		"next learners [7 6] and [6 8] differ":  func(cs *pb.ConfState) { cs.LearnersNext = []uint64{6, 8} },
		"auto leave true and false differ: {Vo": func(cs *pb.ConfState) { cs.AutoLeave = false },
	} {
		other := sorted
		change(&other)
		require.ErrorContains(t, cs.Equivalent(other), name)
		require.Error(t, other.Equivalent(cs), name)
	}
}
