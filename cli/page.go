package cli

import (
	"bufio"
	"fmt"

	"raftsim/checker/history"
	"raftsim/hunt"
	"raftsim/internal/outfile"
	"raftsim/workload"
)

// writePage writes Porcupine's page of the operations that no order explains
// to a file, which has this name. It returns what there is to say of it.
func writePage(file *outfile.File, name string, r *hunt.Result) (string, error) {
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
	page := bufio.NewWriter(file)
	if err = history.WritePage(page, w, *illegal); err == nil {
		err = page.Flush()
	}
	if err == nil {
		err = file.Commit()
	}
	if err != nil {
		return "", fmt.Errorf("--page: %w", err)
	}
	return fmt.Sprintf("page: %s shows the %d operations that no order explains", name, len(illegal.Window)), nil
}
