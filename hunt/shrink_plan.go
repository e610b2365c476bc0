package hunt

import (
	"slices"
	"time"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/sim"
	"raftsim/workload"
)

// The passes over all of a plan but its faults. Each offers smaller plans to
// try, the smallest first.

// with is a copy of the best plan after a change.
func (h *shrinker) with(change func(*sim.Options)) sim.Options {
	p := h.best.plan
	p.Schedule = slices.Clone(p.Schedule)
	p.Workload.Shape.Mix = slices.Clone(p.Workload.Shape.Mix)
	p.Rafts = slices.Clone(p.Rafts)
	change(&p)
	return p
}

// cutRun ends the fault phase where the violation is, and drops the recovery phase
// when the violation needs none.
func (h *shrinker) cutRun() {
	h.try(h.with(func(p *sim.Options) { p.Expect.RecoveryTimeouts = -1 }))
	for !h.over() {
		v := h.best.result.Verdict.Violation()
		run, seen := h.best.plan.Run, time.Duration(v.At)
		for _, e := range v.Evidence {
			if seen > run {
				seen = min(seen, max(time.Duration(e.At), time.Millisecond))
			}
		}
		var ends []time.Duration
		if seen <= run { // the same run, without what comes after
			ends = append(ends, roundUp(seen, readable(seen)))
		}
		if time.Duration(v.At) > run {
			for _, eighths := range []time.Duration{1, 2, 4, 6, 7} {
				end := run / 8 * eighths
				ends = append(ends, roundUp(end, readable(end)))
			}
		}
		var candidates []sim.Options
		for _, end := range ends {
			if end < run {
				candidates = append(candidates, h.with(func(p *sim.Options) { endAt(p, end) }))
			}
		}
		if h.try(candidates...) < 0 {
			return
		}
	}
}

// endAt ends the fault phase, and drops the faults that would come later.
func endAt(p *sim.Options, end time.Duration) {
	p.Run = end
	p.Schedule = slices.DeleteFunc(p.Schedule, func(f faults.Fault) bool { return time.Duration(f.At) >= end })
	for i := range p.Schedule {
		f := &p.Schedule[i]
		if time.Duration(f.Every.Until) >= end {
			f.Every.Until = 0
		}
	}
	keepHosts(p)
}

// keepHosts drops the faults that name hosts which are not there any more.
func keepHosts(p *sim.Options) {
	for {
		known := map[uint64]bool{}
		for id := range uint64(p.Nodes + p.Learners) {
			known[id+1] = true
		}
		for _, f := range p.Schedule {
			adder, ok := f.Action.(faults.Adder)
			for i, g := range f.Action.Groups() {
				for _, id := range g.IDs() {
					known[id] = known[id] || ok && adder.Adds(i)
				}
			}
		}
		before := len(p.Schedule)
		p.Schedule = slices.DeleteFunc(p.Schedule, func(f faults.Fault) bool {
			return slices.ContainsFunc(f.Action.Groups(), func(g faults.Group) bool {
				return slices.ContainsFunc(g.IDs(), func(id uint64) bool { return !known[id] })
			})
		})
		if len(p.Schedule) == before {
			return
		}
	}
}

// resetSettings puts options back to their defaults.
func (h *shrinker) resetSettings() {
	h.dropping(func() int { return len(settings(&h.best.plan)) }, func(from, to int) sim.Options {
		return h.with(func(p *sim.Options) {
			kind := p.Workload.Kind
			reset(p, settings(p)[from:to])
			if p.Workload.Kind != kind {
				p.Workload.Shape.Mix = nil // of operations that it may not have
			}
		})
	})
}

// fewerHosts takes learners and voters away.
func (h *shrinker) fewerHosts() {
	h.fewer(func(p *sim.Options) *int { return &p.Learners }, less(h.best.plan.Learners, 0, 1, 2))
	h.fewer(func(p *sim.Options) *int { return &p.Nodes }, less(h.best.plan.Nodes, 1, 2, 3, 4, 5))
}

// fewer tries smaller numbers for a field, the smallest first.
func (h *shrinker) fewer(field func(*sim.Options) *int, values []int) {
	var candidates []sim.Options
	for _, n := range values {
		candidates = append(candidates, h.with(func(p *sim.Options) {
			*field(p) = n
			keepHosts(p)
		}))
	}
	h.try(candidates...)
}

// less are those of the values that are below n, and half of n and one less,
// ascending. The first value is the least that there may be.
func less(n int, values ...int) []int {
	least := values[0]
	values = slices.DeleteFunc(append(values, n/2, n-1), func(v int) bool { return v >= n || v < least })
	slices.Sort(values)
	return slices.Compact(values)
}

// lessWork makes the clients fewer, and what they do less and more uniform.
func (h *shrinker) lessWork() {
	none := h.with(func(p *sim.Options) {
		p.Workload = sim.WorkloadOptions{Clients: -1}
		*p = p.Defaults()
	})
	if h.best.plan.Workload.Clients < 0 || h.try(none) >= 0 {
		return
	}
	w := func(p *sim.Options) *sim.WorkloadOptions { return &p.Workload }
	h.fewer(func(p *sim.Options) *int { return &w(p).Clients }, less(h.best.plan.Workload.Clients, 1, 2, 3, 4))
	keys := h.best.plan.Workload.Shape.Keys
	if keys == 0 {
		keys = 3 // the workload's own number: one or two may do
	}
	h.fewer(func(p *sim.Options) *int { return &w(p).Shape.Keys }, less(keys, 1, 2, 5))
	rates := slices.DeleteFunc([]int{1, 5, 10, 20, 50, 100, 200, 500}, func(r int) bool { return r >= h.best.plan.Workload.PerSecond })
	h.fewer(func(p *sim.Options) *int { return &w(p).PerSecond }, rates)
	h.plainerMix()
}

// plainerMix leaves operations out and weighs the others alike.
func (h *shrinker) plainerMix() {
	one, err := workload.Lookup(h.best.plan.Workload.Kind)
	if err != nil {
		return
	}
	mix := h.best.plan.Workload.Shape.Mix
	if len(mix) == 0 {
		for _, op := range workload.Usual(one) {
			mix = append(mix, workload.Weight{Op: op, Weight: 1})
		}
	}
	mix = slices.DeleteFunc(slices.Clone(mix), func(m workload.Weight) bool { return m.Weight == 0 })
	plain := slices.Clone(mix)
	for i := range plain {
		plain[i].Weight = 1
	}
	var candidates []sim.Options
	offer := func(m []workload.Weight) {
		if len(m) > 0 {
			candidates = append(candidates, h.with(func(p *sim.Options) { p.Workload.Shape.Mix = m }))
		}
	}
	for i := range plain {
		offer(plain[i : i+1])
	}
	for len(h.best.plan.Workload.Shape.Mix) > 0 || len(candidates) > 0 {
		for i := range plain {
			offer(slices.Delete(slices.Clone(plain), i, i+1))
		}
		offer(plain)
		if h.try(candidates...) < 0 {
			return
		}
		plain, candidates = h.best.plan.Workload.Shape.Mix, nil
		if len(plain) == 1 {
			return
		}
	}
}

// shorterTimes brings the faults closer to the start and to each other, and
// the end of the run with them.
func (h *shrinker) shorterTimes() {
	for i := 0; i < len(h.best.plan.Schedule) && !h.over(); i++ {
		s := h.best.plan.Schedule
		before := clock.Time(0)
		if i > 0 {
			before = s[i-1].At
		}
		gap := s[i].At.Sub(before)
		var candidates []sim.Options
		for _, shorter := range shorterThan(gap) {
			candidates = append(candidates, h.with(func(p *sim.Options) { pull(p, i, gap-shorter) }))
		}
		h.try(candidates...)
	}
	for i := 0; i < len(h.best.plan.Schedule) && !h.over(); i++ {
		var candidates []sim.Options
		for _, shorter := range shorterThan(h.best.plan.Schedule[i].For) {
			candidates = append(candidates, h.with(func(p *sim.Options) { p.Schedule[i].For, p.Schedule[i].ForMax = shorter, 0 }))
		}
		h.try(candidates...)
	}
	h.cutRun()
}

// pull makes all faults from the ith on come sooner, and the end of the run.
func pull(p *sim.Options, i int, by time.Duration) {
	for j := i; j < len(p.Schedule); j++ {
		f := &p.Schedule[j]
		for _, t := range []*clock.Time{&f.At, &f.AtMax, &f.Every.Until} {
			if *t > 0 {
				*t = max(t.Add(-by), 0)
			}
		}
	}
	p.Run = max(p.Run-by, time.Millisecond)
	endAt(p, p.Run)
}

// shorterThan are a few round durations below d, and half of it.
func shorterThan(d time.Duration) []time.Duration {
	const ms = time.Millisecond
	unit := readable(d)
	list := []time.Duration{ms, 10 * ms, 100 * ms, 500 * ms, 1000 * ms, roundUp(d/2, unit), roundUp(d/4*3, unit)}
	slices.Sort(list)
	return slices.Compact(slices.DeleteFunc(list, func(v time.Duration) bool { return v >= d }))
}

// readable is the unit to which a time is rounded for its readers.
func readable(d time.Duration) time.Duration {
	unit := time.Millisecond
	for unit < 100*time.Millisecond && unit*100 <= d {
		unit *= 10
	}
	return unit
}

// roundUp rounds to the next multiple of a unit.
func roundUp(d, unit time.Duration) time.Duration { return (d + unit - 1) / unit * unit }

// rounderTimes makes times easier to read: 3.2s for 3.218734s.
func (h *shrinker) rounderTimes() {
	for i := 0; i < len(h.best.plan.Schedule) && !h.over(); i++ {
		at := time.Duration(h.best.plan.Schedule[i].At)
		h.rounder(at, 2, func(p *sim.Options, t time.Duration) {
			f := &p.Schedule[i]
			f.At, f.AtMax = clock.Time(t), 0
			p.Schedule.Sort()
		})
		if i < len(h.best.plan.Schedule) {
			h.rounder(h.best.plan.Schedule[i].For, 1, func(p *sim.Options, t time.Duration) { p.Schedule[i].For, p.Schedule[i].ForMax = t, 0 })
		}
	}
	h.rounder(h.best.plan.Run, 1, endAt)
}

// rounder tries coarser values of a time, rounded down and, of two ways, up.
func (h *shrinker) rounder(d time.Duration, ways int, set func(*sim.Options, time.Duration)) {
	const ms = time.Millisecond
	var candidates []sim.Options
	for _, unit := range []time.Duration{1000 * ms, 500 * ms, 100 * ms, 50 * ms, 10 * ms, ms} {
		if d%unit == 0 {
			break
		}
		down := d / unit * unit
		for _, t := range []time.Duration{down, down + unit}[:ways] {
			if t > 0 && t < h.best.plan.Run {
				candidates = append(candidates, h.with(func(p *sim.Options) { set(p, t) }))
			}
		}
	}
	h.try(candidates...)
}
