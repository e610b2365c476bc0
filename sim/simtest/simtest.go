// Package simtest runs simulations from go test: one run, a fuzz target whose
// input is a plan, or a rapid property that draws plans and shrinks them.
//
// A failure leaves a scenario file that holds the whole plan, in
// testdata/failures beside the test, and prints the command that replays it.
package simtest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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
	Fatalf(format string, args ...any)
}

// Run plays one run and fails the test unless it passes.
func Run(t testing.TB, o sim.Options) sim.Verdict {
	t.Helper()
	v, err := sim.Run(o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if v.Failed() {
		t.Fatalf("%s", Report(&v))
	}
	return v
}

// Scenario plays a scenario with each of its seeds and fails the test at the
// first that does not pass, or when none hits the mark that the scenario reaches.
func Scenario(t testing.TB, s *scenarios.Scenario) {
	t.Helper()
	hit := map[string]bool{}
	for seed := range s.Seeds.All() {
		for _, mark := range play(t, s, seed).Marks {
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
	f.Add([]byte{})
	for i := range 8 {
		f.Add(seedInput(i))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		Play(t, base, random.BytesChooser(input))
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
	rapid.Check(t, func(rt *rapid.T) { Play(named{rt, t.Name()}, base, Chooser(rt)) })
}

// named gives rapid's T the name of the test that it runs in.
type named struct {
	*rapid.T
	name string
}

func (n named) Name() string { return n.name }

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
	seed := random.Seed(c.Choose("seed", 1<<16))
	s := base.Drawn(c)
	s.Name, s.Seeds = "drawn by "+t.Name(), scenarios.One(seed)
	play(t, s, seed)
}

// play plays one run of a scenario.
func play(t TB, s *scenarios.Scenario, seed random.Seed) sim.Verdict {
	t.Helper()
	o, err := s.Options(seed)
	if err != nil {
		t.Fatalf("%v", err)
	}
	v, err := sim.Run(o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	if !v.Failed() {
		return v
	}
	file := s.File
	if file == "" {
		if file, err = keep(t.Name(), s); err != nil {
			t.Fatalf("%s\n(the scenario file could not be written: %v)", Report(&v), err)
		}
	}
	t.Fatalf("%s\nreproduce: go run raftsim/cmd/simrun run --seed %d %s", Report(&v), seed, file)
	return v
}

// keep writes a scenario to testdata/failures, in one step.
func keep(test string, s *scenarios.Scenario) (string, error) {
	folder := filepath.Join("testdata", "failures")
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return "", err
	}
	file := filepath.Join(folder, strings.NewReplacer("/", "_", "#", "_").Replace(test)+".yaml")
	if err := os.WriteFile(file+".tmp", []byte(s.String()), 0o666); err != nil {
		return "", err
	}
	return file, os.Rename(file+".tmp", file)
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
