package recovery

import (
	"fmt"

	"raftsim/checker"
	"raftsim/clock"
)

// Operation is what a client asked for.
type Operation struct {
	Text  string
	At    clock.Time // when it asked
	Event uint64
}

// asked is evidence of when an operation was asked for.
func (o *Operation) asked() checker.Evidence {
	return checker.Evidence{At: o.At, Event: o.Event, Text: o.Text + " is asked for"}
}

// freshCalls asks every member for a new operation of its own, one that writes
// or one that reads; of none where the workload has no such operation. They are
// judged with the rest of the history.
func (r *Phase) freshCalls(read bool) (places []int) {
	for _, id := range r.core.Members() {
		if place, ok := r.world.Ask(id, read); ok {
			places = append(places, place)
		}
	}
	return places
}

// freshTimeouts is how soon a fresh operation must be answered. Whether a process that is
// no raft host has recovered shows in its answers alone, so it has the time for that.
func (r *Phase) freshTimeouts() int {
	if r.options.Foreign {
		return r.options.Timeouts
	}
	return FreshTimeouts
}

// freshUnmet reports a fresh operation that has no answer yet, and by when it
// must have one.
func (r *Phase) freshUnmet() (v *checker.Violation, by clock.Time) {
	for _, place := range r.fresh {
		if !r.world.Answered(place) {
			o := r.world.Operation(place)
			waits := r.world.Now().Sub(o.At)
			return checker.FreshOperations.Unmet("", fmt.Sprintf("%s has no answer after %v", o.Text, waits), o.asked()), r.until
		}
	}
	return nil, r.until
}
