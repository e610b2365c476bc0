package hunt

import (
	"fmt"
	"iter"
	"reflect"

	"raftsim/sim"
)

// Divergence is the first difference between two runs of one unit, which
// should have none. What follows it are echoes.
type Divergence struct {
	// Record counts the records that were equal before it.
	Record uint64
	// First and Second are the differing records, as lines of a trace, or
	// what stands in their place: the end of the trace, or the verdict.
	First, Second string
	// Before are the last records that were equal, oldest first.
	Before []string
}

// contextRecords is how many equal records a Divergence shows.
const contextRecords = 5

// String renders the divergence in several lines, as it is printed to a user.
func (d *Divergence) String() string {
	text := fmt.Sprintf("nondeterminism: two runs of one seed differ after %d equal records", d.Record)
	for _, line := range d.Before {
		text += "\n  both    " + line
	}
	return text + "\n  first   " + d.First + "\n  second  " + d.Second
}

// Twice makes the run of a unit two times side by side and compares every
// record as it happens, and the verdicts at the end. It stops comparing at the
// first difference. The verdict is that of the first run.
func Twice(u Unit) Result { return Compare(u, Traced, Traced) }

// Compare is Twice for any two ways to make a run: each must show every record
// to its trace.
func Compare(u Unit, first, second func(Unit, func(*sim.Record)) Result) Result {
	var a Result
	next, stop := iter.Pull(func(yield func(sim.Record) bool) {
		listening := true
		a = first(u, func(r *sim.Record) { listening = listening && yield(*r) })
	})
	defer stop()
	var c comparison
	b := second(u, func(r *sim.Record) {
		if c.found != nil {
			return
		}
		other, ok := next()
		c.compare(other, ok, r)
	})
	if c.found == nil {
		if other, more := next(); more {
			c.report(other.String(), "(the trace ends here)")
		} else {
			c.verdicts(a, b)
		}
	}
	stop() // the first run goes on to its end, unobserved
	a.Divergence = c.found
	return a
}

// comparison follows two runs, record by record.
type comparison struct {
	equal uint64
	last  [contextRecords]sim.Record // ring of equal records
	found *Divergence
}

func (c *comparison) compare(first sim.Record, ok bool, second *sim.Record) {
	switch {
	case !ok:
		c.report("(the trace ends here)", second.String())
	case first != *second:
		c.report(first.String(), second.String())
	default:
		c.last[c.equal%contextRecords] = first
		c.equal++
	}
}

// verdicts compares what two runs with equal traces came to.
func (c *comparison) verdicts(a, b Result) {
	a.Verdict.Stack, b.Verdict.Stack = "", "" // holds addresses
	if !reflect.DeepEqual(a.Verdict, b.Verdict) || fmt.Sprint(a.Err) != fmt.Sprint(b.Err) {
		c.report(verdictText(a), verdictText(b))
	}
}

func verdictText(r Result) string {
	v := &r.Verdict
	text := fmt.Sprintf("verdict %v, %d events, fingerprint %016x, operations %+v", v.Outcome, v.Events, v.Fingerprint, v.Operations)
	if first := v.Violation(); first != nil {
		text += ", " + first.String()
	}
	if r.Err != nil {
		text += ", " + r.Err.Error()
	}
	return text
}

func (c *comparison) report(first, second string) {
	c.found = &Divergence{Record: c.equal, First: first, Second: second}
	for i := c.equal - min(c.equal, contextRecords); i < c.equal; i++ {
		c.found.Before = append(c.found.Before, c.last[i%contextRecords].String())
	}
}
