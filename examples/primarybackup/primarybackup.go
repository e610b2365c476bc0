// Package primarybackup is a replicated service that is no Raft, in the simulator: a
// sim.Process that serves the simulator's clients and is judged by what it answers.
//
// Views are numbered, and the number of a view says which host is its primary. The
// primary executes the requests of clients, a batch at a time, and ships its whole state
// to the backups. Once a majority has a state on disk it counts, and the clients are
// answered. A backup that hears of no primary for a while begins a view of its own: it
// asks a majority for their states, takes the latest, and ships that first. (Viewstamped
// replication has such views: Oki and Liskov 1988.)
package primarybackup

import (
	"math/bits"
	"time"

	"raftsim/sim"
	"raftsim/workload"
)

// Hosts is the number of hosts of a group.
const Hosts = 3

// The tokens of timers.
const (
	tickTimer uint64 = iota
	diskTimer
)

const (
	tick     = 20 * time.Millisecond
	patience = 10 // ticks without a primary, at least
)

// Replica is the process of one host.
type Replica struct {
	// LocalReads lets a primary answer reads at once, without a look at whether it still
	// is the primary: the mistake that the simulator is to find.
	LocalReads bool

	env     sim.Env
	machine *workload.Sessions
	state   state
	disk    disk

	primary bool   // of the view
	acks    uint64 // a bit for each host that has the state on disk, or has entered the view
	latest  state  // of those that have entered it
	waiting []request
	replies []reply // that are due when the state counts
	quiet   uint64  // ticks since a primary was heard of
	limit   uint64  // at how many of them this host begins a view
}

type request struct {
	client uint64
	*sim.Request
}

type reply struct {
	client   uint64
	response sim.Response
}

// Start takes the state from the disk.
func (r *Replica) Start(env sim.Env) error {
	r.env, r.machine = env, workload.NewSessions(workload.KV.NewStateMachine())
	r.limit = patience + env.Random().Uint64()%patience
	r.disk = disk{env: env, state: &r.state}
	env.SetTimer(tick, tickTimer)
	if found, err := r.disk.read(); err != nil || !found {
		r.state.Machine = r.machine.Snapshot()
		return err
	}
	return r.machine.Restore(r.state.Machine)
}

// Timer counts ticks, or goes on when the disk is done. A primary ships its state again
// and again: a copy may be lost, and it tells that there is a primary.
func (r *Replica) Timer(token uint64) {
	if token == diskTimer {
		r.disk.done()
		return
	}
	r.env.SetTimer(tick, tickTimer)
	if r.quiet++; r.primary {
		r.broadcast(message{Kind: update, state: r.state})
	} else if r.quiet >= r.limit {
		r.begin()
	}
}

// Receive takes a request of a client, or a message of another host.
func (r *Replica) Receive(from uint64, m *sim.Message) {
	if m.Kind == sim.RequestMessage {
		r.serve(request{from, m.Request})
		return
	}
	in, ok := decode(m.Payload)
	if !ok || in.View < r.state.View {
		return // damaged on its way, or of an old view
	}
	if in.View > r.state.View {
		r.follow(in.View)
	}
	switch in.Kind {
	case enter:
		r.quiet = 0
		r.disk.save(func() { r.answer(from, in.View, message{Kind: entered, state: r.state}) })
	case entered:
		r.entered(from, &in.state)
	case update:
		r.quiet = 0
		r.install(&in.state)
		r.disk.save(func() { r.answer(from, in.View, message{Kind: updated, state: in.state.name()}) })
	case updated:
		r.updated(from, &in.state)
	}
}

// follow leaves what was done in the view before. Its clients will ask again.
func (r *Replica) follow(view uint64) {
	r.state.View, r.primary, r.acks, r.waiting, r.replies = view, false, 0, nil, nil
}

// begin enters the next view of which this host is the primary, and asks the others to.
func (r *Replica) begin() {
	view := r.state.View + 1
	for primaryOf(view) != r.env.ID() {
		view++
	}
	r.follow(view)
	r.quiet, r.latest = 0, r.state
	r.disk.save(func() {
		if r.state.View == view {
			r.acks |= 1 << r.env.ID()
			r.broadcast(message{Kind: enter, state: state{View: view}})
		}
	})
}

func primaryOf(view uint64) uint64 { return view%Hosts + 1 }

// entered takes the state of a host that has entered the view. The latest of a majority
// has all that counts; it counts in this view when it is shipped anew.
func (r *Replica) entered(from uint64, s *state) {
	if r.primary || r.acks == 0 {
		return
	}
	if s.after(&r.latest) {
		r.latest = *s
	}
	if r.acks |= 1 << from; counts(r.acks) {
		r.primary = true
		r.install(&r.latest)
		r.ship()
	}
}

// counts reports whether hosts are a majority.
func counts(hosts uint64) bool { return bits.OnesCount64(hosts) > Hosts/2 }

// install replaces the state by a later one.
func (r *Replica) install(s *state) {
	if !s.after(&r.state) {
		return
	}
	view := r.state.View
	r.state = *s
	r.state.View = view
	if err := r.machine.Restore(s.Machine); err != nil {
		r.env.Fail(err)
	}
}

// ship makes what the machine holds the next state of this view.
func (r *Replica) ship() {
	r.state.Updated, r.state.Number, r.state.Machine = r.state.View, r.state.Number+1, r.machine.Snapshot()
	r.acks = 0
	r.broadcast(message{Kind: update, state: r.state})
	name := r.state.name()
	r.disk.save(func() { r.updated(r.env.ID(), &name) })
}

// updated counts a host that has the state on disk. When it counts, its commands have
// taken effect for good, clients are told, and those who wait have their turn.
func (r *Replica) updated(from uint64, s *state) {
	if !r.primary || counts(r.acks) || s.after(&r.state) || r.state.after(s) {
		return
	}
	if r.acks |= 1 << from; !counts(r.acks) {
		return
	}
	for i, c := range r.state.Batch {
		r.env.Executed(r.state.Commands-uint64(len(r.state.Batch)-1-i), c.Session, c.Number)
	}
	for _, reply := range r.replies {
		r.env.Send(reply.client, sim.Message{Kind: sim.ResponseMessage, Response: &reply.response})
	}
	r.replies = nil
	if len(r.waiting) > 0 {
		r.execute()
	}
}

// serve takes a client's request: now, or when the state in hand counts.
func (r *Replica) serve(q request) {
	response := sim.Response{Session: q.Session, Number: q.Number, Read: q.Read}
	switch {
	case !r.primary:
		response.Status, response.Leader = sim.Refused, primaryOf(r.state.View)
	case r.LocalReads && q.Read != 0:
		response.Answer = r.machine.Query(q.Command)
	default:
		if r.waiting = append(r.waiting, q); counts(r.acks) {
			r.execute()
		}
		return
	}
	r.env.Send(q.client, sim.Message{Kind: sim.ResponseMessage, Response: &response})
}

// execute runs all requests that wait. When the state that comes of them counts, this
// host was still the primary after the last of them had come: so a read is up to date.
func (r *Replica) execute() {
	r.state.Batch = nil
	for _, q := range r.waiting {
		var answer []byte
		if q.Read != 0 {
			answer = r.machine.Query(q.Command)
		} else if a, duplicate := r.machine.Apply(q.Command); duplicate {
			answer = a // a retry
		} else {
			answer = a
			r.state.Commands++
			r.state.Batch = append(r.state.Batch, command{q.Session, q.Number})
		}
		if answer != nil { // of a command before the last of its session there is none
			r.replies = append(r.replies, reply{q.client, sim.Response{
				Session: q.Session, Number: q.Number, Read: q.Read, Answer: answer, Index: r.state.Commands}})
		}
	}
	r.waiting = nil
	r.ship()
}
