package membership

import (
	"slices"

	pb "raftsim/raft/raftpb"
)

// ChangeOf is the change of the configuration in an entry; ok is false where there is
// none, or where it cannot be read.
func ChangeOf(e *pb.Entry) (change pb.ConfChangeV2, ok bool) {
	switch e.Type {
	case pb.EntryConfChange:
		var one pb.ConfChange
		err := one.Unmarshal(e.Data)
		single := pb.ConfChangeSingle{Type: one.Type, NodeID: one.NodeID}
		return pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{single}, Context: one.Context}, err == nil
	case pb.EntryConfChangeV2:
		err := change.Unmarshal(e.Data)
		return change, err == nil
	}
	return change, false
}

// step is what a change does to a configuration.
type step uint8

const (
	simple step = iota
	enter       // a joint configuration that leaves by itself
	enterAndStay
	leave
)

// stepOf tells a change that leaves a joint configuration, which is the empty one,
// from one that enters it: on request, or because it does more than one thing.
func stepOf(change *pb.ConfChangeV2) step {
	switch change.Transition {
	case pb.ConfChangeTransitionAuto:
		switch len(change.Changes) {
		case 0:
			return leave
		case 1:
			return simple
		}
		return enter
	case pb.ConfChangeTransitionJointExplicit:
		return enterAndStay
	}
	return enter
}

// After is the configuration after a change. ok is false when the change does not fit,
// because it enters or changes a joint configuration, leaves one that is not joint, or
// would leave no voter: then nothing changes.
func (k *Config) After(change *pb.ConfChangeV2) (next Config, ok bool) {
	next = Config{slices.Clone(k.Voters), slices.Clone(k.Outgoing), slices.Clone(k.Learners), slices.Clone(k.LearnersNext), k.AutoLeave}
	how := stepOf(change)
	if k.Joint() != (how == leave) {
		return *k, false
	}
	switch how {
	case leave:
		next.Learners = append(next.Learners, next.LearnersNext...)
		next.Outgoing, next.LearnersNext, next.AutoLeave = nil, nil, false
	case enter, enterAndStay:
		next.Outgoing, next.AutoLeave = slices.Clone(next.Voters), how == enter
	}
	for _, single := range change.Changes {
		next.apply(single)
	}
	if len(next.Voters) == 0 {
		return *k, false
	}
	for _, ids := range [][]uint64{next.Voters, next.Learners, next.LearnersNext} {
		slices.Sort(ids)
	}
	return next, true
}

// apply carries out one operation. A voter of the outgoing half that is to be a
// learner becomes one when the joint configuration is left.
func (k *Config) apply(single pb.ConfChangeSingle) {
	id := single.NodeID
	without := func(ids []uint64) []uint64 {
		return slices.DeleteFunc(ids, func(other uint64) bool { return other == id })
	}
	if id == 0 || single.Type == pb.ConfChangeUpdateNode ||
		single.Type == pb.ConfChangeAddLearnerNode && slices.Contains(k.Learners, id) {
		return
	}
	k.Voters, k.Learners, k.LearnersNext = without(k.Voters), without(k.Learners), without(k.LearnersNext)
	switch {
	case single.Type == pb.ConfChangeAddNode:
		k.Voters = append(k.Voters, id)
	case single.Type == pb.ConfChangeAddLearnerNode && slices.Contains(k.Outgoing, id):
		k.LearnersNext = append(k.LearnersNext, id)
	case single.Type == pb.ConfChangeAddLearnerNode:
		k.Learners = append(k.Learners, id)
	}
}

// Later lists the configurations that entries lead to, one after another.
func (k Config) Later(entries []pb.Entry) []Config {
	var configs []Config
	for i := range entries {
		if change, ok := ChangeOf(&entries[i]); ok {
			if next, ok := k.After(&change); ok {
				k = next
				configs = append(configs, k)
			}
		}
	}
	return configs
}

// EachHasQuorum reports whether some hosts contain a quorum of every configuration.
func EachHasQuorum(configs []Config, hosts []uint64) bool {
	among := func(id uint64) bool { return slices.Contains(hosts, id) }
	return !slices.ContainsFunc(configs, func(k Config) bool { return !k.Quorum(among) })
}
