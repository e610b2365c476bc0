package cli

import (
	"fmt"
	"strings"

	"raftsim/checker"
	"raftsim/hunt"
	"raftsim/workload"
)

// writePage writes Porcupine's page of the operations that no order explains.
// The file appears whole or not at all. It returns what there is to say of it.
func writePage(file string, r *hunt.Result) (string, error) {
	illegal := r.Verdict.Illegal
	if illegal == nil {
		return "no page: the history of the clients has no illegal window", nil
	}
	o, err := r.Scenario.Options(r.Seed)
	if err != nil {
		return "", err
	}
	w, err := workload.Lookup(o.Defaults().Workload.Kind)
	if err != nil {
		return "", err
	}
	var page strings.Builder
	if err := checker.WritePage(&page, w, *illegal); err != nil {
		return "", err
	}
	if err := writeWhole(file, page.String()); err != nil {
		return "", fmt.Errorf("--page %s: %w", file, err)
	}
	return fmt.Sprintf("page: %s shows the %d operations that no order explains", file, len(illegal.Window)), nil
}
