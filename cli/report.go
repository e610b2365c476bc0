package cli

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"raftsim/hunt"
	"raftsim/internal/text"
	"raftsim/scenarios"
	"raftsim/sim"
)

// finish prints what the sweep came to, and how to go on with what is left of
// one that was interrupted. It returns the exit code.
func (o *output) finish(left []hunt.Left) (int, error) {
	o.closeTally()
	o.progress.hide()
	if o.sweep.Units() > 1 && !o.flags.quiet {
		o.printf("%s", faultTable(&o.total))
	}
	o.printMarks()
	o.printf("%s\n", o.summary(time.Since(o.started)))
	for _, property := range o.total.Unchecked {
		o.printf("unchecked: %s\n", property)
	}
	if len(o.total.Bugs) > 0 {
		o.advise()
	}
	for _, b := range o.total.Bugs {
		o.printf("\n%s", o.describe(b))
	}
	if n := o.total.Unlisted; n > 0 {
		o.printf("\n%s more, with signatures beyond the first %d, which are not listed one by one\n", text.Count(n, "failure"), hunt.MaxBugs)
	}
	if n := o.total.Outcomes[sim.Inconclusive]; n > 0 {
		o.printf("\n%s\n", tolerance(n, &o.total))
	}
	goOn := o.flags.goOn(left)
	o.app.summary.Sweep = o.sum(goOn)
	if len(left) == 0 {
		code := worst(&o.total)
		if missed := o.missed(); code == ExitPass && (missed || len(o.unreached) > 0) {
			code = ExitInconclusive
		}
		return code, o.failed
	}
	o.printf("\ninterrupted: %s; to go on:\n", o.progressed())
	for _, command := range goOn {
		o.printf("  %s\n", command)
	}
	return ExitInterrupted, nil
}

// progressed says what was run of what was asked for, and what came of it.
func (o *output) progressed() string {
	came := "none failed"
	if o.total.Failed > 0 {
		came = failures(&o.total)
	}
	return fmt.Sprintf("%d of %s run, %s", o.total.Runs, text.Count(o.sweep.Units(), "seed"), came)
}

// summary is the line that sums up the sweep. Its rates are the only part that
// depends on the machine.
func (o *output) summary(elapsed time.Duration) string {
	t := &o.total
	seconds := max(elapsed.Seconds(), 1e-3)
	var b strings.Builder
	fmt.Fprintf(&b, "summary: %s, ", text.Count(o.begun, "scenario"))
	seeds := text.Count(t.Runs, "seed")
	switch outOfModel := t.Outcomes[sim.OutOfModel]; {
	case t.Runs < o.sweep.Units():
		fmt.Fprintf(&b, "%s, ", o.progressed())
	case t.Failed > 0:
		fmt.Fprintf(&b, "%s, %s, ", seeds, failures(t))
	case outOfModel > 0:
		fmt.Fprintf(&b, "%s, none failed, %d %v, ", seeds, outOfModel, sim.OutOfModel)
	default:
		fmt.Fprintf(&b, "%s, all passed, ", seeds)
	}
	if t.Failed == 0 && len(o.unreached) > 0 {
		fmt.Fprintf(&b, "%s vacuous, ", text.Count(len(o.unreached), "scenario"))
	}
	if never := t.NeverHit(o.flags.required); len(never) > 0 && t.Runs == o.sweep.Units() {
		fmt.Fprintf(&b, "%s never hit, ", text.Count(len(never), "required mark"))
	}
	fmt.Fprintf(&b, "%s (%s events/s), %s simulated (%s simulated seconds per second), %s, ", text.Count(t.Events, "event"),
		rounded(float64(t.Events)/seconds), t.Simulated.Round(time.Second), rounded(t.Simulated.Seconds()/seconds), text.Count(t.Completed, "operation"))
	fmt.Fprintf(&b, "faults: %s, fingerprint %016x", faultCounts(t), t.Fingerprint)
	return b.String()
}

// tolerance says what becomes of the runs without a verdict.
func tolerance(n int64, t *hunt.Summary) string {
	if t.TooInconclusive() {
		return fmt.Sprintf("inconclusive: %d of %d runs have no verdict, more than one in %d: the sweep fails", n, t.Runs, hunt.ToleratedInconclusive)
	}
	return fmt.Sprintf("inconclusive: %d of %d runs have no verdict and did not pass; up to one in %d does not fail a sweep", n, t.Runs, hunt.ToleratedInconclusive)
}

// faultCounts is what the faults come to, in a few words.
func faultCounts(t *hunt.Summary) string {
	var kinds, fired, noEffect int64
	for _, f := range t.Faults {
		if f.Runs > 0 {
			kinds++
		}
		fired += f.Fired
		noEffect += f.NoEffect
	}
	if fired == 0 {
		return "none"
	}
	counts := fmt.Sprintf("%d (%s", fired, text.Count(kinds, "kind"))
	if noEffect > 0 {
		counts += fmt.Sprintf(", %d with no effect", noEffect)
	}
	return counts + ")"
}

// faultTable has a line for each kind of fault: in how many seeds it had an
// effect, how often it fired, how often that had no effect, and how often it
// could not fire.
func faultTable(t *hunt.Summary) string {
	if len(t.Faults) == 0 {
		return ""
	}
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "seeds\tfired\tno effect\tskipped\t fault\n")
	for _, f := range t.Faults {
		fmt.Fprintf(w, "%d\t%d\t%d\t%d\t %s\n", f.Runs, f.Fired, f.NoEffect, f.Skipped, f.Kind)
	}
	w.Flush()
	return b.String()
}

// rounded prints a rate with as many digits as matter.
func rounded(f float64) string {
	switch {
	case f >= 1e6:
		return fmt.Sprintf("%.2fM", f/1e6)
	case f >= 1e4:
		return fmt.Sprintf("%.0fk", f/1e3)
	default:
		return fmt.Sprintf("%.0f", f)
	}
}

// headline is a failure in one line.
func headline(r *hunt.Result) string {
	switch v := r.Verdict.Violation(); {
	case r.Err != nil:
		return r.Err.Error()
	case r.Divergence != nil:
		return fmt.Sprintf("nondeterminism: two runs differ after %d equal records", r.Divergence.Record)
	case v != nil:
		first, _, _ := strings.Cut(v.String(), "\n")
		return first
	}
	return bare(r.Verdict)
}

// bare describes an outcome that comes without a violation.
func bare(v sim.Verdict) string {
	switch v.Outcome {
	case sim.Inconclusive:
		return "inconclusive: the linearizability search ran out of steps (expect.check_steps) or memory (max_memory), or there were stale reads and the order of the log does not explain the other operations"
	case sim.MemoryBound:
		return fmt.Sprintf("memory bound: at %v, event %d, the run keeps %v; see max_memory", v.Simulated, v.Events, v.Memory)
	case sim.Endless:
		return fmt.Sprintf("endless: the run did not end within %d events (max_events)", v.Events)
	}
	return v.Outcome.String()
}

// describe is one bug as a user reads it: the property, the evidence, the
// moment, and last the command that shows it again.
func (o *output) describe(b *hunt.Bug) string {
	r := &b.Lowest
	var text strings.Builder
	v := r.Verdict.Violation()
	switch {
	case r.Divergence != nil:
		fmt.Fprintf(&text, "%v\n", r.Divergence)
	case v != nil && r.Err == nil:
		fmt.Fprintf(&text, "%v\n  at %v, event %d\n", v, v.At, v.Event)
	default:
		fmt.Fprintf(&text, "%s\n", headline(r))
	}
	for _, line := range whereItPanicked(r.Verdict.Stack) {
		fmt.Fprintf(&text, "  %s\n", line)
	}
	if b.Count > 1 {
		fmt.Fprintf(&text, "  seen by %d runs, first by seed %d", b.Count, r.Seed)
		if s := &b.Shortest; s.Unit != r.Unit {
			shortest := o.flags.reproduce(s)
			if s.Scenario.File == scenarios.StandardInput {
				shortest = fmt.Sprintf("seed %d", s.Seed) // its text follows once
			}
			fmt.Fprintf(&text, "; shortest (%d events): %s", s.Verdict.Events, shortest)
		}
		text.WriteByte('\n')
	}
	if r.Verdict.Illegal != nil && o.flags.page == "" {
		fmt.Fprintf(&text, "  to see the operations: %s\n", pasted(fmt.Sprintf("run --page history.html%s --seed %d", raftsFlag(o.flags.rafts), r.Seed), r.Scenario))
	}
	text.WriteString(reproduceLine(o.flags.reproduce(r)))
	return text.String()
}

// whereItPanicked is the part of a stack that tells: from the function that
// panicked down, without what caught the panic above it. --json has all of it.
func whereItPanicked(stack string) []string {
	const most = 16
	if stack == "" {
		return nil
	}
	lines := strings.Split(stack, "\n")
	return lines[:min(most, len(lines))]
}
