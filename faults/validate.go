package faults

import (
	"fmt"
	"slices"
)

// Validate looks whether a cluster of these hosts can suffer the schedule:
// every host that it names is one of them or is added by the schedule itself,
// every role stands where it means something, and every time is in its range.
// Parse has checked all but the hosts.
func (s Schedule) Validate(hosts []uint64) error {
	for i, f := range s {
		if err := f.validate(); err != nil {
			return fmt.Errorf("faults: fault %d: %w", i+1, err)
		}
	}
	if i, t := s.stranger(hosts); i >= 0 {
		return fmt.Errorf("faults: fault %d: %s %s: %s", i+1, s[i].Action.Kind(), t, clusterHas(hosts))
	}
	return nil
}

// validate checks what needs no cluster.
func (f Fault) validate() error {
	if f.Action == nil {
		return fmt.Errorf("it has no action")
	}
	k, known := Lookup(f.Action.Kind())
	_, reason := checkTargets(f.Action)
	switch {
	case !known:
		return fmt.Errorf("%s: kind %q is not registered", f.Action, f.Action.Kind())
	case f.At < 0 || f.AtMax < 0 || f.AtMax > 0 && f.AtMax < f.At:
		return fmt.Errorf("%s: it starts from %d to %d ns, must be ascending and not negative", f.Action, f.At, f.AtMax)
	case f.For < 0 || f.ForMax < 0 || f.ForMax > 0 && (f.ForMax < f.For || f.For == 0):
		return fmt.Errorf("%s: it lasts from %d to %d ns, must be ascending and above zero", f.Action, f.For, f.ForMax)
	case f.For > 0 && !k.Lasting:
		return fmt.Errorf("%s: %s happens at once: it takes no for", f.Action, k.Name)
	case f.Every != (Interval{}) && (f.Every.Min < MinInterval || f.Every.Max < f.Every.Min):
		return fmt.Errorf("%s: it comes back after %d to %d ns, must be ascending and at least %d", f.Action, f.Every.Min, f.Every.Max, MinInterval)
	case f.Wait < 0:
		return fmt.Errorf("%s: it waits %d ns, must not be negative", f.Action, f.Wait)
	case reason != "":
		return fmt.Errorf("%s: %s", f.Action, reason)
	}
	return nil
}

// stranger finds the first fault that names a host which is not in the cluster
// and which no fault adds; -1 when there is none.
func (s Schedule) stranger(hosts []uint64) (int, Target) {
	known := slices.Clone(hosts)
	for _, f := range s {
		if adder, ok := f.Action.(Adder); ok {
			for i, g := range f.Action.Groups() {
				if adder.Adds(i) {
					known = append(known, g.IDs()...)
				}
			}
		}
	}
	slices.Sort(known)
	for i, f := range s {
		for _, g := range f.Action.Groups() {
			for _, id := range g.IDs() {
				if _, ok := slices.BinarySearch(known, id); !ok {
					return i, Host(id)
				}
			}
		}
	}
	return -1, Target{}
}

// checkTargets looks whether the targets of an action make sense together. It
// returns the first that does not, and why.
func checkTargets(a Action) (Target, string) {
	groups := a.Groups()
	adder, _ := a.(Adder)
	for i, g := range groups {
		for j, t := range g {
			switch {
			case t.Role >= roleEnd || t.Role == 0 && (t.Host < 1 || t.Host > MaxHost):
				return t, fmt.Sprintf("host is %s, must be n1 to n%d", t, MaxHost)
			case t.Role == New && (adder == nil || !adder.Adds(i)):
				return t, "new is a host that is not there yet: only what adds hosts can name it"
			case t.Role != New && t.Role != 0 && adder != nil && adder.Adds(i):
				return t, fmt.Sprintf("%s is there already: what is added is named n1 to n%d or new", t, MaxHost)
			case t.Role == Rest && len(groups) < 2:
				return t, "rest is who no other group names, and there is no other group"
			case repeats(g[:j], t):
				return t, fmt.Sprintf("%s is named twice", t)
			}
		}
		if len(g) == 0 {
			return Target{}, "a group has no hosts"
		}
	}
	if !isDisjoint(a) {
		return Target{}, ""
	}
	for i, g := range groups {
		for _, t := range g {
			for _, other := range groups[:i] {
				if repeats(other, t) {
					return t, fmt.Sprintf("%s stands on two sides", t)
				}
			}
		}
	}
	return Target{}, ""
}

// isDisjoint reports that no host may be in two groups of the action.
func isDisjoint(a Action) bool {
	switch a.(type) {
	case Partition, Flap, Bridge, Replace:
		return true
	}
	return false
}
