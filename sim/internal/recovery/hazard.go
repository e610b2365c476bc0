package recovery

import (
	"fmt"

	"raftsim/checker/membership"
	"raftsim/replica"
)

// Hazard names a hazard of the protocol as the etcd family implements
// it, in which a configuration is in force once it is applied: a voter that has been
// removed or demoted, and knows it, no longer campaigns; but with a log that is
// ahead of those of the members that do not know it yet it refuses them its vote,
// which they need. It is empty where there is none.
func (k *Core) Hazard() string {
	hosts := k.cluster.Hosts()
	for _, h := range hosts {
		former := h.Replica
		if former == nil || k.OneWay(h.ID) || votes(former, h.ID) {
			continue
		}
		for _, id := range k.hosts {
			p := hosts[id-1].Replica
			if p == nil || p.Applied() >= former.Applied() || !votes(p, h.ID) || !ahead(former, p) {
				continue
			}
			return fmt.Sprintf("a hazard of applying configurations late: n%d has applied index %d, where it is no voter, and has a log that is ahead of that of n%d, which still needs its vote",
				h.ID, former.Applied(), id)
		}
	}
	return ""
}

// votes reports that a host votes in either half of the configuration that p uses.
func votes(p *replica.Replica, id uint64) bool {
	k := membership.Of(p.ConfState())
	return k.Voter(id)
}

// ahead reports that the log of p is more up to date than another (Raft §5.4.1).
func ahead(p, other *replica.Replica) bool {
	index, term := p.LogEnd()
	otherIndex, otherTerm := other.LogEnd()
	return term > otherTerm || term == otherTerm && index > otherIndex
}
