package sim

import (
	"fmt"
	"slices"

	"raftsim/faults"
	"raftsim/raft"
)

// budget is the situation in which a fault is classed now: the configuration in
// force, and who is out of service already.
func (s *Simulation) budget() faults.Budget {
	b := faults.Budget{
		Voters: s.members.conf.Voters, Outgoing: s.members.conf.VotersOutgoing,
		ElectionTimeout: s.options.Raft.ElectionTimeout(),
		Leases:          s.options.Raft.LeaseReads, LeaseDriftPPM: raft.LeaseDriftPPM,
	}
	for _, h := range s.hosts {
		if h.state == down || h.state == paused {
			b.Faulty = append(b.Faulty, faults.Host(h.id))
		}
	}
	for i := range s.trouble.active {
		if a := &s.trouble.active[i]; a.harm != nil {
			for _, t := range a.harm(a.fault.Action, b) {
				// A host, or all of them, counts once however often it is named.
				if t.Host == 0 && t.Role != faults.All || !slices.Contains(b.Faulty, t) {
					b.Faulty = append(b.Faulty, t)
				}
			}
		}
	}
	return b
}

// classify notes how bad a fault is that is about to happen, and which promise
// of the model it breaks if it is out of model.
func (s *Simulation) classify(f faults.Fault) {
	c := f.Class(s.budget())
	s.trouble.class = max(s.trouble.class, c)
	if c == faults.OutOfModel {
		s.trouble.outOfModel = append(s.trouble.outOfModel,
			fmt.Sprintf("at %s, %s: %s", s.now, describeFault(f), brokenPromise(f.Action)))
	}
}

// brokenPromise says what Raft relies on that an action that is out of model takes
// away.
func brokenPromise(a faults.Action) string {
	switch a := a.(type) {
	case faults.Disk:
		switch a.Effect {
		case faults.SyncLies, faults.SyncFails:
			return "broke the promise that what a sync has confirmed is durable"
		case faults.Rots, faults.Spoils, faults.Misdirects:
			return "broke the promise that a disk returns what was written to it"
		}
		return "broke the promise that a disk keeps what it holds"
	case faults.Skew, faults.Drift, faults.Freeze, faults.Strobe, faults.Pause:
		return "broke the promise that clocks drift no further than the leases allow for"
	}
	return "broke a promise that Raft relies on"
}
