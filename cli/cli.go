// Package cli is the command line of raftsim. It is a package, and not a main,
// so that a program of a user's own can register its Raft, its workload or its
// kinds of faults and be a simrun that knows them:
//
//	func main() {
//		sim.RegisterRaft("mine", newNode)
//		os.Exit(cli.Main())
//	}
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"raftsim/internal/command"
	"raftsim/internal/self"
	"raftsim/report"
	"raftsim/scenarios"
)

// The exit codes. When runs of a sweep failed in different ways, the code is
// that of the worst, in the order nondeterminism, panic, safety, liveness,
// inconclusive.
const (
	// ExitPass: every run passed.
	ExitPass = 0
	// ExitSafety: a safety property was violated.
	ExitSafety = 1
	// ExitUsage: the command or a scenario is wrong, and nothing was run; or
	// standard output or a file could not be written.
	ExitUsage = 2
	// ExitLiveness: a healed cluster did not recover within its bound.
	ExitLiveness = 3
	// ExitPanic: a node panicked.
	ExitPanic = 4
	// ExitNondeterminism: a run made twice was not the same.
	ExitNondeterminism = 5
	// ExitInconclusive: a run showed too little to pass (vacuous), did not end
	// (endless) or kept too much (memory bound), the check of more than one run in a thousand ran out of
	// steps (inconclusive), or no run hit a mark that a scenario reaches or that
	// --require-marks asks for.
	ExitInconclusive = 6
	// ExitInterrupted: Ctrl-C, before all runs had finished.
	ExitInterrupted = 130
)

const exitCodes = `Exit codes:
  0    every run passed
  1    a safety property was violated
  2    the command or a scenario is wrong, nothing was run; or what should be
       written could not be
  3    a healed cluster did not recover within its bound
  4    a node panicked
  5    a run made twice was not the same
  6    a run was vacuous or endless or reached its memory bound, more than one in
       1000 were inconclusive, or a mark that must be hit never was
  130  interrupted before all runs had finished
The worst counts, in the order 5, 4, 1, 3, 6.
`

// Main runs the command line of the process until it is done or interrupted by
// Ctrl-C, and returns the exit code. A second Ctrl-C ends the process at once.
func Main() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go func() {
		<-ctx.Done()
		stop()
	}()
	return Run(ctx, os.Args[1:], os.Stdout, os.Stderr)
}

// Run runs one command line without the program's name. Results go to stdout,
// progress and errors to stderr. It returns the exit code.
//
// When stdout takes no more, nothing else is run: what is not seen need not be done.
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	out := command.Writer{To: stdout, Failed: stop}
	a := &app{out: &out}
	root := a.root(args)
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(stderr)
	given, err := root.ExecuteContextC(ctx)
	code := codeOfError(err)
	if err != nil && len(mistakes(err)) > 0 && out.Err() == nil {
		fmt.Fprintln(stderr, complaint(err))
	}
	if a.json || asksForJSON(args) {
		a.finish(given, code, err)
	}
	if err := out.Err(); err != nil {
		fmt.Fprintf(stderr, "%s: standard output: %v\n", self.Name(), err)
		return ExitUsage
	}
	return code
}

// complaint is an error as it is printed. Mistakes in files begin with their
// places, which terminals link.
func complaint(err error) string {
	if mistakes, ok := err.(scenarios.Errors); ok {
		return mistakes.Error()
	}
	return fmt.Sprintf("%s: %v", self.Name(), err)
}

// codeOfError is the exit code of a command that returned err.
func codeOfError(err error) int {
	var code exitCode
	switch {
	case err == nil:
		return ExitPass
	case errors.As(err, &code):
		return int(code)
	}
	return ExitUsage
}

// exitCode ends a command that has already said why.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

// app is one command line that is run.
type app struct {
	out  *command.Writer
	json bool // the flag
	// summary is the last line of JSON, filled in by the command.
	summary report.Summary
}

func (a *app) root(args []string) *cobra.Command {
	root := &cobra.Command{
		Use:   self.Name(),
		Short: "Deterministic simulation testing for Raft",
		Long: `Runs clusters of Raft in a simulator that loses messages, crashes hosts and
tears their disks, watches every invariant, and says which seed shows a bug.
One scenario and one seed give the same run on every machine.

` + exitCodes,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	command.Suggest(root, args)
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(a.runCommand(), a.shrinkCommand(), a.checkCommand(), a.listCommand(), a.faultsCommand(), a.marksCommand(), a.versionCommand(), schemaCommand())
	return root
}
