package planted

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteTable writes results as a table in Markdown: a line for each bug, the
// property that caught it, the seeds it took and the processor time; then the
// figures for the whole corpus. Bugs without a result are named, and so are
// those that escaped.
func WriteTable(w io.Writer, bugs []Bug, results []Result) error {
	var text strings.Builder
	text.WriteString("| bug | source | caught by | as expected | seeds needed | first seed | CPU s |\n")
	text.WriteString("|---|---|---|---|---:|---:|---:|\n")
	var missing, escaped, commits []string
	within20, most := 0, uint64(0)
	hunted := 0
	for _, bug := range bugs {
		i := slices.IndexFunc(results, func(r Result) bool { return r.Bug == bug.Name })
		if i < 0 {
			missing = append(missing, bug.Name)
			continue
		}
		hunted++
		r := &results[i]
		writeRow(&text, &bug, r)
		if !slices.Contains(commits, r.Commit) {
			commits = append(commits, r.Commit)
		}
		if !r.Caught() {
			escaped = append(escaped, bug.Name)
			continue
		}
		for _, s := range r.Sweeps {
			most = max(most, s.Needed())
		}
		if r.Test == "" && r.MedianNeeded() <= 20 {
			within20++
		}
	}
	fmt.Fprintf(&text, "\n%d of %d caught in every sweep; %d within 20 seeds in the median; the most that one took was %d. Made from %s.\n",
		hunted-len(escaped), hunted, within20, most, strings.Join(commits, ", "))
	if len(escaped) > 0 {
		fmt.Fprintf(&text, "\nEscaped at least one sweep: %s.\n", strings.Join(escaped, ", "))
	}
	if len(missing) > 0 {
		fmt.Fprintf(&text, "\nNot hunted: %s.\n", strings.Join(missing, ", "))
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func writeRow(w io.Writer, bug *Bug, r *Result) {
	property, expected, first := "-", "-", "-"
	switch c := r.First(); {
	case c != nil && r.Test != "":
		property, expected = "test "+r.Test, "yes"
	case c != nil:
		property, first = c.Property, strconv.FormatUint(c.Seed, 10)
		expected = "no"
		if bug.Expects(c.Property) {
			expected = "yes"
		}
	}
	fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %.1f |\n",
		bug.Name, bug.Source, property, expected, needed(r), first, r.CPUSeconds())
}

// needed is the median number of seeds, and over how many sweeps when there
// were several; "> n" when half of the sweeps or more caught nothing.
func needed(r *Result) string {
	if r.Test != "" {
		return "-"
	}
	text := strconv.FormatUint(r.MedianNeeded(), 10)
	if r.MedianNeeded() == 0 {
		text = "-"
		if len(r.Sweeps) > 0 {
			text = fmt.Sprintf("> %d", r.Sweeps[0].Seeds.Len())
		}
	}
	if len(r.Sweeps) > 1 {
		text += fmt.Sprintf(" (median of %d)", len(r.Sweeps))
	}
	return text
}

// Expects tells whether a property is one of those that should catch the bug.
func (b *Bug) Expects(property string) bool {
	if b.Test != "" {
		return property == DirectedTest
	}
	return slices.ContainsFunc(b.Properties, func(p string) bool { return strings.EqualFold(p, property) })
}
