package hunt

import (
	"fmt"

	"raftsim/trace"
)

// origins remembers the first record of each of the last events of a run, to
// say what brought about what.
type origins struct {
	ring [rememberedEvents]trace.Record
}

// rememberedEvents bounds how far back causes are told, and mostCauses how many.
const (
	rememberedEvents = 1 << 12
	mostCauses       = 4
)

func (o *origins) add(r *trace.Record) {
	if kept := &o.ring[r.Event%rememberedEvents]; kept.Event != r.Event || kept.Verb == 0 {
		*kept = *r
	}
}

// chain tells how a record came about, the nearest event first.
func (o *origins) chain(r *trace.Record) []string {
	lines := []string{fmt.Sprintf("in event %d: %s", r.Event, r.Cause)}
	for by := r.Cause.By; by != 0 && len(lines) < mostCauses; {
		earlier := &o.ring[by%rememberedEvents]
		if earlier.Event != by || earlier.Verb == 0 {
			break
		}
		lines = append(lines, fmt.Sprintf("event %d: %s; its first record: %s", by, earlier.Cause, earlier))
		by = earlier.Cause.By
	}
	return lines
}

// cause says where to look for what made two runs differ, by the first records
// that do.
func cause(first, second *trace.Record) string {
	a, b := first, second
	const stranger = "depends on something that is no part of the run, such as the order of a map, a variable of the process or the wall clock"
	switch {
	case a.Event == b.Event && a.At == b.At && a.Cause == b.Cause:
		return fmt.Sprintf("one event, two outcomes: %s %s", runner(a), stranger)
	case a.Event == b.Event:
		return fmt.Sprintf("event %d is another one: an event before it that left no record put it there for another time, or drew other chance", a.Event)
	}
	if b.Event < a.Event {
		a = b
	}
	return fmt.Sprintf("event %d leaves a record in one run and none in the other: %s %s, then or in an event before that left no record", a.Event, runner(a), stranger)
}

// runner names what handles the event of a record.
func runner(r *trace.Record) string {
	if r.Cause.Host == 0 {
		return "what handles it"
	}
	return "what " + trace.Name(r.Cause.Host) + " runs"
}
