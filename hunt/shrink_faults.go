package hunt

import (
	"slices"
	"strings"

	"raftsim/faults"
	"raftsim/sim"
	"raftsim/trace"
)

// dropFaults takes lines of the schedule away.
func (h *shrinker) dropFaults() {
	h.dropping(func() int { return len(h.best.plan.Schedule) }, func(from, to int) sim.Options {
		return h.with(func(p *sim.Options) {
			p.Schedule = slices.Delete(p.Schedule, from, to)
			keepHosts(p)
		})
	})
}

// plainerFaults says each fault in plainer words: once instead of over and
// over, at a time instead of a span, on hosts instead of roles, and without
// what a crash need not do.
func (h *shrinker) plainerFaults() {
	happened := h.happened()
	for i := 0; i < len(h.best.plan.Schedule) && !h.over(); i++ {
		f := h.best.plan.Schedule[i]
		h.tryFault(i, occurrences(f, happened))
		h.tryFault(i, plainer(h.best.plan.Schedule[i]))
	}
}

// tryFault tries other faults in place of the ith.
func (h *shrinker) tryFault(i int, instead []faults.Fault) {
	var candidates []sim.Options
	for _, f := range instead {
		candidates = append(candidates, h.with(func(p *sim.Options) {
			p.Schedule[i] = f
			p.Schedule.Sort()
		}))
	}
	h.try(candidates...)
}

// happened runs the best plan once more and lists the faults that fired, with
// the time and the hosts that they had.
func (h *shrinker) happened() []faults.Fault {
	var list []faults.Fault
	h.await(Unit{h.best.scenario, h.unit.Seed}, func(r *trace.Record) {
		if r.Verb != trace.FaultBegan {
			return
		}
		line := strings.ReplaceAll(r.At.String()+" "+r.Text, "µs", "us") // as time.Duration prints it
		if f, err := faults.ParseFault(line); err == nil {
			list = append(list, f)
		}
	})
	if h.ctx.Err() != nil {
		return nil // the run may go on and add to the list
	}
	h.count(1)
	return list
}

// occurrences are single faults that may stand for f: what came of it in the
// run, the last time first, with hosts before roles. They are none when f is
// as plain as that already.
func occurrences(f faults.Fault, happened []faults.Fault) []faults.Fault {
	const most = 8 // of a fault that comes back
	if !isRepeated(f) && !hasRoles(f.Action) && f.AtMax <= f.At && f.ForMax <= f.For {
		return nil
	}
	var list []faults.Fault
	for _, one := range slices.Backward(happened) {
		if len(list) == 2*most || one.At < f.At || !sameButHosts(f.Action, one.Action) {
			continue
		}
		role := one
		role.Action, role.Wait = f.Action, f.Wait
		list = append(list, one, role)
	}
	if isRepeated(f) {
		once := f
		once.Every = faults.Interval{}
		list = append(list, once)
	}
	return list
}

// sameButHosts says whether an action may be what became of a planned one.
func sameButHosts(planned, bound faults.Action) bool {
	a, b := planned.Groups(), bound.Groups()
	return planned.Kind() == bound.Kind() && len(a) == len(b) && planned.Bind(b).String() == bound.String()
}

// plainer are faults that do less than f, the least first.
func plainer(f faults.Fault) []faults.Fault {
	var list []faults.Fault
	offer := func(a faults.Action) {
		less := f
		less.Action = a
		list = append(list, less)
	}
	switch a := f.Action.(type) {
	case faults.Crash:
		offer(faults.Crash{Hosts: a.Hosts, Losing: faults.Nothing})
		offer(faults.Crash{Hosts: a.Hosts})
		offer(faults.Crash{Hosts: a.Hosts, Losing: a.Losing})
		offer(faults.Crash{Hosts: a.Hosts, Losing: a.Losing, Torn: a.Torn})
		offer(faults.Crash{Hosts: a.Hosts, Losing: a.Losing, Point: a.Point, N: a.N})
	case faults.Blackout:
		offer(faults.Blackout{Losing: faults.Nothing})
		offer(faults.Blackout{})
		offer(faults.Blackout{Losing: a.Losing})
	}
	if same := slices.IndexFunc(list, func(one faults.Fault) bool { return one.String() == f.String() }); same >= 0 {
		list = list[:same] // what follows is not plainer
	}
	groups := f.Action.Groups()
	for i, g := range groups {
		for j := range g {
			if len(g) == 1 {
				break
			}
			fewer := slices.Clone(groups)
			fewer[i] = slices.Delete(slices.Clone(g), j, j+1)
			offer(f.Action.Bind(fewer))
		}
	}
	return list
}

func isRepeated(f faults.Fault) bool { return f.Every != faults.Interval{} }

// hasRoles says whether an action names a host by a role.
func hasRoles(a faults.Action) bool {
	return slices.ContainsFunc(a.Groups(), func(g faults.Group) bool {
		return slices.ContainsFunc(g, func(t faults.Target) bool { return t.Role != 0 })
	})
}
