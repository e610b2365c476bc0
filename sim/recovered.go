package sim

import (
	"fmt"
	"maps"
	"slices"

	"raftsim/checker"
	"raftsim/checker/membership"
	"raftsim/clock"
	"raftsim/raft"
	"raftsim/raft/tracker"
	"raftsim/replica"
	"raftsim/sim/internal/recovery"
)

// leadership is the time of a leader in a term.
type leadership struct {
	term, leader uint64
	event        uint64
	since        clock.Time
}

// unmet is the first liveness property that does not hold now, with the instant
// by which it must.
func (s *Simulation) unmet() (v *checker.Violation, by clock.Time) {
	r := &s.recovery
	if v := s.deposed(); v != nil {
		return v, s.now
	}
	if r.stage == cutOff {
		return s.freshUnmet()
	}
	states, v := s.coreStates()
	if v != nil {
		return v, r.deadline
	}
	leader, v := checker.Following(states)
	switch {
	case v != nil && !r.elected:
		return v, r.leaderBy
	case v != nil:
		return v, r.deadline
	case r.led.term == 0 && s.undisturbed(leader):
		r.led = s.leadershipNow()
	}
	r.elected = true
	if v := checker.Recovered(states); v != nil && !passing(v) {
		return v, r.deadline
	}
	if v, by := s.freshUnmet(); v != nil {
		return v, by
	}
	if client, place := s.clients.Waiting(); client != 0 {
		asked := s.asked(&Call{s, place})
		return checker.OperationsComplete.Unmet("", name(client)+" still waits for an answer", asked), r.deadline
	}
	return checker.Recovered(states), r.deadline
}

// passing says whether a violation is what any cluster shows while operations
// are under way.
func passing(v *checker.Violation) bool {
	p, _ := checker.Lookup(v.Property)
	return p == checker.ReplicasConverge || p == checker.InflightDrains || p == checker.LearnersCatchUp
}

// coreStates are the states of the members that must recover.
func (s *Simulation) coreStates() ([]checker.HostState, *checker.Violation) {
	core := s.core.Members()
	states := make([]checker.HostState, 0, len(core))
	for _, id := range core {
		h := s.hosts[id-1]
		p := h.raft()
		switch {
		case p != nil:
			states = append(states, s.hostState(h, p, core))
		case !h.Running():
			return nil, checker.HostsRun.Unmet("", fmt.Sprintf("n%d is %v", id, h.state))
		case s.options.Process == nil:
			return nil, checker.HostsRun.Unmet("", fmt.Sprintf("n%d still reads its disk", id))
		}
	}
	return states, nil
}

// hostState is how a host stands. Of a leader it has what it believes of those
// of its peers that must recover.
func (s *Simulation) hostState(h *Host, p *replica.Replica, core []uint64) checker.HostState {
	basic := p.BasicStatus()
	last, _ := p.LogEnd()
	state := checker.HostState{
		At: s.now, Event: s.events,
		Host: h.id, Term: basic.Term, Lead: basic.Lead, Applied: p.Applied(), Commit: basic.Commit,
		LastIndex: last, Digest: p.Digest(), ConfState: *p.ConfState(), Member: true,
	}
	if basic.RaftState != raft.StateLeader {
		return state
	}
	state.Transferee = basic.LeadTransferee
	if viewer, ok := p.Node().(raft.UncommittedViewer); ok {
		state.Uncommitted, _ = viewer.UncommittedBytes()
	}
	progress := p.Node().Status().Progress
	for _, id := range slices.Sorted(maps.Keys(progress)) {
		if pr := progress[id]; id != h.id && slices.Contains(core, id) {
			state.Peers = append(state.Peers, peerState(id, &pr))
		}
	}
	return state
}

func peerState(id uint64, pr *tracker.Progress) checker.PeerState {
	state := checker.PeerState{
		Host: id, Match: pr.Match, Learner: pr.IsLearner,
		Probing: pr.State == tracker.StateProbe, Snapshotting: pr.State == tracker.StateSnapshot,
	}
	if pr.Inflights != nil {
		state.Inflight, state.Bytes = pr.Inflights.Count(), pr.Inflights.Bytes()
	}
	return state
}

// undisturbed says whether nothing is left of the fault phase that could end the
// leadership of a host: no packet, no host in a later term or outside of the
// configuration, but for those that can only send, no transfer and no change of the
// configuration under way.
func (s *Simulation) undisturbed(leader *checker.HostState) bool {
	if leader == nil || s.now < s.recovery.quiet || leader.Transferee != 0 || len(leader.ConfState.VotersOutgoing) > 0 {
		return false
	}
	core := s.core.Members()
	for _, h := range s.hosts {
		p := h.raft()
		if p == nil || s.core.OneWay(h.id) && recovery.Settled(p) {
			continue
		}
		if !slices.Contains(core, h.id) || p.BasicStatus().Term != leader.Term || len(recovery.PossibleConfigs(p)) > 1 || !membership.Same(&leader.ConfState, p.ConfState()) {
			return false
		}
	}
	return true
}

// leadershipNow is that of the host that leads now.
func (s *Simulation) leadershipNow() leadership {
	leader := s.Leader()
	if leader == 0 {
		return leadership{}
	}
	return leadership{term: s.hosts[leader-1].raft().BasicStatus().Term, leader: leader, event: s.events, since: s.now}
}

// deposed reports a later term than that of a leader whom nothing disturbed. The
// term of a host that can only send does not count.
func (s *Simulation) deposed() *checker.Violation {
	r := &s.recovery
	if r.led.term == 0 {
		return nil
	}
	for _, h := range s.hosts {
		p := h.raft()
		if p == nil || s.core.OneWay(h.id) {
			continue
		}
		status := p.BasicStatus()
		if status.Term <= r.led.term {
			continue
		}
		if s.now < r.quiet { // a packet of the fault phase may have told a host to campaign
			r.led = s.leadershipNow()
			return nil
		}
		detail := fmt.Sprintf("the term went from %d to %d", r.led.term, status.Term)
		led := checker.Evidence{At: r.led.since, Event: r.led.event, Host: r.led.leader, Text: fmt.Sprintf("leads term %d, without any fault,", r.led.term)}
		now := checker.Evidence{At: s.now, Event: s.events, Host: h.id, Text: fmt.Sprintf("is in term %d", status.Term)}
		if r.stage >= cutOff {
			return checker.RejoinKeepsLeader.Unmet("", fmt.Sprintf("%s after n%d was cut off", detail, r.rejoins), led, now)
		}
		return checker.LeaderStays.Unmet("", detail, led, now)
	}
	return nil
}
