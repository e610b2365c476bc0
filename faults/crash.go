package faults

import (
	"strconv"

	"raftsim/random"
)

// Crash takes the power from hosts: all that is volatile is gone at once, the
// disk keeps what Losing says. One that says what it loses has no effect unless
// there is something to lose. When it ends the hosts restart. Without an end
// they stay down until Restart or a heal.
type Crash struct {
	Hosts Group
	// Losing is what becomes of writes that were not synced.
	Losing Losing
	// Torn allows the write in progress to be cut at a sector boundary.
	Torn bool
	// Point is where the crash strikes. One that has not reached its point when
	// the fault ends never strikes.
	Point Point
	// N counts down to the point: 1 is the next one. Zero when Point is Now.
	N int
}

// Losing is what a crash does to writes that were not synced.
type Losing uint8

// What a crash loses.
const (
	// Plain is a line without "losing": it takes what Unsynced takes, and does
	// not claim that there is anything to take.
	Plain Losing = iota
	// Unsynced loses every write that was not synced.
	Unsynced
	// Suffix keeps the writes up to a point, in the order they were made.
	Suffix
	// Subset keeps any of the writes: the disk had reordered them.
	Subset
	// Nothing keeps them all: the process died, the machine did not.
	Nothing

	losingEnd
)

var losingNames = [...]string{Plain: "", Unsynced: "unsynced", Suffix: "suffix", Subset: "subset", Nothing: "nothing"}

// String is the word after "losing", empty for Plain.
func (l Losing) String() string {
	if l < losingEnd {
		return losingNames[l]
	}
	return "losing(" + strconv.Itoa(int(l)) + ")"
}

// Point is the place in a host's work at which a crash strikes.
type Point uint8

// The crash points.
const (
	// Now is the instant at which the fault fires.
	Now Point = iota
	// AtOperation is during the Nth disk operation from now.
	AtOperation
	// AtMessage is just before the Nth message from now is handed to the host.
	AtMessage

	pointEnd
)

var pointNames = [...]string{Now: "now", AtOperation: "operation", AtMessage: "message"}

// String is the word after "at".
func (p Point) String() string {
	if p < pointEnd {
		return pointNames[p]
	}
	return "point(" + strconv.Itoa(int(p)) + ")"
}

// Kind is "crash".
func (Crash) Kind() string { return "crash" }

// String is "crash leader losing suffix torn at operation 17".
func (a Crash) String() string {
	s := "crash " + a.Hosts.String() + formatLosing(a.Losing, a.Torn)
	if a.Point != Now {
		s += " at " + a.Point.String() + " " + strconv.Itoa(a.N)
	}
	return s
}

// Groups are the hosts that crash.
func (a Crash) Groups() []Group { return []Group{a.Hosts} }

// Bind crashes other hosts in the same way.
func (a Crash) Bind(groups []Group) Action {
	a.Hosts = groups[0]
	return a
}

// CrashLoop crashes and restarts hosts over and over, down first. When it
// ends they are up.
type CrashLoop struct {
	Hosts Group
	// Down is how long a host stays down, Up how long it runs before the next
	// crash. Both are drawn each time.
	Down, Up random.Distribution
	// Losing and Torn are as in Crash.
	Losing Losing
	Torn   bool
	// Among lets each crash strike during one of so many disk operations that
	// come after Up, drawn each time. Zero lets it strike right after Up.
	Among int
}

// Kind is "crash-loop".
func (CrashLoop) Kind() string { return "crash-loop" }

// String is "crash-loop n1 off 100ms on 50ms..1s losing unsynced".
func (a CrashLoop) String() string {
	s := "crash-loop " + a.Hosts.String() + " off " + a.Down.String() + " on " + a.Up.String() +
		formatLosing(a.Losing, a.Torn)
	if a.Among > 0 {
		s += " among " + strconv.Itoa(a.Among) + " operations"
	}
	return s
}

// Groups are the hosts that crash.
func (a CrashLoop) Groups() []Group { return []Group{a.Hosts} }

// Bind loops other hosts.
func (a CrashLoop) Bind(groups []Group) Action {
	a.Hosts = groups[0]
	return a
}

// Blackout is a power loss of the whole cluster: every host crashes at the
// same instant, and all restart when it ends.
type Blackout struct {
	// Losing and Torn are as in Crash.
	Losing Losing
	Torn   bool
}

// Kind is "blackout".
func (Blackout) Kind() string { return "blackout" }

// String is "blackout losing subset torn".
func (a Blackout) String() string { return "blackout" + formatLosing(a.Losing, a.Torn) }

// Groups is nil: a blackout spares nobody.
func (Blackout) Groups() []Group { return nil }

// Bind returns the blackout itself.
func (a Blackout) Bind([]Group) Action { return a }

// formatLosing is the end of a line that crashes hosts.
func formatLosing(l Losing, torn bool) string {
	s := ""
	if l != Plain {
		s = " losing " + l.String()
	}
	if torn {
		s += " torn"
	}
	return s
}
