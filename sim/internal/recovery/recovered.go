package recovery

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/checker/membership"
	"raftsim/clock"
)

// leadership is the time of a leader in a term.
type leadership struct {
	term, leader uint64
	event        uint64
	since        clock.Time
}

// unmet is the first liveness property that does not hold now, with the instant
// by which it must.
func (r *Phase) unmet() (v *checker.Violation, by clock.Time) {
	if v := r.deposed(); v != nil {
		return v, r.world.Now()
	}
	if r.stage == cutOff {
		return r.freshUnmet()
	}
	states, v := r.coreStates()
	if v != nil {
		return v, r.deadline
	}
	leader, v := checker.Following(states)
	switch {
	case v != nil && !r.elected:
		return v, r.leaderBy
	case v != nil:
		return v, r.deadline
	case r.led.term == 0 && r.undisturbed(leader):
		r.led = r.leadershipNow()
	}
	r.elected = true
	if v := checker.Recovered(states); v != nil && !passing(v) {
		return v, r.deadline
	}
	if v, by := r.freshUnmet(); v != nil {
		return v, by
	}
	if client, o := r.world.Waiting(); client != 0 {
		return checker.OperationsComplete.Unmet("", fmt.Sprintf("c%d still waits for an answer", client), o.asked()), r.deadline
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
func (r *Phase) coreStates() ([]checker.HostState, *checker.Violation) {
	core := r.core.Members()
	states := make([]checker.HostState, 0, len(core))
	hosts := r.world.Hosts()
	for _, id := range core {
		h := &hosts[id-1]
		switch {
		case h.Replica != nil:
			states = append(states, r.world.State(id, core))
		case !h.Running:
			return nil, checker.HostsRun.Unmet("", fmt.Sprintf("n%d is %s", id, h.State))
		case !r.options.Foreign:
			return nil, checker.HostsRun.Unmet("", fmt.Sprintf("n%d still reads its disk", id))
		}
	}
	return states, nil
}

// undisturbed says whether nothing is left of the fault phase that could end the
// leadership of a host: no packet, no host in a later term or outside of the
// configuration, but for those that can only send, no transfer and no change of the
// configuration under way.
func (r *Phase) undisturbed(leader *checker.HostState) bool {
	if leader == nil || r.world.Now() < r.quiet || leader.Transferee != 0 || len(leader.ConfState.VotersOutgoing) > 0 {
		return false
	}
	core := r.core.Members()
	for _, h := range r.world.Hosts() {
		p := h.Replica
		if p == nil || r.core.OneWay(h.ID) && Settled(p) {
			continue
		}
		if !slices.Contains(core, h.ID) || p.BasicStatus().Term != leader.Term || len(PossibleConfigs(p)) > 1 || !membership.Same(&leader.ConfState, p.ConfState()) {
			return false
		}
	}
	return true
}

// leadershipNow is that of the host that leads now.
func (r *Phase) leadershipNow() leadership {
	leader := r.world.Leader()
	if leader == 0 {
		return leadership{}
	}
	return leadership{term: r.world.Hosts()[leader-1].Replica.BasicStatus().Term, leader: leader, event: r.world.Events(), since: r.world.Now()}
}

// deposed reports a later term than that of a leader whom nothing disturbed. The
// term of a host that can only send does not count.
func (r *Phase) deposed() *checker.Violation {
	if r.led.term == 0 {
		return nil
	}
	for _, h := range r.world.Hosts() {
		p := h.Replica
		if p == nil || r.core.OneWay(h.ID) {
			continue
		}
		status := p.BasicStatus()
		if status.Term <= r.led.term {
			continue
		}
		if r.world.Now() < r.quiet { // a packet of the fault phase may have told a host to campaign
			r.led = r.leadershipNow()
			return nil
		}
		detail := fmt.Sprintf("the term went from %d to %d", r.led.term, status.Term)
		led := checker.Evidence{At: r.led.since, Event: r.led.event, Host: r.led.leader, Text: fmt.Sprintf("leads term %d, without any fault,", r.led.term)}
		now := checker.Evidence{At: r.world.Now(), Event: r.world.Events(), Host: h.ID, Text: fmt.Sprintf("is in term %d", status.Term)}
		if r.stage >= cutOff {
			return checker.RejoinKeepsLeader.Unmet("", fmt.Sprintf("%s after n%d was cut off", detail, r.rejoins), led, now)
		}
		return checker.LeaderStays.Unmet("", detail, led, now)
	}
	return nil
}
