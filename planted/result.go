package planted

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A Result is what hunting one bug came to: one sweep or several that share no
// seed. It is saved as one line of JSON.
type Result struct {
	Bug string `json:"bug"`
	// Commit is the one whose sources were mutated.
	Commit       string  `json:"commit"`
	Scenario     string  `json:"scenario,omitempty"`
	Test         string  `json:"test,omitempty"`
	BuildSeconds float64 `json:"build_seconds"`
	Sweeps       []Sweep `json:"sweeps"`
}

// Hunt builds the simulator with the bug in it and sweeps the given number of
// ranges, the first being seeds. A bug that names a directed test is given to
// HuntByTest instead.
func (h *Hunter) Hunt(ctx context.Context, bug *Bug, seeds Seeds, sweeps int) (Result, error) {
	if bug.Test != "" {
		return h.HuntByTest(ctx, bug)
	}
	result := Result{Bug: bug.Name, Scenario: bug.Scenario}
	dir, err := os.MkdirTemp("", "planted-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	if result.Commit, err = Commit(ctx, h.Root); err != nil {
		return result, err
	}
	binary := filepath.Join(dir, "simrun")
	began := time.Now()
	build := bug.Build
	if h.Few {
		build = bug.BuildHastily
	}
	if err := build(ctx, h.Root, binary); err != nil {
		return result, err
	}
	result.BuildSeconds = time.Since(began).Seconds()
	for n := range sweeps {
		sweep, err := h.Sweep(ctx, binary, bug.Scenario, seeds.After(n))
		if err != nil {
			return result, fmt.Errorf("%s: %w", bug.Name, err)
		}
		result.Sweeps = append(result.Sweeps, sweep)
	}
	return result, nil
}

// Caught tells whether every sweep caught the bug.
func (r *Result) Caught() bool {
	return !slices.ContainsFunc(r.Sweeps, func(s Sweep) bool { return s.Catch == nil })
}

// First is the catch of the first sweep that has one, or nil.
func (r *Result) First() *Catch {
	for _, s := range r.Sweeps {
		if s.Catch != nil {
			return s.Catch
		}
	}
	return nil
}

// MedianNeeded is the median over all sweeps of how many seeds were needed.
// Sweeps that caught nothing count as the greatest; it is zero when they are
// half of all or more.
func (r *Result) MedianNeeded() uint64 {
	var needed []uint64
	for _, s := range r.Sweeps {
		n := s.Needed()
		if n == 0 {
			n = math.MaxUint64
		}
		needed = append(needed, n)
	}
	slices.Sort(needed)
	if len(needed) == 0 || needed[len(needed)/2] == math.MaxUint64 {
		return 0
	}
	return needed[len(needed)/2]
}

// CPUSeconds is the processor time of all sweeps.
func (r *Result) CPUSeconds() float64 {
	total := 0.0
	for _, s := range r.Sweeps {
		total += s.CPUSeconds
	}
	return total
}

// Commit names the commit checked out at root, with "+changes" behind it when
// the working tree differs; it is "unknown" outside a repository.
func Commit(ctx context.Context, root string) (string, error) {
	git := func(arguments ...string) (string, error) {
		cmd := exec.CommandContext(ctx, "git", arguments...)
		cmd.Dir = root
		output, err := cmd.Output()
		return strings.TrimSpace(string(output)), err
	}
	commit, err := git("rev-parse", "--short", "HEAD")
	if err != nil {
		return "unknown", ctx.Err()
	}
	changes, err := git("status", "--porcelain")
	if err != nil {
		return "", err
	}
	if changes != "" {
		commit += "+changes"
	}
	return commit, nil
}

// Save appends a result to a file.
func (r *Result) Save(name string) error {
	line, err := json.Marshal(r)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(append(line, '\n'))
	return errors.Join(err, file.Close())
}

// ReadResults reads what Save wrote, sorted by bug. Of several results of one
// bug the last counts, so a bug can be hunted again without the others.
func ReadResults(r io.Reader) ([]Result, error) {
	byBug := make(map[string]Result)
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for number := 1; lines.Scan(); number++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var result Result
		decoder := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&result); err != nil {
			return nil, fmt.Errorf("planted: results: line %d: %w", number, err)
		}
		byBug[result.Bug] = result
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("planted: results: %w", err)
	}
	results := make([]Result, 0, len(byBug))
	for _, result := range byBug {
		results = append(results, result)
	}
	slices.SortFunc(results, func(a, b Result) int { return strings.Compare(a.Bug, b.Bug) })
	return results, nil
}
