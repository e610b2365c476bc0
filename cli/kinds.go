package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/faults"
	"raftsim/internal/text"
	"raftsim/report"
)

func (a *app) faultsCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "faults [KIND...]",
		Short: "List the kinds of faults and how their lines are written, or explain some",
		Long: `Lists every kind of fault with its one-line form: words as they are, PLACES in
capitals, [optional parts] in brackets. In a scenario a time stands before it,
and "for 2s", "every 5s..15s until 40s" or "within 500ms" may follow.

With a KIND, such as crash or "disk rots", it says all there is to say of it.`,
		RunE: func(_ *cobra.Command, args []string) error {
			kinds, err := chosenKinds(args)
			if err != nil {
				return err
			}
			for i, k := range kinds {
				switch {
				case a.json:
					a.emit(report.FaultKind{
						Type: "fault_kind", Name: k.Name, Family: k.Family, Grammar: k.Grammar, About: k.Doc,
						Lasting: k.Lasting, Budget: k.Budget, Examples: k.Examples,
					})
				case len(args) > 0:
					a.printf("%s", explained(k))
				default:
					if i == 0 || k.Family != kinds[i-1].Family {
						a.printf("%s\n", k.Family)
					}
					a.printf("%s", listed(k))
				}
			}
			return nil
		},
	}, "print each kind")
}

// chosenKinds are the kinds of these names, or all of them.
func chosenKinds(names []string) ([]faults.Kind, error) {
	if len(names) == 0 {
		return byFamily(faults.Kinds()), nil
	}
	if k, ok := faults.Lookup(strings.Join(names, " ")); ok { // two words without quotes
		return []faults.Kind{k}, nil
	}
	var kinds []faults.Kind
	for _, name := range names {
		k, ok := faults.Lookup(name)
		if !ok {
			var valid []string
			for _, k := range faults.Kinds() {
				valid = append(valid, k.Name)
			}
			return nil, fmt.Errorf("no kind of fault is called %s, %s", text.Quote(name), text.Suggestion(name, valid))
		}
		kinds = append(kinds, k)
	}
	return kinds, nil
}

// listed is a kind in the list of all.
func listed(k faults.Kind) string {
	var b strings.Builder
	fmt.Fprintf(&b, "  %s\n      %s\n", k.Grammar, k.Doc)
	for _, e := range k.Examples {
		fmt.Fprintf(&b, "      - 5s %s\n", e)
	}
	return b.String()
}

// explained is all there is to say of a kind.
func explained(k faults.Kind) string {
	var b strings.Builder
	lasts := "It happens at once."
	if k.Lasting {
		lasts = `It lasts until something ends it; "for 2s" behind it says when.`
	}
	fmt.Fprintf(&b, "%s  (%s)\n%s\n%s\n", k.Name, k.Family, text.Paragraph(k.Doc, "    "), text.Paragraph(lasts, "    "))
	fmt.Fprintf(&b, "  line:     %s\n  class:    %s\n", k.Grammar, k.Budget)
	for i, e := range k.Examples {
		label := ""
		if i == 0 {
			label = "example:"
		}
		fmt.Fprintf(&b, "  %-8s  - 5s %s\n", label, e)
	}
	return b.String()
}

// byFamily puts the kinds of a family together, the families in order of
// their first kind.
func byFamily(kinds []faults.Kind) []faults.Kind {
	var out []faults.Kind
	seen := map[string]bool{}
	for _, first := range kinds {
		if seen[first.Family] {
			continue
		}
		seen[first.Family] = true
		for _, k := range kinds {
			if k.Family == first.Family {
				out = append(out, k)
			}
		}
	}
	return out
}
