package sim

import (
	"time"

	"raftsim/checker/history"
	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
	"raftsim/trace"
	"raftsim/workload"
)

// client is an actor on the virtual clock. It has one operation under way at a
// time, and asks one host after another until it is answered or its patience
// is at an end. A read that is given up is forgotten. A command that is given
// up stays open: nobody knows whether it will take effect, so the client goes
// on under a new session, and the recovery phase asks again until it is answered.
type client struct {
	sim       *Simulation
	id        uint64 // network.ClientBase and more
	index     uint32
	chance    random.Key
	draws     uint64
	generator workload.Client // of the stage; nil in a client that acts on demand
	stages    []pace          // this one and those to come
	commands  uint64          // drawn from the generators so far
	session   uint64
	number    uint64
	seen      uint64 // highest index that it was answered from
	// calls are the operations under way: the first is the client's own, the
	// others are commands that it gave up in the fault phase.
	calls []call
}

// call is one operation under way, or the pause before the next one.
type call struct {
	busy     bool
	serial   uint32 // of the timer that counts; older ones are ignored
	place    int    // in the history
	nth      uint64 // command of its generator
	source   workload.Client
	request  Request
	asked    *Request
	read     bool
	tries    int
	deadline clock.Time
	target   uint64
}

const (
	purposeProcess random.Purpose = iota + 1
	purposeGap
	purposeTarget
	purposeFault
	purposeSlow
	purposePatience
	purposeCrashProbe
	purposeApply
)

// refusedPause is how long a client waits after a refusal before it asks again.
const refusedPause = 20 * time.Millisecond

func (s *Simulation) buildClients() error {
	kind, err := workload.Lookup(s.options.Workload.Kind)
	if err != nil {
		return err
	}
	w := &s.options.Workload
	if w.Clients < 0 {
		return nil
	}
	if err := w.Shape.Validate(kind); err != nil {
		return err
	}
	for i := range w.Clients {
		c := s.addClient()
		c.stages = c.paces(kind, i)
		c.think()
	}
	return nil
}

// addClient makes a client that asks nothing by itself.
func (s *Simulation) addClient() *client {
	i := len(s.clients)
	id := network.ClientBase + uint64(i+1)
	c := &client{sim: s, id: id, index: uint32(i), chance: s.fates.Key("client " + name(id))}
	c.session = s.members.nextSession()
	c.calls = make([]call, 1)
	s.clients = append(s.clients, c)
	for host := range s.hosts {
		s.connect(c, uint64(host+1), s.options.Access)
	}
	s.grow()
	return c
}

// connect sets up the links between a client and a host.
func (s *Simulation) connect(c *client, host uint64, p network.Profile) {
	s.network.SetProfile(c.id, host, p)
	s.network.SetProfile(host, c.id, p)
}

// fate is the client's next draw for a purpose.
func (c *client) fate(p random.Purpose) uint64 {
	c.draws++
	return c.chance.Fate(p, c.draws)
}

// after wakes a call later.
func (c *client) after(i int, d time.Duration) {
	c.calls[i].serial++
	c.sim.queue.Push(c.sim.now.Add(d), event{kind: clientEvent, host: c.index, arg: uint64(i)<<32 | uint64(c.calls[i].serial)})
}

// wake goes on with a call whose timer is due.
func (c *client) wake(arg uint64) {
	i := int(arg >> 32)
	k := &c.calls[i]
	switch {
	case k.serial != uint32(arg):
		// a timer of before
	case !k.busy && c.sim.recovery.begun:
		// the recovery phase asks by itself
	case !k.busy:
		c.next()
	case c.sim.now >= k.deadline && !c.sim.recovery.begun:
		c.giveUp()
	default:
		if k.asked != nil {
			k.target = c.pick()
		}
		c.ask(i)
	}
}

// next begins the client's next operation.
func (c *client) next() {
	command := c.generator.Next(c.commands)
	c.commands++
	if command.Stale {
		c.calls[0].target = c.pick() // one host is as good as another
	}
	c.begin(command, c.commands-1)
}

// begin asks the first host about a command.
func (c *client) begin(command workload.Command, nth uint64) {
	s, k := c.sim, &c.calls[0]
	if k.target == 0 {
		k.target = c.pick()
	}
	c.number++
	k.busy, k.nth, k.source, k.read, k.asked, k.tries = true, nth, c.generator, command.ReadOnly, nil, 0
	k.deadline = s.now.Add(s.options.Workload.Timeout)
	if c.generator == nil {
		k.deadline = clock.Never
	}
	k.place = s.history.invoke(history.Operation{
		Client: c.session, Command: command.Bytes, ReadOnly: command.ReadOnly, Stale: command.Stale,
		Call: int64(s.events), CallAt: s.now,
	}, c.number)
	k.request = Request{Session: c.session, Number: c.number, Command: command.Bytes}
	if command.ReadOnly {
		k.request.Read, k.request.Stale = uint64(k.place)+1, command.Stale
		if !command.Stale {
			s.protocol.ReadRequested(k.request.Read)
		}
	} else {
		k.request.Command = workload.EncodeRequest(nil, c.session, c.number, command.Bytes)
	}
	r := Record{Verb: trace.Invoked, Host: c.id, Fields: [4]uint64{c.session, c.number}}
	if s.trace.Listener != nil {
		s.note(r, s.members.workload.Describe(command.Bytes, nil))
	} else {
		s.record(r)
	}
	c.ask(0)
}

// ask sends a request and waits for the answer of one host.
func (c *client) ask(i int) {
	s, k := c.sim, &c.calls[i]
	request := k.request
	request.Seen = c.seen
	k.asked = &request
	s.history.counts.Attempts++
	s.outbox = Message{Kind: RequestMessage, Request: &request}
	s.send(c.id, k.target, &s.outbox)
	c.after(i, c.patience(k))
}

// receive takes a host's answer. One to an operation that is not under way any
// more is ignored: it came too late.
func (c *client) receive(r *Response) {
	for i := range c.calls {
		k := &c.calls[i]
		if !k.busy || k.request.Session != r.Session || k.request.Number != r.Number || k.request.Read != r.Read {
			continue
		}
		switch r.Status {
		case Superseded:
			return // never of the last command of a session, which this one is
		case Refused:
			k.target = c.pick()
			if r.Leader != 0 {
				k.target = r.Leader
			}
			k.asked = nil // the next try goes to this target
			c.after(i, c.pause())
			return
		}
		c.finish(i, r)
		return
	}
}

// finish notes an answer and goes on.
func (c *client) finish(i int, r *Response) {
	s, k := c.sim, &c.calls[i]
	k.busy = false
	k.serial++
	c.seen = max(c.seen, r.Index)
	s.history.answer(k.place, r.Answer, r.Index, s.events, s.now)
	if !k.read {
		s.protocol.Acknowledged(r.Session, r.Number)
	}
	rec := Record{Verb: trace.Answered, Host: c.id, Fields: [4]uint64{r.Session, r.Number}}
	if s.trace.Listener != nil {
		s.note(rec, s.members.workload.Describe(s.history.operations[k.place].Command, r.Answer))
	} else {
		s.record(rec)
	}
	if i > 0 || c.generator == nil {
		return
	}
	k.source.Learn(k.nth, r.Answer)
	if !s.recovery.begun {
		c.think()
	}
}
