package raftpb

import (
	"fmt"
	"slices"
)

// HardState is the part of a node's state that must be durable before any
// message that depends on it is sent (Raft Figure 2, persistent state). The zero
// value means that nothing has changed, or that nothing was ever stored.
type HardState struct {
	// Term is the latest term the node has seen.
	Term uint64 `protobuf:"varint,1,opt,name=term" json:"term"`
	// Vote is the candidate that got the node's vote in Term; zero is none.
	Vote uint64 `protobuf:"varint,2,opt,name=vote" json:"vote"`
	// Commit is the highest index known to be committed. It may lag behind the
	// truth after a restart, never lead it.
	Commit uint64 `protobuf:"varint,3,opt,name=commit" json:"commit"`
}

// ConfState is a configuration as data: who votes and who only listens. It is
// joint while VotersOutgoing is not empty (Raft §6, thesis §4.3). The order of
// ids within a list means nothing; [ConfState.Equivalent] ignores it.
type ConfState struct {
	// Voters are the voters of the configuration, or of the incoming half when
	// it is joint.
	Voters []uint64 `protobuf:"varint,1,rep,name=voters" json:"voters,omitempty"`
	// Learners receive the log and do not vote (thesis §4.2.1). No id is both a
	// learner and a voter of either half.
	Learners []uint64 `protobuf:"varint,2,rep,name=learners" json:"learners,omitempty"`
	// VotersOutgoing are the voters of the outgoing half; empty when the
	// configuration is not joint.
	VotersOutgoing []uint64 `protobuf:"varint,3,rep,name=voters_outgoing,json=votersOutgoing" json:"voters_outgoing,omitempty"`
	// LearnersNext are voters of the outgoing half that become learners when
	// the joint configuration is left.
	LearnersNext []uint64 `protobuf:"varint,4,rep,name=learners_next,json=learnersNext" json:"learners_next,omitempty"`
	// AutoLeave says that the leader leaves the joint configuration by itself
	// as soon as it may. It means nothing when the configuration is not joint.
	AutoLeave bool `protobuf:"varint,5,opt,name=auto_leave,json=autoLeave" json:"auto_leave"`
}

// Equivalent returns nil if the two configurations are the same, whatever the
// order of ids in their lists, and otherwise an error that names the first
// difference and shows both.
func (cs ConfState) Equivalent(cs2 ConfState) error {
	lists := []struct {
		name string
		a, b []uint64
	}{
		{"voters", cs.Voters, cs2.Voters},
		{"learners", cs.Learners, cs2.Learners},
		{"outgoing voters", cs.VotersOutgoing, cs2.VotersOutgoing},
		{"next learners", cs.LearnersNext, cs2.LearnersNext},
	}
	for _, l := range lists {
		if !slices.Equal(sorted(l.a), sorted(l.b)) {
			return fmt.Errorf("raftpb: %s %v and %v differ: %+v is not equivalent to %+v", l.name, l.a, l.b, cs, cs2)
		}
	}
	if cs.AutoLeave != cs2.AutoLeave {
		return fmt.Errorf("raftpb: auto leave %t and %t differ: %+v is not equivalent to %+v", cs.AutoLeave, cs2.AutoLeave, cs, cs2)
	}
	return nil
}

func sorted(ids []uint64) []uint64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}
