package hunt

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/trace"
)

// ShrinkOptions say how much work a shrink may be. The zero value is a good
// start.
type ShrinkOptions struct {
	// Runs is the most candidates that are run. Zero means DefaultShrinkRuns.
	// The two runs that show the failure before and the one that shows it after
	// do not count, nor do those made ahead and not needed, so the result does
	// not depend on Workers.
	Runs int
	// Workers is the number of runs under way at once. Zero means one for
	// each core.
	Workers int
	// Report is called with what each pass made smaller, as soon as it is done.
	Report func(Reduction)
	// Ran is called after each run with how many have counted so far.
	Ran func(runs int)
	// Run makes one run and shows its records to trace, which may be nil; nil
	// means Traced. It is called by several goroutines at once.
	Run func(u Unit, trace func(*trace.Record)) Result
}

// DefaultShrinkRuns is how many runs a shrink makes at most unless told
// otherwise.
const DefaultShrinkRuns = 2000

// Shrunk is what a shrink came to.
type Shrunk struct {
	// Scenario is the smallest one found that still fails alike: a plain one
	// of a single seed, every choice written down.
	Scenario *scenarios.Scenario
	// Text is the scenario as a file. Parsing it gives Scenario.
	Text string
	// Signature is that of the failure, before and after.
	Signature string
	// Original and Result are the runs before and after.
	Original, Result Result
	// Before and After are the sizes of what was run.
	Before, After Size
	// Runs is the number of candidates that were run.
	Runs int
	// Spent says that there were no runs left to look for something smaller,
	// Interrupted that the context ended first.
	Spent, Interrupted bool
}

// Reduction is what one pass made smaller.
type Reduction struct {
	// What is the pass, a word or two such as "faults".
	What string
	// Before and After are the sizes around it.
	Before, After Size
	// Runs is how many runs the pass took.
	Runs int
}

// Errors of Shrink that a caller may want to tell apart.
var (
	// ErrPasses says that the run does not fail.
	ErrPasses = errors.New("the run passes, there is nothing to shrink")
	// ErrNoViolation says that the run fails without violating a property, as
	// a vacuous or an endless one does: less of it would always fail too.
	ErrNoViolation = errors.New("the run fails without violating a property, only a violation can be shrunk")
)

// Shrink looks for the smallest scenario that fails as s does with this seed:
// with the same outcome and a violation of the same signature. It takes away
// faults by delta debugging (Zeller and Hildebrandt, 2002), ends the run where
// the violation was, and then makes all that is left plainer: settings go back
// to their defaults, hosts, clients and keys become fewer, roles become hosts,
// repetitions single faults, and times shorter and rounder. It goes round until
// nothing more can be taken away, or no runs are left.
//
// Every candidate is printed as a file, read back and run from that, so what
// is returned is known to fail. The result is a function of the scenario, the
// seed and the number of runs. When ctx ends, Shrink returns the best so far.
func Shrink(ctx context.Context, s *scenarios.Scenario, seed random.Seed, o ShrinkOptions) (Shrunk, error) {
	if o.Runs <= 0 {
		o.Runs = DefaultShrinkRuns
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Run == nil {
		o.Run = Traced
	}
	h := &shrinker{ctx: ctx, options: o, unit: Unit{s, seed}, slots: make(chan struct{}, o.Workers), tried: map[string]bool{}}
	if err := h.begin(); err != nil {
		return Shrunk{Runs: h.runs, Interrupted: ctx.Err() != nil}, fmt.Errorf("hunt: %s, seed %d: %w", s.Title(), seed, err)
	}
	for h.round() {
	}
	if err := h.verify(); err != nil {
		return Shrunk{}, err
	}
	return Shrunk{
		Scenario: h.best.scenario, Text: h.best.text, Signature: h.signature,
		Original: h.original, Result: h.best.result, Before: h.before, After: h.best.size(),
		Runs: h.runs, Spent: h.left() <= 0 && ctx.Err() == nil, Interrupted: ctx.Err() != nil,
	}, nil
}

// shrinker holds the best candidate so far.
type shrinker struct {
	ctx       context.Context
	options   ShrinkOptions
	unit      Unit
	original  Result
	signature string
	before    Size
	best      trial
	runs      int
	slots     chan struct{}   // one for each run under way
	tried     map[string]bool // texts that need no second run
}

// begin makes the original run, and the same from its text.
func (h *shrinker) begin() error {
	h.original = h.await(h.unit, nil)
	v := h.original.Verdict.Violation()
	switch {
	case h.ctx.Err() != nil:
		return h.ctx.Err()
	case h.original.Err != nil:
		return h.original.Err
	case !h.original.Failed():
		return ErrPasses
	case v == nil || h.original.Verdict.Outcome == sim.Vacuous:
		return fmt.Errorf("%w (it is %v)", ErrNoViolation, h.original.Verdict.Outcome)
	}
	h.signature = Signature(h.original)
	plan, err := h.unit.Scenario.Options(h.unit.Seed)
	if err != nil {
		return err
	}
	plan.Name, plan.Seed = "", 0
	t, ok := h.trial(plan)
	if !ok {
		return fmt.Errorf("its plan cannot be written as a scenario file:\n%s", t.text)
	}
	t.result = h.await(Unit{t.scenario, h.unit.Seed}, nil)
	if h.ctx.Err() != nil {
		return h.ctx.Err()
	}
	if !h.alike(&t.result) {
		return fmt.Errorf("it does not fail alike when its plan is written as a scenario file, which cannot say all of it:\n%s", t.text)
	}
	h.best, h.before = t, t.size()
	return nil
}

// round makes each pass once. It returns whether another round may help.
func (h *shrinker) round() bool {
	before := h.best.text
	for _, p := range []struct {
		what string
		pass func(*shrinker)
	}{
		{"run", (*shrinker).cutRun},
		{"faults", (*shrinker).dropFaults},
		{"run", (*shrinker).cutRun},
		{"settings", (*shrinker).resetSettings},
		{"hosts", (*shrinker).fewerHosts},
		{"clients", (*shrinker).lessWork},
		{"faults", (*shrinker).plainerFaults},
		{"times", (*shrinker).shorterTimes},
		{"times", (*shrinker).rounderTimes},
	} {
		runs, was := h.runs, h.best
		p.pass(h)
		if was.text != h.best.text && h.options.Report != nil {
			h.options.Report(Reduction{What: p.what, Before: was.size(), After: h.best.size(), Runs: h.runs - runs})
		}
		if h.over() {
			return false
		}
	}
	return h.best.text != before
}

// verify reads the text of the result once more and runs it: a reader of the
// file must see the same failure.
func (h *shrinker) verify() error {
	s, err := scenarios.Parse(h.unit.Scenario.File, []byte(h.best.text))
	if err != nil {
		return fmt.Errorf("hunt: the shrunk scenario does not parse: %w\n%s", err, h.best.text)
	}
	again := h.await(Unit{s, h.unit.Seed}, nil)
	if h.ctx.Err() != nil {
		return nil // its own run came from the same text
	}
	if !h.alike(&again) || again.Verdict.Fingerprint != h.best.result.Verdict.Fingerprint {
		return fmt.Errorf("hunt: the shrunk scenario does not fail again as it did, two runs of one seed differ: %s, then %s\n%s",
			verdictText(h.best.result), verdictText(again), h.best.text)
	}
	return nil
}

// run makes one run. A panic outside the simulation becomes a verdict.
func (h *shrinker) run(u Unit, trace func(*trace.Record)) Result {
	guarded := Sweep{Run: func(u Unit) Result { return h.options.Run(u, trace) }}
	return guarded.run(u)
}

// await is run, but does not wait for the end of a run once ctx has ended. The
// result is then empty, and trace may be called still.
func (h *shrinker) await(u Unit, trace func(*trace.Record)) Result {
	done := make(chan Result, 1)
	go func() { done <- h.run(u, trace) }()
	select {
	case <-h.ctx.Done():
		return Result{Unit: u}
	case r := <-done:
		return r
	}
}

// alike says whether a run fails as the original does.
func (h *shrinker) alike(r *Result) bool {
	return r.Err == nil && r.Verdict.Outcome == h.original.Verdict.Outcome && Signature(*r) == h.signature
}

// count counts runs that the result depends on.
func (h *shrinker) count(runs int) {
	h.runs += runs
	if h.options.Ran != nil {
		h.options.Ran(h.runs)
	}
}

func (h *shrinker) left() int { return h.options.Runs - h.runs }

// over says whether there is no time to look for something smaller.
func (h *shrinker) over() bool { return h.left() <= 0 || h.ctx.Err() != nil }
