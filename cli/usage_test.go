package cli_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestBadInput: whatever is wrong with the input, nothing runs, the code is 2
// and one look at the error tells what to change.
func TestABadFileIsRefusedWithItsPlace(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"malformed":         {"name: x\nseeds: [1, 2\n", `bad.yaml:2:8: this "[" is never closed`},
		"unknown key":       {"name: x\nsedes: 1\n", `bad.yaml:2:1: unknown key "sedes", did you mean "seeds"?`},
		"negative duration": {"name: x\nrun: -5s\n", `bad.yaml:2:6: run is "-5s", must be a duration`},
		"no such host":      {"name: x\nfaults:\n  - 5s crash n9\n", `bad.yaml:3:14: fault "5s crash n9": crash n9: cluster has nodes n1..n3`},
		"empty":             {"", "bad.yaml: is empty"},
		"binary":            {"\x7fELF\x02\x01\x01\x00\x00", "bad.yaml:1:1: character '\\x7f' is not text"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "bad.yaml", c.text)
			for _, command := range []string{"run", "check", "list"} {
				got := in(t, dir, simrun, command, "bad.yaml")
				require.Equal(t, 2, got.code)
				require.Contains(t, got.stderr, c.want)
				require.Empty(t, got.stdout)
				require.NotContains(t, got.stderr, "goroutine")
			}
		})
	}
}

func TestAnInputThatIsNoScenarioIsRefused(t *testing.T) {
	dir := folder(t, "none/readme.txt", "hello", "big.yaml", "")
	require.NoError(t, os.Truncate(filepath.Join(dir, "big.yaml"), 50<<20))
	for path, want := range map[string]string{
		"none":         "none: the folder holds no scenario",
		"big.yaml":     "big.yaml: has 52428800 bytes, a scenario has at most 1048576 (1 MiB)",
		"missing.yaml": "missing.yaml: no such file or directory",
	} {
		got := in(t, dir, simrun, "run", path)
		require.Equal(t, 2, got.code)
		require.Equal(t, want, strings.TrimSpace(strings.Split(got.stderr, ", which")[0]))
		require.Empty(t, got.stdout)
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o777))
	require.NotContains(t, in(t, dir, simrun, "run", "missing.yaml").stderr, "did you mean")
	got := in(t, dir, simrun, "run")
	require.Equal(t, 2, got.code)
	require.Contains(t, got.stderr, `there is no folder "scenarios" here`)
}

func TestFlagsThatMakeNoSenseAreExplained(t *testing.T) {
	dir := folder(t, "a.yaml", steady, "stead.yaml", named("other", steady))
	for args, want := range map[string]string{
		"run --seed 3 --seeds 1-5 a.yaml":         "--seed 3 and --seeds 1-5 both say which seeds to run, give one of them",
		"run --seed x a.yaml":                     `--seed is "x", must be one whole number`,
		"run --seed 1-3 a.yaml":                   `--seed is "1-3", must be one whole number`,
		"run --seed -1 a.yaml":                    `--seed is "-1", must be one whole number`,
		"run --seed= a.yaml":                      "--seed is empty",
		"run --seeds 5-1 a.yaml":                  `--seeds: "5-1" runs backwards, did you mean 1-5`,
		"run -j -2 a.yaml":                        "-j is -2, must be from 0 to 4096",
		"run -j many a.yaml":                      "invalid argument",
		"run --trace a.yaml":                      "--trace shows a single run, not 4: give --seed N and one file",
		"run --trace --twice --seed 1 a.yaml":     "--trace and --twice do not go together",
		"run --trace=no/such.txt --seed 1 a.yaml": "no such file or directory",
		"run --fast a.yaml":                       "unknown flag: --fast, valid are --check-determinism, --help, --jobs",
		"run --seads 1-2 a.yaml":                  `unknown flag: --seads, did you mean --seeds?`,
		"run -seed 1 a.yaml":                      `unknown shorthand flag: 's' in -seed, did you mean --seed?`,
		"shrink --run 5 a.yaml":                   `unknown flag: --run, did you mean --runs?`,
		"schema outptu":                           `there is no schema of "outptu", did you mean "output"?`,
		"schema":                                  "schema takes one word, not 0: scenario or output",
		"rum a.yaml":                              `unknown command "rum", did you mean "run"?`,
		"dance":                                   `unknown command "dance", valid are check, faults, list, marks, run, schema, shrink, version`,
		"version 2":                               "version",
		"faults n1":                               `no kind of fault is called "n1", valid are `,
		"faults crahs":                            `no kind of fault is called "crahs", did you mean "crash"?`,
		"run stedy.yml":                           "stedy.yml: no such file or directory, did you mean stead.yaml?",
	} {
		got := in(t, dir, simrun, strings.Fields(args)...)
		require.Equal(t, 2, got.code, args)
		require.Contains(t, got.stderr, want, args)
		require.Empty(t, got.stdout, args)
	}
}

func TestHelpNamesEveryCommandFlagAndExitCode(t *testing.T) {
	top := in(t, t.TempDir(), simrun, "--help")
	require.Equal(t, 0, top.code)
	for _, word := range []string{"run", "shrink", "check", "list", "faults", "version", "130  interrupted", "5    a run made twice"} {
		require.Contains(t, top.stdout, word)
	}
	require.Equal(t, top.stdout, in(t, t.TempDir(), simrun).stdout)
	run := in(t, t.TempDir(), simrun, "run", "--help").stdout
	for _, word := range []string{"--seed ", "--seeds ", "-j, --jobs", "--trace", "--twice", "--check-determinism", "--json", "-q, --quiet", "1    a safety property"} {
		require.Contains(t, run, word)
	}
}

func TestTheLookingCommandsShowWhatThereIs(t *testing.T) {
	dir := folder(t, "scenarios/a.yaml", steady+"about: A story\n  in two lines.\n", "scenarios/b/c.yaml", crashes)
	require.Equal(t, "ok  scenarios/a.yaml\nok  scenarios/b/c.yaml\n", in(t, dir, simrun, "check").stdout)
	require.Equal(t, "steady  (scenarios/a.yaml, seeds 1-4)\n    A story in two lines.\ncrashes  (scenarios/b/c.yaml, seeds 1-3)\n", in(t, dir, simrun, "list").stdout)
	faults := in(t, dir, simrun, "faults").stdout
	require.Contains(t, faults, "- 5s crash n1 losing subset torn at operation 17")
	require.Contains(t, faults, "partition HOSTS | HOSTS")
	require.Regexp(t, `^simrun built from sha256:[0-9a-f]{12} with go1\.\S+ for \S+/\S+\nno revision is stamped in this program, .*: go build raftsim/cmd/simrun stamps one, .*\n$`, in(t, dir, simrun, "version").stdout)
}
