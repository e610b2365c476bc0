// Package simtest runs simulations from go test: one run, a fuzz target whose
// input is a plan, a rapid property that draws plans and shrinks them, a run that
// the test directs by hand, or one run for each state that a crash can leave.
//
// A run that does not pass leaves its whole plan as a scenario file, in
// testdata/failures beside the test, and the test prints the command that replays
// it in the same module:
//
//	go test -run '^TestPlans$' example.com/mine -simtest.plan=testdata/failures/TestPlans-1a2b3c4d.yaml
//
// With -simtest.plan, or SIMTEST_PLAN in the environment, the functions of this
// package play that plan in place of their own runs. What no file can hold, such as
// Options.Process, the test gives to the replay as it gave it to the run; the test
// says so. A relative path counts from the folder of the package, as everywhere in
// go test.
package simtest

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
)

// TB is what this package needs of a test: testing.TB and rapid's own T have it.
type TB interface {
	Helper()
	Name() string
	Logf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Run plays one run and fails the test unless it passes.
func Run(t testing.TB, o sim.Options) sim.Verdict {
	t.Helper()
	return caller{TB: t, test: t.Name()}.run(o)
}

// Scenario plays a scenario with each of its seeds and fails the test at the
// first that does not pass, or when none hits the mark that the scenario reaches.
func Scenario(t testing.TB, s *scenarios.Scenario) {
	t.Helper()
	c := caller{TB: t, test: t.Name()}
	if p := replayed(t, c.test, whole); p != nil {
		c.replay(p, s.Plan)
		return
	}
	hit := map[string]bool{}
	for seed := range s.Seeds.All() {
		for _, mark := range c.run(c.options(s, seed)).Marks {
			hit[mark] = true
		}
	}
	if s.Unreached(func(mark string) bool { return hit[mark] }) {
		t.Fatalf("%s: no seed hits the mark %q that it reaches", s.Title(), s.Reaches)
	}
}

// Fuzz is a native fuzz target. The bytes of each input are choices: they draw
// the plan of one run, on top of what base fixes. Run it with
//
//	go test -fuzz=FuzzPlans -fuzzminimizetime=10x
//
// The minimising of the toolchain gains nothing on such inputs, and with its
// default of a minute for each the search hardly moves.
func Fuzz(f *testing.F, base *scenarios.Scenario) {
	f.Helper()
	test := f.Name()
	if p := replayed(f, test, whole); p != nil {
		caller{TB: f, test: test}.replay(p, base.Plan)
		f.Skipf("the plan passes, and no other is drawn")
	}
	f.Add([]byte{})
	for i := range 8 {
		f.Add(seedInput(i))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		c := caller{TB: t, test: test, drawn: true, attempt: true}
		c.run(c.draw(base, random.BytesChooser(input)))
	})
}

// seedInput is an input of the seed corpus: a few hundred choices.
func seedInput(i int) []byte {
	r := random.Seed(i).Key("corpus").Rand(0)
	input := make([]byte, 64<<(i%4))
	for j := range input {
		input[j] = byte(r.Uint64())
	}
	return input
}

// Check is a rapid property: plans drawn on top of what base fixes all pass.
// rapid shrinks a plan that does not.
func Check(t *testing.T, base *scenarios.Scenario) {
	t.Helper()
	c := caller{TB: t, test: t.Name()}
	if p := replayed(t, c.test, whole); p != nil {
		c.replay(p, base.Plan)
		return
	}
	var smallest *failure // the last one: rapid ends with it
	defer func() {
		if smallest != nil && t.Failed() {
			t.Log(smallest.leave())
		}
	}()
	rapid.Check(t, func(rt *rapid.T) {
		rt.Helper()
		c := caller{TB: rt, test: c.test, drawn: true}
		if f := c.play(c.draw(base, Chooser(rt))); f != nil {
			smallest = f
			rt.Fatalf("%s", Report(&f.verdict))
		}
	})
}

// Chooser draws the choices of a plan from a rapid test.
func Chooser(t *rapid.T) random.Chooser { return rapidChooser{t} }

type rapidChooser struct{ t *rapid.T }

// Choose draws one choice. Small values come more often, and rapid shrinks
// towards 0, which is the benign choice.
func (c rapidChooser) Choose(name string, n uint64) uint64 {
	return rapid.Uint64Range(0, n-1).Draw(c.t, name)
}

// Play draws one plan from c, on top of what base fixes, and plays it. The test
// fails unless the run passes.
func Play(t TB, base *scenarios.Scenario, c random.Chooser) {
	t.Helper()
	_, attempt := t.(*rapid.T)
	player := caller{TB: t, test: t.Name(), drawn: true, attempt: attempt}
	player.run(player.draw(base, c))
}

// Report says in words why a run did not pass.
func Report(v *sim.Verdict) string {
	text := fmt.Sprintf("seed %d: %v after %d events, at %s", v.Seed, v.Outcome, v.Events, v.Simulated)
	for i := range v.Violations {
		text += "\n" + v.Violations[i].String()
	}
	if v.Stack != "" {
		text += "\n" + v.Stack
	}
	return text
}
