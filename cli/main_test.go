package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The tests run the program as a user does: built once, in a folder of its own.
var simrun, brokenraft string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "simrun")
	if err != nil {
		panic(err)
	}
	simrun, brokenraft = filepath.Join(dir, "simrun"), filepath.Join(dir, "brokenraft")
	for binary, source := range map[string]string{simrun: "raftsim/cmd/simrun", brokenraft: "./testdata/brokenraft"} {
		if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, source).CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "go build %s: %v\n%s", source, err, out)
			os.Exit(1)
		}
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// shown is what a finished command left behind.
type shown struct {
	code           int
	stdout, stderr string
}

// in runs a program in a folder.
func in(t *testing.T, dir, program string, args ...string) shown {
	t.Helper()
	c := exec.Command(program, args...)
	c.Dir = dir
	var stdout, stderr bytes.Buffer
	c.Stdout, c.Stderr = &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return shown{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
}

// folder makes a folder with these files, names and texts in turn.
func folder(t *testing.T, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		path := filepath.Join(dir, files[i])
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(files[i+1]), 0o600))
	}
	return dir
}

const steady = "name: steady\nseeds: 1-4\nrun: 2s\n"

const crashes = "name: crashes\nseeds: 1-3\nrun: 3s\nfaults:\n  - 1s crash leader for 300ms\n"

var rates = regexp.MustCompile(`\([^()]* events/s\)|\([^()]* simulated seconds per second\)`)

// same is the output without what depends on the speed of the machine.
func same(output string) string { return rates.ReplaceAllString(output, "(rate)") }

var fingerprint = regexp.MustCompile(`fingerprint [0-9a-f]{16}`)

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return lines[len(lines)-1]
}

// named is a scenario by another name.
func named(name, text string) string {
	return regexp.MustCompile(`(?m)^name: .*$`).ReplaceAllString(text, "name: "+name)
}

// shell runs a line of a shell in a folder.
func shell(t *testing.T, dir, line string) shown {
	t.Helper()
	return in(t, dir, "sh", "-c", line)
}

// paste runs the command that an output gives to reproduce its last failure, with
// the rest of its line and all that follows, as a user does who copies it.
func paste(t *testing.T, dir, output string) shown {
	t.Helper()
	at := strings.LastIndex(output, "\nreproduce: ")
	require.Positive(t, at, output)
	return shell(t, dir, output[at+len("\nreproduce: "):])
}

// read is the text of a file in a folder.
func read(t *testing.T, dir, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	return string(text)
}
