package lockstep

import (
	"math"

	"raftsim/raft"
	"raftsim/random"
)

// Draw draws a plan with so many steps.
func Draw(c random.Chooser, steps int) Plan {
	p := Plan{
		Seed:     random.Seed(c.Choose("seed", 1<<32)),
		Hosts:    random.Pick(c, "hosts", 3, 4, 5, 6),
		Settings: DrawSettings(c),
	}
	p.Voters = min(p.Hosts, random.Pick(c, "voters", 3, 1, 2, 4, 5))
	if p.FromSnapshot = c.Choose("from snapshot", 2) == 1; p.FromSnapshot {
		p.Learners = int(c.Choose("learners", uint64(p.Hosts-p.Voters+1)))
	}
	m := mood(c)
	p.Steps = make([]Step, steps)
	for i := range p.Steps {
		v := c.Choose("step", 1<<48)
		p.Steps[i] = Step{Op: m.pick(v & 0xffffff), Host: uint8(v >> 24), A: uint8(v >> 32), B: uint8(v >> 40)}
	}
	return p
}

// DrawSettings draws the settings of a plan: every combination that both libraries
// accept, but for leases and the bound of uncommitted bytes, which are not the same
// (differences.md).
func DrawSettings(c random.Chooser) raft.Config {
	yes := func(name string, of uint64) bool { return c.Choose(name, of) == of-1 }
	s := raft.Config{
		ElectionTick:                random.Pick(c, "election", 10, 4, 5, 7, 16),
		HeartbeatTick:               random.Pick(c, "heartbeat", 1, 1, 2, 3),
		AsyncStorageWrites:          yes("async", 2),
		PreVote:                     yes("pre-vote", 2),
		CheckQuorum:                 yes("check-quorum", 2),
		LeadAfterRemoval:            yes("lead after removal", 2),
		DisableProposalForwarding:   yes("no forwarding", 5),
		DisableConfChangeValidation: yes("no validation", 6),
		MaxSizePerMsg:               random.Pick[uint64](c, "size", math.MaxUint64, 0, 60, 200, 1<<20),
		MaxCommittedSizePerReady:    random.Pick[uint64](c, "committed", math.MaxUint64, 1, 100, 0),
		MaxInflightMsgs:             random.Pick(c, "inflight", 256, 1, 2, 4),
		StallTicks:                  -1, // v3.6.0 never gives way
	}
	if s.MaxSizePerMsg == 0 && s.MaxCommittedSizePerReady == 0 {
		s.MaxCommittedSizePerReady = 1 // v3.6.0 panics
	}
	if over := random.Pick[uint64](c, "inflight bytes", 0, 0, 1, 300); over > 0 && s.MaxSizePerMsg <= 1<<20 {
		s.MaxInflightBytes = s.MaxSizePerMsg + over
	}
	return s
}

// weights say how often each kind of step comes.
type weights [opEnd]uint64

// common is what a lively cluster does.
var common = weights{
	Deliver: 330, Drop: 12, Duplicate: 12, Work: 260, Settle: 40, Flow: 8, Tick: 90, TickAll: 14, Propose: 50, Batch: 6, Read: 25,
	Change: 16, Transfer: 8, Forget: 4, Campaign: 4, Unreachable: 4, Report: 3, Compact: 10, Crash: 3, Restart: 6, Cut: 4, Heal: 3,
}

// mood is common with some kinds of steps left out and others more frequent: what
// one plan never does, another does all the time.
func mood(c random.Chooser) weights {
	w := common
	for op := Drop; op < opEnd; op++ {
		if op == Work || op == Tick || op == Restart || op == Heal {
			continue
		}
		w[op] *= random.Pick[uint64](c, "mood "+op.String(), 1, 1, 0, 4)
	}
	return w
}

// pick maps a number below 1<<24 to a kind.
func (w *weights) pick(v uint64) Op {
	total := uint64(0)
	for _, n := range w {
		total += n
	}
	v = v * total >> 24
	for op, n := range w {
		if v < n {
			return Op(op)
		}
		v -= n
	}
	return Idle
}
