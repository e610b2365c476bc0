package sim

import (
	"fmt"
	"time"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/disk"
	"raftsim/network"
	"raftsim/random"
	"raftsim/trace"
)

// recoveryPhase is the recovery phase: every fault has healed, the network is quick,
// crashes have stopped. Now the cluster must elect a leader and keep it, finish
// every operation, and converge; then answer fresh operations; then stay calm;
// and last take back a host that was cut off. Each part has a bound of its own,
// counted in election timeouts.
type recoveryPhase struct {
	begun    bool
	done     bool
	since    clock.Time // when the phase began
	deadline clock.Time // of all that has no bound of its own
	leaderBy clock.Time // by when a leader must have been elected
	quiet    clock.Time // when the last packet of the fault phase has arrived
	stage    recoveryStage
	until    clock.Time // when this stage ends, or must have ended
	elected  bool       // all have followed one leader
	led      leadership // the leader that nothing may end any more, if there is one
	fresh    []*Call    // operations of this stage
	rejoins  uint64     // the host that is cut off and comes back
	cut      []network.LinkID
	failed   *checker.Violation
}

// recoveryStage is how far the recovery phase has come.
type recoveryStage uint8

const (
	healing  recoveryStage = iota // until everything is as it must be
	writing                       // until every member has answered a fresh command
	reading                       // and a fresh read
	resting                       // nothing happens for a while
	cutOff                        // a follower is isolated
	rejoined                      // it is back
)

// The network and the disks of the recovery phase.
var (
	quickNetwork = network.Profile{Latency: random.Constant(time.Millisecond)}
	quickDisk    = disk.Profile{Sync: random.Constant(100 * time.Microsecond)}
)

const noCore = "recovery: no core is left that could recover"

// The bounds within the recovery phase, in election timeouts.
const (
	// LeaderTimeouts is how soon after the heal all members must follow one
	// leader, where the whole phase is not shorter. Two that time out together
	// split the vote, which may happen several times in a row.
	LeaderTimeouts = 20
	// FreshTimeouts is how soon each of the fresh operations must be answered.
	FreshTimeouts = 3
	// steadyTimeouts is how long a recovered cluster must keep its leader.
	steadyTimeouts = 3
	// cutOffTimeouts is how long the host is isolated that then comes back: it
	// must want to campaign.
	cutOffTimeouts = 3
	// rejoinTimeouts is how long it has to catch up. The leader must stay.
	rejoinTimeouts = 3
)

// recover heals everything and runs until the cluster has recovered, or a
// bound is exceeded.
func (s *Simulation) recover() {
	r := &s.recovery
	s.now = max(s.now, s.options.horizon())
	r.begun, r.since = true, s.now
	s.core.Complete()
	for _, h := range s.hosts {
		h.appliesAtOnce = true
	}
	s.record(Record{Verb: trace.Phase, Text: "recovery: all faults heal"})
	s.core.Renew()
	s.heal()
	for _, h := range s.hosts {
		h.joining = false // who was to become a member boots again if it does
	}
	if !s.core.Chosen() && !s.core.Choose(s.options.Expect.CoreOnly) {
		s.record(Record{Verb: trace.Phase, Text: noCore})
		return
	}
	s.core.Isolate()
	begin := s.now // the bounds count once the disks have done what they were asked before
	s.network.SetDefault(quickNetwork)
	s.access = quickNetwork
	for _, h := range s.hosts {
		if h.Running() {
			begin = max(begin, h.disk.Done())
		}
		h.disk.SetProfile(quickDisk)
		for _, c := range s.clients.IDs() {
			s.connect(c, h.id)
		}
	}
	s.countFrom(begin)
	s.clients.Recover()
	s.queue.Push(s.now, event{kind: checkEvent})
	s.advance(clock.Never, func() bool { return r.done })
}

// countFrom counts the bounds of the phase from an instant. A snapshot that is still on
// its way keeps its receiver waiting, so the one of all that has no bound of its own
// begins when the last packet has arrived.
func (s *Simulation) countFrom(begin clock.Time) {
	r, timeouts := &s.recovery, s.options.Expect.RecoveryTimeouts
	arrived := max(begin, s.network.LastDue())
	r.deadline = arrived.Add(s.timeouts(timeouts))
	r.leaderBy = begin.Add(s.timeouts(min(LeaderTimeouts, timeouts)))
	r.quiet = arrived.Add(s.timeouts(1))
}

// timeouts is so many election timeouts.
func (s *Simulation) timeouts(n int) time.Duration {
	return time.Duration(n) * s.options.Raft.ElectionTimeout()
}

// checkRecovery looks how far the recovery phase has come, and whether it is over,
// one way or the other.
func (s *Simulation) checkRecovery() {
	r := &s.recovery
	s.retireRemoved()
	if s.followConf(); r.done {
		return
	}
	unmet, by := s.unmet()
	switch {
	case unmet == nil:
		s.nextStage()
	case s.now >= by:
		s.unrecovered(unmet)
	case r.stage == resting:
		r.until = s.now.Add(s.timeouts(steadyTimeouts))
	}
	if !r.done {
		s.queue.Push(s.now.Add(s.options.Raft.Tick), event{kind: checkEvent})
	}
}

// followConf renews a core that holds no quorum of the configuration in force: one
// that came of a change which was in nobody's log when the core was chosen, only on
// its way to a log. The phase begins anew.
func (s *Simulation) followConf() {
	r := &s.recovery
	if s.core.HasQuorum() {
		return
	}
	s.core.Renew()
	if !s.core.Chosen() {
		r.done = true
		s.record(Record{Verb: trace.Phase, Text: noCore})
		return
	}
	s.record(Record{Verb: trace.Phase, Text: "recovery: another configuration is in force, and a core of it is chosen"})
	s.heal()
	r.stage, r.elected, r.led, r.fresh = healing, false, leadership{}, nil
	s.countFrom(s.now)
}

// nextStage goes on when a stage has shown what it had to show.
func (s *Simulation) nextStage() {
	r := &s.recovery
	switch {
	case r.stage == healing:
		s.enter(writing, s.freshTimeouts())
		r.fresh = s.freshCalls(false)
	case r.stage == writing:
		s.enter(reading, s.freshTimeouts())
		r.fresh = s.freshCalls(true)
	case r.stage == reading:
		s.enter(resting, steadyTimeouts)
		if r.led.term == 0 {
			r.led = s.leadershipNow()
		}
	case s.now < r.until:
	case r.stage == resting:
		if r.led.term == 0 {
			r.led = s.leadershipNow()
		}
		r.done = !s.cutOneOff()
	case r.stage == cutOff:
		s.network.RestoreAll(r.cut)
		s.enter(rejoined, rejoinTimeouts)
		s.record(Record{Verb: trace.Phase, Host: r.rejoins, Text: "recovery: is connected again"})
	default:
		r.done = true
	}
}

// enter begins a stage that lasts for so many election timeouts.
func (s *Simulation) enter(stage recoveryStage, timeouts int) {
	r := &s.recovery
	r.stage, r.until = stage, s.now.Add(s.timeouts(timeouts))
	r.deadline = max(r.deadline, r.until)
}

// unrecovered ends the run with what has not come true by its time.
func (s *Simulation) unrecovered(unmet *checker.Violation) {
	r := &s.recovery
	unmet.At, unmet.Event = s.now, s.events
	unmet.Detail = fmt.Sprintf("%s, %d election timeouts after the heal", unmet.Detail, s.now.Sub(r.since)/s.options.Raft.ElectionTimeout())
	if hazard := s.core.Hazard(); hazard != "" {
		s.trouble.outOfModel = append(s.trouble.outOfModel, hazard)
	}
	r.failed, r.done = unmet, true
	s.record(Record{Verb: trace.Violated, Text: unmet.Property + ": " + unmet.Detail})
}
