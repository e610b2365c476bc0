package planted

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Catch is one violation that the simulator's command reported.
type Catch struct {
	// Property is the name of what was violated, such as "election safety".
	Property string `json:"property"`
	// Source is where the property comes from, such as "Raft §5.2".
	Source string `json:"source,omitempty"`
	// Detail is the rest of the first line.
	Detail string `json:"detail,omitempty"`
	// Seed reproduces it.
	Seed uint64 `json:"seed"`
	// Event is the number of the last event in the evidence; zero when the
	// command gave none.
	Event uint64 `json:"event,omitempty"`
}

// The exit codes of the simulator's command.
const (
	exitPass           = 0
	exitSafety         = 1
	exitBadInput       = 2
	exitLiveness       = 3
	exitPanic          = 4
	exitNondeterminism = 5
	exitInconclusive   = 6
)

// Runs that showed too little to pass have not caught anything.
var undecided = []string{"inconclusive", "nothing vacuous"}

var (
	headPattern      = regexp.MustCompile(`^(.+?)(?: \(((?:[^()]|\([^()]*\))*)\))?: (.*)$`)
	reproducePattern = regexp.MustCompile(`^\s*reproduce: .*--seed[ =](\d+)`)
	eventPattern     = regexp.MustCompile(`\bevent (\d+)\b`)
)

// ReadOutput finds the violations in what the simulator's command printed. A
// violation is a block: its first line begins with the property, the lines
// after it are indented, and the last one begins with "reproduce:". When a
// command that failed shows none, the exit code is all that is known, and it
// is an error when it means that nothing was simulated. What showed too little
// to be judged is left out.
func ReadOutput(output string, exitCode int, seeds Seeds) ([]Catch, error) {
	var catches []Catch
	var block []string
	for line := range strings.Lines(output) {
		line = strings.TrimRight(line, "\r\n")
		reproduce := reproducePattern.FindStringSubmatch(line)
		switch {
		case reproduce != nil:
			if c, ok := readBlock(block); ok && !slices.Contains(undecided, c.Property) {
				c.Seed, _ = strconv.ParseUint(reproduce[1], 10, 64)
				catches = append(catches, c)
			}
			block = nil
		case strings.TrimSpace(line) == "":
			block = nil
		case strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t"):
			block = append(block, line)
		default:
			block = []string{line}
		}
	}
	if len(catches) > 0 && exitCode != exitBadInput {
		return catches, nil
	}
	return readExit(output, exitCode, seeds)
}

// readBlock reads a violation without its last line.
func readBlock(block []string) (Catch, bool) {
	if len(block) == 0 {
		return Catch{}, false
	}
	head := headPattern.FindStringSubmatch(block[0])
	if head == nil {
		return Catch{}, false
	}
	c := Catch{Property: head[1], Source: head[2], Detail: head[3]}
	for _, line := range block[1:] {
		for _, event := range eventPattern.FindAllStringSubmatch(line, -1) {
			n, err := strconv.ParseUint(event[1], 10, 64)
			if err == nil {
				c.Event = max(c.Event, n)
			}
		}
	}
	return c, true
}

// readExit judges a command that reported no violation. A single seed that
// failed without words is still known to have failed.
func readExit(output string, exitCode int, seeds Seeds) ([]Catch, error) {
	property := ""
	switch exitCode {
	case exitPass, exitInconclusive:
		return nil, nil
	case exitSafety:
		property = "safety"
	case exitLiveness:
		property = "liveness"
	case exitPanic:
		property = "no panic"
	case exitNondeterminism:
		property = "nondeterminism"
	case exitBadInput:
		// A Go program that dies of a panic exits with the same code.
		if strings.Contains(output, "\ngoroutine ") {
			property = "crash of the simulator"
		}
	default:
		if exitCode < 0 {
			property = "killed"
		}
	}
	switch {
	case property == "":
		return nil, fmt.Errorf("planted: the simulator exited with %d and simulated nothing:\n%s", exitCode, tail(output))
	case seeds.Len() > 1:
		return nil, fmt.Errorf("planted: the simulator exited with %d (%s) over seeds %s and named no seed:\n%s", exitCode, property, seeds, tail(output))
	}
	return []Catch{{Property: property, Detail: "exit code " + strconv.Itoa(exitCode), Seed: seeds.First}}, nil
}

// tail is the end of an output, for an error.
func tail(output string) string {
	const most = 2000
	if len(output) > most {
		return "..." + output[len(output)-most:]
	}
	return output
}
