package cli

import (
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"raftsim/hunt"
	"raftsim/internal/outfile"
	"raftsim/scenarios"
)

// runFlags are the flags of simrun run.
type runFlags struct {
	seed, seeds string
	rafts       string // in place of those of the files
	workers     int
	trace       string
	page        string
	twice       bool
	twiceEvery  uint64
	quiet       bool
	marks       bool
	require     string   // a file of marks
	required    []string // what it names
}

// defaultTwiceEvery is the share of a sweep that is made twice.
const defaultTwiceEvery = 50

func (a *app) runCommand() *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run [files or folders]",
		Short: "Run scenarios over their seeds and judge every run",
		Long: `Runs scenario files, and those of folders, over the seeds they name, as many runs
at once as there are cores. Without arguments it runs the folder "scenarios".

The output does not depend on -j, except for the rates in the summary. With a
single run every option is printed first, as a scenario file of its own.

A share of the seeds is run twice (--twice-every, all of them with --twice): two
runs of one seed must not differ in a single record. If they differ, the
first record that differs is shown from both runs, with its causes.

A scenario that names a mark in reaches is vacuous unless at least one of its own
seeds hits the mark. With --seed or --seeds this is not checked.

` + exitCodes,
		Example: `  simrun run                                      all of the folder scenarios
  simrun run --seeds 1-1000 scenarios/power.yaml  one file over a thousand seeds
  simrun run --seed 57 --trace scenarios/power.yaml`,
		RunE: func(c *cobra.Command, args []string) error { return a.run(c, args, f) },
	}
	c.Flags().StringVar(&f.seed, "seed", "", "run this one `seed` instead of those of the files")
	c.Flags().StringVar(&f.seeds, "seeds", "", "run these `seeds`, a range such as 1-200 or a list such as 1-3,7")
	addRafts(c, &f.rafts)
	c.Flags().IntVarP(&f.workers, "jobs", "j", 0, "`runs` at once, 0 for one on each core")
	c.Flags().StringVar(&f.trace, "trace", "", "print every record of a single run, or write them to a `file`: --trace=run.txt")
	c.Flags().Lookup("trace").NoOptDefVal = "-"
	c.Flags().StringVar(&f.page, "page", "", "write a page with the operations that no order explains to a `file`, for a single run that is not linearizable")
	c.Flags().BoolVar(&f.twice, "twice", false, "make every run twice and compare record by record")
	c.Flags().Uint64Var(&f.twiceEvery, "twice-every", defaultTwiceEvery, "make one run in `so many` twice, chosen by its seed; 0 makes none")
	c.Flags().BoolVar(&f.twice, "check-determinism", false, "the same as --twice")
	c.Flags().BoolVar(&f.marks, "marks", false, "print how many runs hit each mark, and which was the first")
	c.Flags().StringVar(&f.require, "require-marks", "", "fail unless every mark in this `file`, one id a line, is hit by some run")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print failures and the summary only")
	return a.jsonFlag(c, "print each run")
}

// run is the command: load, announce, sweep, report.
func (a *app) run(c *cobra.Command, args []string, f runFlags) error {
	all, err := f.scenarios(args)
	if err != nil {
		return err
	}
	sweep := &hunt.Sweep{Scenarios: all, Workers: f.workers}
	if err := f.check(c, sweep, a.json); err != nil {
		return err
	}
	if f.require != "" {
		if f.required, err = readMarks(f.require); err != nil {
			return err
		}
	}
	out := newOutput(a, c.ErrOrStderr(), sweep, f)
	sweep.Run = hunt.SomeTwice(f.twiceEvery)
	if f.twice {
		sweep.Run = hunt.Twice
	}
	if err := f.outputs(all); err != nil {
		return err
	}
	if f.page != "" {
		page, err := outfile.Open(f.page)
		if err != nil {
			return fmt.Errorf("--page: %w", err)
		}
		defer page.Abandon()
		out.page = page
	}
	if f.trace != "" {
		sink, err := newTraceSink(f.trace, c.OutOrStdout())
		if err != nil {
			return err
		}
		defer sink.abandon()
		out.sink = sink
		sweep.Run = func(u hunt.Unit) hunt.Result { return hunt.Traced(u, sink.write) }
	}
	if err := out.announce(); err != nil {
		return err
	}
	code, err := out.finish(sweep.Do(c.Context(), out.result))
	if err == nil && code != ExitPass {
		err = exitCode(code)
	}
	return err
}

// scenarios loads what the arguments name, with the seeds of the flags in
// place of their own.
func (f *runFlags) scenarios(args []string) ([]*scenarios.Scenario, error) {
	seeds, err := f.chosen()
	if err != nil {
		return nil, err
	}
	all, err := load(args)
	if err != nil {
		return nil, err
	}
	if seeds != nil {
		for _, s := range all {
			s.Seeds = seeds
		}
	}
	return all, useRafts(f.rafts, all...)
}

// chosen is the list of seeds that the flags ask for, or nil.
func (f *runFlags) chosen() (scenarios.Seeds, error) {
	switch {
	case f.seed != "" && f.seeds != "":
		return nil, fmt.Errorf("--seed %s and --seeds %s both say which seeds to run, give one of them", f.seed, f.seeds)
	case f.seed != "":
		seeds, err := scenarios.ParseSeeds(f.seed)
		if err != nil || seeds.Len() != 1 {
			return nil, fmt.Errorf("--seed is %q, must be one whole number from 0 to %d; --seeds takes ranges", f.seed, uint64(1<<64-1))
		}
		return seeds, nil
	case f.seeds != "":
		seeds, err := scenarios.ParseSeeds(f.seeds)
		if err != nil {
			return nil, fmt.Errorf("--seeds: %w", err)
		}
		return seeds, nil
	}
	return nil, nil
}

// own says whether each file is run over its own seeds, all of them, with the Rafts
// that it names: only then can it be asked to reach what it says.
func (f *runFlags) own() bool { return f.seed == "" && f.seeds == "" && f.rafts == "" }

// check refuses flags that do not go together.
func (f *runFlags) check(c *cobra.Command, sweep *hunt.Sweep, asJSON bool) error {
	for _, name := range []string{"seed", "seeds", "rafts", "trace", "page", "require-marks"} {
		if flag := c.Flags().Lookup(name); flag.Changed && flag.Value.String() == "" {
			return fmt.Errorf("--%s is empty", name)
		}
	}
	switch {
	case f.workers < 0 || f.workers > 4096:
		return fmt.Errorf("-j is %d, must be from 0 to 4096; 0 is one on each core (%d here)", f.workers, runtime.GOMAXPROCS(0))
	case f.twice && c.Flags().Changed("twice-every"):
		return fmt.Errorf("--twice makes every run twice and --twice-every one in %d, give one of them", f.twiceEvery)
	case f.trace != "" && f.twice:
		return fmt.Errorf("--trace and --twice do not go together: a run that differs shows its first differing record by itself")
	case f.trace == "-" && asJSON:
		return fmt.Errorf("--trace and --json both print to standard output, write the trace to a file: --trace=run.txt")
	case f.page != "" && sweep.Units() != 1:
		return fmt.Errorf("--page shows a single run, not %d: give --seed N and one file", sweep.Units())
	case f.trace != "" && sweep.Units() != 1:
		return fmt.Errorf("--trace shows a single run, not %d: give --seed N and one file", sweep.Units())
	}
	return nil
}

// outputs refuses a file to write that is one of those that are read, or both of
// those that are written.
func (f *runFlags) outputs(all []*scenarios.Scenario) error {
	trace := f.trace
	if trace == "-" {
		trace = ""
	}
	var inputs []string
	for _, s := range all {
		inputs = append(inputs, s.File)
	}
	if f.require != "" {
		inputs = append(inputs, f.require)
	}
	if err := notInput("--trace", trace, inputs...); err != nil {
		return err
	}
	if trace != "" && (trace == f.page || sameFile(trace, f.page)) {
		return fmt.Errorf("--trace and --page both write %s, give each a file of its own", trace)
	}
	return notInput("--page", f.page, inputs...)
}

// notInput refuses an output that would replace a file that the command reads.
func notInput(flag, output string, inputs ...string) error {
	for _, input := range inputs {
		if sameFile(output, input) {
			return fmt.Errorf("%s %s is the file %s that is read, which stays as it is: give another name", flag, output, input)
		}
	}
	return nil
}

// sameFile tells whether two names stand for one regular file.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil || !first.Mode().IsRegular() {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}
