package sim

import (
	"fmt"
	"slices"
	"time"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
)

// trouble is what goes wrong in a run: the schedule, the faults that are
// active, and the count of those that fired.
type trouble struct {
	planned []plannedFault
	active  []activeFault
	counts  []FaultCount // in order of kind
	void    string       // why the first void fault was void
	class   faults.Class // of the worst fault that fired
	outside []string     // faults outside the model, with the promise each broke
}

// plannedFault is one line of the schedule, with its own stream of chance.
type plannedFault struct {
	fault   faults.Fault
	chance  random.Key
	draws   uint64
	waiting clock.Time // since when this occurrence waits for a target
}

// activeFault is a fault that has begun and not ended.
type activeFault struct {
	fault faults.Fault // with its targets bound
	deed  deed
	ended bool
}

// deed is what the simulation did for a fault. Its parts may be nil.
type deed struct {
	// grow extends the fault to the hosts and clients that have come since.
	grow func()
	// undo ends the fault.
	undo func()
	// idle says, when the fault ends, why it took no effect; empty if it did.
	idle func() string
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
	if s.recovery.begun {
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
	s.classify(f)
	deed, void := s.do(p, f)
	if void != "" {
		s.voided(p.fault, void)
		return
	}
	s.count(action.Kind(), false)
	s.record(Record{Verb: FaultBegan, Text: describeFault(f)})
	if deed.undo == nil {
		return
	}
	s.trouble.active = append(s.trouble.active, activeFault{fault: f, deed: deed})
	if f.For > 0 {
		s.queue.Push(s.now.Add(f.For), event{kind: unfaultEvent, arg: uint64(len(s.trouble.active) - 1)})
	}
}

// waitForTarget looks again at the next tick, or gives the fault up as void.
func (s *Simulation) waitForTarget(i int, missing string) {
	p := &s.trouble.planned[i]
	p.waiting = min(p.waiting, s.now)
	if s.now.Sub(p.waiting) < p.fault.Patience() {
		s.queue.Push(s.now.Add(s.options.Raft.Tick), event{kind: faultEvent, arg: uint64(i)})
		return
	}
	p.waiting = clock.Never
	s.voided(p.fault, missing)
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
		if a := &s.trouble.active[i]; !a.ended && a.deed.grow != nil {
			a.deed.grow()
		}
	}
}

// endFault undoes an active fault whose time is over.
func (s *Simulation) endFault(i int) {
	a := &s.trouble.active[i]
	if a.ended {
		return
	}
	a.ended = true
	if a.deed.idle != nil {
		if why := a.deed.idle(); why != "" {
			s.idled(a.fault, why)
		}
	}
	a.deed.undo()
	s.record(Record{Verb: FaultEnded, Text: a.fault.Action.String()})
}

// endWhere undoes the active faults that match, and returns how many did.
func (s *Simulation) endWhere(match func(faults.Action) bool) int {
	n := 0
	for i := range s.trouble.active {
		if a := &s.trouble.active[i]; !a.ended && match(a.fault.Action) {
			s.endFault(i)
			n++
		}
	}
	return n
}

// heal ends all that is wrong: faults, links, disks, clocks; and starts or
// resumes every host that belongs to the run.
func (s *Simulation) heal() {
	s.endWhere(func(faults.Action) bool { return true })
	s.network.Heal(s.now)
	for _, h := range s.hosts {
		h.heal()
	}
}

// heal makes a host whole again. What its disk has lost stays lost.
func (h *Host) heal() {
	h.disk.HealAll(h.sim.now)
	h.slowed = false
	h.crashAtMessage = 0
	h.downs, h.pauses = 0, 0
	h.clock.Heal()
	h.ClockChanged()
	if h.state == down {
		h.restart()
	}
	h.resume()
}

// voided notes a fault that found no target, or could not be done.
func (s *Simulation) voided(f faults.Fault, why string) {
	s.count(f.Action.Kind(), true)
	s.idled(f, why)
}

// idled notes a fault that made no difference.
func (s *Simulation) idled(f faults.Fault, why string) {
	text := describeFault(f) + ": " + why
	s.record(Record{Verb: FaultVoid, Text: text})
	if s.trouble.void == "" {
		s.trouble.void = fmt.Sprintf("at %s, %s", s.now, text)
	}
}

// describeFault is the fault without its time, which the record has.
func describeFault(f faults.Fault) string {
	if f.For > 0 {
		return fmt.Sprintf("%s for %v", f.Action, f.For)
	}
	return f.Action.String()
}

// count counts a fault that fired, or was void, by its kind.
func (s *Simulation) count(kind string, void bool) {
	c := s.trouble.counts
	i, found := slices.BinarySearchFunc(c, kind, func(c FaultCount, kind string) int {
		switch {
		case c.Kind < kind:
			return -1
		case c.Kind > kind:
			return 1
		}
		return 0
	})
	if !found {
		c = slices.Insert(c, i, FaultCount{Kind: kind})
	}
	if void {
		c[i].Void++
	} else {
		c[i].Fired++
	}
	s.trouble.counts = c
}

// counted returns the counts by kind, in order.
func (t *trouble) counted() []FaultCount { return slices.Clone(t.counts) }
