package planted_test

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/internal/self"
	"raftsim/planted"
	"raftsim/report"
)

// printed are lines of JSON as the simulator's command prints them.
func printed(t *testing.T, lines ...any) string {
	t.Helper()
	var out bytes.Buffer
	for _, line := range lines {
		require.NoError(t, json.NewEncoder(&out).Encode(line))
	}
	return out.String()
}

func TestViolationsAreReadFromTheLinesOfRuns(t *testing.T) {
	summary := report.Summary{Type: "summary"}
	leaders := report.Violation{Property: "election safety", Source: "Raft §5.2", Detail: "term 7 has two leaders", Event: 3590, Evidence: []report.Evidence{{Event: 3311}, {Event: 3592}}}
	vacuous := report.Violation{Property: "nothing vacuous", Detail: "too little"}
	output := printed(t,
		report.Run{Type: "run", Seed: 1, Outcome: "pass"},
		report.Run{Type: "run", Seed: 2, Outcome: "safety", Failed: true, Violations: []report.Violation{leaders, vacuous}},
		report.Run{Type: "run", Seed: 3, Outcome: "vacuous", Failed: true, Violations: []report.Violation{vacuous}},
		report.Run{Type: "run", Seed: 4, Outcome: "inconclusive", Failed: true},
		report.Run{Type: "run", Seed: 5, Outcome: "out of model", Violations: []report.Violation{leaders}},
		report.Run{Type: "run", Seed: 6, Outcome: "nondeterminism", Failed: true, Detail: "two runs differ", Divergence: &report.Divergence{}},
		report.Run{Type: "run", Seed: 7, Outcome: "endless", Failed: true, Detail: "endless: ...", Events: 100}, summary)
	catches, err := planted.ReadOutput(output, "", 1, planted.Seeds{First: 1, Last: 7})
	require.NoError(t, err)
	require.Equal(t, []planted.Catch{
		{Property: "election safety", Source: "Raft §5.2", Detail: "term 7 has two leaders", Seed: 2, Event: 3592},
		{Property: "nondeterminism", Detail: "two runs differ", Seed: 6},
		{Property: "endless", Detail: "endless: ...", Seed: 7, Event: 100},
	}, catches)
}

// Only a summary at the end shows that all seeds were run.
func TestAnOutputWithoutItsSummaryIsNoPass(t *testing.T) {
	one, many := planted.Seeds{First: 4, Last: 4}, planted.Seeds{First: 4, Last: 5}
	for code, property := range map[int]string{1: "safety", 3: "liveness", 4: "no panic", 5: "nondeterminism", -1: "killed"} {
		catches, err := planted.ReadOutput("", "", code, one)
		require.NoError(t, err)
		require.Len(t, catches, 1)
		require.Equal(t, property, catches[0].Property)
		require.Equal(t, uint64(4), catches[0].Seed)
		_, err = planted.ReadOutput("", "", code, many)
		require.ErrorContains(t, err, "named no seed")
	}
	summary, pass := report.Summary{Type: "summary"}, report.Run{Type: "run", Seed: 4, Outcome: "pass"}
	whole := printed(t, pass, summary)
	for _, code := range []int{0, 6} {
		catches, err := planted.ReadOutput(whole, "", code, many)
		require.NoError(t, err)
		require.Empty(t, catches)
		_, err = planted.ReadOutput(whole[:len(whole)-1], "", code, many)
		require.ErrorContains(t, err, "without a summary")
	}
	_, err := planted.ReadOutput("all passed\n", "", 0, many)
	require.ErrorContains(t, err, "is not JSON")
	_, err = planted.ReadOutput(whole, "", 130, many)
	require.ErrorIs(t, err, context.Canceled)
	_, err = planted.ReadOutput(printed(t, summary), "no such file", 2, one)
	require.ErrorContains(t, err, "caught nothing:\nno such file")
	catches, err := planted.ReadOutput("", "panic: boom\n\ngoroutine 1 [running]:\n", 2, one)
	require.NoError(t, err)
	require.Equal(t, "crash of the simulator", catches[0].Property)
}

func TestAHuntFindsTheFirstSeedThatCatchesTheBug(t *testing.T) {
	bugs, hunter := corpus(t)
	result, err := hunter.Hunt(t.Context(), &bugs[1], planted.Seeds{First: 1, Last: 50}, 3)
	require.NoError(t, err)
	require.Equal(t, "minority_wins", result.Bug)
	require.Equal(t, "unknown", result.Commit)
	require.True(t, result.Caught())
	require.Equal(t, &planted.Catch{
		Property: "election safety", Source: "Raft §5.2", Detail: "term 12 has two leaders", Seed: 12, Event: 120,
	}, result.First())
	var needed []uint64
	for _, sweep := range result.Sweeps { // seeds 12, 51 and 103
		needed = append(needed, sweep.Needed())
	}
	require.Equal(t, []uint64{12, 1, 3}, needed)
	require.Equal(t, uint64(3), result.MedianNeeded())

	_, err = hunter.Hunt(t.Context(), &planted.Bug{Name: "none", Scenario: "gone.yaml"}, planted.Seeds{First: 1, Last: 5}, 1)
	require.ErrorContains(t, err, "no such scenario")
}

func TestAHarmlessBugEscapes(t *testing.T) {
	bugs, hunter := corpus(t)
	result, err := hunter.Hunt(t.Context(), &bugs[0], bugs[0].Seeds, 2)
	require.NoError(t, err)
	require.False(t, result.Caught())
	require.Nil(t, result.First())
	require.Zero(t, result.MedianNeeded())
}

func TestASeedThatHangsIsFoundAmongItsBatch(t *testing.T) {
	bugs, hunter := corpus(t)
	hunter.Timeout = 200 * time.Millisecond
	result, err := hunter.Hunt(t.Context(), &bugs[2], bugs[2].Seeds, 1)
	require.NoError(t, err)
	require.Equal(t, &planted.Catch{Property: "no end", Detail: "killed after 200ms", Seed: 3}, result.First())
}

func TestABugThatDoesNotCompileIsAnError(t *testing.T) {
	bugs, hunter := corpus(t)
	bugs[0].Edits[0].Find, bugs[0].Edits[0].Replace = "return n + 1", "return m"
	require.ErrorContains(t, bugs[0].Compile(t.Context(), hunter.Root), "planted: harmless does not build")
	require.ErrorContains(t, bugs[0].Compile(t.Context(), hunter.Root), "undefined: m")
}

func TestResultsAreSavedAndTheLastOfABugCounts(t *testing.T) {
	name := filepath.Join(t.TempDir(), "results.jsonl")
	escaped := planted.Result{Bug: "b", Commit: "1234567", Scenario: "s.yaml", Sweeps: []planted.Sweep{{Seeds: planted.Seeds{First: 1, Last: 9}}}}
	caught := escaped
	caught.Sweeps = []planted.Sweep{{Seeds: planted.Seeds{First: 1, Last: 9}, Catch: &planted.Catch{Property: "log matching", Seed: 4}, CPUSeconds: 1.25}}
	first := caught
	first.Bug = "a"
	for _, r := range []planted.Result{escaped, first, caught} {
		require.NoError(t, r.Save(name))
	}
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	results, err := planted.ReadResults(bytes.NewReader(text))
	require.NoError(t, err)
	require.Equal(t, []planted.Result{first, caught}, results)

	_, err = planted.ReadResults(strings.NewReader("\n{\"bug\": 3}\n"))
	require.ErrorContains(t, err, "planted: results: line 2: ")
}

func TestTheTableNamesWhatEscapedAndWhatWasNotHunted(t *testing.T) {
	sweep := func(first, seed uint64) planted.Sweep {
		s := planted.Sweep{Seeds: planted.Seeds{First: first, Last: first + 99}, CPUSeconds: 1}
		if seed > 0 {
			s.Catch = &planted.Catch{Property: "Log matching", Seed: seed}
		}
		return s
	}
	bug := func(name, property string) planted.Bug {
		return planted.Bug{Name: name, Source: "Raft §5.3", Properties: []string{property}}
	}
	var table strings.Builder
	require.NoError(t, planted.WriteTable(&table,
		[]planted.Bug{bug("a", "log matching"), bug("b", "lease"), bug("c", "lease"), bug("d", "lease")},
		[]planted.Result{
			{Bug: "a", Commit: "1234567", Sweeps: []planted.Sweep{sweep(1, 3), sweep(101, 190), sweep(201, 202)}},
			{Bug: "b", Commit: "1234567", Sweeps: []planted.Sweep{sweep(1, 40)}},
			{Bug: "c", Commit: "1234567", Sweeps: []planted.Sweep{sweep(1, 0), sweep(101, 0), sweep(201, 230)}},
		}))
	require.Equal(t, `| bug | source | caught by | as expected | seeds needed | first seed | CPU s |
|---|---|---|---|---:|---:|---:|
| a | Raft §5.3 | Log matching | yes | 3 (median of 3) | 3 | 3.0 |
| b | Raft §5.3 | Log matching | no | 40 | 40 | 1.0 |
| c | Raft §5.3 | Log matching | no | > 100 (median of 3) | 230 | 3.0 |

2 of 3 caught in every sweep; 1 within 20 seeds in the median; the most that one took was 90. Made from 1234567.

Escaped at least one sweep: c.

Not hunted: d.
`, table.String())
}

func TestTheCommandHuntsTheCorpus(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "planted")
	output, err := exec.Command("go", "build", "-o", binary, "./cmd/planted").CombinedOutput()
	require.NoError(t, err, "%s", output)
	root := fakeModule(t)
	command := func(arguments ...string) (string, int) {
		cmd := exec.Command(binary, arguments...)
		cmd.Dir = filepath.Join(root, "raft") // anywhere in the module will do
		output, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		require.True(t, err == nil || errors.As(err, &exit), err)
		return string(output), cmd.ProcessState.ExitCode()
	}

	text, code := command("list")
	require.Zero(t, code)
	require.Contains(t, text, "minority_wins\n    Two of five votes elect a leader.\n      caught by election safety (Raft §5.2)\n")
	require.Contains(t, text, "3 bugs")
	text, code = command("show", "minority_wins")
	require.Zero(t, code)
	require.Equal(t, `minority_wins
    Two of five votes elect a leader.
  source:   Raft §5.2
  expected: caught by election safety
  sweep:    seeds 1-50 of scenarios/swarm.yaml
  known:    seed 12 catches it
  raft/quorum.go
    - 	return votes > hosts/2
    + 	return votes+1 > hosts/2
`, text)
	for line, want := range map[string]string{
		"show minority_win": `no bug is called "minority_win", did you mean "minority_wins"?`,
		"run --knwon":       "unknown flag: --knwon, did you mean --known?",
		"shwo a":            `unknown command "shwo", did you mean "show"?`,
	} {
		text, code = command(strings.Fields(line)...)
		require.Equal(t, 2, code)
		require.Contains(t, text, want)
	}

	results := filepath.Join(t.TempDir(), "results.jsonl")
	text, code = command("run", "minority_wins", "harmless", "--seeds", "1-20", "--save", results)
	require.Equal(t, 1, code)
	require.Regexp(t, `(?m)^minority_wins +caught +by election safety, seed 12, event 120, 12 seeds needed`, text)
	require.Regexp(t, `(?m)^harmless +ESCAPED`, text)

	text, code = command("table", results)
	require.Zero(t, code)
	require.Contains(t, text, "| minority_wins | Raft §5.2 | election safety | yes | 12 | 12 |")
	require.Contains(t, text, "Not hunted: never_ends.")

	for _, line := range []string{"list", "show harmless", "run --known minority_wins", "table " + results, "control --seeds 1-3", "record " + results, "", "help list"} {
		c := exec.Command("sh", "-c", binary+" "+line+" > /dev/full")
		c.Dir = root
		output, err := c.CombinedOutput()
		require.Error(t, err, line)
		require.Equal(t, 2, c.ProcessState.ExitCode(), "%s: %s", line, output)
		require.Contains(t, string(output), "planted: standard output: write /dev/stdout: no space left on device")
	}

	text, code = command("run", "--known", "minority_wins")
	require.Zero(t, code, text)
	text, code = command("run", "--known", "harmless")
	require.Equal(t, 1, code)
	require.Contains(t, text, "harmless: no known seed is recorded")
	text, code = command("control", "--seeds", "1-40")
	require.Zero(t, code, text)
	require.Contains(t, text, "passed")
	text, code = command("run", "nothing")
	require.Equal(t, 2, code)
	require.Contains(t, text, `no bug is called "nothing"`)
	text, code = command("build", "minority_wins", "-o", filepath.Join(root, "simrun"))
	require.Zero(t, code, text)
	require.FileExists(t, filepath.Join(root, "simrun"))
}

func TestAMutantDoesNotBearTheRevisionOfItsSources(t *testing.T) {
	root := fakeModule(t)
	for _, line := range []string{"init -q", "add .", "-c user.name=a -c user.email=a@example.com commit -q -m first"} {
		cmd := exec.Command("git", strings.Fields(line)...)
		cmd.Dir = root
		output, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s", output)
	}
	t.Setenv("GOFLAGS", "-buildvcs=auto")
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	i := slices.IndexFunc(bugs, func(b planted.Bug) bool { return b.Name == "minority_wins" })
	for bug, stamped := range map[*planted.Bug]bool{{Name: "none"}: true, &bugs[i]: false} {
		binary := filepath.Join(t.TempDir(), "simrun")
		require.NoError(t, bug.Build(t.Context(), root, binary))
		info, err := buildinfo.ReadFile(binary)
		require.NoError(t, err)
		require.Equal(t, stamped, self.Stamped(info) != "", bug.Name)
	}
}

// corpus is the fake module's: harmless, minority_wins, never_ends.
func corpus(t *testing.T) ([]planted.Bug, *planted.Hunter) {
	t.Helper()
	root := fakeModule(t)
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	require.Len(t, bugs, 3)
	return bugs, &planted.Hunter{Root: root, Workers: 2}
}
