package sim

import (
	"raftsim/random"
	"raftsim/trace"
)

// cutOneOff isolates a follower, where pre-vote and check-quorum promise that it
// disturbs nobody when it comes back and the others do without it. Meanwhile the
// log grows, so that it has something to catch up with.
func (s *Simulation) cutOneOff() bool {
	r := &s.recovery
	if !s.options.Raft.PreVote || !s.options.Raft.CheckQuorum {
		return false
	}
	candidates := s.core.Dispensable()
	if len(candidates) == 0 {
		return false
	}
	r.rejoins = candidates[random.Below(s.chance.Key("rejoin").Fate(purposeFault, 0), len(candidates))]
	r.cut = s.isolation([]uint64{r.rejoins})
	s.network.CutAll(r.cut)
	s.record(Record{Verb: trace.Phase, Host: r.rejoins, Text: "recovery: is isolated for a while"})
	s.enter(cutOff, cutOffTimeouts)
	r.fresh = nil
	if command, ok := s.freshCommand(false); ok {
		r.fresh = append(r.fresh, s.call(command, r.led.leader))
	}
	return true
}
