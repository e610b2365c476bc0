package scenarios

import (
	"sort"
	"time"

	"raftsim/faults"
	"raftsim/internal/text"
	"raftsim/sim"
)

// checkOccurrences refuses faults that come more often than a run can take, and
// hosts that are too many, at the first line that goes too far. It returns whether
// there is none.
func (r *reader) checkOccurrences(o sim.Options) bool {
	total := int64(0)
	for _, n := range r.faults {
		f, err := faults.ParseFault(n.text)
		if err != nil {
			return false // reported where it stands
		}
		times := sim.Occurrences(f, o.Run)
		if total += times; total > sim.MaxOccurrences {
			r.fail(n, "fault %s comes up to %d times, with those above it %d, must be at most %d together: give it a longer interval or an earlier end (until)",
				text.Quote(n.text), times, total, sim.MaxOccurrences)
			return false
		}
		for _, id := range (faults.Schedule{f}).Hosts() {
			if id > sim.MaxHosts {
				r.fail(n, "fault %s has a host n%d, the last may be n%d", text.Quote(n.text), id, sim.MaxHosts)
				return false
			}
		}
	}
	return true
}

// checkMemory refuses a plan that is expected to keep more than max_memory, and
// says what would fit.
func (r *reader) checkMemory(o sim.Options) {
	if o.MaxMemory < sim.MinMaxMemory {
		r.fails([]string{"max_memory"}, "max_memory is %s, must be 0 for the default or at least %s", text.Size(o.MaxMemory), text.Size(sim.MinMaxMemory))
		return
	}
	u := o.ExpectedMemory()
	if !u.Over() {
		return
	}
	needed := (u.Bytes>>20 + 1) << 20
	advice := "valid are max_memory: " + text.Size(needed)
	if seconds := most(int(o.Run/time.Second), func(n int) bool { return fits(o, func(o *sim.Options) { o.Run = time.Duration(n) * time.Second }) }); seconds > 0 {
		advice += ", run: " + text.Duration(time.Duration(seconds)*time.Second)
	}
	if rate := most(o.Workload.PerSecond, func(n int) bool { return fits(o, func(o *sim.Options) { o.Workload.PerSecond = n }) }); rate > 0 && len(o.Workload.Stages) == 0 {
		advice += ", workload.rate: " + rateText(rate)
	}
	r.fails([]string{"workload.rate", "workload.value_bytes", "workload.clients", "run", "cluster.nodes", "max_memory", "name"},
		"workload.rate is %s with %d clients, value_bytes %s, %d nodes and run: %s: the run is expected to keep %v; %s",
		rateText(o.Workload.PerSecond), max(o.Workload.Clients, 0), text.Size(int64(o.Workload.Shape.ValueBytes)), o.Nodes+o.Learners, text.Duration(o.Run), &u, advice)
}

// fits tells whether a plan is within its bound after a change.
func fits(o sim.Options, change func(*sim.Options)) bool {
	change(&o)
	u := o.ExpectedMemory()
	return !u.Over()
}

// most is the greatest n below limit for which ok holds, and with it for all that are
// less; 0 when there is none.
func most(limit int, ok func(int) bool) int {
	return sort.Search(limit, func(n int) bool { return n > 0 && !ok(n) }) - 1
}
