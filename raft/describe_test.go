package raft_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

func TestDescriptionsReadAsPeopleKnowThem(t *testing.T) {
	require.Equal(t, "<empty Ready>", raft.DescribeReady(raft.Ready{}, nil))
	rd := raft.Ready{
		SoftState:  &raft.SoftState{Lead: 1, RaftState: raft.StateLeader},
		HardState:  pb.HardState{Term: 1, Vote: 1},
		MustSync:   true,
		ReadStates: []raft.ReadState{{Index: 1, RequestCtx: []byte("x")}},
		Entries:    []pb.Entry{{Term: 1, Index: 2, Data: []byte("q\x00")}},
		CommittedEntries: []pb.Entry{
			{Term: 1, Index: 2, Data: []byte("q")},
			{Type: pb.EntryConfChange}, {Type: pb.EntryConfChangeV2}, {Type: 7},
		},
		Snapshot: pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 3}},
		Messages: []pb.Message{{
			Type: pb.MsgApp, To: 2, From: 31, Term: 1, Reject: true, RejectHint: 3, Commit: 3, Vote: 4,
			Entries:  []pb.Entry{{Index: 1}, {Index: 2}},
			Snapshot: &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 3, ConfState: pb.ConfState{Voters: []uint64{1, 2}}}},
			Responses: []pb.Message{{
				Type: pb.MsgStorageApply, To: raft.LocalAppendThread, From: raft.LocalApplyThread, Entries: []pb.Entry{{Index: 1}},
			}},
		}},
	}
	require.Equal(t, strings.TrimPrefix(`
Ready MustSync=true:
Lead:1 State:StateLeader
HardState Term:1 Vote:1 Commit:0
ReadStates [{1 [120]}]
Entries:
1/2 EntryNormal "q\x00"
Snapshot Index:3 Term:0 ConfState:Voters:[] VotersOutgoing:[] Learners:[] LearnersNext:[] AutoLeave:false
CommittedEntries:
1/2 EntryNormal "q"
0/0 EntryConfChange v0
0/0 EntryConfChangeV2
0/0 7
Messages:
1f->2 MsgApp Term:1 Log:0/0 Rejected (Hint: 3) Commit:3 Vote:4 Entries:[
  0/1 EntryNormal ""
  0/2 EntryNormal ""
]
  Snapshot: Index:3 Term:0 ConfState:Voters:[1 2] VotersOutgoing:[] Learners:[] LearnersNext:[] AutoLeave:false Responses:[
  ApplyThread->AppendThread MsgStorageApply Term:0 Log:0/0 Entries:[0/1 EntryNormal ""]
]
`, "\n"), raft.DescribeReady(rd, nil))
	require.Equal(t, "1/2 EntryNormal <q>", raft.DescribeEntry(rd.CommittedEntries[0], func(b []byte) string { return "<" + string(b) + ">" }))
	require.Equal(t, "None->None MsgHup Term:0 Log:0/0", raft.DescribeMessage(pb.Message{}, nil))
	require.Equal(t, "Term:1 Commit:3", raft.DescribeHardState(pb.HardState{Term: 1, Commit: 3}))
}

func TestStatusIsJSONInOrder(t *testing.T) {
	c := newCluster(t, 3)
	require.Equal(t, `{"id":"2","term":1,"vote":"0","commit":3,"lead":"0","raftState":"StateFollower","applied":3,"progress":{},"leadtransferee":"0"}`,
		c.nodes[2].Status().String())
	c.elect(2)
	require.Equal(t, `{"id":"2","term":2,"vote":"2","commit":4,"lead":"2","raftState":"StateLeader","applied":4,"progress":{`+
		`"1":{"match":4,"next":5,"state":"StateReplicate"},"2":{"match":4,"next":5,"state":"StateReplicate"},`+
		`"3":{"match":4,"next":5,"state":"StateReplicate"}},"leadtransferee":"0"}`, c.nodes[2].Status().String())
}

func TestLocalAndAnsweringMessagesAreKnown(t *testing.T) {
	var local, answers []pb.MessageType
	for m := range pb.MsgForgetLeader + 2 {
		if raft.IsLocalMsg(m) {
			local = append(local, m)
		}
		if raft.IsResponseMsg(m) {
			answers = append(answers, m)
		}
	}
	require.Equal(t, []pb.MessageType{pb.MsgHup, pb.MsgBeat, pb.MsgUnreachable, pb.MsgSnapStatus, pb.MsgCheckQuorum,
		pb.MsgStorageAppend, pb.MsgStorageAppendResp, pb.MsgStorageApply, pb.MsgStorageApplyResp}, local)
	require.Equal(t, []pb.MessageType{pb.MsgAppResp, pb.MsgVoteResp, pb.MsgHeartbeatResp, pb.MsgUnreachable, pb.MsgReadIndexResp,
		pb.MsgPreVoteResp, pb.MsgStorageAppendResp, pb.MsgStorageApplyResp}, answers)
}

func TestStateNames(t *testing.T) {
	require.Equal(t, "StatePreCandidate", raft.StatePreCandidate.String())
	require.Equal(t, "StateType(9)", raft.StateType(9).String())
	b, err := raft.StateLeader.MarshalJSON()
	require.NoError(t, err)
	require.Equal(t, `"StateLeader"`, string(b))
}
