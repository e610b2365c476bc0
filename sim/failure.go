package sim

import (
	"fmt"
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

// panicSite finds the function in which a panic began in a stack, without
// addresses and line numbers, so that equal panics have equal signatures.
func panicSite(stack string) string {
	_, after, found := strings.Cut(stack, "\npanic(")
	if !found {
		return "unknown"
	}
	lines := strings.Split(after, "\n")
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "raftsim/") || strings.HasPrefix(line, "main.") {
			site, _, _ := strings.Cut(line, "(0x")
			site, _, _ = strings.Cut(site, "({")
			return site
		}
	}
	return "unknown"
}
