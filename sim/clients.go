package sim

import (
	"raftsim/clock"
	"raftsim/sim/internal/clients"
	"raftsim/trace"
	"raftsim/workload"
)

// startClients lets the clients of the plan begin.
func (s *Simulation) startClients() error {
	w := &s.options.Workload
	if w.Clients < 0 {
		return nil
	}
	if err := w.Shape.Validate(s.members.workload); err != nil {
		return err
	}
	s.clients.Start(s.members.workload, w.Clients, w.clientStages())
	return nil
}

// call lets a client ask for an operation, first a host (0: any).
func (s *Simulation) call(command workload.Command, first uint64) *Call {
	return &Call{sim: s, place: s.clients.Call(command, first)}
}

// connect sets up the links between a client and a host.
func (s *Simulation) connect(client, host uint64) {
	s.network.SetProfile(client, host, s.access)
	s.network.SetProfile(host, client, s.access)
}

// clientWorld is what the clients have of a simulation. It tells the checker and
// the trace what they do.
type clientWorld struct{ sim *Simulation }

var _ clients.World = clientWorld{}

func (w clientWorld) Now() clock.Time     { return w.sim.now }
func (w clientWorld) Events() uint64      { return w.sim.events }
func (w clientWorld) Reachable() []uint64 { return w.sim.reachable() }

func (w clientWorld) Wake(at clock.Time, index uint32, token uint64) {
	w.sim.queue.Push(at, event{kind: clientEvent, host: index, arg: token})
}

func (w clientWorld) Send(client, host uint64, r *Request) {
	s := w.sim
	s.outbox = Message{Kind: RequestMessage, Request: r}
	s.send(client, host, &s.outbox)
}

// Came connects a new client with all hosts, and faults that last hit it, too.
func (w clientWorld) Came(client uint64) {
	for _, h := range w.sim.hosts {
		w.sim.connect(client, h.id)
	}
	w.sim.grow()
}

func (w clientWorld) Invoked(client uint64, r *Request, command []byte) {
	if r.Read != 0 && !r.Stale {
		w.sim.protocol.ReadRequested(r.Read)
	}
	w.tell(Record{Verb: trace.Invoked, Host: client, Fields: [4]uint64{r.Session, r.Number}}, command, nil)
}

func (w clientWorld) Answered(client uint64, r *Response, command []byte) {
	if r.Read == 0 {
		w.sim.protocol.Acknowledged(r.Session, r.Number)
	}
	w.tell(Record{Verb: trace.Answered, Host: client, Fields: [4]uint64{r.Session, r.Number}}, command, r.Answer)
}

func (w clientWorld) GaveUp(client uint64, r *Request) {
	w.sim.record(Record{Verb: trace.GaveUp, Host: client, Fields: [4]uint64{r.Session, r.Number}})
}

// tell records what a client did, for a listener in the words of the workload.
func (w clientWorld) tell(r Record, command, answer []byte) {
	if s := w.sim; s.trace.Listener != nil {
		s.note(r, s.members.workload.Describe(command, answer))
	} else {
		s.record(r)
	}
}
