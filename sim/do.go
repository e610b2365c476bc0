package sim

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"raftsim/faults"
	"raftsim/network"
)

// Doer is an action that says itself how it is done: that of a kind which a user has
// registered with the package faults. skipped is why it could not be done, empty when
// it was; a fault that was skipped has no Effect.
type Doer interface {
	Do(s *Simulation) (e Effect, skipped string)
}

// Effect is what a fault has done to the cluster. Each part may be nil. They are called
// between two events, and may do all that a Doer may.
type Effect struct {
	// Undo ends the fault: when its time is over, at a heal, at the end of the fault
	// phase. It is called once. A fault without it happens at once.
	Undo func()
	// Extend takes the fault to the hosts and clients that have come since: it is
	// called whenever one comes, until the fault ends.
	Extend func()
	// NoEffect says why the fault has made no difference so far, and is empty if it has
	// made one. It is asked once or more when the fault has ended, or the run of one
	// that happens at once, and changes nothing. A fault without it has always made one.
	NoEffect func() string
}

// occasion is a fault that is about to happen: its targets are bound.
type occasion struct {
	*Simulation
	plan  *plannedFault
	fault faults.Fault
}

// injectors says for each type of action how it is done, and why not if it cannot be.
type injectors map[reflect.Type]func(o occasion) (Effect, string)

// doing enters how one type of action is done.
func doing[A faults.Action](d injectors, do func(o occasion, a A) (Effect, string)) {
	d[reflect.TypeFor[A]()] = func(o occasion) (Effect, string) { return do(o, o.fault.Action.(A)) }
}

// allInjectors is the table of all actions of package faults.
func allInjectors() injectors {
	d := injectors{}
	d.ofNetwork()
	d.ofHosts()
	d.ofClocks()
	d.ofRaft()
	doing(d, func(o occasion, a faults.Heal) (Effect, string) { return Effect{}, o.healNow(a.Core) })
	return d
}

// do does what a bound fault says. skipped is why it cannot be done, if so.
func (s *Simulation) do(p *plannedFault, f faults.Fault) (e Effect, skipped string) {
	if d, ok := f.Action.(Doer); ok {
		return d.Do(s)
	}
	if do := s.trouble.injectors[reflect.TypeOf(f.Action)]; do != nil {
		return do(occasion{s, p, f})
	}
	return Effect{}, fmt.Sprintf("the simulator has no way to do the fault %q", f.Action.Kind())
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
func (s *Simulation) release(path faults.Path) (Effect, string) {
	if s.network.ReleaseAll(s.now, s.links(path)) == 0 {
		return Effect{}, "no packet was held back on these links"
	}
	return Effect{}, ""
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
