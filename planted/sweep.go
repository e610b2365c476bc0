package planted

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"raftsim/checker"
)

// A Sweep is what hunting one bug over one range of seeds came to.
type Sweep struct {
	Seeds Seeds `json:"seeds"`
	// Catch is the violation of the lowest seed that found one; nil when no
	// seed did.
	Catch *Catch `json:"catch"`
	// Seconds of processor time that the simulator took for all seeds it ran:
	// a few more than were needed, since it runs them in batches.
	CPUSeconds float64 `json:"cpu_seconds"`
}

// Needed is how many seeds were tried up to the one that caught the bug, in
// their order, or zero when none did.
func (s *Sweep) Needed() uint64 {
	if s.Catch == nil {
		return 0
	}
	return s.Catch.Seed - s.Seeds.First + 1
}

// A Hunter runs a built simulator over seeds.
type Hunter struct {
	// Root is the folder in which scenario files are found.
	Root string
	// Workers is how many seeds run at a time.
	Workers int
	// Few says that a seed or a few are to be run: then the simulator is built
	// without optimisation, which saves more time than it costs.
	Few bool
	// Timeout bounds one batch of seeds in real time: a planted bug may loop
	// without an event. Zero means no bound.
	Timeout time.Duration
}

// The first batch is small, since most bugs show at once; each later one is
// twice as large.
const (
	firstBatch = 8
	lastBatch  = 512
)

// Sweep runs binary over the seeds of one scenario, in batches, until one
// catches a violation.
func (h *Hunter) Sweep(ctx context.Context, binary, scenario string, seeds Seeds) (Sweep, error) {
	sweep := Sweep{Seeds: seeds}
	size := uint64(firstBatch)
	for first := seeds.First; ; {
		batch := Seeds{First: first, Last: min(first+size-1, seeds.Last)}
		catches, cpu, err := h.batch(ctx, binary, scenario, batch)
		sweep.CPUSeconds += cpu.Seconds()
		if err != nil {
			return sweep, err
		}
		if len(catches) > 0 {
			c := slices.MinFunc(catches, func(a, b Catch) int { return cmp.Compare(a.Seed, b.Seed) })
			sweep.Catch = &c
			return sweep, nil
		}
		if batch.Last == seeds.Last {
			return sweep, nil
		}
		first, size = batch.Last+1, min(2*size, lastBatch)
	}
}

// batch runs one batch of seeds. One that does not end in time is halved until
// the seed that hangs is found.
func (h *Hunter) batch(ctx context.Context, binary, scenario string, seeds Seeds) ([]Catch, time.Duration, error) {
	stdout, stderr, code, cpu, err := h.run(ctx, binary, scenario, seeds)
	if !errors.Is(err, context.DeadlineExceeded) {
		if err != nil {
			return nil, cpu, err
		}
		catches, err := ReadOutput(stdout, stderr, code, seeds)
		return catches, cpu, err
	}
	if seeds.Len() == 1 {
		hang := Catch{Property: checker.NoEnd.String(), Detail: "killed after " + h.Timeout.String(), Seed: seeds.First}
		return []Catch{hang}, cpu, nil
	}
	middle := seeds.First + seeds.Len()/2
	catches, more, err := h.batch(ctx, binary, scenario, Seeds{First: seeds.First, Last: middle - 1})
	cpu += more
	if err == nil && len(catches) == 0 {
		catches, more, err = h.batch(ctx, binary, scenario, Seeds{First: middle, Last: seeds.Last})
		cpu += more
	}
	return catches, cpu, err
}

// run runs the simulator's command once. Its error is that of the context, or
// tells that the command could not be started; how it ended is in the code.
func (h *Hunter) run(ctx context.Context, binary, scenario string, seeds Seeds) (stdout, stderr string, code int, cpu time.Duration, err error) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if h.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, h.Timeout)
	}
	defer cancel()
	cmd := exec.CommandContext(limited, binary, "run", "--json", "--quiet", "--seeds", seeds.String(),
		"-j", strconv.Itoa(max(h.Workers, 1)), filepath.FromSlash(scenario))
	cmd.Dir = h.Root
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	err = cmd.Run()
	if cmd.ProcessState == nil {
		return "", "", 0, 0, fmt.Errorf("planted: %w", err)
	}
	cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return out.String(), errors.String(), cmd.ProcessState.ExitCode(), cpu, limited.Err()
}
