package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
	"raftsim/report"
	"raftsim/scenarios"
)

// jsonFlag gives a command the flag --json.
func (a *app) jsonFlag(c *cobra.Command, usage string) *cobra.Command {
	c.Flags().BoolVar(&a.json, "json", false, usage+", and a summary, as lines of JSON (simrun schema output says how)")
	return c
}

// asksForJSON looks for the flag itself: a wrong flag before it ends the parsing.
func asksForJSON(args []string) bool {
	if end := slices.Index(args, "--"); end >= 0 {
		args = args[:end]
	}
	return slices.ContainsFunc(args, func(arg string) bool {
		value, found := strings.CutPrefix(arg, "--json=")
		yes, err := strconv.ParseBool(value)
		return arg == "--json" || found && err == nil && yes
	})
}

// emit prints one line of JSON.
func (a *app) emit(line report.Line) {
	e := json.NewEncoder(a.out)
	e.SetEscapeHTML(false)
	if err := e.Encode(line); err != nil && a.out.Err() == nil {
		panic(fmt.Sprintf("cli: %T has no JSON: %v", line, err)) // a line is plain data
	}
}

// printf prints text, unless JSON is asked for.
func (a *app) printf(format string, args ...any) {
	if !a.json {
		fmt.Fprintf(a.out, format, args...)
	}
}

// finish prints the summary, which ends every command.
func (a *app) finish(command *cobra.Command, code int, err error) {
	a.summary.Type = "summary"
	if command.HasParent() {
		a.summary.Command = command.Name()
	}
	a.summary.ExitCode, a.summary.BuiltFrom = code, self.Revision()
	a.summary.Interrupted = code == ExitInterrupted
	if err != nil && code == ExitUsage {
		a.summary.Errors = mistakes(err)
	}
	a.emit(a.summary)
}

// mistakes are those that an error lists. One that is an exit code alone has none:
// the lines before have said it.
func mistakes(err error) []report.Mistake {
	var all []report.Mistake
	var list scenarios.Errors
	var code exitCode
	switch {
	case errors.As(err, &code):
		return nil
	case !errors.As(err, &list):
		return []report.Mistake{{Message: err.Error()}}
	}
	for _, e := range list {
		all = append(all, report.Mistake{Message: e.Message, File: e.File, Line: e.Line, Column: e.Column})
	}
	return all
}
