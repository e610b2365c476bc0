package cli

import (
	"fmt"
	"runtime"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
)

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the revision this binary was built from",
		Args:  cobra.NoArgs,
		Run: func(c *cobra.Command, _ []string) {
			fmt.Fprintf(c.OutOrStdout(), "%s built from %s with %s for %s/%s\n", self.Name(), self.Revision(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
			if text := self.Advice(); text != "" {
				fmt.Fprintln(c.OutOrStdout(), text)
			}
		},
	}
}
