package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/report"
)

func TestAScenarioThatDoesNotReachWhatItSaysIsVacuous(t *testing.T) {
	dir := folder(t, "no.yaml", steady+"reaches: torn-write\n", "yes.yaml", crashes+"reaches: restart\n")
	got := in(t, dir, simrun, "run", "-q", "yes.yaml", "no.yaml")
	require.Equal(t, 6, got.code, got.stdout+got.stderr)
	require.Regexp(t, `(?m)^VACUOUS +steady: 4 seeds, .*, no seed hit the mark torn-write that it reaches \(A crash leaves only a part of a write\.\)$`, got.stdout)
	require.Contains(t, got.stdout, "all passed, 1 scenario vacuous")
	require.Equal(t, 0, in(t, dir, simrun, "run", "yes.yaml").code)
	for _, flags := range []string{"--seed 3", "--seeds 1-4"} { // not the seeds of the file: nothing is claimed of them
		got := in(t, dir, simrun, append([]string{"run", "no.yaml"}, strings.Fields(flags)...)...)
		require.Equal(t, 0, got.code, got.stdout)
	}
}

func TestMarksThatASweepMustHit(t *testing.T) {
	dir := folder(t, "a.yaml", crashes, "good.txt", "# a list\n\nrestart\nproposal-forwarded\n",
		"bad.txt", "restart\nsnapshot-over-conflicting-log\n  torn-write\n")
	require.Equal(t, 0, in(t, dir, simrun, "run", "--require-marks", "good.txt", "a.yaml").code)
	got := in(t, dir, simrun, "run", "-q", "--require-marks", "bad.txt", "a.yaml")
	require.Equal(t, 6, got.code)
	require.Contains(t, got.stdout, "3 seeds, all passed, 2 required marks never hit, ")
	require.Regexp(t, `(?m)^VACUOUS      no run hit 2 of the 3 required marks:
  snapshot-over-conflicting-log +A snapshot replaces a log whose entries differ from the committed ones\.
  torn-write +A crash leaves only a part of a write\.$`, got.stdout)
}

func TestABadListOfMarksIsRefused(t *testing.T) {
	dir := folder(t, "a.yaml", steady, "empty.txt", "# nothing\n", "wrong.txt", "\n\nrestrat\n", "old.txt", "a torn tail cut\n")
	for file, want := range map[string]string{
		"empty.txt": "empty.txt has no mark, must have the id of a mark on each line",
		"wrong.txt": `wrong.txt:3: mark: there is no mark "restrat", did you mean restart?; `,
		"old.txt":   `old.txt:1: mark: there is no mark "a torn tail cut", did you mean torn-tail-cut?`,
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
	require.Contains(t, list, "split-vote  (sometimes)\n    A host campaigns after a term in which several hosts did and none was elected.\n")
	require.Contains(t, list, "restart  (reachable)\n")

	table := in(t, dir, simrun, "run", "--marks", "a.yaml").stdout
	require.Regexp(t, `(?m)^ +3  restart +--seed 1 a\.yaml$`, table)
	require.Regexp(t, `(?m)^ +0  torn-write +A crash leaves only a part of a write\.$`, table)
	require.Regexp(t, `(?m)^marks: \d+ of \d+ hit$`, in(t, dir, simrun, "run", "a.yaml").stdout)
	require.Regexp(t, `(?m)^marks: \d+ of \d+ hit, never: .*torn-write`, in(t, dir, simrun, "run", "--seeds", "1-100", "a.yaml").stdout)

	lines := strings.Split(strings.TrimSpace(in(t, dir, simrun, "run", "--json", "a.yaml").stdout), "\n")
	var run report.Run
	require.NoError(t, json.Unmarshal([]byte(lines[0]), &run))
	require.Contains(t, run.Marks, "restart")
	var summary report.Summary
	require.NoError(t, json.Unmarshal([]byte(lines[3]), &summary))
	require.Contains(t, summary.Sweep.Marks, report.MarkTotal{ID: "restart", Runs: 3, File: "a.yaml", Seed: 1})
}
