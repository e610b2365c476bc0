package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"raftsim/checker"
	"raftsim/hunt"
	"raftsim/report"
)

// run is the line of one run.
func (o *output) run(r *hunt.Result) report.Run {
	v := &r.Verdict
	line := report.Run{
		Type: "run", File: r.Scenario.File, Scenario: r.Scenario.Title(), Seed: uint64(r.Seed),
		Outcome: outcomeOf(r), Failed: r.Failed(),
		OutOfModel: v.OutOfModel, Unchecked: v.Unchecked,
		Events: v.Events, SimulatedNS: int64(v.Simulated), RecoveryNS: int64(v.Recovery), Fingerprint: digits(v.Fingerprint),
		Operations: report.Operations(v.Operations), Leaders: v.Leaders, FaultClass: v.Class.String(), Marks: v.Marks,
	}
	for _, broken := range v.Violations {
		line.Violations = append(line.Violations, violation(&broken))
	}
	for _, f := range v.Faults {
		line.Faults = append(line.Faults, report.Fault(f))
	}
	if v.Stack != "" {
		line.Stack = strings.Split(strings.TrimSpace(v.Stack), "\n")
	}
	if line.Failed {
		line.Detail, line.Signature, line.Reproduce = headline(r), hunt.Signature(*r), o.flags.reproduce(r)
	}
	if m := v.Memory; m != nil {
		line.Memory = &report.Memory{Bytes: m.Bytes, BoundBytes: m.Bound}
		for _, h := range m.Holders {
			line.Memory.Holders = append(line.Memory.Holders, report.MemoryHolder(h))
		}
	}
	if r.Err != nil {
		line.Error = r.Err.Error()
	}
	if d := r.Divergence; d != nil {
		line.Divergence = &report.Divergence{
			EqualRecords: d.Record, First: d.First, Second: d.Second, Before: d.Before,
			Cause: d.Cause, FirstCauses: d.FirstCauses, SecondCauses: d.SecondCauses,
		}
	}
	return line
}

func violation(v *checker.Violation) report.Violation {
	broken := report.Violation{
		Property: v.Property, Source: v.Source, Detail: v.Detail, Signature: v.Signature,
		AtNS: int64(v.At), Event: v.Event, Hosts: v.Hosts,
	}
	for _, e := range v.Evidence {
		broken.Evidence = append(broken.Evidence, report.Evidence{AtNS: int64(e.At), Event: e.Event, Host: e.Host, Text: e.Text})
	}
	return broken
}

// sum is what the sweep came to. The commands run what it has left.
func (o *output) sum(goOn []string) *report.Sweep {
	t := &o.total
	sum := &report.Sweep{
		Asked: o.sweep.Units(), Runs: t.Runs, Failed: t.Failed, MissedMarks: t.NeverHit(o.flags.required),
		UnlistedFailures: t.Unlisted, Unchecked: t.Unchecked, GoOn: goOn,
		Events: t.Events, SimulatedNS: int64(t.Simulated), Leaders: t.Leaders,
		InvokedOperations: t.Invoked, CompletedOperations: t.Completed,
		Fingerprint: digits(t.Fingerprint), ElapsedNS: int64(time.Since(o.started)),
	}
	for _, one := range slices.Concat(failed, passed) {
		if n := one.count(t); n > 0 {
			sum.Outcomes = append(sum.Outcomes, report.OutcomeCount{Outcome: one.name, Runs: n})
		}
	}
	for _, s := range o.unreached {
		sum.Unreached = append(sum.Unreached, report.Unreached{File: s.File, Scenario: s.Title(), Mark: s.Reaches})
	}
	for _, b := range t.Bugs {
		sum.Bugs = append(sum.Bugs, report.Bug{Signature: b.Signature, Count: b.Count, First: o.seen(&b.Lowest), Shortest: o.seen(&b.Shortest)})
	}
	for _, f := range t.Faults {
		sum.Faults = append(sum.Faults, report.FaultTotal(f))
	}
	for _, m := range t.Marks {
		sum.Marks = append(sum.Marks, report.MarkTotal{ID: m.ID, Runs: m.Runs, File: m.File, Seed: uint64(m.Seed)})
	}
	return sum
}

func (o *output) seen(r *hunt.Result) report.Seen {
	return report.Seen{
		File: r.Scenario.File, Scenario: r.Scenario.Title(), Seed: uint64(r.Seed),
		Outcome: outcomeOf(r), Events: r.Verdict.Events, Reproduce: o.flags.reproduce(r),
	}
}

// digits is a fingerprint in full.
func digits(fingerprint uint64) string { return fmt.Sprintf("%016x", fingerprint) }
