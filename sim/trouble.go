package sim

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/trace"
)

// trouble is what goes wrong in a run: the schedule, the faults that are
// active, and the count of those that fired.
type trouble struct {
	injectors  injectors
	planned    []plannedFault
	active     []activeFault // in order of their numbers
	began      uint64        // number of the last one
	lasting    int           // active ones that somebody must end
	counts     []FaultCount  // in order of kind
	class      faults.Class  // of the worst fault that fired
	outOfModel []string      // faults out of model, with the promise each broke
}

// plannedFault is one line of the schedule, with its own stream of chance.
type plannedFault struct {
	fault    faults.Fault
	chance   random.Key
	draws    uint64
	waiting  clock.Time // since when this occurrence waits for a target
	missing  string     // whom it waits for
	occurred occurrences
}

// maxLasting bounds the faults that last at the same time. Each that begins is judged
// in the light of all of them.
const maxLasting = 200

// activeFault is a fault that has begun and not ended.
type activeFault struct {
	number uint64
	line   int          // of the schedule
	fault  faults.Fault // with its targets bound
	effect Effect
	harm   func(faults.Action, faults.Budget) faults.Group // of its kind, or nil
}

// fate is the next draw of a fault.
func (p *plannedFault) fate() uint64 {
	p.draws++
	return p.chance.Fate(purposeFault, p.draws)
}

// between draws a duration in [lo, hi]; hi at or below lo means lo.
func (p *plannedFault) between(lo, hi time.Duration) time.Duration {
	if hi <= lo {
		return lo
	}
	d := random.Uniform(lo, hi)
	return d.At(p.fate())
}

// schedule plans the faults of a schedule from now on.
func (s *Simulation) schedule(schedule faults.Schedule) {
	for _, f := range schedule {
		s.plan(f)
	}
}

// plan enters one fault. Its luck depends on what its line says, not on where
// in the schedule it stands, so that taking a line out leaves the others alone.
func (s *Simulation) plan(f faults.Fault) {
	p := plannedFault{fault: f, chance: s.fates.Key("fault " + f.String()), waiting: clock.Never}
	at := clock.Time(p.between(time.Duration(f.At), time.Duration(f.AtMax)))
	s.trouble.planned = append(s.trouble.planned, p)
	s.queue.Push(max(at, s.now), event{kind: faultEvent, arg: uint64(len(s.trouble.planned) - 1)})
}

// beginFault does what a planned fault says. When a role that it names is held
// by nobody it tries again every tick, until its patience is over.
func (s *Simulation) beginFault(i int) {
	p := &s.trouble.planned[i]
	if s.recovery.Begun() {
		return
	}
	action, missing := s.bind(p)
	if missing != "" {
		s.waitForTarget(i, missing)
		return
	}
	p.waiting = clock.Never
	s.repeat(i)
	f := faults.Fault{At: s.now, Action: action, For: p.between(p.fault.For, p.fault.ForMax)}
	if s.trouble.lasting >= maxLasting {
		s.skip(i, f, fmt.Sprintf("%d faults last already", maxLasting))
		return
	}
	s.classify(f)
	effect, skipped := s.do(p, f)
	if skipped != "" {
		s.skip(i, f, skipped)
		return
	}
	s.count(action.Kind()).Fired++
	s.record(Record{Verb: trace.FaultBegan, Text: describeFault(f)})
	s.trouble.began++
	a := activeFault{number: s.trouble.began, line: i, fault: f, effect: effect}
	if effect.Undo == nil && effect.NoEffect == nil {
		s.ended(&a)
		return
	}
	if k, ok := faults.Lookup(action.Kind()); ok {
		a.harm = k.Harm
	}
	s.trouble.active = append(s.trouble.active, a)
	if effect.Undo != nil {
		s.trouble.lasting++
	}
	if f.For > 0 && effect.Undo != nil {
		s.queue.Push(s.now.Add(f.For), event{kind: unfaultEvent, arg: a.number})
	}
}

// waitForTarget looks again at the next tick, or skips the fault.
func (s *Simulation) waitForTarget(i int, missing string) {
	p := &s.trouble.planned[i]
	p.waiting, p.missing = min(p.waiting, s.now), missing
	if s.now.Sub(p.waiting) < p.fault.Patience() {
		s.queue.Push(s.now.Add(s.options.Raft.Tick), event{kind: faultEvent, arg: uint64(i)})
		return
	}
	p.waiting = clock.Never
	s.skip(i, p.fault, missing)
	s.repeat(i)
}

// repeat plans the next occurrence of a repeated fault.
func (s *Simulation) repeat(i int) {
	p := &s.trouble.planned[i]
	every := p.fault.Every
	if every == (faults.Interval{}) {
		return
	}
	until := every.Until
	if until == 0 {
		until = s.options.horizon()
	}
	if next := s.now.Add(p.between(every.Min, every.Max)); next <= until {
		s.queue.Push(next, event{kind: faultEvent, arg: uint64(i)})
	}
}

// grow extends the active faults to a host or a client that has come.
func (s *Simulation) grow() {
	for i := range s.trouble.active {
		if a := &s.trouble.active[i]; a.effect.Extend != nil {
			a.effect.Extend()
		}
	}
	s.core.CutOneWay()
}

// endFault undoes the active fault of a number, unless it has ended before.
func (s *Simulation) endFault(number uint64) {
	i, found := slices.BinarySearchFunc(s.trouble.active, number, func(a activeFault, number uint64) int { return cmp.Compare(a.number, number) })
	if !found {
		return
	}
	a := s.trouble.active[i]
	s.trouble.active = slices.Delete(s.trouble.active, i, i+1)
	s.trouble.lasting--
	s.ended(&a)
	a.effect.Undo()
	s.record(Record{Verb: trace.FaultEnded, Text: a.fault.Action.String()})
}

// endWhere undoes the active faults that match, and returns how many did.
func (s *Simulation) endWhere(match func(faults.Action) bool) int {
	var matching []uint64
	for i := range s.trouble.active {
		if a := &s.trouble.active[i]; a.effect.Undo != nil && match(a.fault.Action) {
			matching = append(matching, a.number)
		}
	}
	for _, number := range matching {
		s.endFault(number)
	}
	return len(matching)
}

// heal ends all that is wrong: faults, links, disks, clocks; and starts or
// resumes every host that belongs to the run. Hosts outside a core that was
// chosen before stay broken.
func (s *Simulation) heal() {
	s.endWhere(func(faults.Action) bool { return true })
	s.network.Heal(s.now)
	s.core.Healed()
	for _, h := range s.hosts {
		if !s.core.GivenUp(h.id) {
			h.heal()
		}
	}
}

// healNow ends every fault in the middle of the fault phase. With a core only, it
// is chosen now, and the recovery phase relies on it too.
func (s *Simulation) healNow(coreOnly bool) (skipped string) {
	if coreOnly {
		s.core.Renew()
	}
	broken := s.broken()
	s.heal()
	switch {
	case coreOnly && !s.core.Chosen():
		if !s.core.Choose(true) {
			return "no set of sound hosts has a quorum"
		}
		s.core.Isolate()
	case !broken:
		return "there was nothing to heal"
	}
	return ""
}

// broken says whether there is anything to heal: a fault that lasts, a host that
// does not run, a clock that is off.
func (s *Simulation) broken() bool {
	for i := range s.trouble.active {
		if s.trouble.active[i].effect.Undo != nil {
			return true
		}
	}
	return slices.ContainsFunc(s.hosts, func(h *Host) bool {
		return !s.core.GivenUp(h.id) && (h.state == down || h.state == paused || h.clock.Offset(s.now) != 0)
	})
}

// heal makes a host whole again. What its disk has lost stays lost.
func (h *Host) heal() {
	h.disk.HealAll(h.sim.now)
	h.slowed = false
	h.crashAtMessage = 0
	h.downs, h.pauses = 0, 0
	h.healClock()
	if h.state == down {
		h.restart()
	}
	h.resume()
}

// healClock sets the clock right. Timers keep the time that they have left, but no
// more than they were set for: where a clock was set back by seconds they would
// stand still for as long, and the host would be no better than a paused one.
func (h *Host) healClock() {
	read := h.clock.Read(h.sim.now)
	h.clock.Heal()
	healed := h.clock.Read(h.sim.now)
	h.timers.heal(read, healed)
	if r := h.raft(); r != nil {
		r.ClockSet(healed.Sub(read))
	}
	h.ClockChanged()
}
