package sim

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/raft"
	"raftsim/raft/tracker"
)

// unchecked lists the properties that are off in this run, each with the capability
// that it needs and a Raft of the run, or its process, lacks. Where there is no
// recovery phase, liveness properties are not asked for.
func (s *Simulation) unchecked() (off []string) {
	lacks := func(property, who, capability string) {
		if line := fmt.Sprintf("%s: %s %s", property, who, capability); !slices.Contains(off, line) {
			off = append(off, line)
		}
	}
	if s.options.Process != nil {
		s.uncheckedOfProcess(func(property, capability string) { lacks(property, "the process", capability) })
		return off
	}
	for _, h := range s.hosts {
		who := s.options.raftName(h.id)
		s.uncheckedOfRaft(h, func(property, capability string) { lacks(property, who, capability) })
	}
	return off
}

// uncheckedOfProcess tells what a process does not show that is no raft host.
func (s *Simulation) uncheckedOfProcess(lacks func(property, capability string)) {
	for _, p := range checker.Properties() {
		switch {
		case p.Name != checker.Session:
			lacks(p.Name, "shows no raft.Node")
		case !s.protocol.Executes():
			lacks(p.Name, "does not call Env.Executed")
		}
	}
	for _, p := range checker.LivenessProperties() {
		if s.recovery.begun && p.Name != checker.HostsRun.String() && p.Name != checker.OperationsComplete.String() && p.Name != checker.FreshOperations.String() {
			lacks(p.Name, "shows no raft.Node")
		}
	}
}

// uncheckedOfRaft tells what the Raft of a host does not show.
func (s *Simulation) uncheckedOfRaft(h *Host, lacks func(property, capability string)) {
	if s.options.Raft.LeaseReads && s.options.raftName(h.id) != DefaultRaft {
		lacks(checker.ReadIndex, "does not say how long its leases last, so reads under one are not judged")
	}
	p := h.raft()
	if p == nil {
		return
	}
	status := p.Node().Status()
	leads, shown := status.RaftState == raft.StateLeader, 0
	p.WithProgress(func(uint64, raft.ProgressType, tracker.Progress) { shown++ })
	if leads && shown == 0 {
		lacks(checker.ReplicationProgress, "has no WithProgress")
	}
	if !s.recovery.begun {
		return
	}
	if viewer, ok := p.Node().(raft.UncommittedViewer); !ok {
		lacks(checker.UncommittedBounded.String(), "has no raft.UncommittedViewer")
	} else if _, ok := viewer.UncommittedBytes(); !ok {
		lacks(checker.UncommittedBounded.String(), "has no UncommittedBytes")
	}
	if leads && len(status.Progress) == 0 {
		for _, property := range []checker.Liveness{checker.FollowersReplicate, checker.InflightDrains, checker.LearnersCatchUp} {
			lacks(property.String(), "has no Status.Progress")
		}
	}
}

// raftName is the name of the Raft that a host runs.
func (o *Options) raftName(id uint64) string {
	if len(o.Rafts) == 0 {
		return DefaultRaft
	}
	return o.Rafts[(id-1)%uint64(len(o.Rafts))]
}
