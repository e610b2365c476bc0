package cli

import (
	"fmt"
	"slices"
	"strings"

	"raftsim/hunt"
	"raftsim/sim"
)

// An outcome is what a run of a sweep can come to: that of its verdict, or one that
// only the sweep sees.
type outcome struct {
	// name is the word for it, loud the one in the line of a scenario.
	name, loud string
	code       int
	count      func(*hunt.Summary) int64
	// excused says that there are so few that the sweep does not fail; nil is never.
	excused func(*hunt.Summary) bool
}

// failed are the outcomes that are failures, the worst first.
var failed = []outcome{
	{"refused", "REFUSED", ExitUsage, func(s *hunt.Summary) int64 { return s.Refused }, nil},
	{"nondeterminism", "DIFFERS", ExitNondeterminism, func(s *hunt.Summary) int64 { return s.Diverged }, nil},
	judged(sim.Panicked, ExitPanic),
	judged(sim.Safety, ExitSafety),
	judged(sim.Liveness, ExitLiveness),
	judged(sim.MemoryBound, ExitInconclusive),
	judged(sim.Endless, ExitInconclusive),
	judged(sim.Vacuous, ExitInconclusive),
	unlessFew(judged(sim.Inconclusive, ExitInconclusive)),
}

// passed are the others.
var passed = []outcome{judged(sim.OutOfModel, ExitPass), judged(sim.Pass, ExitPass)}

// judged is the outcome of a verdict.
func judged(o sim.Outcome, code int) outcome {
	return outcome{o.String(), strings.ToUpper(o.String()), code, func(s *hunt.Summary) int64 { return s.Outcomes[o] }, nil}
}

// unlessFew is an inconclusive outcome, of which a large sweep may have some.
func unlessFew(o outcome) outcome {
	o.excused = func(s *hunt.Summary) bool { return !s.TooInconclusive() }
	return o
}

// outcomeOf is the word for what a run came to.
func outcomeOf(r *hunt.Result) string {
	var one hunt.Summary
	one.Add(*r)
	for _, o := range slices.Concat(failed, passed) {
		if o.count(&one) > 0 {
			return o.name
		}
	}
	panic(fmt.Sprintf("cli: outcome %v is in no table", r.Verdict.Outcome))
}

// verdictWord is the worst that the runs of a scenario came to.
func verdictWord(s *hunt.Summary) string {
	for _, o := range failed {
		if o.count(s) > 0 {
			return o.loud
		}
	}
	for _, o := range passed {
		if o.count(s) > 0 {
			return o.name
		}
	}
	return "not run"
}

// worst is the exit code of the worst that happened. A few inconclusive runs are none.
func worst(s *hunt.Summary) int {
	for _, o := range failed {
		if o.count(s) > 0 && (o.excused == nil || !o.excused(s)) {
			return o.code
		}
	}
	return ExitPass
}

// failures counts what went wrong: "3 failed (2 safety, 1 liveness)".
func failures(s *hunt.Summary) string {
	var parts []string
	for _, o := range failed {
		if n := o.count(s); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, o.name))
		}
	}
	return fmt.Sprintf("%d failed (%s)", s.Failed, strings.Join(parts, ", "))
}
