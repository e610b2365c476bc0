package sim

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/raft"
)

// unchecked lists the liveness properties that are off in this run, each with
// the capability that it needs and a Raft of the run lacks.
func (s *Simulation) unchecked() (off []string) {
	if s.options.Process != nil {
		for _, p := range checker.LivenessProperties() {
			if p.Name != checker.HostsRun.String() && p.Name != checker.OperationsComplete.String() && p.Name != checker.FreshOperations.String() {
				off = append(off, p.Name+": a process of another kind shows no raft.Node")
			}
		}
		return off
	}
	lacks := func(p checker.Liveness, h *Host, capability string) {
		line := fmt.Sprintf("%v: %s has no %s", p, s.options.raftName(h.id), capability)
		if !slices.Contains(off, line) {
			off = append(off, line)
		}
	}
	for _, h := range s.hosts {
		p := h.raft()
		if p == nil {
			continue
		}
		if viewer, ok := p.node.(raft.UncommittedViewer); !ok {
			lacks(checker.UncommittedBounded, h, "raft.UncommittedViewer")
		} else if _, ok := viewer.UncommittedBytes(); !ok {
			lacks(checker.UncommittedBounded, h, "UncommittedBytes")
		}
		if status := p.node.Status(); status.RaftState == raft.StateLeader && len(status.Progress) == 0 {
			for _, property := range []checker.Liveness{checker.FollowersReplicate, checker.InflightDrains, checker.LearnersCatchUp} {
				lacks(property, h, "Status.Progress")
			}
		}
	}
	return off
}

// raftName is the name of the Raft that a host runs.
func (o *Options) raftName(id uint64) string {
	if len(o.Rafts) == 0 {
		return DefaultRaft
	}
	return o.Rafts[(id-1)%uint64(len(o.Rafts))]
}
