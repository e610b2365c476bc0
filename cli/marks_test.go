package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAScenarioThatDoesNotReachWhatItSaysIsVacuous(t *testing.T) {
	dir := folder(t, "no.yaml", steady+"reaches: a torn write\n", "yes.yaml", crashes+"reaches: a restart\n")
	got := in(t, dir, simrun, "run", "-q", "yes.yaml", "no.yaml")
	require.Equal(t, 6, got.code, got.stdout+got.stderr)
	require.Regexp(t, `(?m)^VACUOUS +steady: 4 seeds, .*, none hit the mark "a torn write" that it reaches$`, got.stdout)
	require.Contains(t, got.stdout, "all passed, 1 scenario vacuous")
	require.Equal(t, 0, in(t, dir, simrun, "run", "yes.yaml").code)
	for _, flags := range []string{"--seed 3", "--seeds 1-4"} { // not the seeds of the file: nothing is claimed of them
		got := in(t, dir, simrun, append([]string{"run", "no.yaml"}, strings.Fields(flags)...)...)
		require.Equal(t, 0, got.code, got.stdout)
	}
}

func TestMarksThatASweepMustHit(t *testing.T) {
	dir := folder(t, "a.yaml", crashes, "good.txt", "# a list\n\na restart\na forwarded proposal\n",
		"bad.txt", "a restart\na snapshot racing a conflicting append\n  a torn write\n")
	require.Equal(t, 0, in(t, dir, simrun, "run", "--require-marks", "good.txt", "a.yaml").code)
	got := in(t, dir, simrun, "run", "-q", "--require-marks", "bad.txt", "a.yaml")
	require.Equal(t, 6, got.code)
	require.Contains(t, got.stdout, "VACUOUS      never hit, of 3 required marks: a snapshot racing a conflicting append, a torn write\n")
}

func TestABadListOfMarksIsRefused(t *testing.T) {
	dir := folder(t, "a.yaml", steady, "empty.txt", "# nothing\n", "wrong.txt", "\n\na restrat\n")
	for file, want := range map[string]string{
		"empty.txt": "empty.txt: names no mark, one is a line",
		"wrong.txt": `wrong.txt:3: mark: none is named "a restrat", did you mean "a restart"?`,
		"none.txt":  "--require-marks: open none.txt: no such file",
		"":          "--require-marks is empty",
	} {
		got := in(t, dir, simrun, "run", "--require-marks="+file, "a.yaml")
		require.Equal(t, 2, got.code)
		require.Contains(t, got.stderr, want)
		require.Empty(t, got.stdout)
	}
}

func TestMarksAreListedAndCounted(t *testing.T) {
	dir := folder(t, "a.yaml", crashes)
	list := in(t, dir, simrun, "marks").stdout
	require.Contains(t, list, "a split vote  (sometimes)\n    A host campaigns after a term in which several did and nobody won.\n")
	require.Contains(t, list, "a restart  (reachable)\n")

	table := in(t, dir, simrun, "run", "--marks", "a.yaml").stdout
	require.Regexp(t, `(?m)^ +3  a restart +--seed 1 a\.yaml$`, table)
	require.Regexp(t, `(?m)^ +0  a torn write$`, table)
	require.Regexp(t, `(?m)^marks: \d+ of \d+ hit$`, in(t, dir, simrun, "run", "a.yaml").stdout)
	require.Regexp(t, `(?m)^marks: \d+ of \d+ hit, never: .*a torn write`, in(t, dir, simrun, "run", "--seeds", "1-100", "a.yaml").stdout)

	lines := strings.Split(strings.TrimSpace(in(t, dir, simrun, "run", "--json", "a.yaml").stdout), "\n")
	var run struct{ Verdict struct{ Marks []string } }
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &run))
	require.Contains(t, run.Verdict.Marks, "a restart")
	var summary struct {
		Marks []struct {
			Name, File string
			Runs       int
		}
	}
	require.NoError(t, json.Unmarshal([]byte(lines[3]), &summary))
	require.Contains(t, summary.Marks, struct {
		Name, File string
		Runs       int
	}{"a restart", "a.yaml", 3})
}
