package hunt

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"

	"raftsim/random"
	"raftsim/trace"
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
	// Cause says where to look. FirstCauses and SecondCauses tell how the
	// differing records came about, the nearest event first.
	Cause                     string
	FirstCauses, SecondCauses []string
	// Signature is equal for two divergences that look like the same bug: what kind
	// of record differs first and in which kind of event, without hosts and times.
	Signature string
}

// contextRecords is how many equal records a Divergence shows.
const contextRecords = 5

// String renders the divergence in several lines, as it is printed to a user.
func (d *Divergence) String() string {
	text := fmt.Sprintf("nondeterminism: two runs of one seed differ after %d equal records", d.Record)
	for _, line := range d.Before {
		text += "\n  both    " + line
	}
	for _, side := range []struct {
		name, record string
		causes       []string
	}{{"first ", d.First, d.FirstCauses}, {"second", d.Second, d.SecondCauses}} {
		text += "\n  " + side.name + "  " + side.record
		for _, line := range side.causes {
			text += "\n            " + line
		}
	}
	if d.Cause != "" {
		text += "\n  cause   " + d.Cause
	}
	return text
}

// Twice makes the run of a unit two times side by side and compares every
// record as it happens, and the verdicts at the end. It stops comparing at the
// first difference. The verdict is that of the first run.
func Twice(u Unit) Result { return Compare(u, Traced, Traced) }

// SomeTwice makes one run in so many twice, as Twice does, and the others once.
// Which ones is a matter of the seed alone, so a sweep that is split up makes the
// same runs twice. Zero makes none.
func SomeTwice(every uint64) func(Unit) Result {
	return func(u Unit) Result {
		if every > 0 && random.Mix(uint64(u.Seed), purposeTwice)%every == 0 {
			return Twice(u)
		}
		return Simulate(u)
	}
}

// purposeTwice keeps the choice apart from what else is made of a seed.
const purposeTwice = 0x7477696365

// Compare is Twice for any two ways to make a run: each must show every record
// to its trace.
func Compare(u Unit, first, second func(Unit, func(*trace.Record)) Result) Result {
	var a Result
	next, stop := iter.Pull(func(yield func(trace.Record) bool) {
		listening := true
		a = first(u, func(r *trace.Record) { listening = listening && yield(*r) })
	})
	defer stop()
	var c comparison
	b := second(u, func(r *trace.Record) {
		if c.found != nil {
			return
		}
		other, ok := next()
		c.compare(other, ok, r)
	})
	if c.found == nil {
		if other, more := next(); more {
			c.ends(&other, nil)
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
	last  [contextRecords]trace.Record // ring of equal records
	past  origins
	found *Divergence
}

func (c *comparison) compare(first trace.Record, ok bool, second *trace.Record) {
	switch {
	case !ok:
		c.ends(nil, second)
	case first != *second:
		c.ends(&first, second)
		c.found.Cause = cause(&first, second)
	default:
		c.past.add(&first)
		c.last[c.equal%contextRecords] = first
		c.equal++
	}
}

// ends reports two records that differ; one is nil where a trace has ended.
func (c *comparison) ends(first, second *trace.Record) {
	text := [2]string{"(the trace ends here)", "(the trace ends here)"}
	shape := [2]string{"the end of the trace", "the end of the trace"}
	var causes [2][]string
	for i, r := range []*trace.Record{first, second} {
		if r != nil {
			text[i], shape[i], causes[i] = r.String(), fmt.Sprintf("%v in %s", r.Verb, r.Cause.What), c.past.chain(r)
		}
	}
	slices.Sort(shape[:]) // which of the two runs is the first says nothing
	c.report(text[0], text[1], strings.Join(slices.Compact(shape[:]), " or "))
	c.found.FirstCauses, c.found.SecondCauses = causes[0], causes[1]
	c.found.Cause = "one of the runs ends before the other"
}

// verdicts compares what two runs with equal traces came to.
func (c *comparison) verdicts(a, b Result) {
	a.Verdict.Stack, b.Verdict.Stack = "", "" // may show what called the run
	if !reflect.DeepEqual(a.Verdict, b.Verdict) || fmt.Sprint(a.Err) != fmt.Sprint(b.Err) {
		c.report(verdictText(a), verdictText(b), "the verdict")
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

func (c *comparison) report(first, second, shape string) {
	c.found = &Divergence{Record: c.equal, First: first, Second: second, Signature: "nondeterminism: " + shape}
	for i := c.equal - min(c.equal, contextRecords); i < c.equal; i++ {
		c.found.Before = append(c.found.Before, c.last[i%contextRecords].String())
	}
}
