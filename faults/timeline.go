package faults

import (
	"slices"
	"time"

	"raftsim/clock"
)

// Classes tells how bad each fault of a schedule is where it stands: together
// with the faults that may be felt at the same time, under every configuration
// that may be in force by then. What overlaps counts for both, so that a
// schedule of tolerable faults is tolerable as a whole.
//
// The budget is the situation at the start of the run. A change of the
// configuration may or may not have been made at any time after its fault.
//
// The work grows with the square of the number of faults, and with its cube
// when they all overlap.
func (s Schedule) Classes(b Budget) []Class {
	t := newTimeline(s, b)
	classes := make([]Class, len(s))
	for i := range s {
		classes[i] = t.class(i)
	}
	return classes
}

// Class is the worst of Classes; Tolerable for an empty schedule.
func (s Schedule) Class(b Budget) Class {
	return slices.Max(append(s.Classes(b), Tolerable))
}

// timeline is a schedule with the time in which each fault may be felt.
type timeline struct {
	schedule Schedule
	kinds    []Kind
	windows  []window
	budget   Budget
}

// window is a span of time, both ends included.
type window struct{ from, to clock.Time }

func (w window) holds(at clock.Time) bool { return w.from <= at && at <= w.to }

func newTimeline(s Schedule, b Budget) *timeline {
	t := &timeline{schedule: s, kinds: make([]Kind, len(s)), windows: make([]window, len(s)), budget: b}
	for i, f := range s {
		t.kinds[i], _ = Lookup(f.Action.Kind())
		t.windows[i] = s.window(f, t.kinds[i].Lasting, b)
	}
	return t
}

// class is how bad the fault with this number is. What may be felt together
// with it only grows when another fault begins, so these are the instants to
// look at.
func (t *timeline) class(i int) Class {
	w := t.windows[i]
	worst := t.classAt(i, w.from)
	for j := range t.schedule {
		if at := t.windows[j].from; j != i && at > w.from && w.holds(at) {
			worst = max(worst, t.classAt(i, at))
		}
	}
	return worst
}

// classAt is how bad a fault is at one instant: as bad as it is by itself, and
// SafetyOnly when it is among those that together leave no quorum.
func (t *timeline) classAt(i int, at clock.Time) Class {
	f, k := t.schedule[i], t.kinds[i]
	configurations, certain := t.configurations(at)
	worst := Tolerable
	if !certain {
		worst = SafetyOnly
	}
	for _, voters := range configurations {
		b := t.budget
		b.Voters, b.Outgoing = voters, nil
		if k.Class != nil && len(changesOf(f.Action)) == 0 {
			worst = max(worst, k.Class(f.Action, b))
		}
		harms := k.Harm != nil && len(k.Harm(f.Action, b)) > 0
		if (harms || len(changesOf(f.Action)) > 0) && !t.survives(b, at) {
			worst = max(worst, SafetyOnly)
		}
	}
	return worst
}

// survives reports that the budget's voters keep a quorum under all that may
// be felt at one instant, for some choice of the sides that partitions keep.
func (t *timeline) survives(b Budget, at clock.Time) bool {
	var partitions []Partition
	b.Faulty = slices.Clone(b.Faulty)
	for j, f := range t.schedule {
		harm := t.kinds[j].Harm
		if harm == nil || !t.windows[j].holds(at) {
			continue
		}
		if p, ok := f.Action.(Partition); ok {
			partitions = append(partitions, p)
		} else {
			b.Faulty = append(b.Faulty, harm(f.Action, b)...)
		}
	}
	return len(b.Voters) > 0 && len(partitions) <= maxPartitions && b.sparesOneSide(partitions)
}

// maxPartitions is how many partitions at the same time are looked at before
// their sides are too many to choose from.
const maxPartitions = 8

// sparesOneSide reports that a quorum is left when of each partition one side
// is kept.
func (b Budget) sparesOneSide(partitions []Partition) bool {
	if len(partitions) == 0 || !b.spares(nil) {
		return b.spares(nil)
	}
	sides := partitions[0].Sides
	for kept := range sides {
		rest := b
		rest.Faulty = slices.Concat(b.Faulty, b.without(sides, kept))
		if rest.sparesOneSide(partitions[1:]) {
			return true
		}
	}
	return false
}

// configurations lists the sets of voters of which one is in force at an
// instant, or two while they are joint. It is not certain when the changes
// allow for too many.
func (t *timeline) configurations(at clock.Time) (sets [][]uint64, certain bool) {
	sets = [][]uint64{sorted(t.budget.Voters)}
	if len(t.budget.Outgoing) > 0 {
		sets = append(sets, sorted(t.budget.Outgoing))
	}
	certain = true
	for j, f := range t.schedule {
		if t.windows[j].from <= at {
			sets, certain = mayBecome(sets, f.Action, certain)
		}
	}
	return sets, certain
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
func (s Schedule) window(f Fault, lasting bool, b Budget) window {
	to := max(f.At, f.AtMax)
	if f.Every != (Interval{}) {
		to = f.Every.Until
		if to == 0 {
			to = clock.Never
		}
	}
	if waits(f.Action) {
		to = to.Add(f.Patience())
	}
	to = to.Add(aftermath(f.Action, b))
	switch {
	case !lasting:
	case f.For == 0:
		to = clock.Never
	default:
		to = to.Add(max(f.For, f.ForMax))
	}
	return window{f.At, s.healed(f, to)}
}

// failedTimeouts is for how many election timeouts a host may be out of
// service after an I/O error has stopped it: until it is started again and has
// caught up.
const failedTimeouts = 3

// aftermath is how long an action may be felt after it has ended.
func aftermath(a Action, b Budget) time.Duration {
	switch a := a.(type) {
	case Swizzle:
		return a.Over
	case Disk:
		switch a.Effect {
		case ReadFails, WriteFails, SyncFails, Fills:
			return failedTimeouts * b.timeout()
		}
	}
	return 0
}

// waits reports that an action may have to wait for a role.
func waits(a Action) bool {
	return AsksLeader(a) || slices.ContainsFunc(a.Groups(), func(g Group) bool { return !g.bound() })
}

// healed cuts a window short at the first heal that certainly comes after the
// fault has begun for the last time.
func (s Schedule) healed(f Fault, to clock.Time) clock.Time {
	begun := max(f.At, f.AtMax)
	if waits(f.Action) {
		begun = begun.Add(f.Patience())
	}
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
