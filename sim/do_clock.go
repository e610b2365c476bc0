package sim

import (
	"time"

	"raftsim/clock"
	"raftsim/faults"
)

// doClock does the faults that hit clocks. ok is false when the action is none
// of them.
func (s *Simulation) doClock(action faults.Action) (d effect, ok bool) {
	switch a := action.(type) {
	case faults.Skew:
		d = s.changeClocks(a.Hosts.IDs(), func(c *clock.Local) { c.Step(s.now, a.By) }, func(c *clock.Local) { c.Step(s.now, -a.By) })
	case faults.Drift:
		d = s.changeClocks(a.Hosts.IDs(), func(c *clock.Local) { c.Drift(s.now, a.PPM) }, func(c *clock.Local) { c.Drift(s.now, 0) })
	case faults.Freeze:
		d = s.changeClocks(a.Hosts.IDs(), func(c *clock.Local) { c.Freeze(s.now) }, func(c *clock.Local) { c.Thaw(s.now) })
	case faults.Strobe:
		d = s.strobe(a)
	default:
		return d, false
	}
	return d, true
}

// changeClocks changes the clocks of hosts until the fault ends.
func (s *Simulation) changeClocks(ids []uint64, change, undo func(*clock.Local)) effect {
	noticed := s.clocksMatter(ids)
	s.moveClocks(ids, change)
	return effect{undo: func() { s.moveClocks(ids, undo) }, noEffect: noticed}
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
func (s *Simulation) strobe(a faults.Strobe) effect {
	by, off := a.By, false
	noticed := s.clocksMatter(a.Hosts.IDs())
	step := func() time.Duration {
		s.moveClocks(a.Hosts.IDs(), func(c *clock.Local) { c.Step(s.now, by) })
		by, off = -by, !off
		return a.Period
	}
	stop := s.every(step, 0)
	return effect{
		undo: func() {
			stop()
			if off {
				step()
			}
		},
		noEffect: noticed,
	}
}
