package lockstep

import (
	"fmt"
	"strings"

	"raftsim/raft"
)

// Made is a core and what the player calls besides.
type Made interface {
	raft.Core
	Bootstrap(peers []raft.Peer) error
}

// Side is one of the two implementations.
type Side struct {
	// Name stands for it in reports.
	Name string
	// New makes a core from a complete configuration.
	New func(c *raft.Config) (Made, error)
}

// Result is what a play showed.
type Result struct {
	// Difference is the first one, or nil.
	Difference *Difference
	// Panic is what the first side panicked with, which ends the play. Empty where
	// that is excused (differences.md).
	Panic string
	// Counts says how often what happened: kinds of messages and of events.
	Counts map[string]int
	// Log has a line for each step that did something.
	Log []string
}

// Difference is where the two sides part.
type Difference struct {
	// What is different: a part of a Ready, say.
	What string
	// First and Second are what the two sides showed.
	First, Second string
}

// String is both sides in full.
func (d *Difference) String() string {
	return fmt.Sprintf("different %s\n--- first\n%s\n--- second\n%s", d.What, d.First, d.Second)
}

// Tail is the end of the log, as text.
func (r *Result) Tail(lines int) string {
	return strings.Join(r.Log[max(0, len(r.Log)-lines):], "\n")
}

// Play plays a plan on both sides until they differ, the first one panics, or the
// plan ends. A panic of the second side alone is a difference.
func Play(p *Plan, first, second Side) (r *Result) {
	w := newWorld(p, [2]Side{first, second})
	defer func() {
		r = &Result{Counts: w.counts, Log: w.log}
		switch e := recover().(type) {
		case nil:
		case *Difference:
			w.acting = ""
			if !w.listed(e) {
				r.Difference = e
			}
		default:
			w.panicked(r, e)
		}
	}()
	w.found()
	for _, s := range p.Steps {
		w.step(s)
	}
	return nil
}

// panicked tells whose panic it was.
func (w *world) panicked(r *Result, e any) {
	switch w.acting {
	case w.sides[0].Name:
		if w.plan.Settings.DisableConfChangeValidation {
			w.count(fellApart)
			return
		}
		r.Panic = fmt.Sprint(e)
	case w.sides[1].Name:
		r.Difference = &Difference{What: "panic", First: "none", Second: fmt.Sprint(e)}
	default:
		panic(e) // the player is wrong
	}
}

// differ ends the play unless both are equal.
func differ[T comparable](what string, first, second T) {
	if first != second {
		panic(&Difference{what, fmt.Sprint(first), fmt.Sprint(second)})
	}
}
