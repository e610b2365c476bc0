package sim

import (
	"fmt"
	"path"
	"runtime"
	"strings"

	"raftsim/checker"
)

// unexcused is the violation of a process that ended with an error although
// its disk was never meddled with.
func unexcused(host uint64, err error) checker.Violation {
	return checker.Violation{
		Property: "no unexcused failure", Source: "the disk of the host did all that was asked of it",
		Detail: fmt.Sprintf("the process of n%d ended: %v", host, err),
		Hosts:  []uint64{host}, Signature: "no unexcused failure",
	}
}

// panicStack lists the functions that a panic went through, the one in which it
// began first: the same for equal panics on every machine.
func panicStack() []string {
	var pcs [64]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(1, pcs[:])])
	var stack []string
	panicking := false
	for {
		frame, more := frames.Next()
		ours := strings.HasPrefix(frame.Function, "raftsim/") || strings.HasPrefix(frame.Function, "main.")
		switch {
		case frame.Function == "runtime.gopanic":
			panicking, stack = true, nil
		case panicking && (ours || len(stack) > 0):
			stack = append(stack, fmt.Sprintf("%s (%s:%d)", frame.Function, path.Base(frame.File), frame.Line))
		}
		if frame.Function == "raftsim/sim.(*Simulation).next" || !more {
			break
		}
	}
	if len(stack) == 0 {
		return []string{"unknown"}
	}
	return stack
}
