package recovery

import (
	"raftsim/random"
)

// cutOneOff isolates a follower, where pre-vote and check-quorum promise that it
// disturbs nobody when it comes back and the others do without it. Meanwhile the
// log grows, so that it has something to catch up with.
func (r *Phase) cutOneOff() bool {
	if !r.options.Rejoin {
		return false
	}
	candidates := r.core.Dispensable()
	if len(candidates) == 0 {
		return false
	}
	r.rejoins = candidates[random.Below(r.core.chance.Key("rejoin").Fate(purposeDraw, 0), len(candidates))]
	r.cut = r.world.Isolation(r.rejoins)
	r.world.Cut(r.cut)
	r.world.Tell(r.rejoins, "recovery: is isolated for a while")
	r.enter(cutOff, cutOffTimeouts)
	r.fresh = nil
	if place, ok := r.world.Ask(r.led.leader, false); ok {
		r.fresh = append(r.fresh, place)
	}
	return true
}
