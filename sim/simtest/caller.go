package simtest

import (
	"fmt"

	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
)

// caller is the test that a run is made for.
type caller struct {
	TB
	test string // what -run selects
	// drawn says that the plan is not the test's own: another run of the test draws
	// another one.
	drawn bool
	// attempt says that the run is one of a search, and its plan takes the place of
	// that of the attempt before.
	attempt bool
}

// options are those of a scenario with one of its seeds.
func (c caller) options(s *scenarios.Scenario, seed random.Seed) sim.Options {
	c.Helper()
	o, err := s.Options(seed)
	if err != nil {
		c.Fatalf("%v", err)
	}
	return o
}

// draw draws a plan on top of what base fixes.
func (c caller) draw(base *scenarios.Scenario, chooser random.Chooser) sim.Options {
	c.Helper()
	seed := random.Seed(chooser.Choose("seed", 1<<16))
	s := base.Drawn(chooser)
	s = &scenarios.Scenario{Name: "drawn by " + c.test, Plan: s.Plan}
	return c.options(s, seed)
}

// run plays a run, or the plan that is given in its place. The test fails unless it
// passes.
func (c caller) run(o sim.Options) sim.Verdict {
	c.Helper()
	if p := replayed(c, c.test, whole); p != nil {
		return c.replay(p, o)
	}
	f, v := c.playVerdict(o)
	if f != nil {
		c.Fatalf("%s\n%s", Report(&v), f.leave())
	}
	return v
}

// play plays a run and returns what is wrong with it, or nil.
func (c caller) play(o sim.Options) *failure {
	c.Helper()
	f, _ := c.playVerdict(o)
	return f
}

func (c caller) playVerdict(o sim.Options) (*failure, sim.Verdict) {
	c.Helper()
	v, err := sim.Run(o)
	if err != nil {
		c.Fatalf("%v", err)
	}
	if !v.Failed() {
		return nil, v
	}
	return &failure{caller: c, kind: whole, options: o, verdict: v}, v
}

// replay plays a plan. The test fails unless it passes.
func (c caller) replay(p *plan, o sim.Options) sim.Verdict {
	c.Helper()
	v, err := sim.Run(c.complete(p, o))
	if err != nil {
		c.Fatalf("%v", err)
	}
	c.replied(p, &v)
	return v
}

// complete are the options of a replay: those of the plan, with what no file holds.
func (c caller) complete(p *plan, o sim.Options) sim.Options {
	c.Helper()
	o, err := p.takeFrom(o)
	if err != nil {
		c.Fatalf("-%s: %s: %v", planFlag, p.file, err)
	}
	return o
}

// replied tells what a replay came to.
func (c caller) replied(p *plan, v *sim.Verdict) {
	c.Helper()
	note := p.compared(v.Outcome.String(), v.Events, v.Fingerprint)
	if v.Failed() {
		c.Fatalf("%s\n%s\nreproduce: %s", Report(v), note, p.command(c.test))
	}
	c.Logf("%s; it passes", note)
}

// failure is a run that did not pass.
type failure struct {
	caller  caller
	kind    kind
	state   uint64 // of the disk, for a run of EveryCrash
	options sim.Options
	verdict sim.Verdict
}

// leave writes the plan to a file and says how to replay it.
func (f *failure) leave() string {
	c := f.caller
	title := f.options.Name
	if title == "" {
		title = "left by " + c.test
	}
	p, text, err := newPlan(c.test, title, f.kind, f.options)
	if err == nil && c.drawn {
		err = p.lacksData()
	}
	if err != nil {
		return fmt.Sprintf("the plan cannot be put into a file: %v\n%s", err, f.again())
	}
	p.origin.State, p.origin.Outcome = f.state, f.verdict.Outcome.String()
	if f.kind == byHand {
		p.origin.Outcome = "its end"
	}
	p.origin.Events, p.origin.Fingerprint = f.verdict.Events, hex(f.verdict.Fingerprint)
	if err := p.write(text); err != nil {
		return fmt.Sprintf("the plan cannot be written: %v\nto replay it, keep this as a file and name it in -%s:\n%s", err, planFlag, text)
	}
	if c.attempt {
		p.supersede(c.Name())
	}
	text = "plan: " + p.file
	if len(p.origin.Lacks) > 0 {
		text += fmt.Sprintf("\nno file can hold what the test gives as %s: the replay gets it from the test", list(p.origin.Lacks))
	}
	return text + "\nreproduce: " + p.command(c.test)
}

// again says how to repeat a run without a file.
func (f *failure) again() string {
	if f.caller.drawn {
		return "reproduce: draw the plan again, as rapid or the fuzzer says"
	}
	return "reproduce: " + goTest(f.caller.test)
}

// list names fields of sim.Options.
func list(fields []string) string {
	text := ""
	for i, field := range fields {
		switch {
		case i > 0 && i == len(fields)-1:
			text += " and "
		case i > 0:
			text += ", "
		}
		text += "Options." + field
	}
	return text
}
