package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"raftsim/internal/text"
	"raftsim/report"
	"raftsim/scenarios"
)

// schemaCommand prints the JSON Schemas: what the program reads and what it prints.
func schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema scenario|output",
		Short: "Print the JSON Schema of scenario files, or of the lines of --json",
		Long: `Prints a JSON Schema (draft 2020-12): of scenario files, for an editor that
completes their keys, or of the lines that --json prints, one object each.`,
		ValidArgs: []string{"scenario", "output"},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("schema takes one word, not %d: scenario or output", len(args))
			}
			schemas := map[string][]byte{"scenario": scenarios.Schema(), "output": report.Schema}
			schema, ok := schemas[args[0]]
			if !ok {
				return fmt.Errorf("there is no schema of %s, %s", text.Quote(args[0]), text.Suggestion(args[0], c.ValidArgs))
			}
			_, err := c.OutOrStdout().Write(schema)
			return err
		},
	}
}
