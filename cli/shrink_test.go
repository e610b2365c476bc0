package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const altered = "name: altered\nswarm: swarm\ncluster: {rafts: alters}\n"

func TestAShrunkFileReplaysTheSameViolationWhateverTheNumberOfWorkers(t *testing.T) {
	dir := folder(t, "a.yaml", altered)
	one := in(t, dir, brokenraft, "shrink", "--seed", "3", "-j", "1", "--runs", "200", "a.yaml")
	require.Equal(t, 0, one.code, one.stdout+one.stderr)
	require.Regexp(t, `(?m)^run +faults \d+ -> \d+, .*run 4s -> .*  \(\d+ runs\)$`, one.stdout)
	require.Regexp(t, `(?m)^shrunk: faults \d+ -> 0, .* in \d+ runs$`, one.stdout)
	require.Regexp(t, `^reproduce: \S+brokenraft run a_3_shrunk.yaml   # built from \S+$`, lastLine(one.stdout))
	text, err := os.ReadFile(filepath.Join(dir, "a_3_shrunk.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(text), "Shrunk from a.yaml, seed 3. It broke state machine safety")
	require.NotContains(t, string(text), "swarm:")

	two := in(t, dir, brokenraft, "shrink", "--seed", "3", "-j", "2", "--runs", "200", "-o", "other.yaml", "a.yaml")
	require.Equal(t, one.stdout, strings.ReplaceAll(two.stdout, "other.yaml", "a_3_shrunk.yaml"))
	other, err := os.ReadFile(filepath.Join(dir, "other.yaml"))
	require.NoError(t, err)
	require.Equal(t, string(text), string(other))

	replay := paste(t, dir, one.stdout)
	require.Equal(t, 1, replay.code)
	require.Contains(t, replay.stdout, regexp.MustCompile(`(?m)^  at \S+, event \d+$`).FindString(one.stdout))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 3, "no temporary file stays")
}

func TestAShrinkThatMakesNoSenseIsExplained(t *testing.T) {
	dir := folder(t, "a.yaml", steady, "one.yaml", "name: one\nseeds: 4\nrun: 1s\n", "vacuous.yaml", "name: v\nrun: 1s\nexpect: {min_operations: 100000}\n")
	for args, want := range map[string]string{
		"shrink":                                 "shrink takes one scenario file, not 0",
		"shrink a.yaml one.yaml":                 "shrink takes one scenario file, not 2",
		"shrink a.yaml":                          "which seed fails? a.yaml names 1-4, give one: --seed N",
		"shrink --seed x a.yaml":                 `--seed is "x", must be one whole number`,
		"shrink --seed 2 a.yaml":                 "hunt: steady, seed 2: the run passes, there is nothing to shrink; see: " + simrun + " run --seed 2 a.yaml",
		"shrink one.yaml":                        "hunt: one, seed 4: the run passes",
		"shrink --seed 1 vacuous.yaml":           "only a violation can be shrunk (it is vacuous)",
		"shrink --seed 1 --runs 0 a.yaml":        "--runs is 0, must be from 1 to 1000000",
		"shrink --seed 1 -j -1 a.yaml":           "-j is -1, must be from 0 to 4096",
		"shrink --seed 1 -o a.yaml a.yaml":       "-o a.yaml is the file a.yaml that is read",
		"shrink --seed 1 -o . a.yaml":            "-o: open .: is a directory",
		"shrink --seed 1 -o no/such.yaml a.yaml": "-o: open no/such.yaml: no such file or directory",
		"shrink --seed 1 missing.yaml":           "missing.yaml: no such file or directory",
	} {
		got := in(t, dir, simrun, strings.Fields(args)...)
		require.Equal(t, 2, got.code, args)
		require.Contains(t, got.stderr, want, args)
	}
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 3, "nothing is written")
}

func TestCtrlCWritesTheSmallestFoundSoFar(t *testing.T) {
	// Without a leader every run is as long as its recovery phase, which is very long.
	dir := folder(t, "mute.yaml", "name: mute\nseeds: 1\nrun: 2s\ncluster: {rafts: mute, nodes: 9, learners: 9}\nworkload: {clients: 0}\nexpect: {recovers_within: 2000 election timeouts}\n")
	c := exec.Command(brokenraft, "shrink", "-j", "1", "mute.yaml")
	c.Dir = dir
	var out watched
	c.Stdout, c.Stderr = &out, &out
	require.NoError(t, c.Start())
	out.await(t, "run 2s -> ")
	require.NoError(t, c.Process.Signal(os.Interrupt))
	require.Error(t, c.Wait())
	require.Equal(t, 130, c.ProcessState.ExitCode(), out.String())
	require.Regexp(t, `(?m)^interrupted, so far: run 2s -> .*, in \d+ of at most 2000 runs$`, out.String())
	text, err := os.ReadFile(filepath.Join(dir, "mute_1_shrunk.yaml"))
	require.NoError(t, err)
	require.Equal(t, 0, in(t, dir, brokenraft, "check", "mute_1_shrunk.yaml").code, string(text))
}
