package main

import (
	"context"
	"slices"

	"raftsim/host"
	"raftsim/raft"
)

// ticket names what is asked of the replica: the session and number of a command, the
// number of a read, or the number of a configuration change.
type ticket struct{ session, number, read, change uint64 }

// answer is what became of it: what the state machine says, or that a later command of
// the session came first.
type answer struct {
	bytes      []byte
	superseded bool
}

// requests are those that wait until the replica has done what they ask for. They are
// asked once more when nothing was heard for a while: what they asked may have been on
// its way to a leader that is no more. It takes effect once however often it gets into
// the log. They belong to the loop.
type requests struct {
	waiting map[ticket][]*request
	order   []*request // all of them, the oldest first
}

type request struct {
	ticket  ticket
	ask     func() // asks the replica
	due     int    // ticks until it is asked once more
	answers chan answer
}

func newRequests() *requests { return &requests{waiting: map[ticket][]*request{}} }

// request asks the replica for something, and waits for the answer. On an error nobody
// knows whether it takes effect. It can be repeated under the same ticket.
func (s *server) request(ctx context.Context, t ticket, ask func()) (answer, error) {
	r := &request{ticket: t, ask: ask, answers: make(chan answer, 1)}
	if err := s.world.do(ctx, func() { s.requests.add(r) }); err != nil {
		return answer{}, err
	}
	select {
	case a := <-r.answers:
		return a, nil
	case <-ctx.Done():
		_ = s.world.do(context.Background(), func() { s.requests.remove(r) })
		return answer{}, ctx.Err()
	case <-s.world.done:
		return answer{}, raft.ErrStopped
	}
}

// serve hands a request of a client to the replica.
func (s *server) serve(r *host.Request) {
	s.replica.Receive(0, &host.Message{Kind: host.RequestMessage, Request: r})
}

func (q *requests) add(r *request) {
	q.waiting[r.ticket] = append(q.waiting[r.ticket], r)
	q.order = append(q.order, r)
	r.due = electionTicks
	r.ask()
}

// tick asks once more for what is due.
func (q *requests) tick() {
	var due []*request
	for _, r := range q.order {
		if r.due--; r.due <= 0 {
			r.due = electionTicks
			due = append(due, r)
		}
	}
	for _, r := range due {
		r.ask()
	}
}

// answered takes an answer of the replica. One that was refused, for want of a leader
// say, is asked again soon.
func (q *requests) answered(r *host.Response) {
	t := ticket{session: r.Session, number: r.Number, read: r.Read}
	if r.Status == host.Refused {
		for _, r := range q.waiting[t] {
			r.due = 1
		}
		return
	}
	q.settle(t, answer{bytes: r.Answer, superseded: r.Status == host.Superseded})
}

// settle answers all who wait for a ticket on this server. There may be several, when a
// client lost patience and asked again.
func (q *requests) settle(t ticket, a answer) {
	for _, r := range q.waiting[t] {
		r.answers <- a
		q.drop(r)
	}
	delete(q.waiting, t)
}

// remove forgets a request that is not waited for any more.
func (q *requests) remove(r *request) {
	q.drop(r)
	left := without(q.waiting[r.ticket], r)
	if q.waiting[r.ticket] = left; len(left) == 0 {
		delete(q.waiting, r.ticket)
	}
}

func (q *requests) drop(r *request) { q.order = without(q.order, r) }

// without is a list without one of its requests.
func without(list []*request, r *request) []*request {
	return slices.DeleteFunc(list, func(other *request) bool { return other == r })
}
