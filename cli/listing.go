package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/faults"
	"raftsim/scenarios"
)

// The commands that only look.

func newCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [files or folders]",
		Short: "Read scenario files and report every mistake, without running them",
		Long: `Reads scenario files, and those of folders, and reports every mistake with its
file, line and column. Without arguments it reads the folder "scenarios".

` + exitCodes,
		RunE: func(c *cobra.Command, args []string) error {
			all, err := load(args)
			if err != nil {
				return err
			}
			for _, s := range all {
				fmt.Fprintf(c.OutOrStdout(), "ok  %s\n", s.Place())
			}
			return nil
		},
	}
}

func newListCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list [files or folders]",
		Short: "List scenarios with their seeds and what they are about",
		Long:  `Lists scenario files, and those of folders; without arguments, of the folder "scenarios".`,
		RunE: func(c *cobra.Command, args []string) error {
			all, err := load(args)
			if err != nil {
				return err
			}
			for _, s := range all {
				fmt.Fprintf(c.OutOrStdout(), "%s  (%s, seeds %s)\n", s.Name, s.Place(), s.Seeds)
				if s.About != "" {
					fmt.Fprintf(c.OutOrStdout(), "    %s\n", strings.Join(strings.Fields(s.About), " "))
				}
			}
			return nil
		},
	}
}

func newFaultsCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "faults",
		Short: "List the kinds of faults and how their lines are written",
		Long: `Lists every kind of fault with its one-line form: words as they are, PLACES in
capitals, [optional parts] in brackets. In a scenario a time stands before it,
and "for 2s", "every 5s..15s until 40s" or "within 500ms" may follow.`,
		Args: cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) {
			family := ""
			for _, k := range byFamily(faults.Kinds()) {
				if k.Family != family {
					family = k.Family
					fmt.Fprintf(c.OutOrStdout(), "%s\n", family)
				}
				fmt.Fprintf(c.OutOrStdout(), "  %s\n      %s\n", k.Grammar, k.Doc)
				for _, e := range k.Examples {
					fmt.Fprintf(c.OutOrStdout(), "      - 5s %s\n", e)
				}
			}
		},
	}
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

// defaultFolder is read when no file or folder is given.
const defaultFolder = "scenarios"

// load reads the scenarios that a command is given.
func load(paths []string) ([]*scenarios.Scenario, error) {
	if len(paths) > 0 {
		return scenarios.LoadAll(paths...)
	}
	if _, err := os.Stat(defaultFolder); err != nil {
		return nil, fmt.Errorf("give a file or folder: there is no folder %q here to run by default", defaultFolder)
	}
	return scenarios.LoadAll(defaultFolder)
}
