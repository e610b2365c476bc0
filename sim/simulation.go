// Package sim runs a cluster in one thread, on a virtual clock, from one seed. It
// is the only place where the other packages meet: hosts with clocks and disks of
// their own, the network between them, the clients, and the faults that hit them
// all are driven from one queue of events, and everything that happens is shown to
// the checker.
//
//	v, err := sim.Run(sim.Options{Nodes: 5, Seed: 7})
//
// plays a whole run and judges it. A test that wants to direct a run makes it with
// New and calls RunUntil, Inject, Propose and the others itself. The same options
// and the same build give the same bytes of trace on every machine.
package sim

import (
	"time"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/mark"
	"raftsim/network"
	"raftsim/random"
	"raftsim/sim/internal/clients"
	"raftsim/sim/internal/coverage"
	"raftsim/sim/internal/recovery"
	"raftsim/trace"
)

// Simulation is one run: hosts, network and clients around one queue of
// events. It is single-threaded and holds nothing that is shared with another
// simulation, so any number of them may run side by side.
//
// Run plays the whole story. A test that wants to direct it by hand calls Step,
// RunFor and RunUntil, injects faults, and looks at the hosts in between. It builds
// the run with simtest.New, which leaves the seed and the options when the test
// fails.
type Simulation struct {
	options       Options
	fates         random.Fates
	chance        random.Key
	queue         agenda
	now           clock.Time
	events        uint64
	network       *network.Network[Message]
	access        network.Profile // of the links between clients and hosts
	appliesAtOnce bool            // hosts do, that come
	hosts         []*Host
	clients       *clients.Clients
	trace         trace.Recorder
	protocol      *checker.Protocol
	trouble       trouble
	members       members
	core          *recovery.Core
	recovery      *recovery.Phase
	marks         *Marks // its own, and of a test
	watcher       *coverage.Watcher
	memory        memory
	hits          *mark.Hits

	inbox      Message // the message being handed over
	outbox     Message // the message being sent
	callbacks  []func()
	freeCalls  []uint64 // places in callbacks that are free again
	retiring   []uint64
	violations []checker.Violation
	panicked   string
}

// event is one entry of the queue. Its meaning depends on its kind.
type event struct {
	kind  eventKind
	host  uint32 // index of the host or client
	epoch uint32 // incarnation that it is meant for
	by    uint32 // number of the event in which it was put into the queue
	arg   uint64
}

type eventKind uint8

const (
	deliverEvent     eventKind = iota // arg: network.PacketID
	timerEvent                        // arg: timer slot and generation
	workEvent                         // a busy host has time again
	bootEvent                         // a host comes up
	clientEvent                       // arg: the client's token
	faultEvent                        // arg: index into trouble.schedule
	unfaultEvent                      // arg: number of an active fault
	snapshotEvent                     // arg: peer<<1 | arrived: ReportSnapshot
	unreachableEvent                  // arg: peer: ReportUnreachable
	callEvent                         // arg: index into callbacks
	checkEvent                        // the recovery phase looks whether it is over
)

// What fates decide that are drawn by the simulation itself. The numbers are part of
// every run.
const (
	purposeProcess    random.Purpose = 1
	purposeFault      random.Purpose = 4
	purposeSlow       random.Purpose = 5
	purposeCrashProbe random.Purpose = 7
	purposeApply      random.Purpose = 8
)

// New builds the cluster that o describes, with its defaults filled in. Nothing
// has happened yet: hosts boot with the first events.
func New(o Options) (*Simulation, error) {
	o = o.Defaults()
	if err := o.Validate(); err != nil {
		return nil, err
	}
	s := &Simulation{options: o, fates: random.NewFates(o.Seed, o.Overrides)}
	s.chance = s.fates.Key("simulation")
	s.trace.Listener = o.Trace
	s.hits = mark.NewHits()
	s.marks = s.marksOf(0)
	s.watcher = coverage.NewWatcher(s.marks, coverage.Options{
		ElectionTimeout: o.Raft.ElectionTimeout(), LeaseReads: o.Raft.LeaseReads, BoundsTail: o.Raft.MaxUncommittedBytes > 0, Checksum: checksum,
	})
	s.protocol = checker.NewProtocol(o.watched())
	s.network = network.New[Message](s.fates, func(at clock.Time, id network.PacketID) {
		s.queue.Push(at, event{kind: deliverEvent, arg: uint64(id)})
	})
	s.trouble.injectors = allInjectors()
	s.network.SetDefault(o.Network)
	s.access = o.Access
	s.buildRecovery()
	s.clients = clients.New(clientWorld{s}, s.fates, clients.Options{
		Timeout: o.Workload.Timeout, Attempt: o.Workload.Attempt, RecoveryAttempt: o.Raft.ElectionTimeout(),
	})
	if err := s.buildHosts(); err != nil {
		return nil, err
	}
	if err := s.startClients(); err != nil {
		return nil, err
	}
	s.schedule(o.Schedule)
	return s, nil
}

// Run builds the run that o describes and plays it to its end. A panic of what it
// runs is a verdict, never one of Run.
func Run(o Options) (v Verdict, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			v, err = PanicVerdict(o.Name, o.Seed, cause), nil
		}
	}()
	s, err := New(o)
	if err != nil {
		return Verdict{}, err
	}
	return s.Run(), nil
}

// Run plays what is left of both phases and judges the run. It is called once.
func (s *Simulation) Run() Verdict {
	s.advance(s.options.horizon(), nil)
	if !s.over() && s.options.Expect.RecoveryTimeouts > 0 {
		s.recover()
	}
	return s.judge()
}

// Now is the virtual time, Events the number of events handled so far.
func (s *Simulation) Now() clock.Time { return s.now }

// Events is the number of events handled so far.
func (s *Simulation) Events() uint64 { return s.events }

// Fingerprint is the digest of all that has happened so far.
func (s *Simulation) Fingerprint() uint64 { return s.trace.Digest() }

// Step handles the next event. It returns false when there is none, or when
// the run is over: a property was violated, or a process panicked.
func (s *Simulation) Step() bool {
	at, ok := s.queue.Peek()
	return ok && s.advance(at, func() bool { return true })
}

// RunFor lets d of virtual time pass, and returns false when the run ended
// before.
func (s *Simulation) RunFor(d time.Duration) bool {
	until := s.now.Add(d)
	s.advance(until, nil)
	if s.over() {
		return false
	}
	s.now = until
	return true
}

// RunUntil handles events until done returns true, which is asked after each
// one, and for at most limit of virtual time. It returns whether done did.
func (s *Simulation) RunUntil(done func() bool, limit time.Duration) bool {
	return done() || s.advance(s.now.Add(limit), done)
}

// advance handles the events up to and including an instant. It returns true
// at once when stop does, after any event; a nil stop never does.
func (s *Simulation) advance(until clock.Time, stop func() bool) (stopped bool) {
	defer s.catch()
	for !s.over() {
		at, ok := s.queue.Peek()
		if !ok || at > until {
			return false
		}
		s.next()
		if stop != nil && stop() {
			return true
		}
	}
	return false
}

// next pops one event and handles it.
func (s *Simulation) next() {
	at, e := s.queue.next()
	s.now = at
	s.events++
	s.protocol.At(at, s.events)
	s.trace.Mix(uint64(e.kind)<<56 ^ uint64(e.host)<<32 ^ uint64(at))
	switch e.kind {
	case deliverEvent:
		s.deliver(e)
	case timerEvent, snapshotEvent, unreachableEvent:
		s.hosts[e.host].dispatch(e)
	case workEvent:
		s.hosts[e.host].work(e.epoch)
	case bootEvent:
		s.hosts[e.host].boot(e)
	case clientEvent:
		s.clients.Wake(e.host, e.arg)
	case faultEvent:
		s.beginFault(int(e.arg))
	case unfaultEvent:
		s.endFault(e.arg)
	case callEvent:
		s.callBack(e.arg)
	case checkEvent:
		s.checkRecovery()
	}
	if len(s.retiring) > 0 {
		s.retire()
	}
	s.weigh()
}

// over says whether the run cannot go on.
func (s *Simulation) over() bool {
	return len(s.violations) > 0 || s.panicked != "" || s.events >= s.options.MaxEvents || s.memory.exceeded != nil || s.protocol.First() != nil
}

// violate ends the run with a violation seen now.
func (s *Simulation) violate(v checker.Violation) {
	v.At, v.Event = s.now, s.events
	s.record(Record{Verb: trace.Violated, Text: v.Property + ": " + v.Detail})
	s.violations = append(s.violations, v)
}

// note records r with a text that only a listener needs: it is not part of the
// fingerprint.
func (s *Simulation) note(r Record, text string) {
	r.At, r.Event = s.now, s.events
	s.trace.Add(&r)
	s.watcher.See(&r)
	r.Text, r.Cause = text, s.queue.cause()
	s.trace.Show(&r)
}

// record stamps r and adds it to the trace.
func (s *Simulation) record(r Record) {
	r.At, r.Event = s.now, s.events
	if s.trace.Listener != nil {
		r.Cause = s.queue.cause()
	}
	s.trace.Record(&r)
	s.watcher.See(&r)
	s.memory.see(&r)
}
