package planted

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"raftsim/checker"
	"raftsim/report"
)

// A Catch is one violation that the simulator's command reported.
type Catch struct {
	// Property is the name of what was violated, such as "election safety".
	Property string `json:"property"`
	// Source is where the property comes from, such as "Raft §5.2".
	Source string `json:"source,omitempty"`
	// Detail is the rest of the first line.
	Detail string `json:"detail,omitempty"`
	// Seed reproduces it.
	Seed uint64 `json:"seed"`
	// Event is the number of the last event in the evidence; zero when the
	// command gave none.
	Event uint64 `json:"event,omitempty"`
}

// The exit codes of the simulator's command.
const (
	exitPass           = 0
	exitSafety         = 1
	exitBadInput       = 2
	exitLiveness       = 3
	exitPanic          = 4
	exitNondeterminism = 5
	exitInconclusive   = 6
	exitInterrupted    = 130
)

// undecided are the outcomes of runs that showed too little to pass: they have not
// caught anything.
var undecided = []string{"inconclusive", "vacuous"}

// ReadOutput finds the violations in the lines that the simulator's command printed
// with --json, in the order of the seeds. Stderr is for errors alone. A command that
// ended without its last line, the summary, has died: then the exit code is all that is
// known. What showed too little to be judged is left out. A command that was
// interrupted gives context.Canceled.
func ReadOutput(stdout, stderr string, exitCode int, seeds Seeds) ([]Catch, error) {
	var catches []Catch
	whole := false
	for line := range strings.Lines(stdout) {
		if !strings.HasSuffix(line, "\n") {
			break // cut off
		}
		var run report.Run
		if err := json.Unmarshal([]byte(line), &run); err != nil {
			return nil, fmt.Errorf("planted: the simulator printed a line that is not JSON: %w:\n%s", err, tail(line))
		}
		whole = run.Type == "summary"
		if run.Type == "run" && run.Failed && !slices.Contains(undecided, run.Outcome) {
			catches = append(catches, caughtBy(&run))
		}
	}
	switch {
	case exitCode == exitInterrupted:
		return nil, context.Canceled
	case len(catches) > 0 && exitCode != exitBadInput:
		return catches, nil
	case whole && (exitCode == exitPass || exitCode == exitInconclusive):
		return nil, nil
	case whole:
		return nil, fmt.Errorf("planted: the simulator exited with %d and caught nothing:\n%s", exitCode, tail(stderr))
	}
	return readExit(stderr, exitCode, seeds)
}

// caughtBy is what a failed run shows: its first violation, or its outcome when it
// fails without one.
func caughtBy(run *report.Run) Catch {
	if len(run.Violations) == 0 {
		return Catch{Property: run.Outcome, Detail: run.Detail, Seed: run.Seed, Event: run.Events}
	}
	v := &run.Violations[0]
	c := Catch{Property: v.Property, Source: v.Source, Detail: v.Detail, Seed: run.Seed, Event: v.Event}
	if run.Divergence != nil {
		c.Property, c.Source, c.Detail = run.Outcome, "", run.Detail
	}
	for _, e := range v.Evidence {
		c.Event = max(c.Event, e.Event)
	}
	return c
}

// readExit judges a command that died before its summary. A single seed that
// failed without words is still known to have failed.
func readExit(stderr string, exitCode int, seeds Seeds) ([]Catch, error) {
	property := ""
	switch exitCode {
	case exitPass, exitInconclusive:
		return nil, fmt.Errorf("planted: the simulator exited with %d without a summary:\n%s", exitCode, tail(stderr))
	case exitSafety:
		property = "safety"
	case exitLiveness:
		property = "liveness"
	case exitPanic:
		property = checker.NoPanic.String()
	case exitNondeterminism:
		property = "nondeterminism"
	case exitBadInput:
		// A Go program that dies of a panic exits with the same code.
		if strings.Contains(stderr, "\ngoroutine ") {
			property = "crash of the simulator"
		}
	default:
		if exitCode < 0 {
			property = "killed"
		}
	}
	switch {
	case property == "":
		return nil, fmt.Errorf("planted: the simulator exited with %d and simulated nothing:\n%s", exitCode, tail(stderr))
	case seeds.Len() > 1:
		return nil, fmt.Errorf("planted: the simulator exited with %d (%s) over seeds %s and named no seed:\n%s", exitCode, property, seeds, tail(stderr))
	}
	return []Catch{{Property: property, Detail: "exit code " + strconv.Itoa(exitCode), Seed: seeds.First}}, nil
}

// tail is the end of an output, for an error.
func tail(output string) string {
	const most = 2000
	if len(output) > most {
		return "..." + output[len(output)-most:]
	}
	return output
}
