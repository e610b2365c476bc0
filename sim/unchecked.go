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
	lacks := func(p checker.Property, who, capability string) {
		if line := fmt.Sprintf("%v: %s %s", p, who, capability); !slices.Contains(off, line) {
			off = append(off, line)
		}
	}
	if s.options.Process != nil {
		s.uncheckedOfProcess(func(p checker.Property, capability string) { lacks(p, "the process", capability) })
		return off
	}
	for _, h := range s.hosts {
		who := s.options.raftName(h.id)
		s.uncheckedOfRaft(h, func(p checker.Property, capability string) { lacks(p, who, capability) })
	}
	return off
}

// uncheckedOfProcess tells what a process does not show that is no replica.
func (s *Simulation) uncheckedOfProcess(lacks func(p checker.Property, capability string)) {
	seen := s.protocol.SeesNodes()
	for _, p := range checker.Properties() {
		if untold := s.protocol.Untold(p); untold != 0 {
			lacks(p, fmt.Sprintf("never reports %v to host.Observer", untold))
		}
	}
	for _, p := range checker.Invariants() {
		switch {
		case p == checker.Session && !s.protocol.Executes():
			lacks(p, "does not call Env.Executed")
		case p != checker.Session && !seen:
			lacks(p, "shows no raft.Node")
		}
	}
	for _, p := range checker.OfClass(checker.Liveness) {
		if s.recovery.Begun() && p.Needs()&checker.FactStatus != 0 {
			if seen {
				lacks(p, "is no replica.Replica, whose state is judged")
			} else {
				lacks(p, "shows no raft.Node")
			}
		}
	}
}

// uncheckedOfRaft tells what the Raft of a host does not show.
func (s *Simulation) uncheckedOfRaft(h *Host, lacks func(p checker.Property, capability string)) {
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
	if !s.recovery.Begun() {
		return
	}
	if viewer, ok := p.Node().(raft.UncommittedViewer); !ok {
		lacks(checker.UncommittedBounded, "has no raft.UncommittedViewer")
	} else if _, ok := viewer.UncommittedBytes(); !ok {
		lacks(checker.UncommittedBounded, "has no UncommittedBytes")
	}
	if leads && len(status.Progress) == 0 {
		for _, p := range checker.OfClass(checker.Liveness) {
			if p.Needs()&checker.FactPeers != 0 {
				lacks(p, "has no "+checker.FactPeers.String())
			}
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
