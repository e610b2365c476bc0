package recovery

import (
	"fmt"
	"time"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/network"
)

// Phase is the recovery phase: every fault has healed, the network is quick,
// crashes have stopped. Now the cluster must elect a leader and keep it, finish
// every operation, and converge; then answer fresh operations; then stay calm;
// and last take back a host that was cut off. Each part has a bound of its own,
// counted in election timeouts.
type Phase struct {
	core    *Core
	world   World
	options Options

	begun    bool
	done     bool
	since    clock.Time // when the phase began
	deadline clock.Time // of all that has no bound of its own
	leaderBy clock.Time // by when a leader must have been elected
	quiet    clock.Time // when the last packet of the fault phase has arrived
	stage    stage
	until    clock.Time // when this stage ends, or must have ended
	elected  bool       // all have followed one leader
	led      leadership // the leader that nothing may end any more, if there is one
	fresh    []int      // places of the operations of this stage
	rejoins  uint64     // the host that is cut off and comes back
	cut      []network.LinkID
	failed   *checker.Violation
}

// stage is how far the recovery phase has come.
type stage uint8

const (
	healing  stage = iota // until everything is as it must be
	writing               // until every member has answered a fresh command
	reading               // and a fresh read
	resting               // nothing happens for a while
	cutOff                // a follower is isolated
	rejoined              // it is back
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

// Options say what a cluster must do in the phase.
type Options struct {
	ElectionTimeout time.Duration // on a clock that is right
	Tick            time.Duration // between two looks at the cluster
	Timeouts        int           // bounds the phase as a whole, in election timeouts
	CoreOnly        bool          // the core is a smallest set
	Rejoin          bool          // a host that comes back must not disturb the others
	Foreign         bool          // processes that are no replicas run
}

// NewPhase returns the phase before it begins.
func NewPhase(core *Core, w World, o Options) *Phase { return &Phase{core: core, world: w, options: o} }

// Begin heals everything. From now on the world calls Check when CheckAt says, until the
// phase is done.
func (r *Phase) Begin() {
	r.begun, r.since = true, r.world.Now()
	r.core.complete = true
	r.world.Tell(0, "recovery: all faults heal")
	r.core.Renew()
	r.world.Heal()
	if !r.core.Chosen() && !r.core.Choose(r.options.CoreOnly) {
		r.done = true
		r.world.Tell(0, noCore)
		return
	}
	r.core.Isolate()
	r.countFrom(r.world.Quicken())
	r.world.Finish()
	r.world.CheckAt(r.world.Now())
}

// Begun says whether the phase has begun.
func (r *Phase) Begun() bool { return r.begun }

// Done says whether the phase is over.
func (r *Phase) Done() bool { return r.done }

// Since is when the phase began.
func (r *Phase) Since() clock.Time { return r.since }

// Failed is what did not come true in time, or nil.
func (r *Phase) Failed() *checker.Violation { return r.failed }

// countFrom counts the bounds of the phase from an instant. A snapshot that is still on
// its way keeps its receiver waiting, so the one of all that has no bound of its own
// begins when the last packet has arrived.
func (r *Phase) countFrom(begin clock.Time) {
	timeouts := r.options.Timeouts
	arrived := max(begin, r.world.LastDue())
	r.deadline = arrived.Add(r.timeouts(timeouts))
	r.leaderBy = begin.Add(r.timeouts(min(LeaderTimeouts, timeouts)))
	r.quiet = arrived.Add(r.timeouts(1))
}

// timeouts is so many election timeouts.
func (r *Phase) timeouts(n int) time.Duration {
	return time.Duration(n) * r.options.ElectionTimeout
}

// Check looks how far the recovery phase has come, and whether it is over,
// one way or the other.
func (r *Phase) Check() {
	if r.followConf(); r.done {
		return
	}
	unmet, by := r.unmet()
	switch {
	case unmet == nil:
		r.nextStage()
	case r.world.Now() >= by:
		r.unrecovered(unmet)
	case r.stage == resting:
		r.until = r.world.Now().Add(r.timeouts(steadyTimeouts))
	}
	if !r.done {
		r.world.CheckAt(r.world.Now().Add(r.options.Tick))
	}
}

// followConf renews a core that holds no quorum of the configuration in force: one
// that came of a change which was in nobody's log when the core was chosen, only on
// its way to a log. The phase begins anew.
func (r *Phase) followConf() {
	if r.core.HasQuorum() {
		return
	}
	r.core.Renew()
	if !r.core.Chosen() {
		r.done = true
		r.world.Tell(0, noCore)
		return
	}
	r.world.Tell(0, "recovery: another configuration is in force, and a core of it is chosen")
	r.world.Heal()
	r.stage, r.elected, r.led, r.fresh = healing, false, leadership{}, nil
	r.countFrom(r.world.Now())
}

// nextStage goes on when a stage has shown what it had to show.
func (r *Phase) nextStage() {
	switch {
	case r.stage == healing:
		r.enter(writing, r.freshTimeouts())
		r.fresh = r.freshCalls(false)
	case r.stage == writing:
		r.enter(reading, r.freshTimeouts())
		r.fresh = r.freshCalls(true)
	case r.stage == reading:
		r.enter(resting, steadyTimeouts)
		if r.led.term == 0 {
			r.led = r.leadershipNow()
		}
	case r.world.Now() < r.until:
	case r.stage == resting:
		if r.led.term == 0 {
			r.led = r.leadershipNow()
		}
		r.done = !r.cutOneOff()
	case r.stage == cutOff:
		r.world.Restore(r.cut)
		r.enter(rejoined, rejoinTimeouts)
		r.world.Tell(r.rejoins, "recovery: is connected again")
	default:
		r.done = true
	}
}

// enter begins a stage that lasts for so many election timeouts.
func (r *Phase) enter(stage stage, timeouts int) {
	r.stage, r.until = stage, r.world.Now().Add(r.timeouts(timeouts))
	r.deadline = max(r.deadline, r.until)
}

// unrecovered ends the run with what has not come true by its time.
func (r *Phase) unrecovered(unmet *checker.Violation) {
	unmet.At, unmet.Event = r.world.Now(), r.world.Events()
	unmet.Detail = fmt.Sprintf("%s, %d election timeouts after the heal", unmet.Detail, r.world.Now().Sub(r.since)/r.options.ElectionTimeout)
	r.failed, r.done = unmet, true
	r.world.Unrecovered(unmet, r.core.Hazard())
}
