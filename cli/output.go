package cli

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"raftsim/hunt"
	"raftsim/internal/outfile"
	"raftsim/internal/self"
	"raftsim/internal/text"
	"raftsim/scenarios"
	"raftsim/sim"
)

// output prints what a sweep does, in the order of scenarios and seeds: the
// plan, a line for each scenario, the summary, and last what broke and how to
// see it again.
type output struct {
	app      *app
	flags    runFlags
	sweep    *hunt.Sweep
	progress *progress
	sink     *traceSink    // nil without a trace
	page     *outfile.File // nil without a page
	failed   error         // to write the trace or the page
	started  time.Time

	total   hunt.Summary
	current *tally
	begun   int  // scenarios
	advised bool // the user knows how to build a program of a known revision
	// unreached are the scenarios of which no seed hit what they reach.
	unreached []*scenarios.Scenario
}

// tally is what has become of one scenario so far.
type tally struct {
	scenario *scenarios.Scenario
	hunt.Summary
}

func newOutput(a *app, stderr io.Writer, sweep *hunt.Sweep, f runFlags) *output {
	o := &output{app: a, flags: f, sweep: sweep, started: time.Now()}
	o.progress = newProgress(stderr, sweep.Units())
	return o
}

func (o *output) printf(format string, args ...any) {
	if !o.app.json {
		o.progress.hide()
		o.app.printf(format, args...)
	}
}

// announce prints the seeds and the options of what is about to run: all of
// them for one scenario, a line each for several.
func (o *output) announce() error {
	if o.flags.quiet || o.app.json {
		return nil
	}
	all := o.sweep.Scenarios
	if len(all) > 1 {
		o.printf("%s, %s, built from %s\n", text.Count(len(all), "scenario"), text.Count(o.sweep.Units(), "seed"), self.Revision())
		for _, s := range all {
			line, err := brief(s)
			if err != nil {
				return err
			}
			o.printf("  %s\n", line)
		}
		o.advise()
		return nil
	}
	plan, err := plan(all[0])
	if err != nil {
		return err
	}
	o.printf("# %s, seeds %s, built from %s; the resolved options:\n%s", all[0].Place(), all[0].Seeds, self.Revision(), plan)
	o.advise()
	return nil
}

// advise says once how to build a program of which the revision is known, if it
// is not. The line is a comment in the plan of a single run.
func (o *output) advise() {
	if text := self.Advice(); text != "" && !o.advised {
		o.printf("# %s\n", text)
	}
	o.advised = true
}

// plan is the text of a scenario with every option resolved, as far as one
// text can say it for all its seeds.
func plan(s *scenarios.Scenario) (string, error) {
	resolved, err := s.Resolved(s.Seeds[0].First)
	if err != nil {
		return "", err
	}
	if s.Swarm == scenarios.NoSwarm {
		resolved.Seeds, resolved.Reaches = s.Seeds, s.Reaches
	}
	if s.Swarm == scenarios.NoSwarm || s.Seeds.Len() == 1 {
		return resolved.Full(), nil
	}
	return fmt.Sprintf("%s# Each seed draws the rest (swarm: %s); --seed N shows what it drew.\n", s, s.Swarm), nil
}

// brief is a scenario's plan in one line.
func brief(s *scenarios.Scenario) (string, error) {
	o, err := s.Options(s.Seeds[0].First)
	if err != nil {
		return "", err
	}
	parts := []string{fmt.Sprintf("seeds %s", s.Seeds), text.Count(o.Nodes, "node")}
	if o.Learners > 0 {
		parts = append(parts, text.Count(o.Learners, "learner"))
	}
	parts = append(parts, o.Run.String())
	if o.Workload.Clients > 0 {
		parts = append(parts, fmt.Sprintf("%s %s %d/s", o.Workload.Kind, text.Count(o.Workload.Clients, "client"), o.Workload.PerSecond))
	}
	if s.Swarm != scenarios.NoSwarm {
		parts = append(parts, "swarm "+s.Swarm.String())
	} else {
		parts = append(parts, text.Count(len(o.Schedule), "fault"))
	}
	return s.Place() + ": " + strings.Join(parts, ", "), nil
}

// result takes the next result of the sweep.
func (o *output) result(r hunt.Result) {
	if o.sink != nil {
		o.failed = o.sink.finish() // before the lines that follow the trace
	}
	if o.current == nil || o.current.scenario != r.Scenario {
		o.closeTally()
		o.current = &tally{scenario: r.Scenario}
		o.begun++
	}
	bugs := len(o.total.Bugs)
	o.current.Add(r)
	o.total.Add(r)
	if o.app.json && (r.Failed() || !o.flags.quiet) {
		o.progress.hide()
		o.app.emit(o.run(&r))
	}
	if len(o.total.Bugs) > bugs && o.sweep.Units() > 1 {
		o.printf("%-13s%s, seed %d: %s\n", "FOUND", r.Scenario.Title(), r.Seed, headline(&r))
	}
	if o.current.Runs == r.Scenario.Seeds.Len() {
		o.closeTally()
	}
	if o.page != nil {
		text, err := writePage(o.page, o.flags.page, &r)
		if err != nil {
			o.failed = errors.Join(o.failed, err)
		} else {
			o.printf("%s\n", text)
		}
	}
	o.progress.step(o.total.Failed)
}

// closeTally prints the verdict on the current scenario.
func (o *output) closeTally() {
	t := o.current
	o.current = nil
	if t == nil {
		return
	}
	unreached := t.Failed == 0 && t.Runs == t.scenario.Seeds.Len() && o.flags.own() && t.scenario.Unreached(t.Hit)
	if unreached {
		o.unreached = append(o.unreached, t.scenario)
	}
	if o.flags.quiet && t.Failed == 0 && !unreached {
		return
	}
	detail := ""
	if t.Failed > 0 {
		detail = ", " + failures(&t.Summary)
	}
	if n := t.Outcomes[sim.OutOfModel]; n > 0 {
		detail += fmt.Sprintf(", %d broke a promise after a fault that is out of model", n)
	}
	word, seeds := verdictWord(&t.Summary), text.Count(t.Runs, "seed")
	if all := t.scenario.Seeds.Len(); t.Runs < all {
		seeds = fmt.Sprintf("%d of %s run", t.Runs, text.Count(all, "seed"))
		if t.Failed == 0 {
			word, detail = "unfinished", ", none failed"+detail
		}
	}
	if unreached {
		word = strings.ToUpper(sim.Vacuous.String())
		detail += fmt.Sprintf(", no seed hit the mark %s that it reaches (%s)", t.scenario.Reaches, sentence(t.scenario.Reaches))
	}
	o.printf("%-13s%s: %s, %s, %s, %s%s\n", word, t.scenario.Title(), seeds,
		text.Count(t.Completed, "operation"), text.Count(t.Leaders, "leader"), text.Count(t.Events, "event"), detail)
}
