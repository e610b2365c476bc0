package sim

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/checker/history"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/network"
	"raftsim/raft"
	"raftsim/workload"
)

// Call is an operation that a test asked for by hand.
type Call struct {
	sim   *Simulation
	place int
}

// Done says whether the call has been answered.
func (c *Call) Done() bool { return c.operation().Return != history.Open }

// Answer is the state machine's answer, nil before Done.
func (c *Call) Answer() []byte { return c.operation().Answer }

// String describes the call with its answer, in the words of the workload.
func (c *Call) String() string {
	o := c.operation()
	return c.sim.members.workload.Describe(o.Command, o.Answer)
}

func (c *Call) operation() *history.Operation { return c.sim.clients.History.Operation(c.place) }

// Propose lets a client of its own ask for an operation, and retry it until it
// is answered. A command goes through the log; one that only reads is served as
// a linearizable read unless it is stale. The answer comes as events are handled.
func (s *Simulation) Propose(command workload.Command) *Call { return s.call(command, 0) }

// operate lets clients of their own ask hosts for operations that read or write,
// all at this instant. They have had an effect once one is answered.
func (s *Simulation) operate(p *plannedFault, group faults.Group, count, bytes int, read bool) (Effect, string) {
	shape := s.options.Workload.Shape
	shape.ValueBytes = max(shape.ValueBytes, min(bytes, workload.MaxValueBytes))
	s.members.bursts++
	generator := s.members.workload.NewClient(p.chance.Key("operations"), burstClient+s.members.bursts, shape)
	var calls []*Call
	for _, id := range group.IDs() {
		here := 0
		for tries := 0; here < count && tries < 64*count; tries++ {
			p.draws++
			if command := generator.Next(p.draws); command.ReadOnly == read {
				calls = append(calls, s.call(command, id))
				here++
			}
		}
	}
	if len(calls) == 0 {
		return Effect{}, "this workload has no such operation"
	}
	return Effect{NoEffect: func() string {
		if slices.ContainsFunc(calls, (*Call).Done) {
			return ""
		}
		return "none of these operations was answered"
	}}, ""
}

// burstClient is the first number of clients that only mark what bursts write.
const burstClient = 1 << 20

// Inject plans a fault from now on, in its one-line form without the time:
// "crash leader for 500ms". It happens as events are handled.
func (s *Simulation) Inject(line string) error {
	f, err := faults.ParseFault("0s " + line)
	if err != nil {
		return err
	}
	if err := (faults.Schedule{f}).Validate(s.hostIDs()); err != nil {
		return err
	}
	return s.InjectFault(f)
}

// InjectFault plans a fault whose times count from now.
func (s *Simulation) InjectFault(f faults.Fault) error {
	if f.Action == nil {
		return fmt.Errorf("sim: the fault has no action")
	}
	if f.AtMax > 0 {
		f.AtMax += s.now
	}
	if f.Every.Until > 0 {
		f.Every.Until += s.now
	}
	f.At += s.now
	s.plan(f)
	return nil
}

// Heal ends every fault and starts every host that is down.
func (s *Simulation) Heal() { s.heal() }

// DropIf drops every message on the network that drop picks, in the place of
// what DropIf was told before, until stop is called. It is shown each message
// at least once before it arrives, and those on their way now as they arrive.
func (s *Simulation) DropIf(drop func(from, to uint64, m *Message) bool) (stop func()) {
	s.network.SetFilter(func(p *network.Packet[Message]) bool { return drop(p.From, p.To, &p.Message) })
	return func() { s.network.SetFilter(nil) }
}

// DropOne drops the next message that drop picks.
func (s *Simulation) DropOne(drop func(from, to uint64, m *Message) bool) (stop func()) {
	done := false
	return s.DropIf(func(from, to uint64, m *Message) bool {
		if done || !drop(from, to, m) {
			return false
		}
		done = true
		return true
	})
}

// Hosts lists all hosts, in order of their number.
func (s *Simulation) Hosts() []*Host { return s.hosts }

// Host returns the host of a number, nil when there is none.
func (s *Simulation) Host(id uint64) *Host { return s.host(id) }

// Network is the network of the run.
func (s *Simulation) Network() *network.Network[Message] { return s.network }

// History is what the clients asked and were answered so far, dropped reads
// left out.
func (s *Simulation) History() []history.Operation { return s.clients.History.Judged() }

// Violation is the first property that was broken so far, or nil.
func (s *Simulation) Violation() *checker.Violation {
	if v := s.protocol.First(); v != nil {
		return v
	}
	if len(s.violations) > 0 {
		return &s.violations[0]
	}
	return nil
}

// Verdict judges the run as it stands, without a recovery phase.
func (s *Simulation) Verdict() Verdict { return s.judge() }

// Node is the host's raft.Node, or nil when it is down, still recovering, or
// runs another process. A caller of its methods calls Pump afterwards.
func (h *Host) Node() raft.Node {
	if r := h.raft(); r != nil {
		return r.Node()
	}
	return nil
}

// Pump lets the host handle what its Node has to do after it was called by hand.
func (h *Host) Pump() {
	if r := h.raft(); r != nil && h.state == up {
		h.disk.At(h.sim.now)
		r.Pump()
		h.settle()
	}
}

// Status is the state of the host's Node; its zero value when there is none.
func (h *Host) Status() raft.Status {
	if r := h.raft(); r != nil {
		return r.Node().Status()
	}
	return raft.Status{}
}

// Applied is the index of the last entry that the host's state machine has.
func (h *Host) Applied() uint64 {
	if r := h.raft(); r != nil {
		return r.Applied()
	}
	return 0
}

// Query asks the host's own state machine, which may be behind.
func (h *Host) Query(query []byte) []byte {
	if r := h.raft(); r != nil {
		return r.Query(query)
	}
	return nil
}

// Local reads the host's clock.
func (h *Host) Local() clock.Time { return h.clock.Read(h.sim.now) }
