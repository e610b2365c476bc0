package sim

import (
	"fmt"
	"slices"

	pb "raftsim/raft/raftpb"
	"raftsim/replica"
)

// formerVoterBlocks names a hazard of the protocol as the etcd family implements
// it, in which a configuration is in force once it is applied: a voter that has been
// removed or demoted, and knows it, no longer campaigns; but with a log that is
// ahead of those of the members that do not know it yet it refuses them its vote,
// which they need.
func (s *Simulation) formerVoterBlocks() string {
	for _, h := range s.hosts {
		former := h.raft()
		if former == nil || s.oneWayHost(h) || isVoter(former.ConfState(), h.id) {
			continue
		}
		for _, id := range s.recovery.core {
			p := s.hosts[id-1].raft()
			if p == nil || p.Applied() >= former.Applied() || !isVoter(p.ConfState(), h.id) || !ahead(former, p) {
				continue
			}
			return fmt.Sprintf("a hazard of applying configurations late: %s has applied index %d, where it is no voter, and has a log that is ahead of that of %s, which still needs its vote",
				name(h.id), former.Applied(), name(id))
		}
	}
	return ""
}

// isVoter reports that a host votes in either half of a configuration.
func isVoter(cs *pb.ConfState, id uint64) bool {
	return slices.Contains(cs.Voters, id) || slices.Contains(cs.VotersOutgoing, id)
}

// ahead reports that the log of p is more up to date than another (Raft §5.4.1).
func ahead(p, other *replica.Replica) bool {
	index, term := p.LogEnd()
	otherIndex, otherTerm := other.LogEnd()
	return term > otherTerm || term == otherTerm && index > otherIndex
}
