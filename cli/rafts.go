package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
	"raftsim/scenarios"
	"raftsim/sim"
)

// addRafts adds the flag that runs scenarios with other Rafts than they name.
func addRafts(c *cobra.Command, names *string) {
	c.Flags().StringVar(names, "rafts", "", "run these registered `Rafts`, of each host in turn, in place of those of the files: mine, or mine,raftsim")
}

// useRafts puts the Rafts of the flag in place of those of the scenarios.
func useRafts(names string, all ...*scenarios.Scenario) error {
	if names == "" {
		return nil
	}
	list := strings.Split(names, ",")
	for i, name := range list {
		list[i] = strings.TrimSpace(name)
		if _, err := sim.LookupRaft(list[i]); err != nil {
			return fmt.Errorf("--rafts %s: %w", names, err)
		}
	}
	for _, s := range all {
		s.Plan.Rafts = list
	}
	return nil
}

// raftsFlag is the flag in a command to paste, after a space, or nothing.
func raftsFlag(names string) string {
	if names == "" {
		return ""
	}
	return " --rafts " + self.Quote(names)
}
