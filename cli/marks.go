package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
	"raftsim/mark"
	"raftsim/report"
)

func (a *app) marksCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "marks",
		Short: "List the marks: states worth reaching, which runs may hit",
		Long: `Lists every mark: its id, what is expected of it, and a sentence that says what
has happened when a run hits it. A reachable or sometimes mark must be hit by some
run; the condition of an always mark must hold each time it is checked, and is a
violation otherwise. Scenarios give ids in reaches and expect.marks; run --marks
counts the runs that hit each mark, and run --require-marks takes a list of ids.`,
		Args: cobra.NoArgs,
		RunE: func(_ *cobra.Command, _ []string) error {
			for _, id := range mark.IDs() {
				m, err := mark.Lookup(id)
				if err != nil {
					return err
				}
				a.printf("%s  (%v)\n    %s\n", m.ID(), m.Kind(), m.About())
				if a.json {
					a.emit(report.Mark{Type: "mark", ID: m.ID(), Kind: m.Kind().String(), About: m.About()})
				}
			}
			return nil
		},
	}, "print each mark")
}

// readMarks reads a list of marks: an id on each line, empty lines and those that
// begin with # left out.
func readMarks(file string) ([]string, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("--require-marks: %w", err)
	}
	var ids []string
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		id := strings.TrimSpace(line)
		if id == "" || strings.HasPrefix(id, "#") {
			continue
		}
		if _, err := mark.Lookup(id); err != nil {
			return nil, fmt.Errorf("%s:%d: %w; %s lists all marks", file, number, err, self.Command()+" marks")
		}
		ids = append(ids, id)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%s has no mark, must have the id of a mark on each line: %s lists them", file, self.Command()+" marks")
	}
	return ids, nil
}

// manyRuns is the number of runs from which on the marks that a sweep never hit are
// printed.
const manyRuns = 100

// printMarks prints how many marks the sweep has hit: all of them one by one if
// asked, and otherwise those that a long sweep has missed.
func (o *output) printMarks() {
	ids := mark.IDs()
	never := o.total.NeverHit(ids)
	switch {
	case o.flags.marks:
		o.printf("marks, with the number of runs that hit each and the first of these runs:\n")
		for _, t := range o.total.Marks {
			o.printf("  %6d  %-40s  --seed %d%s %s\n", t.Runs, t.ID, t.Seed, raftsFlag(o.flags.rafts), argument(t.File))
		}
		o.printSentences(never, "       0  ")
	case o.flags.quiet:
	case o.total.Runs >= manyRuns && len(never) > 0:
		o.printf("marks: %d of %d hit, never: %s\n", len(ids)-len(never), len(ids), strings.Join(never, ", "))
	default:
		o.printf("marks: %d of %d hit\n", len(ids)-len(never), len(ids))
	}
}

// missed prints the marks of --require-marks that no run has hit, and says
// whether there are any.
func (o *output) missed() bool {
	never := o.total.NeverHit(o.flags.required)
	if len(never) > 0 {
		o.printf("%-13sno run hit %d of the %d required marks:\n", "VACUOUS", len(never), len(o.flags.required))
		o.printSentences(never, "  ")
	}
	return len(never) > 0
}

// printSentences prints marks with their sentences, a line each.
func (o *output) printSentences(ids []string, indent string) {
	for _, id := range ids {
		o.printf("%s%-40s  %s\n", indent, id, sentence(id))
	}
}

// sentence says what has happened when a mark is hit.
func sentence(id string) string {
	m, err := mark.Lookup(id)
	if err != nil {
		return ""
	}
	return m.About()
}
