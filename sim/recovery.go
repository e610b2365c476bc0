package sim

import (
	"fmt"
	"slices"
	"time"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/disk"
	"raftsim/network"
	"raftsim/raft"
	"raftsim/random"
)

// recovery is the second act: every fault has healed, the network is quick,
// crashes have stopped. Now the cluster must elect a leader and keep it, finish
// every operation, and converge, within a bound in election timeouts.
type recovery struct {
	begun    bool
	done     bool
	core     []uint64   // the hosts that must recover
	since    clock.Time // when the act began
	deadline clock.Time
	calm     clock.Time // since when everything but time has been satisfied
	term     uint64     // the term at that time
	failed   *checker.Violation
}

// The network and the disks of the second act.
var (
	quickNetwork = network.Profile{Latency: random.Constant(time.Millisecond)}
	quickDisk    = disk.Profile{Sync: random.Constant(100 * time.Microsecond)}
)

// steadyTimeouts is how long, in election timeouts, a recovered cluster must
// keep its leader.
const steadyTimeouts = 3

// secondAct heals everything and runs until the cluster has recovered, or the
// bound is exceeded.
func (s *Simulation) secondAct() {
	unit, r := s.options.Raft.ElectionTimeout(), &s.recovery
	s.now = max(s.now, s.options.horizon())
	r.begun, r.since = true, s.now
	s.record(Record{Verb: Act, Text: "2: all faults heal"})
	s.heal()
	for _, h := range s.hosts {
		h.joining = false // who was to become a member boots again if it does
	}
	if len(r.core) == 0 {
		r.core = s.chooseCore(s.options.Expect.CoreOnly)
	}
	if len(r.core) == 0 {
		s.record(Record{Verb: Act, Text: "2: no core is left that could recover"})
		return
	}
	s.isolateCore(r.core)
	begin := s.now // the bound counts once the disks have done what they were asked before
	s.network.SetDefault(quickNetwork)
	for _, h := range s.hosts {
		if h.Running() {
			begin = max(begin, h.disk.Done())
		}
		h.disk.SetProfile(quickDisk)
		for _, c := range s.clients {
			s.connect(c, h.id, quickNetwork)
		}
	}
	r.deadline = begin.Add(time.Duration(s.options.Expect.RecoveryTimeouts) * unit)
	for _, c := range s.clients {
		c.recover()
	}
	s.queue.Push(s.now, event{kind: checkEvent})
	s.advance(clock.Never, func() bool { return r.done })
}

// checkRecovery looks whether the second act is over, one way or the other.
func (s *Simulation) checkRecovery() {
	r := &s.recovery
	s.retireRemoved()
	unmet := s.unmet()
	switch {
	case unmet != nil && s.now >= r.deadline:
		unmet.At, unmet.Event = s.now, s.events
		if hazard := s.removedBlocks(); hazard != "" {
			s.trouble.outside = append(s.trouble.outside, hazard)
		}
		r.failed, r.done = unmet, true
		s.record(Record{Verb: Violated, Text: unmet.Property + ": " + unmet.Detail})
		return
	case unmet != nil:
		r.calm = 0
	case r.calm == 0:
		r.calm, r.term = s.now, s.highestTerm()
	case s.now.Sub(r.calm) >= steadyTimeouts*s.options.Raft.ElectionTimeout():
		r.done = true
		return
	}
	s.queue.Push(s.now.Add(s.options.Raft.Tick), event{kind: checkEvent})
}

// removedBlocks names a hazard of the protocol as the etcd family implements it,
// in which a configuration is in force once it is applied: a member that has been
// removed, and knows it, no longer campaigns; but with a log longer than those of
// the members that do not know it yet it refuses them its vote, which they need.
func (s *Simulation) removedBlocks() string {
	for _, h := range s.hosts {
		gone := h.raft()
		if gone == nil || slices.Contains(memberIDs(&gone.conf), h.id) {
			continue
		}
		last, _ := gone.storage.LastIndex()
		for _, id := range s.recovery.core {
			p := s.hosts[id-1].raft()
			if p == nil || p.applied >= gone.confIndex || !slices.Contains(memberIDs(&p.conf), h.id) {
				continue
			}
			if own, _ := p.storage.LastIndex(); own < last {
				return fmt.Sprintf("a hazard of applying configurations late: %s was removed at index %d and has a log up to %d, %s has one up to %d and still needs its vote",
					name(h.id), gone.confIndex, last, name(id), own)
			}
		}
	}
	return ""
}

// unmet is the first liveness property that does not hold now.
func (s *Simulation) unmet() *checker.Violation {
	members := memberIDs(&s.members.conf)
	core := slices.DeleteFunc(slices.Clone(s.recovery.core), func(id uint64) bool { return !slices.Contains(members, id) })
	states := make([]checker.HostState, 0, len(core))
	lead := uint64(0)
	for i, id := range core {
		p := s.hosts[id-1].raft()
		if p == nil {
			return s.notYet("hosts run", "dissertation §9", fmt.Sprintf("n%d is %v after the heal", id, s.hosts[id-1].state))
		}
		status := p.node.BasicStatus()
		if status.Lead == raft.None || i > 0 && status.Lead != lead {
			return s.notYet("leader elected", "Raft §5.2", fmt.Sprintf("n%d follows %s and others follow %s", id, orNobody(status.Lead), orNobody(lead)))
		}
		lead = status.Lead
		last, _ := p.storage.LastIndex()
		states = append(states, checker.HostState{
			Host: id, Term: status.Term, Lead: lead, Applied: p.applied, Commit: status.Commit,
			LastIndex: last, Digest: p.machine.Digest(), ConfState: p.conf, Member: true,
		})
	}
	if r := &s.recovery; r.calm > 0 && s.highestTerm() != r.term {
		return s.notYet("leader stays", "dissertation §9", fmt.Sprintf("the term went from %d to %d with nothing wrong", r.term, s.highestTerm()))
	}
	for _, c := range s.clients {
		if c.pending() {
			return s.notYet("operations complete", "dissertation §6.2", name(c.id)+" still waits for an answer")
		}
	}
	return checker.Converged(states)
}

func (s *Simulation) notYet(property, source, detail string) *checker.Violation {
	return &checker.Violation{
		Property: property, Source: source, Signature: property,
		Detail: fmt.Sprintf("%s, %d election timeouts after the heal", detail, s.options.Expect.RecoveryTimeouts),
	}
}

func orNobody(id uint64) string {
	if id == 0 {
		return "nobody"
	}
	return name(id)
}

// highestTerm is the greatest term of any running host.
func (s *Simulation) highestTerm() uint64 {
	term := uint64(0)
	for _, h := range s.hosts {
		if p := h.raft(); p != nil {
			term = max(term, p.node.BasicStatus().Term)
		}
	}
	return term
}
