// Package mark names places in a program, and states of a cluster, that are worth
// coming to. The code of a server says where they are, and a run of the simulator
// notes which of them it hit; outside a simulation nobody listens.
package mark

import (
	"fmt"
	"regexp"
	"strings"
)

// Mark is a place in a program, or a state of a cluster, that is worth coming
// to. A run that passes and never came near it has shown little: a run notes the
// marks that it hit, a sweep counts them, and a scenario may require some.
//
// A mark is made once, as a package's variable, by one of three functions that
// say what is expected of it:
//
//	var (
//		handedOver = mark.Reachable("hand-over", "A primary hands its work over to another host.")
//		lateReply  = mark.Sometimes("late-reply", "An answer arrives after the client has given up.")
//		counted    = mark.Always("count-grows", "A count never decreases.")
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
	id, about string
	kind      Kind
	place     int // among all marks
}

// ID names the mark in scenarios, lists and reports: lower-case words and numbers
// with hyphens between them, such as figure-8-overwrite, unique in the program.
func (m *Mark) ID() string { return m.id }

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

// Check ends the run with a violation that has the mark's id unless the condition
// holds. The format and its arguments are the evidence: both values, say. The
// mark counts as hit, so that one that is never asked is seen as such.
func (m AlwaysMark) Check(in *Marks, holds bool, format string, args ...any) {
	in.hit(m.Mark)
	if !holds && in != nil {
		in.broken(m.Mark, fmt.Sprintf(format, args...))
	}
}

// Reachable makes a mark that some run must come to. The sentence says what has
// happened when a run hits it. Like the other two, Reachable is called for a
// package's variable or from init, before any run. It panics when the id has not
// the form that Mark.ID describes, when the sentence is empty, or when another mark
// has the id. An equal mark is the same one: a test may make it more than once.
func Reachable(id, sentence string) ReachableMark {
	return ReachableMark{register(id, sentence, ReachableKind)}
}

// Sometimes makes a mark whose condition some run must make true.
func Sometimes(id, sentence string) SometimesMark {
	return SometimesMark{register(id, sentence, SometimesKind)}
}

// Always makes a mark whose condition must be true each time.
func Always(id, sentence string) AlwaysMark {
	return AlwaysMark{register(id, sentence, AlwaysKind)}
}

// all holds the marks by id.
var all = map[string]*Mark{}

// validID is the form of an id, which needs no quotes in a shell or in YAML.
var validID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

func register(id, sentence string, kind Kind) *Mark {
	if !validID.MatchString(id) {
		panic(fmt.Sprintf("mark: the id %q must be lower-case words and numbers with hyphens between them, such as %s", id, exampleID))
	}
	if strings.TrimSpace(sentence) == "" {
		panic(fmt.Sprintf("mark: %s needs a sentence that says what has happened when it is hit", id))
	}
	if m, taken := all[id]; taken {
		if m.about != sentence || m.kind != kind {
			panic(fmt.Sprintf("mark: the id %s is taken by a mark of kind %v: %s", id, m.kind, m.about))
		}
		return m
	}
	m := &Mark{id: id, about: sentence, kind: kind, place: len(all)}
	// written before any run: marks are made for variables of packages
	all[id] = m
	return m
}
