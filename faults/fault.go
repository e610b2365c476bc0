// Package faults says what goes wrong in a run, as data.
//
// A Fault is a value with a one-line form that prints and parses, the same in
// scenario files, traces, reports and shrunk output:
//
//	2s     partition n1 | n2 n3          for 1.5s
//	5s     crash leader losing unsynced  for 800ms
//	10s    link n1 -> n3 loses 20%       for 5s    every 5s..15s until 40s
//
// The package only speaks: it names hosts, roles, times and amounts. The
// simulator acts. What a line means is written at the action's type; which
// kinds there are, at Kinds.
package faults

import (
	"time"

	"raftsim/clock"
	"raftsim/internal/text"
)

// Fault is one line of a Schedule: an action, when it starts, how long it
// lasts and how often it comes back.
type Fault struct {
	// At is the virtual time at which the fault starts.
	At clock.Time
	// AtMax, when later than At, makes the start uncertain: it is drawn
	// uniformly from [At, AtMax] for each run ("2s..4s crash n1").
	// Zero means exactly At.
	AtMax clock.Time
	// Action is what goes wrong. It is never nil in a parsed fault.
	Action Action
	// For is how long it stays wrong. Zero means until healed: by a Heal, by
	// the opposite action, or by the end of the fault phase. It must be zero for
	// actions that happen at once (Kind.Lasting is false).
	For time.Duration
	// ForMax, when longer than For, makes the length uncertain: it is drawn
	// uniformly from [For, ForMax] for each occurrence. Zero means exactly For.
	ForMax time.Duration
	// Every repeats the fault. Zero means once.
	Every Interval
	// Wait is how long the fault waits for its targets when a role is empty at
	// the moment it fires (no leader, say). When the time is over the fault is
	// void. Zero means DefaultWait.
	Wait time.Duration
}

// DefaultWait is how long a fault waits for a role that nobody holds, unless
// its line says otherwise ("within 500ms").
const DefaultWait = 2 * time.Second

// Interval is the time from one occurrence of a fault to the next, drawn
// uniformly from [Min, Max] each time. The zero value means no repetition.
type Interval struct {
	// Min is at least MinInterval.
	Min time.Duration
	// Max is at least Min.
	Max time.Duration
	// Until is the last instant at which an occurrence may start. Zero means
	// the end of the fault phase.
	Until clock.Time
}

// MinInterval is the shortest interval of a repeated fault.
const MinInterval = time.Millisecond

// Action is what a fault does, without its times. Its text, Kind first or in
// it, parses back to an equal action. Actions are values: nobody changes one
// after it was made.
type Action interface {
	// Kind is the name under which the action's Kind is registered.
	Kind() string
	// String is the action as it stands in a line, in single spaces.
	String() string
	// Groups lists the targets in the order of the line, one group for each
	// place of the line that takes targets. Nil when it takes none.
	Groups() []Group
	// Bind returns the same action with other targets: as many groups as
	// Groups returned.
	Bind(groups []Group) Action
}

// String is the fault's one-line form, in single spaces. ParseFault reads it.
func (f Fault) String() string {
	when, what, modifiers := f.columns()
	line := when + " " + what
	for _, m := range modifiers {
		if m != "" {
			line += " " + m
		}
	}
	return line
}

// columns is the fault's text cut where a printed schedule aligns it.
func (f Fault) columns() (when, what string, modifiers [3]string) {
	when = text.DurationRange(time.Duration(f.At), time.Duration(f.AtMax))
	what = "nothing"
	if f.Action != nil {
		what = f.Action.String()
	}
	if f.For > 0 {
		modifiers[0] = "for " + text.DurationRange(f.For, f.ForMax)
	}
	if f.Every != (Interval{}) {
		modifiers[1] = f.Every.String()
	}
	if f.Wait > 0 {
		modifiers[2] = "within " + text.Duration(f.Wait)
	}
	return when, what, modifiers
}

// String is the interval as it stands in a line: "every 5s..15s until 40s".
func (i Interval) String() string {
	s := "every " + text.DurationRange(i.Min, i.Max)
	if i.Until > 0 {
		s += " until " + text.Duration(time.Duration(i.Until))
	}
	return s
}

// Patience is how long the fault waits for a role that nobody holds: Wait, or
// DefaultWait when that is zero.
func (f Fault) Patience() time.Duration {
	if f.Wait > 0 {
		return f.Wait
	}
	return DefaultWait
}
