package cli_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What does not reach the user is no success: with a full disk behind standard
// output every command fails and says so.
func TestStandardOutputThatTakesNothingIsAnError(t *testing.T) {
	dir := folder(t, "a.yaml", steady, "broken.yaml", steady+"cluster: {rafts: alters}\n")
	commands := []string{
		"run a.yaml", "run --json a.yaml", "run -q a.yaml", "run --seed 1 --trace a.yaml", "run --seed 1 --trace=/dev/stdout a.yaml",
		"run --marks a.yaml", "run broken.yaml", "run --json broken.yaml", "run --json --seads 1",
		"shrink --seed 1 --runs 5 broken.yaml", "shrink --json --seed 1 --runs 5 broken.yaml",
		"check a.yaml", "check --json a.yaml", "list a.yaml", "list --json a.yaml",
		"faults", "faults --json", "faults crash", "marks", "marks --json", "version", "version --json",
		"schema scenario", "schema output", "", "--help", "help run", "run --help", "completion bash",
	}
	for _, line := range commands {
		got := shell(t, dir, brokenraft+" "+line+" > /dev/full")
		require.Equal(t, 2, got.code, "%s: %s", line, got.stderr)
		require.Contains(t, got.stderr, "no space left on device", line)
		require.Equal(t, 0, shell(t, dir, brokenraft+" "+line+" > /dev/null; test $? -lt 3").code, line)
	}
	for _, name := range subcommands(t) {
		require.True(t, strings.Contains(strings.Join(commands, "\n"), name), "%s is not tried", name)
	}
}

// subcommands are the names of all commands, from the help.
func subcommands(t *testing.T) []string {
	t.Helper()
	help := in(t, t.TempDir(), simrun, "--help").stdout
	_, help, found := strings.Cut(help, "Available Commands:\n")
	require.True(t, found)
	help, _, _ = strings.Cut(help, "\n\n")
	var names []string
	for line := range strings.Lines(help) {
		names = append(names, strings.Fields(line)[0])
	}
	require.Greater(t, len(names), 7)
	return names
}

// A sweep of very many seeds ends when nobody can see what comes of them.
func TestASweepEndsWhenItsOutputCannotBeWritten(t *testing.T) {
	dir := folder(t, "a.yaml", "name: endless\nseeds: 1-1000000\nrun: 2s\n")
	got := shell(t, dir, simrun+" run --json a.yaml > /dev/full")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.stderr, "simrun: standard output: write /dev/stdout: no space left on device")
}

// Who closes the other end of a pipe has seen enough: that is no error to tell.
func TestABrokenPipeEndsTheProgramSilently(t *testing.T) {
	dir := folder(t, "a.yaml", "name: endless\nseeds: 1-1000000\nrun: 2s\n")
	c := exec.Command("bash", "-c", simrun+" run --json a.yaml | head -1 > /dev/null; echo ${PIPESTATUS[0]}")
	c.Dir = dir
	out, err := c.CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, "141\n", string(out))
}
