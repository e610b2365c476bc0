package sim

import (
	"slices"

	"raftsim/checker/membership"
	"raftsim/replica"
)

// The recovery phase asks progress of a core: hosts that contain a quorum of every
// configuration that could be in force, none of which has lost data that it
// had acknowledged. Hosts outside the core are switched off, or can only send (see
// oneway.go), and come back only for a configuration that needs them.

// chooseCore picks the hosts that the recovery phase relies on: all that are sound,
// or with few a random smallest set that still is a core and has those in it that
// are kept. It is empty when the sound hosts are no core: too much was lost to
// ask for progress.
func (s *Simulation) chooseCore(few bool, kept []uint64) []uint64 {
	quorums := s.possibleQuorums()
	core := s.soundHosts()
	if !membership.EachHasQuorum(quorums, core) {
		return nil
	}
	if !few {
		return core
	}
	order := slices.Clone(core)
	s.chance.Key("core").Rand(purposeFault).Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, id := range order {
		rest := without(core, id)
		if !slices.Contains(kept, id) && membership.EachHasQuorum(quorums, rest) {
			core = rest
		}
	}
	return core
}

// renewCore sees to it that a core that was chosen before still is one. Hosts
// that have lost something since are out. When the rest holds no quorum, as of a
// configuration that has come since, as many others come in as it takes, and are
// not given up any more. The core is empty when not even these are enough.
func (s *Simulation) renewCore() {
	r := &s.recovery
	if len(r.core) == 0 {
		return
	}
	sound := s.soundHosts()
	r.core = slices.DeleteFunc(r.core, func(id uint64) bool { return !slices.Contains(sound, id) })
	if !membership.EachHasQuorum(s.possibleQuorums(), r.core) {
		r.core = s.chooseCore(true, r.core)
		s.restoreOneWay(r.core)
	}
}

// joinCore takes a host into a core that was chosen before the host came.
func (s *Simulation) joinCore(id uint64) {
	if r := &s.recovery; !r.begun && len(r.core) > 0 && !slices.Contains(r.core, id) {
		r.core = append(r.core, id)
	}
}

// healNow ends every fault in the middle of the fault phase. With a core only, it
// is chosen now, and the recovery phase relies on it too.
func (s *Simulation) healNow(coreOnly bool) (skipped string) {
	if coreOnly {
		s.renewCore()
	}
	broken := s.broken()
	s.heal()
	if !coreOnly || len(s.recovery.core) > 0 {
		if !broken {
			return "there was nothing to heal"
		}
		return ""
	}
	core := s.chooseCore(true, nil)
	if len(core) == 0 {
		return "no set of sound hosts has a quorum"
	}
	s.recovery.core = core
	s.isolateCore(core)
	return ""
}

// broken says whether there is anything to heal: a fault that lasts, a host that
// does not run, a clock that is off.
func (s *Simulation) broken() bool {
	for i := range s.trouble.active {
		if s.trouble.active[i].effect.undo != nil {
			return true
		}
	}
	return slices.ContainsFunc(s.hosts, func(h *Host) bool {
		return !s.givenUp(h) && (h.state == down || h.state == paused || h.clock.Offset(s.now) != 0)
	})
}

// givenUp says whether a host is outside the core that was chosen.
func (s *Simulation) givenUp(h *Host) bool {
	return len(s.recovery.core) > 0 && !slices.Contains(s.recovery.core, h.id)
}

// sound says whether a host still has all that it ever acknowledged.
func (h *Host) sound() bool { return !h.damaged && !h.excused() }

// soundHosts are the hosts that are sound, and not switched off for good.
func (s *Simulation) soundHosts() []uint64 {
	return slices.DeleteFunc(view{s}.Hosts(), func(id uint64) bool { return !s.hosts[id-1].sound() })
}

// isolateCore silences all hosts outside the core. Those that can only send no
// longer hear, the others are switched off.
func (s *Simulation) isolateCore(core []uint64) {
	s.chooseOneWay(core)
	for _, h := range s.hosts {
		if h.state == absent || h.state == retired || slices.Contains(core, h.id) || s.oneWayHost(h) {
			continue
		}
		h.powerOff(&losses{})
		h.downs = 1
	}
}

// without are hosts but for one.
func without(hosts []uint64, id uint64) []uint64 {
	return slices.DeleteFunc(slices.Clone(hosts), func(other uint64) bool { return other == id })
}

// possibleQuorums lists every configuration that could be in force, one of those
// with the same voters: applied on any host, or in an entry of any host's log that
// has not been overwritten. Hosts that were removed and switched off do not count,
// nor when they run again with what they knew then; nor do those that a core does
// without.
func (s *Simulation) possibleQuorums() []membership.Config {
	var all []membership.Config
	add := func(k membership.Config) {
		if k.Known() && !slices.ContainsFunc(all, func(o membership.Config) bool { return o.SameVoters(&k) }) {
			all = append(all, k)
		}
	}
	add(membership.Of(&s.members.conf))
	for _, h := range s.hosts {
		if s.givenUp(h) {
			continue
		}
		configs := h.configs
		if r := h.raft(); r != nil {
			if last, _ := r.LogEnd(); last < s.members.settled {
				continue
			}
			configs = possibleConfigs(r)
		}
		for _, k := range configs {
			add(k)
		}
	}
	return all
}

// possibleConfigs lists the configuration that a replica uses, and those that the
// entries of its log would lead to.
func possibleConfigs(p *replica.Replica) []membership.Config {
	k := membership.Of(p.ConfState())
	return append([]membership.Config{k}, k.Later(p.Unapplied())...)
}
