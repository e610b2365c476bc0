package sim

import (
	"fmt"

	"raftsim/clock"
	"raftsim/network"
)

// Cause is the event of the loop in which something happens.
type Cause struct {
	// What is the kind of the event, such as "delivery" or "timer".
	What string
	// Host is whom it is for, a client as in Record, zero for nobody.
	Host uint64
	// By is the number of the event that brought it about: in which the message
	// was sent or the timer set. Zero is the plan of the run.
	By uint64
}

// String renders the cause, such as "delivery to n2, brought about by event 1230".
func (c Cause) String() string {
	text := c.What
	if c.Host != 0 {
		text += " for " + name(c.Host)
	}
	if c.By == 0 {
		return text + ", as planned"
	}
	return fmt.Sprintf("%s, brought about by event %d", text, c.By)
}

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
func (a *agenda) cause() Cause {
	e := &a.handling
	c := Cause{What: e.kind.String(), Host: a.receiver, By: uint64(e.by)}
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
