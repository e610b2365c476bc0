package sim

import (
	"raftsim/clock"
	"raftsim/network"
	"raftsim/trace"
)

// agenda is the queue of events. Each remembers the event in which it was put
// there.
type agenda struct {
	clock.Queue[event]
	handling event
	number   uint64
	receiver uint64 // of the delivery or the fault in hand
}

// Push adds an event.
func (a *agenda) Push(at clock.Time, e event) {
	e.by = uint32(a.number)
	a.Queue.Push(at, e)
}

// next takes the earliest event.
func (a *agenda) next() (clock.Time, event) {
	at, e, _ := a.Queue.Pop()
	a.handling, a.receiver = e, 0
	a.number++
	return at, e
}

// cause describes the event in hand.
func (a *agenda) cause() trace.Cause {
	e := &a.handling
	c := trace.Cause{What: e.kind.String(), Host: a.receiver, By: uint64(e.by)}
	switch e.kind {
	case timerEvent, workEvent, bootEvent, snapshotEvent, unreachableEvent:
		c.Host = uint64(e.host) + 1
	case clientEvent:
		c.Host = network.ClientBase + uint64(e.host) + 1
	}
	return c
}

// String names the kind as a trace and a violation do.
func (k eventKind) String() string {
	return [...]string{"delivery", "timer", "work", "boot", "client", "fault", "end of a fault",
		"fate of a snapshot", "unreachable peer", "step of a fault", "look at the recovery"}[k]
}
