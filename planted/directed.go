package planted

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"time"
)

// DirectedTest is the property of a Catch by the directed test that a bug names.
const DirectedTest = "directed test"

// testPattern is what Bug.Test looks like: a package below the module's root, and
// the name of a test in it with the names of its subtests.
var testPattern = regexp.MustCompile(`^\./[a-z0-9/]+ (Test|Fuzz)\w+(/[\w.]+)*$`)

// HuntByTest runs the directed test that the bug names, with the bug in it. The
// result has one sweep without seeds.
func (h *Hunter) HuntByTest(ctx context.Context, bug *Bug) (Result, error) {
	result := Result{Bug: bug.Name, Test: bug.Test}
	commit, err := Commit(ctx, h.Root)
	if err != nil {
		return result, err
	}
	result.Commit = commit
	if err := bug.Compile(ctx, h.Root); err != nil {
		return result, err
	}
	dir, err := os.MkdirTemp("", "planted-")
	if err != nil {
		return result, err
	}
	defer os.RemoveAll(dir)
	overlay, err := bug.Overlay(h.Root, dir)
	if err != nil {
		return result, err
	}
	sweep, err := h.test(ctx, bug.Test, overlay)
	result.Sweeps = []Sweep{sweep}
	return result, err
}

// test runs one test over an overlay. It is caught when the test fails; when the
// test could not be run, that is an error.
func (h *Hunter) test(ctx context.Context, test, overlay string) (Sweep, error) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if h.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, h.Timeout)
	}
	defer cancel()
	folder, name, _ := strings.Cut(test, " ")
	pattern := "^" + strings.ReplaceAll(name, "/", "$/^") + "$"
	cmd := exec.CommandContext(limited, "go", "test", "-overlay", overlay, "-count=1", "-v", "-run", pattern, folder)
	cmd.Dir = h.Root
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	began := time.Now()
	err := cmd.Run()
	sweep := Sweep{CPUSeconds: time.Since(began).Seconds()}
	if cmd.ProcessState != nil {
		sweep.CPUSeconds = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	output := both.String()
	switch {
	case ctx.Err() != nil:
		return sweep, ctx.Err()
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		sweep.Catch = &Catch{Property: DirectedTest, Detail: name + " did not end within " + h.Timeout.String()}
	case err == nil && !strings.Contains(output, "--- PASS: "):
		return sweep, fmt.Errorf("planted: %s: no such test", test)
	case err == nil:
	case strings.Contains(output, "--- FAIL: ") || strings.Contains(output, "panic: "):
		sweep.Catch = &Catch{Property: DirectedTest, Detail: name + " fails"}
	default:
		return sweep, fmt.Errorf("planted: %s: %w\n%s", test, err, output)
	}
	return sweep, nil
}
