package sim

import (
	"fmt"
	"slices"
	"time"

	"raftsim/faults"
	"raftsim/network"
)

// Doer does the faults of a kind that a user has registered with the package
// faults. It returns how to undo the fault (nil when there is nothing to
// undo), or why it was skipped: it could not be done.
type Doer interface {
	Do(s *Simulation) (undo func(), skipped string)
}

// do does what a bound fault says. skipped is why it cannot be done, if so.
func (s *Simulation) do(p *plannedFault, f faults.Fault) (d effect, skipped string) {
	switch a := f.Action.(type) {
	case faults.Partition:
		return s.cut(split(a.Sides))
	case faults.Isolate:
		return s.cutReach(func() []network.LinkID { return s.isolation(a.Hosts.IDs()) })
	case faults.Cut:
		return s.cut(s.links(a.Path))
	case faults.Bridge:
		return s.cut(network.Bridge(a.Left.IDs(), a.Middle.IDs(), a.Right.IDs()))
	case faults.Ring:
		// In the order of the line: binding has shuffled the hosts of roles.
		return s.cut(network.MajorityRing(a.Hosts.IDs(), nil))
	case faults.Flap:
		return s.flap(a)
	case faults.Link:
		return s.disturb(a)
	case faults.Hold:
		return s.hold(func() []network.LinkID { return s.links(a.Path) })
	case faults.Clog:
		return s.hold(func() []network.LinkID { return s.clogged(a.Hosts.IDs()) })
	case faults.Release:
		return s.release(a.Path)
	case faults.Swizzle:
		return s.swizzle(p, a)
	case faults.Drop:
		return s.drop(p, a)
	case faults.Heal:
		return effect{}, s.healNow(a.Core)
	case Doer:
		undo, skipped := a.Do(s)
		return effect{undo: undo}, skipped
	}
	if d, skipped, ok := s.doHost(p, f); ok {
		return d, skipped
	}
	if d, skipped, ok := s.doRaft(p, f.Action); ok {
		return d, skipped
	}
	return effect{}, fmt.Sprintf("the simulator has no way to do the fault %q", f.Action.Kind())
}

// isolation are the links between hosts and all that are not among them.
func (s *Simulation) isolation(hosts []uint64) (links []network.LinkID) {
	for _, h := range hosts {
		for _, other := range s.hostIDs() {
			if other != h && (!slices.Contains(hosts, other) || h < other) {
				links = append(links, network.LinkID{From: h, To: other}, network.LinkID{From: other, To: h})
			}
		}
	}
	return links
}

// release ends the holds on the links of a path.
func (s *Simulation) release(path faults.Path) (effect, string) {
	if s.network.ReleaseAll(s.now, s.links(path)) == 0 {
		return effect{}, "no packet was held back on these links"
	}
	return effect{}, ""
}

// hostIDs are the numbers of all hosts that have ever been switched on.
func (s *Simulation) hostIDs() []uint64 {
	ids := make([]uint64, 0, len(s.hosts))
	for _, h := range s.hosts {
		if h.state != absent {
			ids = append(ids, h.id)
		}
	}
	return ids
}

// at calls f after a while, as an event of its own.
func (s *Simulation) at(d time.Duration, f func()) {
	place := uint64(len(s.callbacks))
	if n := len(s.freeCalls); n > 0 {
		place, s.freeCalls = s.freeCalls[n-1], s.freeCalls[:n-1]
		s.callbacks[place] = f
	} else {
		s.callbacks = append(s.callbacks, f)
	}
	s.queue.Push(s.now.Add(d), event{kind: callEvent, arg: place})
}

// callBack calls the function at a place, once.
func (s *Simulation) callBack(place uint64) {
	f := s.callbacks[place]
	s.callbacks[place] = nil
	s.freeCalls = append(s.freeCalls, place)
	f()
}

// every calls f after first, and then again after each time that f returns,
// until stop is called.
func (s *Simulation) every(f func() time.Duration, first time.Duration) (stop func()) {
	stopped := false
	var tick func()
	tick = func() {
		if !stopped {
			s.at(f(), tick)
		}
	}
	s.at(first, tick)
	return func() { stopped = true }
}
