package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARunPrintsThePlanAVerdictForEachScenarioAndTheSummary(t *testing.T) {
	dir := folder(t, "scenarios/a.yaml", steady, "scenarios/sub/b.yaml", crashes)
	got := in(t, dir, simrun, "run")
	require.Equal(t, 0, got.code, got.stdout+got.stderr)
	require.Empty(t, got.stderr)
	lines := strings.Split(strings.TrimSpace(got.stdout), "\n")
	require.Len(t, lines, 10)
	require.Regexp(t, `^2 scenarios, 7 seeds, built from \S+$`, lines[0])
	require.Equal(t, "  scenarios/a.yaml: seeds 1-4, 3 nodes, 2s, kv 4 clients 100/s, 0 faults", lines[1])
	require.Equal(t, "  scenarios/sub/b.yaml: seeds 1-3, 3 nodes, 3s, kv 4 clients 100/s, 1 fault", lines[2])
	require.Regexp(t, "^# no revision is stamped", lines[3])
	lines = slices.Delete(lines, 3, 4)
	require.Regexp(t, `^pass +steady: 4 seeds, \d+ operations, 4 leaders, \d+ events$`, lines[3])
	require.Regexp(t, `^pass +crashes: 3 seeds, `, lines[4])
	require.Equal(t, []string{"seeds", "fired", "no", "effect", "skipped", "fault"}, strings.Fields(lines[5]))
	require.Equal(t, []string{"3", "3", "0", "0", "crash"}, strings.Fields(lines[6]))
	require.Regexp(t, `^summary: 2 scenarios, 7 seeds, all passed, \d+ events \(\S+ events/s\), \d+s simulated \(\d+ simulated seconds per second\), \d+ operations, faults: 3 \(1 kind\), fingerprint [0-9a-f]{16}$`, lines[8])
	require.Regexp(t, `^marks: \d+ of \d+ hit$`, lines[7])
}

func TestASingleRunPrintsEveryOptionAsAScenarioThatRunsTheSame(t *testing.T) {
	dir := folder(t, "a.yaml", "name: drawn\nswarm: swarm\nrun: 3s\n")
	first := in(t, dir, simrun, "run", "--seed", "3", "a.yaml")
	plan, _, found := strings.Cut(first.stdout, "pass ")
	require.True(t, found, first.stdout)
	for _, key := range []string{"seeds: 3", "cluster:", "pre_vote: ", "snapshot_every: ", "clients: ", "latency: ", "max_events: ", "recovers_within: "} {
		require.Contains(t, plan, key)
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "drawn.yaml"), []byte(plan), 0o600))
	second := in(t, dir, simrun, "run", "drawn.yaml")
	require.Equal(t, first.code, second.code)
	require.Contains(t, first.stdout, "summary: 1 scenario, 1 seed, ")
	require.Equal(t, fingerprint.FindString(first.stdout), fingerprint.FindString(second.stdout))
}

func TestTheOutputIsTheSameWhateverTheNumberOfWorkers(t *testing.T) {
	dir := folder(t, "scenarios/a.yaml", steady, "scenarios/b.yaml", crashes)
	one := in(t, dir, simrun, "run", "-j", "1", "--seeds", "1-12")
	for _, jobs := range []string{"2", "7"} {
		require.Equal(t, same(one.stdout), same(in(t, dir, simrun, "run", "-j", jobs, "--seeds", "1-12").stdout))
	}
}

func TestATraceChangesNothingAndAFileHoldsAllOfIt(t *testing.T) {
	dir := folder(t, "a.yaml", crashes)
	without := in(t, dir, simrun, "run", "--seed", "2", "a.yaml")
	with := in(t, dir, simrun, "run", "--seed", "2", "--trace", "a.yaml")
	require.Equal(t, fingerprint.FindString(without.stdout), fingerprint.FindString(with.stdout))
	require.Contains(t, with.stdout, " elected ")
	toFile := in(t, dir, simrun, "run", "--seed", "2", "--trace=run.txt", "a.yaml")
	require.Equal(t, same(without.stdout), same(toFile.stdout))
	text, err := os.ReadFile(filepath.Join(dir, "run.txt"))
	require.NoError(t, err)
	require.Contains(t, with.stdout, string(text))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no temporary file stays")
}

func TestQuietPrintsFailuresAndTheSummaryOnly(t *testing.T) {
	dir := folder(t, "a.yaml", steady, "b.yaml", named("other", steady)+"expect: {min_operations: 100000}\n")
	require.Len(t, strings.Split(strings.TrimSpace(in(t, dir, simrun, "run", "-q", "a.yaml").stdout), "\n"), 1)
	require.Contains(t, in(t, dir, simrun, "run", "-q", "a.yaml", "b.yaml").stdout, "VACUOUS")
}

// Each way to fail has its exit code, names what broke, and ends with the
// command that shows it again: the same violation at the same event.
func TestEveryWayToFailHasItsCodeItsNameAndItsReplay(t *testing.T) {
	for name, c := range map[string]struct {
		program, text string
		flags         []string
		code          int
		says          string
	}{
		"safety":         {brokenraft, steady + "cluster: {rafts: alters}\n", nil, 1, `(?m)^(state machine safety|[a-z -]+) \(.*20`},
		"liveness":       {brokenraft, "name: mute\nseeds: 1-2\nrun: 1s\ncluster: {rafts: mute}\nexpect: {recovers_within: 5 election timeouts}\n", nil, 3, `leader`},
		"panic":          {brokenraft, steady + "cluster: {rafts: panics}\n", nil, 4, `(?m)^no panic .*n1 panics: entry 20 is one too many\n  n1 is in term \d+, (leads|follows n\d), and has applied index \d+; .*\n  n1 panics in the event: (delivery of Msg\w+ \(.*\) for n1|timer for n1)(.|\n)*main\.\S+ \(main.go:\d+\)`},
		"nondeterminism": {brokenraft, steady + "cluster: {rafts: differs}\n", []string{"--twice"}, 5, `(?m)^nondeterminism: two runs of one seed differ after \d+ equal records\n(  both .*\n)*  first .*\n( {12}.*\n)+  second .*\n( {12}.*\n)+  cause   .*$`},
		"vacuous":        {simrun, steady + "expect: {min_operations: 100000}\n", nil, 6, `at least 100000 expected`},
		"endless":        {simrun, steady + "max_events: 100\n", nil, 6, `endless: .* within 100 events`},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "a.yaml", c.text)
			got := in(t, dir, c.program, append(append([]string{"run"}, c.flags...), "a.yaml")...)
			require.Equal(t, c.code, got.code, got.stdout+got.stderr)
			require.Regexp(t, c.says, got.stdout)
			again := paste(t, dir, got.stdout)
			require.Equal(t, c.code, again.code)
			at := regexp.MustCompile(`(?m)^  at \S+, event \d+$`)
			require.Equal(t, at.FindString(got.stdout), at.FindString(again.stdout))
			if c.code == 1 || c.code == 4 || c.code == 3 {
				require.NotEmpty(t, at.FindString(got.stdout))
			}
		})
	}
}

func TestRunsMadeTwiceThatAgreePass(t *testing.T) {
	dir := folder(t, "a.yaml", crashes)
	for _, flag := range []string{"--twice", "--check-determinism"} {
		got := in(t, dir, simrun, "run", flag, "a.yaml")
		require.Equal(t, 0, got.code, got.stdout)
		require.Equal(t, same(in(t, dir, simrun, "run", "a.yaml").stdout), same(got.stdout))
	}
}

// The hosts agree with each other and none of them is right: only the clients'
// answers tell.
func TestAnIllegalHistoryIsDrawnOnAPage(t *testing.T) {
	dir := folder(t, "a.yaml", steady+"workload: {kind: forgetful, keys: 3}\n")
	got := in(t, dir, brokenraft, "run", "--seed", "1", "a.yaml")
	require.Equal(t, 1, got.code)
	command := regexp.MustCompile(`(?m)^  to see the operations: \S+ (run --page history.html --seed 1 a.yaml)$`).FindStringSubmatch(got.stdout)
	require.NotNil(t, command, got.stdout)

	got = in(t, dir, brokenraft, strings.Fields(command[1])...)
	require.Equal(t, 1, got.code)
	require.Regexp(t, `(?m)^page: history.html shows the \d+ operations that no order explains$`, got.stdout)
	page, err := os.ReadFile(filepath.Join(dir, "history.html"))
	require.NoError(t, err)
	require.True(t, strings.Contains(string(page), "</html>"), "a whole page")
	require.True(t, strings.Contains(string(page), "begins as"), "where the window begins")
	require.True(t, regexp.MustCompile(`"Description":"(put|cas|get|append|delete) k`).Match(page))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, left, 2, "no temporary file stays")

	got = in(t, dir, simrun, "run", "--page", "none.html", "--seed", "1", folder(t, "b.yaml", steady)+"/b.yaml")
	require.Equal(t, 0, got.code)
	require.Contains(t, got.stdout, "no page: the history of the clients has no illegal window")
	require.NoFileExists(t, filepath.Join(dir, "none.html"))
	require.Equal(t, 2, in(t, dir, simrun, "run", "--page", "x.html", "a.yaml").code, "four seeds")
}

func TestAShareOfTheRunsIsMadeTwice(t *testing.T) {
	dir := folder(t, "a.yaml", "name: d\nseeds: 1-40\nrun: 500ms\ncluster: {rafts: differs}\nworkload: {clients: 0}\nexpect: {recovers_within: no}\n")
	got := in(t, dir, brokenraft, "run", "--twice-every", "8", "a.yaml")
	require.Equal(t, 5, got.code, got.stdout+got.stderr)
	require.Regexp(t, `40 seeds, .*, \d failed \(\d nondeterminism\)`, got.stdout)
	require.Equal(t, 0, in(t, dir, brokenraft, "run", "--twice-every", "0", "a.yaml").code)
	require.Contains(t, in(t, dir, brokenraft, "run", "--twice", "--twice-every", "8", "a.yaml").stderr, "give one of them")
}
