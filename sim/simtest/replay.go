package simtest

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"runtime/debug"
	"strings"
	"sync"

	"raftsim/internal/self"
)

// The flag of the test binary, and the environment variable that stands for it where
// no flag can be given.
const (
	planFlag     = "simtest.plan"
	planVariable = "SIMTEST_PLAN"
)

var planFile = flag.String(planFlag, os.Getenv(planVariable),
	"replay the plan in this `file` in place of the runs that the test makes; the default is what "+planVariable+" says")

// given is the plan to replay, read once; nil when none is given.
var given = sync.OnceValues(func() (*plan, error) {
	if *planFile == "" {
		return nil, nil
	}
	return readPlan(*planFile)
})

// replayed is the plan that a function of this package has to play in place of its
// own, or nil. The test fails when it is another test's.
func replayed(t TB, test string, k kind) *plan {
	t.Helper()
	p, err := given()
	switch {
	case err != nil:
		t.Fatalf("-%s: %v", planFlag, err)
	case p == nil:
		return nil
	case p.origin.Test != "" && p.origin.Test != test:
		t.Fatalf("-%s: %s is the plan of another test: %s", planFlag, p.file, p.command(""))
	case p.origin.Kind != "" && p.origin.Kind != k:
		t.Logf("-%s: %s is not for this call, which makes its own runs: it is the plan of a run that is made otherwise (%s)", planFlag, p.file, p.origin.Kind)
		return nil
	}
	return p
}

// compared says whether a replay is the run that the plan was left by.
func (p *plan) compared(outcome string, events, fingerprint uint64) string {
	was := p.origin
	switch {
	case was.Fingerprint == "":
		return fmt.Sprintf("replayed %s", p.file)
	case was.Fingerprint == hex(fingerprint) && was.Events == events:
		return fmt.Sprintf("replayed %s: the same run, to the last of its %d events", p.file, events)
	}
	return fmt.Sprintf("replayed %s: not the run that left it: that came to %s after %d events, with fingerprint %s, and this one to %s after %d, with %s. The program is another one, or the test gives something else to the run",
		p.file, was.Outcome, was.Events, was.Fingerprint, outcome, events, hex(fingerprint))
}

func hex(fingerprint uint64) string { return fmt.Sprintf("%016x", fingerprint) }

// command replays the plan, from any folder of the module that the test is in. A
// plan that does not name its test is replayed by the one that is given.
func (p *plan) command(test string) string {
	if p.origin.Test != "" {
		test = p.origin.Test
	}
	return goTest(test) + " -" + planFlag + "=" + self.Quote(p.file)
}

// goTest is the command that runs a test again.
func goTest(test string) string {
	command := "go test"
	pkg := "."
	if info, ok := debug.ReadBuildInfo(); ok {
		path, isTest := strings.CutSuffix(info.Path, ".test")
		if isTest && path != "command-line-arguments" {
			pkg = path
		}
		for _, s := range info.Settings {
			if s.Key == "-tags" && s.Value != "" {
				command += " -tags=" + self.Quote(s.Value)
			}
		}
	}
	if test != "" {
		command += " -run " + self.Quote(pattern(test))
	}
	return command + " " + pkg
}

// pattern is the expression for -run that a test alone matches.
func pattern(test string) string {
	parts := strings.Split(test, "/")
	for i, part := range parts {
		parts[i] = "^" + regexp.QuoteMeta(part) + "$"
	}
	return strings.Join(parts, "/")
}
