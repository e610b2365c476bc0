package faults

import (
	"fmt"
	"slices"
)

// View is what must be known of a cluster to resolve roles.
type View interface {
	// Hosts lists every host that exists, running or not, ascending.
	Hosts() []uint64
	// Leader is the running host that leads in the highest term, or zero.
	Leader() uint64
	// Role is what a host is now: Leader, Follower, Candidate, Learner or
	// Down; zero when it runs but belongs to no configuration.
	Role(host uint64) Role
	// Voters lists the voters of the configuration in force, and those of its
	// outgoing half while it is joint.
	Voters() (incoming, outgoing []uint64)
}

// Adder is an action that may name hosts that do not exist yet.
type Adder interface {
	// Adds reports that the hosts of this group, counted from 0 as in
	// Action.Groups, are new ones.
	Adds(group int) bool
}

// Bind resolves the roles of an action: it returns the same action with hosts
// only. The choice among hosts that fit depends on the view and the fate
// alone. It fails when a target is held by nobody; the error says which, and
// the caller may try again later.
//
// Hosts named in the line are settled first, then the roles that have to do
// with the leader, then the others that draw hosts, each from what the line has
// not taken yet; then the plural roles; Rest last. The leader may be named next
// to itself ("crash n1 leader"), and not against itself ("link leader -> n1").
func Bind(a Action, v View, fate uint64) (Action, error) {
	groups := a.Groups()
	r := resolver{view: v, fate: fate, action: a, disjoint: isDisjoint(a)}
	sets := make([][][]uint64, len(groups))
	for i, g := range groups {
		sets[i] = make([][]uint64, len(g))
	}
	for stage := range stages {
		for i, g := range groups {
			for j, t := range g {
				if stageOf(t) != stage {
					continue
				}
				sets[i][j] = r.resolve(t, i, uint64(i)<<32|uint64(j))
				if len(sets[i][j]) == 0 {
					return nil, fmt.Errorf("faults: %s: %s", a, r.missing(t))
				}
			}
		}
	}
	bound := make([]Group, len(groups))
	for i, g := range groups {
		if _, ring := a.(Ring); ring {
			draw := dice{fate}
			for j, t := range g {
				if t.Role != 0 {
					draw.shuffle(sets[i][j])
				}
			}
		}
		bound[i] = join(sets[i])
	}
	return a.Bind(bound), nil
}

// Resolve returns the hosts that a single target stands for, ascending, or
// none when it is held by nobody. The same view and fate give the same hosts.
func Resolve(t Target, v View, fate uint64) []uint64 {
	r := resolver{view: v, fate: fate}
	return r.resolve(t, 0, 0)
}

// missing says why a target is nobody.
func (r *resolver) missing(t Target) string {
	switch {
	case t.Host != 0:
		return t.String() + " does not exist"
	case t.Role != Rest && len(Resolve(t, r.view, r.fate)) > 0:
		return "there is no other " + t.String()
	}
	return "there is no " + t.String()
}

// join makes one group of what its targets stand for, each host once.
func join(sets [][]uint64) Group {
	var g Group
	for _, set := range sets {
		for _, h := range set {
			if !slices.Contains(g, Host(h)) {
				g = append(g, Host(h))
			}
		}
	}
	return g
}
