// Package mark names places in a program, and states of a cluster, that are worth
// coming to. The code of a server says where they are, and a run of the simulator
// notes which of them it hit; outside a simulation nobody listens.
package mark

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"raftsim/internal/text"
)

// Mark is a place in a program, or a state of a cluster, that is worth coming
// to. A run that passes and never came near it has shown little: a run notes the
// marks that it hit, a sweep counts them, and a scenario may require some.
//
// A mark is made once, as a package's variable, by one of three functions that
// say what is expected of it:
//
//	var (
//		handedOver = mark.Reachable("hand-over", "A primary hands its work to another.")
//		lateReply  = mark.Sometimes("late reply", "An answer comes after the client has left.")
//		counted    = mark.Always("count grows", "A count never goes back.")
//	)
//
// The code of a process then says where that is. What it says goes to the run
// that the process is part of, through Env.Marks:
//
//	handedOver.Hit(env.Marks())
//	lateReply.When(env.Marks(), reply.number < current)
//	counted.Check(env.Marks(), n >= before, "from %d to %d", before, n)
//
// Marks never change a run, but for an Always that does not hold, which ends it.
type Mark struct {
	name, about string
	kind        Kind
	place       int // among all marks
}

// Name is how scenarios and reports call the mark, unique in the program.
func (m *Mark) Name() string { return m.name }

// About says in a sentence what has happened when it is hit.
func (m *Mark) About() string { return m.about }

// Kind says what is expected of the mark.
func (m *Mark) Kind() Kind { return m.kind }

// Kind says what is expected of a mark.
type Kind uint8

// The kinds of marks.
const (
	// ReachableKind: some run of a sweep comes to this place.
	ReachableKind Kind = iota
	// SometimesKind: in some run of a sweep the condition is true.
	SometimesKind
	// AlwaysKind: the condition is true each time it is asked, and some run of
	// a sweep asks.
	AlwaysKind
)

// String is the word for k, such as "reachable".
func (k Kind) String() string { return [...]string{"reachable", "sometimes", "always"}[k] }

// ReachableMark is a place that some run must come to.
type ReachableMark struct{ *Mark }

// Hit says that the run is there.
func (m ReachableMark) Hit(in *Marks) { in.hit(m.Mark) }

// SometimesMark is a condition that some run must make true.
type SometimesMark struct{ *Mark }

// When hits the mark if the condition is true.
func (m SometimesMark) When(in *Marks, condition bool) {
	if condition {
		in.hit(m.Mark)
	}
}

// AlwaysMark is a condition that must be true whenever it is asked.
type AlwaysMark struct{ *Mark }

// Check ends the run with a violation of the mark's name unless the condition
// holds. The format and its arguments are the evidence: both values, say. The
// mark counts as hit, so that one that is never asked is seen as such.
func (m AlwaysMark) Check(in *Marks, holds bool, format string, args ...any) {
	in.hit(m.Mark)
	if !holds && in != nil {
		in.broken(m.Mark, fmt.Sprintf(format, args...))
	}
}

// Reachable makes a mark that some run must come to. Like the other two it is
// called for a package's variable or from init, before any run, and panics when
// the name is empty or taken by a mark that is not equal. An equal one is the same
// mark: a test that makes it may run more than once in a process.
func Reachable(name, about string) ReachableMark {
	return ReachableMark{register(name, about, ReachableKind)}
}

// Sometimes makes a mark whose condition some run must make true.
func Sometimes(name, about string) SometimesMark {
	return SometimesMark{register(name, about, SometimesKind)}
}

// Always makes a mark whose condition must be true each time.
func Always(name, about string) AlwaysMark {
	return AlwaysMark{register(name, about, AlwaysKind)}
}

// all holds the marks by name.
var all = map[string]*Mark{}

func register(name, about string, kind Kind) *Mark {
	if name == "" || strings.TrimSpace(name) != name {
		panic(fmt.Sprintf("mark: %q: the name is empty, or begins or ends with a space", name))
	}
	if m, taken := all[name]; taken {
		if m.about != about || m.kind != kind {
			panic(fmt.Sprintf("mark: %q: the name is taken by a mark of kind %v: %s", name, m.kind, m.about))
		}
		return m
	}
	m := &Mark{name: name, about: about, kind: kind, place: len(all)}
	// written before any run: marks are made for variables of packages
	all[name] = m
	return m
}

// Names lists the names of all marks in alphabetical order.
func Names() []string { return slices.Sorted(maps.Keys(all)) }

// Lookup returns the mark of a name.
func Lookup(name string) (*Mark, error) {
	m, ok := all[name]
	if !ok {
		return nil, fmt.Errorf("mark: none is named %q, %s", name, text.Suggestion(name, Names()))
	}
	return m, nil
}
