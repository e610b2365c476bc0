package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"raftsim/internal/text"
	"raftsim/planted"
)

// hunt are the flags of the commands that run the simulator.
type hunt struct {
	seeds   string
	sweeps  int
	workers int
	abreast int
	timeout time.Duration
	save    string
	known   bool
	stories bool
}

func (h *hunt) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&h.seeds, "seeds", "", "range of seeds, such as 1-500 (default: that of each bug)")
	cmd.Flags().IntVarP(&h.workers, "workers", "j", runtime.NumCPU(), "seeds that run at a time")
	cmd.Flags().DurationVar(&h.timeout, "timeout", 5*time.Minute, "longest time for one batch of seeds, 0 for no limit")
}

func (h *hunt) hunter(root string) *planted.Hunter {
	return &planted.Hunter{Root: root, Workers: h.workers, Timeout: h.timeout, Few: h.known || h.stories}
}

// seedsFor are the seeds of the flag, or those that fit the bug.
func (h *hunt) seedsFor(b *planted.Bug) (planted.Seeds, error) {
	switch {
	case b.Test != "":
		return planted.Seeds{}, nil
	case h.known && b.Known == 0:
		return planted.Seeds{}, fmt.Errorf("planted: %s: no known seed is recorded", b.Name)
	case h.known:
		return planted.Seeds{First: b.Known, Last: b.Known}, nil
	case h.seeds != "":
		return planted.ParseSeeds(h.seeds)
	}
	return b.Seeds, nil
}

func runCommand() *cobra.Command {
	var h hunt
	cmd := &cobra.Command{
		Use:   "run [NAME...]",
		Short: "build each bug and sweep seeds until one catches it",
		Long: `Build the simulator with each bug in it and sweep seeds until one catches it.
A line for each bug gives the property that caught it, the first seed that did,
the seeds needed and the processor time. With --known, each bug that has a
recorded seed must be caught by it and by one of the properties that its file names.
A bug whose file names a directed test is given to that test, and not to seeds.
With --stories, each scenario file that says which bug it catches must catch it
within its own seeds, by one of those properties.`,
		RunE: func(cmd *cobra.Command, names []string) error {
			return h.run(cmd, names)
		},
	}
	h.flags(cmd)
	cmd.Flags().IntVarP(&h.abreast, "bugs", "b", 1, "bugs that are built and hunted at a time")
	cmd.Flags().IntVar(&h.sweeps, "sweeps", 1, "sweeps of each bug; each takes the range of seeds that follows")
	cmd.Flags().StringVar(&h.save, "save", "", "file to append each result to, for the table command")
	cmd.Flags().BoolVar(&h.known, "known", false, "run only the one recorded seed of each bug")
	cmd.Flags().BoolVar(&h.stories, "stories", false, "run the scenario files that say which bug they catch, over their own seeds")
	cmd.MarkFlagsMutuallyExclusive("known", "stories")
	cmd.MarkFlagsMutuallyExclusive("stories", "seeds")
	cmd.MarkFlagsMutuallyExclusive("stories", "sweeps")
	cmd.MarkFlagsMutuallyExclusive("known", "seeds")
	cmd.MarkFlagsMutuallyExclusive("known", "sweeps")
	return cmd
}

func (h *hunt) run(cmd *cobra.Command, names []string) error {
	root, bugs, err := corpus()
	if err != nil {
		return err
	}
	if bugs, err = planted.Select(bugs, names); err != nil {
		return err
	}
	if h.stories {
		if bugs, err = stories(root, bugs, names); err != nil {
			return err
		}
	}
	if h.sweeps < 1 || h.abreast < 1 {
		return fmt.Errorf("planted: sweeps are %d and bugs %d, must be 1 or more", h.sweeps, h.abreast)
	}
	if h.known && len(names) == 0 {
		if bugs, err = recorded(cmd, bugs); err != nil {
			return err
		}
	}
	failed, done := 0, 0
	for hunted := range h.all(cmd.Context(), h.hunter(root), bugs) {
		bug, result, err := hunted.bug, &hunted.result, hunted.err
		if err == nil && h.save != "" {
			err = result.Save(h.save)
		}
		switch {
		case cmd.Context().Err() != nil:
			return interrupted(cmd, done, len(bugs), "bug", failed)
		case err != nil: // the others are still worth hunting
			failed++
			done++
			fmt.Fprintf(cmd.OutOrStdout(), "%-40s ERROR      %v\n", bug.Name, err)
			continue
		case !result.Caught() || (h.known || h.stories) && !bug.Expects(result.First().Property):
			failed++
		}
		done++
		if h.stories {
			fmt.Fprintf(cmd.OutOrStdout(), "%-45s ", bug.Scenario)
		}
		fmt.Fprintln(cmd.OutOrStdout(), line(bug, result))
	}
	fmt.Fprintf(cmd.OutOrStdout(), "%s, %d not as expected\n", text.Count(len(bugs), "bug"), failed)
	if failed > 0 {
		return errEscaped
	}
	return nil
}

// hunted is what became of one bug.
type hunted struct {
	bug    *planted.Bug
	result planted.Result
	err    error
}

// all hunts the bugs, several at a time, and yields what became of them in
// their own order.
func (h *hunt) all(ctx context.Context, hunter *planted.Hunter, bugs []planted.Bug) iter.Seq[hunted] {
	places := make(chan struct{}, h.abreast)
	done := make([]chan hunted, len(bugs))
	for i := range done {
		done[i] = make(chan hunted, 1)
	}
	go func() {
		for i := range bugs {
			places <- struct{}{}
			go func() {
				result, err := h.one(ctx, hunter, &bugs[i])
				<-places
				done[i] <- hunted{&bugs[i], result, err}
			}()
		}
	}()
	return func(yield func(hunted) bool) {
		for _, next := range done {
			if !yield(<-next) {
				return
			}
		}
	}
}

// recorded are the bugs that have a known seed. The others are listed: no seed
// has caught them yet, so there is nothing quick to repeat.
func recorded(cmd *cobra.Command, bugs []planted.Bug) ([]planted.Bug, error) {
	var with []planted.Bug
	var without []string
	for _, b := range bugs {
		if b.Known > 0 || b.Test != "" {
			with = append(with, b)
		} else {
			without = append(without, b.Name)
		}
	}
	if len(with) == 0 {
		return nil, errors.New("planted: no bug has a known seed")
	}
	if len(without) > 0 {
		fmt.Fprintf(cmd.OutOrStdout(), "no known seed is recorded for %s: %s\n", text.Count(len(without), "bug"), strings.Join(without, ", "))
	}
	return with, nil
}

// one hunts one bug.
func (h *hunt) one(ctx context.Context, hunter *planted.Hunter, bug *planted.Bug) (planted.Result, error) {
	seeds, err := h.seedsFor(bug)
	if err != nil {
		return planted.Result{}, err
	}
	return hunter.Hunt(ctx, bug, seeds, h.sweeps)
}

// line is a result for a terminal.
func line(bug *planted.Bug, r *planted.Result) string {
	c := r.First()
	switch {
	case c == nil && r.Test != "":
		return fmt.Sprintf("%-40s ESCAPED    %s passes, %.1f s", r.Bug, r.Test, r.CPUSeconds())
	case r.Test != "":
		return fmt.Sprintf("%-40s caught     by %s, %.1f s", r.Bug, r.Test, r.CPUSeconds())
	case c == nil:
		return fmt.Sprintf("%-40s ESCAPED    seeds %s of %s, %.1f s", r.Bug, r.Sweeps[0].Seeds, r.Scenario, r.CPUSeconds())
	}
	verdict := "caught"
	switch {
	case !r.Caught():
		verdict = "sometimes"
	case !bug.Expects(c.Property):
		verdict = "other"
	}
	return fmt.Sprintf("%-40s %-10s by %s, seed %d, event %d, %d seeds needed, %.1f s", r.Bug, verdict, c.Property, c.Seed, c.Event, r.MedianNeeded(), r.CPUSeconds())
}

// interrupted says what was done of what was asked for, and ends the command.
func interrupted(cmd *cobra.Command, done, all int, noun string, failed int) error {
	came := "all as expected"
	if failed > 0 {
		came = fmt.Sprintf("%d not as expected", failed)
	}
	fmt.Fprintf(cmd.OutOrStdout(), "interrupted: %d of %s run, %s\n", done, text.Count(all, noun), came)
	return errInterrupted
}

func controlCommand() *cobra.Command {
	var h hunt
	cmd := &cobra.Command{
		Use:   "control",
		Short: "sweep the same scenarios and seeds without any bug: nothing may be caught",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return h.control(cmd)
		},
	}
	h.flags(cmd)
	return cmd
}

// control runs each scenario of the corpus once, over the longest range of
// seeds that a bug asks for.
func (h *hunt) control(cmd *cobra.Command) error {
	root, bugs, err := corpus()
	if err != nil {
		return err
	}
	var scenarios []string
	longest := make(map[string]planted.Seeds)
	for _, bug := range bugs {
		if bug.Test != "" {
			continue
		}
		seeds, err := h.seedsFor(&bug)
		if err != nil {
			return err
		}
		if !slices.Contains(scenarios, bug.Scenario) {
			scenarios = append(scenarios, bug.Scenario)
		}
		if longest[bug.Scenario] == (planted.Seeds{}) || longest[bug.Scenario].Len() < seeds.Len() {
			longest[bug.Scenario] = seeds
		}
	}
	hunter, guilty := h.hunter(root), 0
	for done, scenario := range scenarios {
		none := planted.Bug{Name: "none", Scenario: scenario}
		result, err := hunter.Hunt(cmd.Context(), &none, longest[scenario], 1)
		if cmd.Context().Err() != nil {
			return interrupted(cmd, done, len(scenarios), "scenario", guilty)
		}
		if err != nil {
			return err
		}
		verdict := "passed"
		if c := result.First(); c != nil {
			verdict = fmt.Sprintf("FALSE ALARM: %s, seed %d", c.Property, c.Seed)
			guilty++
		}
		fmt.Fprintf(cmd.OutOrStdout(), "%-40s seeds %s %s, %.1f s\n", scenario, longest[scenario], verdict, result.CPUSeconds())
	}
	if guilty > 0 {
		return errEscaped
	}
	return nil
}
