package clients

import (
	"time"

	"raftsim/checker/history"
	"raftsim/clock"
	"raftsim/host"
	"raftsim/random"
	"raftsim/workload"
)

// client is an actor on the virtual clock. It has one operation under way at a
// time, and asks one host after another until it is answered or its patience
// is at an end. A read that is given up is forgotten. A command that is given
// up stays open: nobody knows whether it will take effect, so the client goes
// on under a new session, and the recovery phase asks again until it is answered.
type client struct {
	*Clients
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
	request  host.Request
	asked    *host.Request
	read     bool
	tries    int
	deadline clock.Time
	target   uint64
}

// What the fates of a client decide. The numbers are part of every run.
const (
	purposeGap      random.Purpose = 2
	purposeTarget   random.Purpose = 3
	purposePatience random.Purpose = 6
)

// refusedPause is how long a client waits after a refusal before it asks again.
const refusedPause = 20 * time.Millisecond

// fate is the client's next draw for a purpose.
func (c *client) fate(p random.Purpose) uint64 {
	c.draws++
	return c.chance.Fate(p, c.draws)
}

// after wakes a call later.
func (c *client) after(i int, d time.Duration) {
	c.calls[i].serial++
	c.world.Wake(c.world.Now().Add(d), c.index, uint64(i)<<32|uint64(c.calls[i].serial))
}

// wake goes on with a call whose timer is due.
func (c *client) wake(token uint64) {
	i := int(token >> 32)
	k := &c.calls[i]
	switch {
	case k.serial != uint32(token):
		// a timer of before
	case !k.busy && c.recovering:
		// the recovery phase asks by itself
	case !k.busy:
		c.next()
	case c.world.Now() >= k.deadline && !c.recovering:
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
	k := &c.calls[0]
	if k.target == 0 {
		k.target = c.pick()
	}
	c.number++
	k.busy, k.nth, k.source, k.read, k.asked, k.tries = true, nth, c.generator, command.ReadOnly, nil, 0
	k.deadline = c.world.Now().Add(c.options.Timeout)
	if c.generator == nil {
		k.deadline = clock.Never
	}
	k.place = c.History.invoke(history.Operation{
		Client: c.session, Command: command.Bytes, ReadOnly: command.ReadOnly, Stale: command.Stale,
		Call: int64(c.world.Events()), CallAt: c.world.Now(),
	}, c.number)
	k.request = host.Request{Session: c.session, Number: c.number, Command: command.Bytes}
	if command.ReadOnly {
		k.request.Read, k.request.Stale = uint64(k.place)+1, command.Stale
	} else {
		k.request.Command = workload.EncodeRequest(nil, c.session, c.number, command.Bytes)
	}
	c.world.Invoked(c.id, &k.request, command.Bytes)
	c.ask(0)
}

// ask sends a request and waits for the answer of one host.
func (c *client) ask(i int) {
	k := &c.calls[i]
	request := k.request
	request.Seen = c.seen
	k.asked = &request
	c.History.Counts.Attempts++
	c.world.Send(c.id, k.target, &request)
	c.after(i, c.patience(k))
}

// receive takes a host's answer. One to an operation that is not under way any
// more is ignored: it came too late.
func (c *client) receive(r *host.Response) {
	for i := range c.calls {
		k := &c.calls[i]
		if !k.busy || k.request.Session != r.Session || k.request.Number != r.Number || k.request.Read != r.Read {
			continue
		}
		switch r.Status {
		case host.Superseded:
			return // never of the last command of a session, which this one is
		case host.Refused:
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
func (c *client) finish(i int, r *host.Response) {
	k := &c.calls[i]
	k.busy = false
	k.serial++
	c.seen = max(c.seen, r.Index)
	c.History.answer(k.place, r.Answer, r.Index, c.world.Events(), c.world.Now())
	c.world.Answered(c.id, r, c.History.Operation(k.place).Command)
	if i > 0 || c.generator == nil {
		return
	}
	k.source.Learn(k.nth, r.Answer)
	if !c.recovering {
		c.think()
	}
}
