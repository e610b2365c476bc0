// Package checker says what must always hold, and finds out when it does not.
// It is shown facts (what a host offered, made durable, sent, applied) and judges
// them. It never reaches the
// simulator, so it cannot disturb a run, and it can judge any Raft that speaks
// raft.Node.
//
// Protocol watches the invariants of Raft as the facts come in. Converged and
// Recovered say whether the cluster recovered once the faults had healed. Package
// checker/history judges what the clients were answered.
package checker

import (
	"fmt"
	"strings"

	"raftsim/clock"
)

// Violation is one broken property with the facts that show it.
type Violation struct {
	// Property is the name of the broken property, such as "election safety".
	Property string
	// Source says where the property comes from, such as "Raft §5.2, Figure 3".
	Source string
	// Class says what it means that it is broken. A property of a user's own is one
	// of Safety.
	Class Class
	// Detail is what is wrong, in one line.
	Detail string
	// Evidence lists the facts in order of time, the one that broke the
	// property last.
	Evidence []Evidence
	// At and Event are the virtual time and the event number at which the
	// property was seen to be broken.
	At    clock.Time
	Event uint64
	// Hosts are those involved, in increasing order.
	Hosts []uint64
	// Signature is equal for two violations that look like the same bug: the
	// property and its shape, without hosts, times, terms or indexes.
	Signature string
}

// Evidence is one fact that a violation rests on.
type Evidence struct {
	At    clock.Time
	Event uint64
	// Host is zero when the fact is not about one host.
	Host uint64
	Text string
}

// String renders the violation as it is printed to a user: the property, its
// source and what is wrong on the first line, then a line of evidence each.
// The line that reproduces it is the caller's to add.
func (v Violation) String() string {
	var b strings.Builder
	b.WriteString(v.Property)
	if v.Source != "" {
		fmt.Fprintf(&b, " (%s)", v.Source)
	}
	fmt.Fprintf(&b, ": %s", v.Detail)
	for _, e := range v.Evidence {
		fmt.Fprintf(&b, "\n  %s", e)
	}
	return b.String()
}

// String renders the fact with its time and event, such as
// "n1 elected at 1.204s (event 3311)".
func (e Evidence) String() string {
	text := e.Text
	if e.Host != 0 {
		text = fmt.Sprintf("n%d %s", e.Host, e.Text)
	}
	return fmt.Sprintf("%s at %s (event %d)", text, e.At, e.Event)
}
