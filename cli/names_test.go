package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScenariosOfOneNameAreRefused(t *testing.T) {
	dir := folder(t, "scenarios/a.yaml", steady, "scenarios/sub/b.yaml", "about: the other\n"+steady, "c.yaml", named("c", steady))
	for _, command := range []string{"check", "run", "list"} {
		got := in(t, dir, simrun, command)
		require.Equal(t, 2, got.code)
		require.Equal(t, `scenarios/sub/b.yaml:2:7: name is "steady", which scenarios/a.yaml has already: scenarios that are read together need different names`, strings.TrimSpace(got.stderr))
		require.Empty(t, got.stdout)
	}
	require.Equal(t, 0, in(t, dir, simrun, "check", "scenarios/a.yaml", "c.yaml").code)
	require.Equal(t, 2, shell(t, dir, simrun+" check scenarios/a.yaml - < scenarios/sub/b.yaml").code)
}

// A shrunk file may stay beside the one that it was made from.
func TestAShrunkFileHasANameOfItsOwn(t *testing.T) {
	dir := folder(t, "a.yaml", steady+"cluster: {rafts: alters}\n")
	for _, seed := range []string{"1", "2"} {
		got := in(t, dir, brokenraft, "shrink", "--seed", seed, "--runs", "10", "a.yaml")
		require.Equal(t, 0, got.code, got.stderr)
	}
	got := in(t, dir, brokenraft, "list", ".")
	require.Equal(t, 0, got.code, got.stderr)
	for _, name := range []string{"steady  (a.yaml", "steady seed 1 shrunk  (a_1_shrunk.yaml", "steady seed 2 shrunk  (a_2_shrunk.yaml"} {
		require.Contains(t, got.stdout, name)
	}
}

func TestAScenarioIsReadFromStandardInput(t *testing.T) {
	dir := folder(t, "a.yaml", steady+"cluster: {rafts: alters}\n", "bad.yaml", "name: x\nsedes: 1\n", "none.yaml", "")
	got := shell(t, dir, brokenraft+" check - < a.yaml")
	require.Equal(t, shown{0, "ok  standard input\n", ""}, got)
	got = shell(t, dir, "cat a.yaml | "+brokenraft+" run --seeds 1-2 -")
	require.Equal(t, 1, got.code)
	require.Contains(t, got.stdout, "# standard input, seeds 1-2, built from ")
	got = shell(t, dir, brokenraft+" shrink --seed 1 --runs 10 - < a.yaml")
	require.Equal(t, 0, got.code, got.stderr)
	require.Contains(t, read(t, dir, "standard_input_1_shrunk.yaml"), "# Written by brokenraft shrink --seed 1 -, built from ")
	require.Contains(t, read(t, dir, "standard_input_1_shrunk.yaml"), "Shrunk from steady, seed 1.")
	require.Equal(t, 1, paste(t, dir, got.stdout).code)

	for file, want := range map[string]string{
		"bad.yaml":  `standard input:2:1: unknown key "sedes", did you mean "seeds"?`,
		"none.yaml": "standard input: is empty, a scenario has at least a name",
		"/dev/zero": "standard input: has more than 1048576 bytes, a scenario has at most that (1 MiB)",
	} {
		got := shell(t, dir, simrun+" run - < "+file)
		require.Equal(t, 2, got.code)
		require.Contains(t, got.stderr, want)
	}
}
