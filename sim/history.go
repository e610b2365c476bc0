package sim

import (
	"raftsim/checker/history"
	"raftsim/clock"
)

// command names a command of a client.
type command struct{ session, number uint64 }

// clientHistory is what the clients asked and were answered, in the order of asking.
type clientHistory struct {
	operations []history.Operation
	dropped    []bool // reads that were given up
	byCommand  map[command]int
	counts     Operations
	bytes      int64 // of commands and answers
}

// invoke notes that an operation begins, and returns its place.
func (h *clientHistory) invoke(o history.Operation, number uint64) int {
	if h.byCommand == nil {
		h.byCommand = map[command]int{}
	}
	o.Return, o.ReturnAt = history.Open, clock.Never
	h.operations = append(h.operations, o)
	h.dropped = append(h.dropped, false)
	place := len(h.operations) - 1
	if !o.ReadOnly {
		h.byCommand[command{o.Client, number}] = place
	}
	h.counts.Invoked++
	h.counts.Open++
	h.bytes += 2 * int64(len(o.Command)) // it is in the log, too
	return place
}

// answer notes the answer of the operation at a place. A read took effect at
// index; a command did so where it was first executed, which is not where a
// retry of it met the session table.
func (h *clientHistory) answer(place int, answer []byte, index uint64, event uint64, at clock.Time) {
	o := &h.operations[place]
	o.Answer, o.Return, o.ReturnAt = answer, int64(event), at
	if o.ReadOnly {
		o.Applied = index
	}
	h.counts.Open--
	h.counts.Completed++
	h.bytes += int64(len(answer))
}

// drop notes that a read was given up: it promises nothing.
func (h *clientHistory) drop(place int) {
	h.dropped[place] = true
	h.counts.Open--
	h.counts.Dropped++
}

// executed notes where in the log a command first took effect, on any host.
func (h *clientHistory) executed(session, number, index uint64, duplicate bool) {
	if duplicate {
		return
	}
	if place, ok := h.byCommand[command{session, number}]; ok && h.operations[place].Applied == 0 {
		h.operations[place].Applied = index
	}
}

// judged are the operations that the verdict rests on: all but dropped reads.
func (h *clientHistory) judged() []history.Operation {
	var kept []history.Operation
	for i := range h.operations {
		if !h.dropped[i] {
			kept = append(kept, h.operations[i])
		}
	}
	return kept
}
