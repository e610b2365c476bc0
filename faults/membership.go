package faults

import (
	"strconv"
	"strings"
)

// Reconfigure proposes one configuration change to the leader. Hosts that it
// adds and that do not exist yet are started empty and join by snapshot or log.
type Reconfigure struct {
	// Changes are applied together, in order. There is at least one.
	Changes []Change
	// Mode is how the change is made.
	Mode Mode
}

// Adds reports the clauses add and learn.
func (a Reconfigure) Adds(group int) bool {
	op := a.Changes[group].Op
	return op == Add || op == Learn
}

// Change is one clause of a reconfiguration.
type Change struct {
	Op    Op
	Hosts Group
}

// Op is what a clause does to its hosts.
type Op uint8

// The clauses.
const (
	// Add makes new hosts voters.
	Add Op = iota + 1
	// Learn makes new hosts learners.
	Learn
	// Promote makes learners voters.
	Promote
	// Demote makes voters learners.
	Demote
	// Remove takes hosts out of the configuration.
	Remove

	opEnd
)

var opNames = [...]string{Add: "add", Learn: "learn", Promote: "promote", Demote: "demote", Remove: "remove"}

// String is the clause's verb.
func (o Op) String() string {
	if o > 0 && o < opEnd {
		return opNames[o]
	}
	return "op(" + strconv.Itoa(int(o)) + ")"
}

// Mode is how a configuration change is made.
type Mode uint8

// The modes.
const (
	// Auto is simple for one change, joint for several; a joint one is left
	// by the leader itself.
	Auto Mode = iota
	// Joint goes through a joint configuration even for one change; the
	// leader leaves it by itself.
	Joint
	// Explicit stays in the joint configuration until LeaveJoint.
	Explicit

	modeEnd
)

// String is "auto", "joint" or "explicit".
func (m Mode) String() string {
	switch m {
	case Auto:
		return "auto"
	case Joint:
		return "joint"
	case Explicit:
		return "explicit"
	}
	return "mode(" + strconv.Itoa(int(m)) + ")"
}

// Kind is "reconfigure".
func (Reconfigure) Kind() string { return "reconfigure" }

// String is "reconfigure add n4 n5, remove n1 joint".
func (a Reconfigure) String() string {
	clauses := make([]string, len(a.Changes))
	for i, c := range a.Changes {
		clauses[i] = c.Op.String() + " " + c.Hosts.String()
	}
	s := "reconfigure " + strings.Join(clauses, ", ")
	if a.Mode != Auto {
		s += " " + a.Mode.String()
	}
	return s
}

// Groups are the hosts of each clause.
func (a Reconfigure) Groups() []Group {
	groups := make([]Group, len(a.Changes))
	for i, c := range a.Changes {
		groups[i] = c.Hosts
	}
	return groups
}

// Bind makes the same changes to other hosts.
func (a Reconfigure) Bind(groups []Group) Action {
	changes := make([]Change, len(a.Changes))
	for i, c := range a.Changes {
		changes[i] = Change{c.Op, groups[i]}
	}
	return Reconfigure{changes, a.Mode}
}

// Replace takes a voter out and puts another host in its place in one joint
// change.
type Replace struct {
	// Old is the voter that leaves, New the host that comes.
	Old, New Target
}

// Kind is "replace".
func (Replace) Kind() string { return "replace" }

// String is "replace follower with new".
func (a Replace) String() string { return "replace " + a.Old.String() + " with " + a.New.String() }

// Groups are the old host and the new one.
func (a Replace) Groups() []Group { return []Group{{a.Old}, {a.New}} }

// Bind replaces another host.
func (Replace) Bind(groups []Group) Action { return Replace{first(groups[0]), first(groups[1])} }

// Adds reports the new host.
func (Replace) Adds(group int) bool { return group == 1 }

// LeaveJoint proposes to leave a joint configuration that was entered with
// Explicit.
type LeaveJoint struct{}

// Kind is "leave-joint".
func (LeaveJoint) Kind() string { return "leave-joint" }

// String is "leave-joint".
func (LeaveJoint) String() string { return "leave-joint" }

// Groups is nil.
func (LeaveJoint) Groups() []Group { return nil }

// Bind returns the action itself.
func (a LeaveJoint) Bind([]Group) Action { return a }

// first is the only target of a group, or nobody.
func first(g Group) Target {
	if len(g) == 0 {
		return Target{}
	}
	return g[0]
}
