package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/internal/text"
	"raftsim/planted"
)

func listCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "show each bug with what it is about, its source and what should catch it",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, bugs, err := corpus()
			if err != nil {
				return err
			}
			for _, b := range bugs {
				fmt.Fprintf(cmd.OutOrStdout(), "%s\n%s\n%s\n", b.Name, text.Paragraph(b.About, "    "), text.Paragraph(catchers(&b)+" ("+b.Source+")", "      "))
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s; planted show NAME shows the change of the code\n", text.Count(len(bugs), "bug"))
			return nil
		},
	}
}

// catchers names what is expected to catch a bug.
func catchers(b *planted.Bug) string {
	if b.Test != "" {
		return "caught by the test " + b.Test
	}
	return "caught by " + text.Or(b.Properties)
}

func showCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show NAME...",
		Short: "show all there is to know of a bug, with the change of the code",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, names []string) error {
			_, bugs, err := corpus()
			if err != nil {
				return err
			}
			if bugs, err = planted.Select(bugs, names); err != nil {
				return err
			}
			for i, b := range bugs {
				if i > 0 {
					fmt.Fprintln(cmd.OutOrStdout())
				}
				fmt.Fprint(cmd.OutOrStdout(), shown(&b))
			}
			return nil
		},
	}
}

// shown is a bug in full.
func shown(b *planted.Bug) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s\n%s\n", b.Name, text.Paragraph(b.About, "    "))
	fmt.Fprintf(&out, "  source:   %s\n  expected: %s\n", b.Source, catchers(b))
	if b.Test == "" {
		fmt.Fprintf(&out, "  sweep:    seeds %s of %s\n", b.Seeds, b.Scenario)
	}
	if b.Known > 0 {
		fmt.Fprintf(&out, "  known:    seed %d catches it\n", b.Known)
	}
	for _, e := range b.Edits {
		fmt.Fprintf(&out, "  %s\n%s%s", e.File, marked("- ", e.Find), marked("+ ", e.Replace))
	}
	return out.String()
}

// marked puts a mark before each line, as a diff does.
func marked(mark, lines string) string {
	var out strings.Builder
	for line := range strings.Lines(lines) {
		fmt.Fprintf(&out, "    %s%s\n", mark, strings.TrimRight(line, "\n"))
	}
	return out.String()
}
