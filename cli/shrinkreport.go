package cli

import (
	"fmt"
	"io"
	"time"

	"raftsim/hunt"
	"raftsim/internal/self"
	"raftsim/random"
	"raftsim/report"
	"raftsim/scenarios"
)

// shrinkReport prints how a shrink goes on, and what it came to.
type shrinkReport struct {
	app    *app
	stderr io.Writer
	last   time.Time // of the last line
	asked  int       // runs at most
}

func (r *shrinkReport) printf(format string, args ...any) {
	r.app.printf(format, args...)
	r.last = time.Now()
}

// reduced prints what a pass took away.
func (r *shrinkReport) reduced(d hunt.Reduction) {
	changes := d.Before.Changes(d.After)
	if changes == "" {
		changes = "plainer"
	}
	r.printf("%-10s %s  (%d runs)\n", d.What, changes, d.Runs)
	if r.app.json {
		r.app.emit(report.Reduction{Type: "reduction", Pass: d.What, Runs: d.Runs, Before: size(d.Before), After: size(d.After)})
	}
}

// ran shows on stderr that a long pass is under way.
func (r *shrinkReport) ran(runs int) {
	if time.Since(r.last) >= plainInterval {
		r.last = time.Now()
		fmt.Fprintf(r.stderr, "progress: %d of at most %d runs\n", runs, r.asked)
	}
}

// finish prints what is left of a scenario, which was written to out as text, and last
// how to replay it.
func (r *shrinkReport) finish(got hunt.Shrunk, s *scenarios.Scenario, seed random.Seed, out, text string) {
	changes := got.Before.Changes(got.After)
	if changes == "" {
		changes = "nothing could be taken away"
	}
	word, runs := "shrunk", fmt.Sprintf("in %d runs", got.Runs)
	if got.Interrupted {
		word, runs = "interrupted, so far", fmt.Sprintf("in %d of at most %d runs", got.Runs, r.asked)
	}
	v, before, after := got.Result.Verdict.Violation(), got.Original.Verdict.Events, got.Result.Verdict.Events
	r.printf("\n%s: %s, events %d -> %d, %s\n", word, changes, before, after, runs)
	if got.Spent {
		r.printf("no runs were left to look further: a larger --runs than %d may find less\n", r.asked)
	}
	r.printf("\n%s\n%s\n  at %v, event %d\n", got.Text, v, v.At, v.Event)
	if advice := self.Advice(); advice != "" {
		r.printf("# %s\n", advice)
	}
	reproduce := self.Command() + " run " + self.Path(out)
	r.printf("%s", reproduceLine(reproduce))
	r.app.summary.Shrunk = &report.Shrunk{
		File: s.File, Seed: uint64(seed), Written: out, Text: text,
		Signature: got.Signature, Violation: violation(v), Before: size(got.Before), After: size(got.After),
		EventsBefore: before, EventsAfter: after, Runs: got.Runs, Asked: r.asked, Spent: got.Spent, Reproduce: reproduce,
	}
}

func size(s hunt.Size) report.Size {
	return report.Size{
		Faults: s.Faults, Repeated: s.Repeated, Roles: s.Roles, Hosts: s.Hosts,
		Clients: s.Clients, OperationsPerSecond: s.Rate, Settings: s.Settings, RunNS: int64(s.Run),
	}
}
