// Package clients holds the clients of a run: actors that ask hosts for operations,
// wait, ask again, and keep what they were answered. It knows of the world what
// World says. When the fault phase is over it is told so (Recover).
package clients

import (
	"strconv"
	"time"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/network"
	"raftsim/random"
	"raftsim/workload"
)

// World is what clients have of the world, and who is told what they do. Clients
// have the ids of the network, from network.ClientBase.
type World interface {
	// Now is the virtual time, Events the number of the event that is handled.
	Now() clock.Time
	Events() uint64
	// Reachable lists the hosts that clients ask now, at least one.
	Reachable() []uint64
	// Wake calls Clients.Wake with the index of a client and a token at an instant.
	Wake(at clock.Time, index uint32, token uint64)
	// Send sends a request, which is not changed any more.
	Send(client, host uint64, r *host.Request)

	// Came is told of a client that is new, before it does anything.
	Came(client uint64)
	// Invoked is told that a client begins an operation, Answered that it has its
	// answer, and GaveUp that it does not wait for one any more.
	Invoked(client uint64, r *host.Request, command []byte)
	Answered(client uint64, r *host.Response, command []byte)
	GaveUp(client uint64, r *host.Request)
}

// Options say how long clients wait.
type Options struct {
	// Timeout is how long a client tries one operation before it gives up, Attempt
	// how long it waits for one host's answer before it asks another.
	Timeout, Attempt time.Duration
	// RecoveryAttempt is Attempt in the recovery phase, in which no client gives up.
	RecoveryAttempt time.Duration
}

// Clients are all clients of a run, and their history.
type Clients struct {
	History History

	world      World
	fates      random.Fates
	options    Options
	all        []*client
	sessions   uint64 // numbered from 1
	recovering bool
}

// New returns no clients yet.
func New(world World, fates random.Fates, o Options) *Clients {
	return &Clients{world: world, fates: fates, options: o}
}

// Start adds n clients that begin operations of a workload by themselves, in stages
// of which the last does not end.
func (cs *Clients) Start(kind workload.Workload, n int, stages []Stage) {
	for i := range n {
		c := cs.add()
		c.stages = c.paces(kind, stages, i, n)
		c.think()
	}
}

// Call lets a client that has nothing else to do ask for an operation until it is
// answered, first a host (0: any), and returns its place in the history.
func (cs *Clients) Call(command workload.Command, host uint64) (place int) {
	c := cs.idle()
	c.calls[0].target = host
	c.begin(command, 0)
	return c.calls[0].place
}

// IDs are the ids of all clients.
func (cs *Clients) IDs() []uint64 {
	ids := make([]uint64, len(cs.all))
	for i, c := range cs.all {
		ids[i] = c.id
	}
	return ids
}

// Len is the number of clients.
func (cs *Clients) Len() int { return len(cs.all) }

// idle is a client that acts on demand and has nothing to do, a new one where there is none.
func (cs *Clients) idle() *client {
	for _, c := range cs.all {
		if c.generator == nil && c.waits() == nil {
			return c
		}
	}
	return cs.add()
}

// add makes a client that asks nothing by itself.
func (cs *Clients) add() *client {
	n := len(cs.all)
	id := network.ClientBase + uint64(n+1)
	c := &client{Clients: cs, id: id, index: uint32(n), chance: cs.fates.Key("client c" + strconv.Itoa(n+1))}
	c.session = cs.nextSession()
	c.calls = make([]call, 1)
	cs.all = append(cs.all, c)
	cs.world.Came(id)
	return c
}

func (cs *Clients) nextSession() uint64 {
	cs.sessions++
	return cs.sessions
}

// Wake goes on with what a client wanted to be woken for.
func (cs *Clients) Wake(index uint32, token uint64) { cs.all[index].wake(token) }

// Receive hands a client the answer of a host.
func (cs *Clients) Receive(client uint64, r *host.Response) {
	cs.all[client-network.ClientBase-1].receive(r)
}

// Recover begins the recovery phase: no operation is given up any more, those that
// were are asked again, and no other is begun.
func (cs *Clients) Recover() {
	cs.recovering = true
	for _, c := range cs.all {
		c.recover()
	}
}

// Waiting is the first client that waits for an answer, with the place of the
// operation in the history; none is 0.
func (cs *Clients) Waiting() (client uint64, place int) {
	for _, c := range cs.all {
		if k := c.waits(); k != nil {
			return c.id, k.place
		}
	}
	return 0, 0
}
