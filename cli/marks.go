package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
	"raftsim/mark"
)

func newMarksCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "marks",
		Short: "List the marks: states worth reaching, which runs may hit",
		Long: `Lists every mark with what is expected of it (reachable: some run comes there;
sometimes: some run makes it true; always: it is true each time, and a violation
otherwise) and what has happened when it is hit. Scenarios name marks in reaches
and expect.marks; simrun run --marks counts the runs that hit each.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, name := range mark.Names() {
				m, err := mark.Lookup(name)
				if err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s  (%v)\n    %s\n", m.Name(), m.Kind(), m.About())
			}
			return nil
		},
	}
}

// readMarks reads a list of marks: one name a line, empty lines and those that
// begin with # left out.
func readMarks(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--require-marks: %w", err)
	}
	var names []string
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		name := strings.TrimSpace(line)
		if name == "" || strings.HasPrefix(name, "#") {
			continue
		}
		if _, err := mark.Lookup(name); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, number, err)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s: names no mark, one is a line: %s lists them", file, self.Command()+" marks")
	}
	return names, nil
}

// manyRuns is how many runs a sweep has that should have come everywhere: the
// marks that it never hit are named.
const manyRuns = 100

// printMarks prints how many marks the sweep has hit: all of them one by one if
// asked, and otherwise those that a long sweep has missed.
func (o *output) printMarks() {
	names := mark.Names()
	never := o.total.NeverHit(names)
	switch {
	case o.flags.marks:
		o.printf("marks, with the runs that hit each and the first of them:\n")
		for _, t := range o.total.Marks {
			o.printf("  %6d  %-50s  --seed %d %s\n", t.Runs, t.Name, t.Seed, argument(t.File))
		}
		for _, name := range never {
			o.printf("  %6d  %s\n", 0, name)
		}
	case o.flags.quiet:
	case o.total.Runs >= manyRuns && len(never) > 0:
		o.printf("marks: %d of %d hit, never: %s\n", len(names)-len(never), len(names), strings.Join(never, ", "))
	default:
		o.printf("marks: %d of %d hit\n", len(names)-len(never), len(names))
	}
}

// missed prints the marks of --require-marks that no run has hit, and says
// whether there are any.
func (o *output) missed() bool {
	never := o.total.NeverHit(o.flags.required)
	if len(never) > 0 {
		o.printf("%-13snever hit, of %d required marks: %s\n", "VACUOUS", len(o.flags.required), strings.Join(never, ", "))
	}
	return len(never) > 0
}
