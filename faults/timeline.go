package faults

import (
	"slices"

	"raftsim/clock"
)

// Classes tells how bad each fault of a schedule is where it stands: together
// with the faults that may overlap it, under every configuration that may be
// in force by then. What overlaps counts for both, so that a schedule of
// tolerable faults is tolerable as a whole.
//
// The budget is the situation at the start of the run. A change of the
// configuration may or may not have been made at any time after its fault.
func (s Schedule) Classes(b Budget) []Class {
	classes := make([]Class, len(s))
	for i := range s {
		classes[i] = s.classOf(i, b)
	}
	return classes
}

// Class is the worst of Classes; Tolerable for an empty schedule.
func (s Schedule) Class(b Budget) Class {
	return slices.Max(append(s.Classes(b), Tolerable))
}

// classOf is how bad the fault with this number is.
func (s Schedule) classOf(i int, b Budget) Class {
	from, to := s.window(i)
	b.Faulty = slices.Clone(b.Faulty)
	configurations := [][]uint64{sorted(b.Voters)}
	if len(b.Outgoing) > 0 {
		configurations = append(configurations, sorted(b.Outgoing))
	}
	certain := true
	var others []int
	for j, f := range s {
		start, end := s.window(j)
		if j != i && start <= to && end >= from {
			others = append(others, j)
		}
		if j != i && start <= to {
			configurations, certain = mayBecome(configurations, f.Action, certain)
		}
	}
	worst := Tolerable
	if !certain {
		worst = SafetyOnly
	}
	for _, voters := range configurations {
		worst = max(worst, s.classIn(i, others, b, voters))
	}
	return worst
}

// classIn is how bad a fault is together with others under one configuration.
func (s Schedule) classIn(i int, others []int, b Budget, voters []uint64) Class {
	b.Voters, b.Outgoing = voters, nil
	for _, j := range others {
		if k, ok := Lookup(s[j].Action.Kind()); ok && k.Harm != nil {
			b.Faulty = slices.Concat(b.Faulty, k.Harm(s[j].Action, b))
		}
	}
	return s[i].Class(b)
}

// mayBecome adds the configurations that an action may make of these.
func mayBecome(configurations [][]uint64, a Action, certain bool) ([][]uint64, bool) {
	if !certain || len(changesOf(a)) == 0 {
		return configurations, certain
	}
	all := configurations
	for _, voters := range configurations {
		outcomes, ok := after(a, voters)
		if !ok {
			return configurations, false
		}
		all = append(all, outcomes...)
	}
	all = distinct(slices.Clone(all))
	if len(all) > maxConfigurations {
		return configurations, false
	}
	return all, true
}

// window is the time in which a fault may be felt, from its earliest start to
// its latest end.
func (s Schedule) window(i int) (from, to clock.Time) {
	f := s[i]
	from, to = f.At, max(f.At, f.AtMax)
	k, _ := Lookup(f.Action.Kind())
	if f.Every != (Interval{}) {
		to = f.Every.Until
		if to == 0 {
			to = clock.Never
		}
	}
	for _, g := range f.Action.Groups() {
		if !g.bound() {
			to = to.Add(f.Patience())
			break
		}
	}
	switch a := f.Action.(type) {
	case Swizzle:
		to = to.Add(a.Over)
	case Crash:
		if a.Point != Now {
			to = clock.Never
		}
	}
	switch {
	case !k.Lasting:
	case f.For == 0:
		to = clock.Never
	default:
		to = to.Add(max(f.For, f.ForMax))
	}
	return from, s.healed(f, to)
}

// healed cuts a window short at the first heal that certainly comes after the
// fault has begun for the last time.
func (s Schedule) healed(f Fault, to clock.Time) clock.Time {
	begun := max(f.At, f.AtMax).Add(f.Patience())
	if f.Every != (Interval{}) {
		return to
	}
	for _, h := range s {
		if h.Action == (Heal{}) && h.At >= begun && h.AtMax <= h.At {
			to = min(to, h.At)
		}
	}
	return to
}
