package planted_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/planted"
)

func TestAViolationIsReadFromItsBlock(t *testing.T) {
	output := `seeds 8841-8843, 2 workers
split_vote    FAIL
election safety (Raft §5.2): term 7 has two leaders
  n1 elected at 1.204s (event 3311)
  n3 elected at 1.377s (event 3592)
reproduce: simrun run --seed 8842 scenarios/split_vote.yaml   (built from 4f2c9d1)

liveness: no leader within 10 election timeouts: last seen in term 9
  at 40s, event 90210
  reproduce: simrun run --seed=8841 scenarios/split_vote.yaml
FAIL 2 of 3 seeds: 1.2 s
`
	catches, err := planted.ReadOutput(output, 1, planted.Seeds{First: 8841, Last: 8843})
	require.NoError(t, err)
	require.Equal(t, []planted.Catch{
		{Property: "election safety", Source: "Raft §5.2", Detail: "term 7 has two leaders", Seed: 8842, Event: 3592},
		{Property: "liveness", Detail: "no leader within 10 election timeouts: last seen in term 9", Seed: 8841, Event: 90210},
	}, catches)
}

func TestAFailureWithoutWordsIsAnErrorUnlessItsSeedIsKnown(t *testing.T) {
	one, many := planted.Seeds{First: 4, Last: 4}, planted.Seeds{First: 4, Last: 5}
	for code, property := range map[int]string{1: "safety", 3: "liveness", 4: "no panic", 5: "nondeterminism", -1: "killed"} {
		catches, err := planted.ReadOutput("", code, one)
		require.NoError(t, err)
		require.Len(t, catches, 1)
		require.Equal(t, property, catches[0].Property)
		require.Equal(t, uint64(4), catches[0].Seed)
		_, err = planted.ReadOutput("", code, many)
		require.ErrorContains(t, err, "named no seed")
	}
	catches, err := planted.ReadOutput("all passed\n", 0, many)
	require.NoError(t, err)
	require.Empty(t, catches)
	catches, err = planted.ReadOutput("inconclusive: the search ran out of steps\nreproduce: simrun run --seed 4 x.yaml\n", 6, many)
	require.NoError(t, err)
	require.Empty(t, catches)
	catches, err = planted.ReadOutput("commit hint (Raft Figure 2 (AppendEntries, rule 5)): n1 tells too much\nreproduce: simrun run --seed 4 x.yaml\n", 1, many)
	require.NoError(t, err)
	require.Equal(t, "commit hint", catches[0].Property, "a source may have parentheses of its own")
	_, err = planted.ReadOutput("no such file\n", 2, one)
	require.ErrorContains(t, err, "simulated nothing:\nno such file")
	catches, err = planted.ReadOutput("panic: boom\n\ngoroutine 1 [running]:\n", 2, one)
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
	require.Contains(t, text, "minority_wins")
	require.Contains(t, text, "3 bugs")

	results := filepath.Join(t.TempDir(), "results.jsonl")
	text, code = command("run", "minority_wins", "harmless", "--seeds", "1-20", "--save", results)
	require.Equal(t, 1, code)
	require.Regexp(t, `(?m)^minority_wins +caught +by election safety, seed 12, event 120, 12 seeds needed`, text)
	require.Regexp(t, `(?m)^harmless +ESCAPED`, text)

	text, code = command("table", results)
	require.Zero(t, code)
	require.Contains(t, text, "| minority_wins | Raft §5.2 | election safety | yes | 12 | 12 |")
	require.Contains(t, text, "Not hunted: never_ends.")

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

// corpus is the fake module's: harmless, minority_wins, never_ends.
func corpus(t *testing.T) ([]planted.Bug, *planted.Hunter) {
	t.Helper()
	root := fakeModule(t)
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	require.Len(t, bugs, 3)
	return bugs, &planted.Hunter{Root: root, Workers: 2}
}
