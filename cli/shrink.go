package cli

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"raftsim/hunt"
	"raftsim/internal/outfile"
	"raftsim/internal/self"
	"raftsim/random"
	"raftsim/scenarios"
)

// shrinkFlags are the flags of simrun shrink.
type shrinkFlags struct {
	seed    string
	rafts   string // in place of those of the file
	out     string
	workers int
	runs    int
}

// maxShrinkRuns bounds --runs.
const maxShrinkRuns = 1_000_000

func (a *app) shrinkCommand() *cobra.Command {
	var f shrinkFlags
	c := &cobra.Command{
		Use:   "shrink file",
		Short: "Make the scenario of a failing seed as small as it can be",
		Long: `Takes a scenario and a seed that violates a property, and looks for the smallest
scenario that violates it in the same way (with the same signature): fewer
faults, a shorter run, fewer hosts and clients, plainer settings. What it finds
is written as a scenario file of its own, which needs no swarm and replays
without the seeds around it.

The file is the same whatever -j is. Ctrl-C writes the smallest found so far.

Exit codes:
  0    shrunk, or as small as it can be already
  2    the command or the scenario is wrong, or the run violates nothing
  130  interrupted; the smallest found so far is written
`,
		Example: `  simrun shrink --seed 57 scenarios/swarm.yaml
  simrun shrink --seed 57 -o vote_lost.yaml --runs 500 scenarios/swarm.yaml`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error { return a.shrink(c, args, f) },
	}
	c.Flags().StringVar(&f.seed, "seed", "", "the `seed` that fails; may be left out when the file names one alone")
	addRafts(c, &f.rafts)
	c.Flags().StringVarP(&f.out, "output", "o", "", "write to this `file`; default: the scenario's name, seed and \"shrunk\", in the folder you are in")
	c.Flags().IntVarP(&f.workers, "jobs", "j", 0, "`runs` at once, 0 for one on each core")
	c.Flags().IntVar(&f.runs, "runs", hunt.DefaultShrinkRuns, "make at most this `number` of runs")
	return a.jsonFlag(c, "print each reduction")
}

// shrink is the command: load, shrink, write, say how to replay.
func (a *app) shrink(c *cobra.Command, args []string, f shrinkFlags) error {
	s, seed, err := f.unit(args)
	if err != nil {
		return err
	}
	out := f.out
	if out == "" {
		out = shrunkName(s, seed)
	}
	if err := notInput("-o", out, s.File); err != nil {
		return err
	}
	file, err := outfile.Open(out) // refused before any work is done
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	defer file.Abandon()
	told := &shrinkReport{app: a, stderr: c.ErrOrStderr(), last: time.Now(), asked: f.runs}
	told.printf("# shrinking %s, seed %d, at most %d runs, built from %s\n", s.Place(), seed, f.runs, self.Revision())
	got, err := hunt.Shrink(c.Context(), s, seed, hunt.ShrinkOptions{Runs: f.runs, Workers: f.workers, Report: told.reduced, Ran: told.ran})
	switch {
	case errors.Is(err, hunt.ErrPasses), errors.Is(err, hunt.ErrNoViolation):
		return fmt.Errorf("%w; see: %s", err, pasted(fmt.Sprintf("run%s --seed %d", raftsFlag(f.rafts), seed), s))
	case err != nil && got.Interrupted:
		told.printf("interrupted before the run had shown its violation, nothing is written\n")
		return exitCode(ExitInterrupted)
	case err != nil:
		return err
	}
	text := f.origin(s, seed) + got.Text
	_, err = file.Write([]byte(text))
	if err == nil {
		err = file.Commit()
	}
	if err != nil {
		return fmt.Errorf("-o: %w", err)
	}
	told.finish(got, s, seed, out, text)
	if got.Interrupted {
		return exitCode(ExitInterrupted)
	}
	return nil
}

// unit is the run that the command line names.
func (f *shrinkFlags) unit(args []string) (*scenarios.Scenario, random.Seed, error) {
	switch {
	case len(args) != 1:
		return nil, 0, fmt.Errorf("shrink takes one scenario file, not %d: %s shrink --seed 57 scenarios/swarm.yaml", len(args), self.Command())
	case f.workers < 0 || f.workers > 4096:
		return nil, 0, fmt.Errorf("-j is %d, must be from 0 to 4096; 0 is one on each core (%d here)", f.workers, runtime.GOMAXPROCS(0))
	case f.runs < 1 || f.runs > maxShrinkRuns:
		return nil, 0, fmt.Errorf("--runs is %d, must be from 1 to %d", f.runs, maxShrinkRuns)
	}
	chosen := runFlags{seed: f.seed}
	seeds, err := chosen.chosen()
	if err != nil {
		return nil, 0, err
	}
	if err := misspelt(args[0]); err != nil {
		return nil, 0, err
	}
	s, err := scenarios.Load(args[0])
	if err != nil {
		return nil, 0, err
	}
	if err := useRafts(f.rafts, s); err != nil {
		return nil, 0, err
	}
	if seeds == nil {
		seeds = s.Seeds
	}
	if seeds.Len() != 1 {
		return nil, 0, fmt.Errorf("which seed fails? %s names %s, give one: --seed N", s.Place(), seeds)
	}
	return s, seeds[0].First, nil
}

// shrunkName is the name of the file that the shrunk scenario is written to when
// no other is given.
func shrunkName(s *scenarios.Scenario, seed random.Seed) string {
	base := filepath.Base(s.File)
	if s.File == scenarios.StandardInput {
		base = "standard_input"
	}
	return fmt.Sprintf("%s_%d_shrunk.yaml", strings.TrimSuffix(base, filepath.Ext(base)), seed)
}

// origin is the comment at the top of a shrunk file.
func (f *shrinkFlags) origin(s *scenarios.Scenario, seed random.Seed) string {
	from := s.File
	if filepath.IsAbs(from) {
		from = filepath.Base(from) // the file may be read on other machines
	}
	return fmt.Sprintf("# Written by %s shrink%s --seed %d %s, built from %s.\n", self.Name(), raftsFlag(f.rafts), seed, argument(from), self.Revision())
}
