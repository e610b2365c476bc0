package etcdraft

import (
	"maps"

	etcd "go.etcd.io/raft/v3"
	etcdquorum "go.etcd.io/raft/v3/quorum"
	etcdtracker "go.etcd.io/raft/v3/tracker"

	"raftsim/raft"
	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

func fromSoftState(s etcd.SoftState) raft.SoftState {
	return raft.SoftState{Lead: s.Lead, RaftState: raft.StateType(s.RaftState)}
}

func fromBasicStatus(s *etcd.BasicStatus) raft.BasicStatus {
	return raft.BasicStatus{
		ID:             s.ID,
		HardState:      pb.HardState{Term: s.Term, Vote: s.Vote, Commit: s.Commit},
		SoftState:      fromSoftState(s.SoftState),
		Applied:        s.Applied,
		LeadTransferee: s.LeadTransferee,
	}
}

// fromTrackerConfig takes over a configuration that is a copy already.
func fromTrackerConfig(c *etcdtracker.Config) tracker.Config {
	half := func(m etcdquorum.MajorityConfig) quorum.MajorityConfig { return quorum.MajorityConfig(maps.Clone(m)) }
	return tracker.Config{
		Voters:       quorum.JointConfig{half(c.Voters[0]), half(c.Voters[1])},
		AutoLeave:    c.AutoLeave,
		Learners:     c.Learners,
		LearnersNext: c.LearnersNext,
	}
}

// fromProgress converts all that can be seen of a progress but its Inflights.
func fromProgress(pr *etcdtracker.Progress) tracker.Progress {
	return tracker.Progress{
		Match:            pr.Match,
		Next:             pr.Next,
		State:            tracker.StateType(pr.State),
		PendingSnapshot:  pr.PendingSnapshot,
		RecentActive:     pr.RecentActive,
		MsgAppFlowPaused: pr.MsgAppFlowPaused,
		IsLearner:        pr.IsLearner,
	}
}

// fromInflights returns Inflights with the same Count and Full.
func (c *Core) fromInflights(in *etcdtracker.Inflights) *tracker.Inflights {
	out := tracker.NewInflights(c.inflightMessages, c.inflightBytes)
	for i := range in.Count() {
		bytes := uint64(0)
		if i == in.Count()-1 && in.Full() {
			bytes = c.inflightBytes
		}
		out.Add(0, bytes)
	}
	return out
}
