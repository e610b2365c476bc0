package sim

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/disk"
	"raftsim/network"
	"raftsim/raft"
	"raftsim/raft/tracker"
	"raftsim/random"
	"raftsim/sim/internal/recovery"
	"raftsim/trace"
	"raftsim/workload"
)

// The bounds within the recovery phase, in election timeouts.
const (
	// LeaderTimeouts is how soon after the heal all members must follow one
	// leader, where the whole phase is not shorter.
	LeaderTimeouts = recovery.LeaderTimeouts
	// FreshTimeouts is how soon each of the fresh operations must be answered.
	FreshTimeouts = recovery.FreshTimeouts
)

// The network and the disks of the recovery phase.
var (
	quickNetwork = network.Profile{Latency: random.Constant(time.Millisecond)}
	quickDisk    = disk.Profile{Sync: random.Constant(100 * time.Microsecond)}
)

// buildRecovery makes the recovery phase, which begins later, and its core.
func (s *Simulation) buildRecovery() {
	o := &s.options
	quiet := o.Raft.PreVote && o.Raft.CheckQuorum
	s.core = recovery.NewCore(cluster{s}, s.chance, quiet && !o.Expect.SkipOneWay && o.Process == nil)
	s.recovery = recovery.NewPhase(s.core, recoveryWorld{cluster{s}}, recovery.Options{
		ElectionTimeout: o.Raft.ElectionTimeout(), Tick: o.Raft.Tick,
		Timeouts: o.Expect.RecoveryTimeouts, CoreOnly: o.Expect.CoreOnly,
		Rejoin: quiet, Foreign: o.Process != nil,
	})
}

// recover runs until the cluster has recovered, or a bound is exceeded.
func (s *Simulation) recover() {
	s.now = max(s.now, s.options.horizon())
	s.appliesAtOnce = true
	for _, h := range s.hosts {
		h.appliesAtOnce = true
	}
	if s.recovery.Begin(); !s.recovery.Done() {
		s.advance(clock.Never, s.recovery.Done)
	}
}

// checkRecovery looks how far the recovery phase has come.
func (s *Simulation) checkRecovery() {
	s.retireRemoved()
	s.recovery.Check()
}

// recoveryWorld is what the recovery phase has of a simulation besides the cluster.
type recoveryWorld struct{ cluster }

var _ recovery.World = recoveryWorld{}

func (w recoveryWorld) Now() clock.Time       { return w.sim.now }
func (w recoveryWorld) Events() uint64        { return w.sim.events }
func (w recoveryWorld) LastDue() clock.Time   { return w.sim.network.LastDue() }
func (w recoveryWorld) CheckAt(at clock.Time) { w.sim.queue.Push(at, event{kind: checkEvent}) }
func (w recoveryWorld) Leader() uint64        { return w.sim.Leader() }
func (w recoveryWorld) Heal()                 { w.sim.heal() }
func (w recoveryWorld) Isolation(host uint64) []network.LinkID {
	return w.sim.isolation([]uint64{host})
}
func (w recoveryWorld) Finish() { w.sim.clients.Recover() }

func (w recoveryWorld) Quicken() clock.Time {
	s, done := w.sim, w.sim.now
	s.network.SetDefault(quickNetwork)
	s.access = quickNetwork
	for _, h := range s.hosts {
		h.joining = false // one that was to become a member boots again if it does
		if h.Running() {
			done = max(done, h.disk.Done())
		}
		h.disk.SetProfile(quickDisk)
		for _, c := range s.clients.IDs() {
			s.connect(c, h.id)
		}
	}
	return done
}

func (w recoveryWorld) Waiting() (client uint64, o recovery.Operation) {
	id, place := w.sim.clients.Waiting()
	if id == 0 {
		return 0, o
	}
	return id - network.ClientBase, w.Operation(place)
}

func (w recoveryWorld) Ask(host uint64, read bool) (place int, ok bool) {
	command, ok := w.sim.freshCommand(read)
	if !ok {
		return 0, false
	}
	return w.sim.clients.Call(command, host), true
}

func (w recoveryWorld) Answered(place int) bool { return (&Call{w.sim, place}).Done() }

func (w recoveryWorld) Operation(place int) recovery.Operation {
	call := Call{w.sim, place}
	o := call.operation()
	return recovery.Operation{Text: call.String(), At: o.CallAt, Event: uint64(o.Call)}
}

func (w recoveryWorld) Unrecovered(v *checker.Violation, hazard string) {
	if hazard != "" {
		w.sim.trouble.outOfModel = append(w.sim.trouble.outOfModel, hazard)
	}
	w.sim.record(Record{Verb: trace.Violated, Text: v.Property + ": " + v.Detail})
}

// freshCommand draws a command that no client has asked for.
func (s *Simulation) freshCommand(read bool) (command workload.Command, ok bool) {
	s.members.bursts++
	shape := s.options.Workload.Shape
	shape.Mix = nil // all operations that the workload has
	key := s.chance.Key(fmt.Sprintf("fresh operation %d", s.members.bursts))
	generator := s.members.workload.NewClient(key, burstClient+s.members.bursts, shape)
	for n := range uint64(64) {
		if command = generator.Next(n); command.ReadOnly == read {
			return command, true
		}
	}
	return command, false
}

// State is how a host stands. Of a leader it has what it believes of those
// of its peers that must recover.
func (w recoveryWorld) State(host uint64, core []uint64) checker.HostState {
	p := w.sim.hosts[host-1].raft()
	basic := p.BasicStatus()
	last, _ := p.LogEnd()
	state := checker.HostState{
		At: w.sim.now, Event: w.sim.events,
		Host: host, Term: basic.Term, Lead: basic.Lead, Applied: p.Applied(), Commit: basic.Commit,
		LastIndex: last, Digest: p.Digest(), ConfState: *p.ConfState(), Member: true,
	}
	if basic.RaftState != raft.StateLeader {
		return state
	}
	state.Transferee = basic.LeadTransferee
	if viewer, ok := p.Node().(raft.UncommittedViewer); ok {
		state.Uncommitted, _ = viewer.UncommittedBytes()
	}
	progress := p.Node().Status().Progress
	for _, id := range slices.Sorted(maps.Keys(progress)) {
		if pr := progress[id]; id != host && slices.Contains(core, id) {
			state.Peers = append(state.Peers, peerState(id, &pr))
		}
	}
	return state
}

func peerState(id uint64, pr *tracker.Progress) checker.PeerState {
	state := checker.PeerState{
		Host: id, Match: pr.Match, Learner: pr.IsLearner,
		Probing: pr.State == tracker.StateProbe, Snapshotting: pr.State == tracker.StateSnapshot,
	}
	if pr.Inflights != nil {
		state.Inflight, state.Bytes = pr.Inflights.Count(), pr.Inflights.Bytes()
	}
	return state
}
