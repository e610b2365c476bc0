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

	"raftsim/internal/self"
	"raftsim/internal/text"
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
	// ExitUsage: the command or a scenario is wrong; nothing was run.
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
  2    the command or a scenario is wrong, nothing was run
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
func Run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var code exitCode
	switch {
	case err == nil:
		return ExitPass
	case errors.As(err, &code):
		return int(code)
	}
	if mistakes, ok := err.(scenarios.Errors); ok {
		fmt.Fprintln(stderr, mistakes) // each begins with its place, which terminals link
	} else {
		fmt.Fprintf(stderr, "%s: %v\n", self.Name(), err)
	}
	return ExitUsage
}

// exitCode ends a command that has already said why.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit code %d", int(c)) }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   self.Name(),
		Short: "Deterministic simulation testing for Raft",
		Long: `Runs clusters of Raft in a simulator that loses messages, crashes hosts and
tears their disks, watches every invariant, and says which seed shows a bug.
One scenario and one seed give the same run on every machine.

` + exitCodes,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			return fmt.Errorf("unknown command %q, %s", args[0], text.Suggestion(args[0], commandNames(c)))
		},
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newRunCommand(), newShrinkCommand(), newCheckCommand(), newListCommand(), newFaultsCommand(), newMarksCommand(), newVersionCommand())
	return root
}

// commandNames lists the commands.
func commandNames(root *cobra.Command) []string {
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return names
}
