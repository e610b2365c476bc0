package sim

import (
	"time"

	"raftsim/clock"
	"raftsim/faults"
)

// ofClocks are the faults that hit clocks.
func (d injectors) ofClocks() {
	doing(d, func(o occasion, a faults.Skew) (Effect, string) {
		return o.changeClocks(a.Hosts, func(c *clock.Local) { c.Step(o.now, a.By) }, func(c *clock.Local) { c.Step(o.now, -a.By) })
	})
	doing(d, func(o occasion, a faults.Drift) (Effect, string) {
		return o.changeClocks(a.Hosts, func(c *clock.Local) { c.Drift(o.now, a.PPM) }, func(c *clock.Local) { c.Drift(o.now, 0) })
	})
	doing(d, func(o occasion, a faults.Freeze) (Effect, string) {
		return o.changeClocks(a.Hosts, func(c *clock.Local) { c.Freeze(o.now) }, func(c *clock.Local) { c.Thaw(o.now) })
	})
	doing(d, func(o occasion, a faults.Strobe) (Effect, string) { return o.strobe(a), "" })
}

// changeClocks changes the clocks of hosts until the fault ends.
func (s *Simulation) changeClocks(hosts faults.Group, change, undo func(*clock.Local)) (Effect, string) {
	ids := hosts.IDs()
	noticed := s.clocksMatter(ids)
	s.moveClocks(ids, change)
	return Effect{Undo: func() { s.moveClocks(ids, undo) }, NoEffect: noticed}, ""
}

// moveClocks changes clocks, and moves what waits for them.
func (s *Simulation) moveClocks(ids []uint64, change func(*clock.Local)) {
	for _, id := range ids {
		h := s.hosts[id-1]
		change(&h.clock)
		h.ClockChanged()
	}
}

// clocksMatter is called before clocks are changed. It returns what tells whether
// anybody has been misled by them since: a process that looked at its clock or
// set a timer by it, or a timer that would be due by now.
func (s *Simulation) clocksMatter(ids []uint64) (noEffect func() string) {
	uses := s.since(ids, func(t *tried) uint64 { return t.clockUse })
	type due struct {
		host        *Host
		incarnation uint32
		at          clock.Time
	}
	var timers []due
	for _, id := range ids {
		h := s.hosts[id-1]
		timers = append(timers, due{h, h.incarnation, h.clock.When(s.now, h.timers.earliest())})
	}
	return func() string {
		for _, t := range timers {
			if t.host.incarnation == t.incarnation && t.at <= s.now {
				return ""
			}
		}
		return orElse(uses, "no host read its clock, and no timer on it expired")()
	}
}

// strobe makes clocks jump to and fro.
func (s *Simulation) strobe(a faults.Strobe) Effect {
	by, off := a.By, false
	noticed := s.clocksMatter(a.Hosts.IDs())
	step := func() time.Duration {
		s.moveClocks(a.Hosts.IDs(), func(c *clock.Local) { c.Step(s.now, by) })
		by, off = -by, !off
		return a.Period
	}
	stop := s.every(step, 0)
	return Effect{
		Undo: func() {
			stop()
			if off {
				step()
			}
		},
		NoEffect: noticed,
	}
}
