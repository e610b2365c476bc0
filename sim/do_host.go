package sim

import (
	"slices"

	"raftsim/disk"
	"raftsim/faults"
)

// ofHosts are the faults that hit hosts and their disks.
func (d injectors) ofHosts() {
	doing(d, func(o occasion, a faults.Crash) (Effect, string) { return o.crashHosts(a) })
	doing(d, func(o occasion, a faults.Blackout) (Effect, string) {
		return o.crashNow(o.hostIDs(), &losses{losing: a.Losing, tear: a.Torn})
	})
	doing(d, func(o occasion, a faults.CrashLoop) (Effect, string) { return o.crashLoops(o.plan, a), "" })
	doing(d, func(o occasion, a faults.Restart) (Effect, string) { return Effect{}, o.restartHosts(a.Hosts.IDs()) })
	doing(d, func(o occasion, a faults.Pause) (Effect, string) { return o.pauseHosts(a) })
	doing(d, func(o occasion, a faults.Resume) (Effect, string) { return Effect{}, o.resumeHosts(a.Hosts.IDs()) })
	doing(d, func(o occasion, a faults.Slow) (Effect, string) { return o.slowHosts(a), "" })
	doing(d, func(o occasion, a faults.Disk) (Effect, string) { return o.troubleDisks(o.fault, a) })
}

// crashHosts crashes hosts now, or arms a crash at a point of their work.
func (s *Simulation) crashHosts(a faults.Crash) (Effect, string) {
	t := &losses{losing: a.Losing, tear: a.Torn}
	if a.Point == faults.Now {
		return s.crashNow(a.Hosts.IDs(), t)
	}
	var crashed []*Host
	over := false // an operation that began before the end may reach its middle after it
	strike := func(h *Host) {
		h.crashAtMessage = 0
		h.disk.Watch(nil)
		if h.Running() && !over {
			h.powerOff(t)
			crashed = append(crashed, h)
		}
	}
	for _, id := range a.Hosts.IDs() {
		h := s.hosts[id-1]
		if a.Point == faults.AtMessage {
			h.crashAtMessage, h.onCrashPoint = a.N, func() { strike(h) }
			continue
		}
		s.duringOperation(h, uint64(a.N), func() { strike(h) })
	}
	return Effect{
		Undo: func() {
			over = true
			for _, id := range a.Hosts.IDs() {
				s.hosts[id-1].crashAtMessage = 0
				s.hosts[id-1].disk.Watch(nil)
			}
			s.powerOn(crashed)
		},
		NoEffect: func() string {
			if len(crashed) == 0 {
				return "no host reached the point at which it was to crash"
			}
			return t.noEffect()
		},
	}, ""
}

// duringOperation calls f in the middle of the nth disk operation of a host from
// now. Nobody else watches the disk until then.
func (s *Simulation) duringOperation(h *Host, n uint64, f func()) {
	last := h.disk.Operations() + n
	h.disk.Watch(func(o disk.Operation) {
		if o.Number == last {
			s.at((o.Start + (o.End-o.Start)/2).Sub(s.now), f)
		}
	})
}

// crashNow takes the power from hosts until the fault ends.
func (s *Simulation) crashNow(ids []uint64, t *losses) (Effect, string) {
	var crashed []*Host
	for _, id := range ids {
		h := s.hosts[id-1]
		if !h.Running() && h.state != down {
			continue
		}
		h.powerOff(t)
		crashed = append(crashed, h)
	}
	if len(crashed) == 0 {
		return Effect{}, "none of these hosts was up"
	}
	return Effect{Undo: func() { s.powerOn(crashed) }, NoEffect: t.noEffect}, ""
}

// powerOff crashes a host that runs, and keeps it down until as many powerOns.
func (h *Host) powerOff(t *losses) {
	h.downs++
	if h.Running() {
		t.atStake += h.disk.AtStake(h.sim.now)
		t.note(h.crash(t.crash()))
	}
}

// powerOn starts the hosts that nothing else keeps down.
func (s *Simulation) powerOn(hosts []*Host) {
	for _, h := range hosts {
		if h.downs == 0 {
			continue // a restart or a heal came first
		}
		h.downs--
		if h.downs == 0 && h.state == down {
			h.restart()
		}
	}
}

// mayHaveLost says whether the disk lacks synced data in a way that a log cannot
// notice, since the host last recovered. Bits that rot and sectors that go bad are
// no excuse: the log has to report them.
func (h *Host) mayHaveLost() bool {
	return slices.ContainsFunc(h.disk.Damage(), func(d disk.Damage) bool { return d.Kind.Silent() })
}

// excused says whether a fault has damaged synced data of the host's disk, so
// that its log may lack what it had promised.
func (h *Host) excused() bool {
	return len(h.disk.Damage()) > 0
}

// restartHosts starts hosts whatever keeps them down, but for those that a heal
// has given up for good.
func (s *Simulation) restartHosts(ids []uint64) string {
	started, skipped := 0, "none of these hosts was down"
	for _, id := range ids {
		h := s.hosts[id-1]
		switch {
		case h.state != down:
		case s.core.GivenUp(h.id) && !s.core.OneWay(h.id):
			skipped = "these hosts are outside the core and stay down"
		default:
			h.downs = 0
			h.restart()
			started++
		}
	}
	if started == 0 {
		return skipped
	}
	return ""
}

// pauseHosts stops hosts, and their clocks if so wished.
func (s *Simulation) pauseHosts(a faults.Pause) (Effect, string) {
	var stopped []*Host
	missed := s.since(a.Hosts.IDs(), func(t *tried) uint64 { return t.missed })
	for _, id := range a.Hosts.IDs() {
		h := s.hosts[id-1]
		if !h.Running() {
			continue
		}
		h.pauses++
		h.pause()
		if a.Clock {
			h.clock.Freeze(s.now)
			h.ClockChanged()
		}
		stopped = append(stopped, h)
	}
	if len(stopped) == 0 {
		return Effect{}, "none of these hosts was up"
	}
	undo := func() {
		for _, h := range stopped {
			if a.Clock {
				h.clock.Thaw(s.now)
				h.ClockChanged()
			}
			if h.pauses > 0 {
				h.pauses--
			}
			if h.pauses == 0 {
				h.resume()
			}
		}
	}
	return Effect{Undo: undo, NoEffect: orElse(missed, "no event arrived while these hosts were paused")}, ""
}

// resumeHosts ends every pause of hosts.
func (s *Simulation) resumeHosts(ids []uint64) string {
	woken := 0
	for _, id := range ids {
		h := s.hosts[id-1]
		if h.state == paused {
			h.pauses = 0
			h.resume()
			woken++
		}
	}
	if woken == 0 {
		return "none of these hosts was paused"
	}
	return ""
}

// slowHosts makes each event keep a host busy.
func (s *Simulation) slowHosts(a faults.Slow) Effect {
	for _, id := range a.Hosts.IDs() {
		s.hosts[id-1].slow, s.hosts[id-1].slowed = a.By, true
	}
	busied := s.since(a.Hosts.IDs(), func(t *tried) uint64 { return t.busied })
	undo := func() {
		for _, id := range a.Hosts.IDs() {
			s.hosts[id-1].slowed = false
		}
	}
	return Effect{Undo: undo, NoEffect: orElse(busied, "these hosts handled no event")}
}
