package clients

import (
	"raftsim/checker/history"
	"raftsim/clock"
)

// command names a command of a client.
type command struct{ session, number uint64 }

// History is what the clients asked and were answered, in the order of asking.
type History struct {
	Counts Counts
	Bytes  int64 // of commands and answers

	operations []history.Operation
	dropped    []bool // reads that were given up
	byCommand  map[command]int
}

// Counts say how many operations there were. Invoked = Completed + Dropped + Open.
type Counts struct {
	Invoked, Completed int
	Dropped            int // reads that were given up: they promise nothing
	Open               int // commands that nobody knows the outcome of
	Attempts           int // requests sent, retries included
}

// Operation is the one at a place.
func (h *History) Operation(place int) *history.Operation { return &h.operations[place] }

// invoke notes that an operation begins, and returns its place.
func (h *History) invoke(o history.Operation, number uint64) int {
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
	h.Counts.Invoked++
	h.Counts.Open++
	h.Bytes += 2 * int64(len(o.Command)) // it is in the log, too
	return place
}

// answer notes the answer of the operation at a place. A read took effect at
// index; a command did so where it was first executed, which is not where a
// retry of it met the session table.
func (h *History) answer(place int, answer []byte, index uint64, event uint64, at clock.Time) {
	o := &h.operations[place]
	o.Answer, o.Return, o.ReturnAt = answer, int64(event), at
	if o.ReadOnly {
		o.Applied = index
	}
	h.Counts.Open--
	h.Counts.Completed++
	h.Bytes += int64(len(answer))
}

// drop notes that a read was given up: it promises nothing.
func (h *History) drop(place int) {
	h.dropped[place] = true
	h.Counts.Open--
	h.Counts.Dropped++
}

// Executed notes where in the log a command first took effect, on any host.
func (h *History) Executed(session, number, index uint64, duplicate bool) {
	if duplicate {
		return
	}
	if place, ok := h.byCommand[command{session, number}]; ok && h.operations[place].Applied == 0 {
		h.operations[place].Applied = index
	}
}

// Judged are the operations that the verdict rests on: all but dropped reads.
func (h *History) Judged() []history.Operation {
	var kept []history.Operation
	for i := range h.operations {
		if !h.dropped[i] {
			kept = append(kept, h.operations[i])
		}
	}
	return kept
}
