package sim

import (
	"slices"

	"raftsim/network"
	"raftsim/raft"
	"raftsim/replica"
	"raftsim/trace"
)

// oneWay are the hosts outside the core that are not switched off but run on and
// receive nothing: their packets reach the core, and nothing reaches them. With
// pre-vote and check-quorum such a host can do no more than ask, over
// and over, whether it could win an election; the core must recover all the same,
// and keep its leader (dissertation section 9.6). Without both it would campaign
// in ever later terms, and a Raft that obeys them has no leader for long.
type oneWay struct {
	chosen bool
	hosts  []uint64
	cut    []network.LinkID // to these hosts
}

// chooseOneWay chooses once which of the hosts outside the core can only send, and
// cuts the links to them. Of those that were chosen before only the ones that are
// fit for it still go on.
func (s *Simulation) chooseOneWay(core []uint64) {
	n := &s.recovery.oneWay
	if !n.chosen {
		n.chosen = true
		for _, h := range s.hosts {
			key := s.chance.Key("noise " + name(h.id))
			if !slices.Contains(core, h.id) && s.mayRunOneWay(h) && key.Fate(purposeFault, 0)&1 == 1 {
				n.hosts = append(n.hosts, h.id)
				s.record(Record{Verb: trace.Phase, Host: h.id, Text: "recovery: is outside the core, can send and cannot receive"})
			}
		}
		s.cutOneWay()
	}
	n.hosts = slices.DeleteFunc(n.hosts, func(id uint64) bool { return !s.mayRunOneWay(s.hosts[id-1]) })
}

// mayRunOneWay says whether a host outside the core can run without being able to
// stop it. It must be a voter with all that it ever acknowledged: one that has lost
// some could lead the core astray, and one that was removed may be switched off at
// any time. What a process that is not a replica would say is not known.
func (s *Simulation) mayRunOneWay(h *Host) bool {
	o := &s.options
	return o.Raft.PreVote && o.Raft.CheckQuorum && !o.Expect.SkipOneWay && o.Process == nil &&
		h.state != absent && h.state != retired && h.sound() &&
		isVoter(&s.members.conf, h.id)
}

// oneWayHost says whether a host outside the core can only send.
func (s *Simulation) oneWayHost(h *Host) bool { return slices.Contains(s.recovery.oneWay.hosts, h.id) }

// oneWayLinks lists the links to the hosts that can only send.
func (s *Simulation) oneWayLinks() (links []network.LinkID) {
	for _, to := range s.recovery.oneWay.hosts {
		for _, from := range s.ends() {
			if from != to {
				links = append(links, network.LinkID{From: from, To: to})
			}
		}
	}
	return links
}

// cutOneWay cuts the links to the hosts that can only send, where they are not cut yet:
// a host or a client may have come.
func (s *Simulation) cutOneWay() {
	if n := &s.recovery.oneWay; len(n.hosts) > 0 {
		s.network.CutAll(fresh(&n.cut, s.oneWayLinks()))
	}
}

// restoreOneWay restores the links to those of these hosts that are in the core now.
func (s *Simulation) restoreOneWay(core []uint64) {
	n := &s.recovery.oneWay
	s.network.RestoreAll(n.cut)
	n.cut = nil
	n.hosts = slices.DeleteFunc(n.hosts, func(id uint64) bool { return slices.Contains(core, id) })
	s.cutOneWay()
}

// settled says whether a host that can only send does no more than ask for pre-votes: it
// leads no more, and no election of the fault phase is under way.
func settled(p *replica.Replica) bool {
	state := p.BasicStatus().RaftState
	return state == raft.StateFollower || state == raft.StatePreCandidate
}
