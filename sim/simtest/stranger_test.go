package simtest_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stranger is a module of a user's, in a folder outside the tree.
type stranger struct {
	t      *testing.T
	folder string
}

// newStranger makes a module without a file that requires this one, as
// docs/your-own-raft.md says. Everything else that it needs is in the cache, as this
// test is built of it.
func newStranger(t *testing.T) *stranger {
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	m := &stranger{t, t.TempDir()}
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	require.NoError(t, err)
	_, requires, ok := strings.Cut(string(text), "\n") // after the line of the module
	require.True(t, ok)
	mod := fmt.Sprintf("module example.com/mine\n%s\nrequire raftsim v0.0.0\n\nreplace raftsim => %q\n", requires, root)
	require.NoError(t, os.WriteFile(filepath.Join(m.folder, "go.mod"), []byte(mod), 0o600))
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(m.folder, "go.sum"), sums, 0o600))
	return m
}

// sh runs a command line in a folder of the module.
func (m *stranger) sh(folder, line string) (output string, failed bool) {
	c := exec.Command("sh", "-c", line)
	c.Dir = filepath.Join(m.folder, folder)
	c.Env = append(os.Environ(), "GOFLAGS=-mod=mod", "GOPROXY=off", "GOWORK=off")
	out, err := c.CombinedOutput()
	return string(out), err != nil
}

var (
	reproduces = regexp.MustCompile(`(?m)^\s*reproduce: (.*)$`)
	eventOf    = regexp.MustCompile(`(?m)after (\d+) events`)
	evidence   = regexp.MustCompile(`(?m)^.*\(event \d+\)$|^.*(?:no panic|no unexcused failure|nothing vacuous) \(.*$`)
)

// Each function of the package leaves a plan, and what it prints replays it: in the
// user's module, from any of its folders, to the same event with the same evidence.
func TestWhatAFailurePrintsReplaysItInTheUsersModule(t *testing.T) {
	if testing.Short() {
		t.Skip("builds another module")
	}
	m := newStranger(t)
	require.NoError(t, os.CopyFS(m.folder, os.DirFS("testdata/stranger")))
	for _, test := range []struct{ name, run, says string }{
		{"TestRun/a_b/it's", "TestRun/a_b/it", ""},
		{"TestRun/a_b_it_s", "TestRun/a_b_it_s", ""},
		{"TestScenario", "TestScenario", ""},
		{"TestCheck", "TestCheck", ""},
		{"FuzzPlans", "FuzzPlans/seed#3", ""},
		{"TestPlay", "TestPlay$", ""},
		{"TestPlayInAPropertyOfTheirOwn", "TestPlayIn", ""},
		{"TestCode", "TestCode", "no file can hold what the test gives as Options.Overrides, Options.Schedule and Options.Process: the replay gets it from the test"},
		{"TestByHand", "TestByHand", "what the test does to the run by hand is in no file: the replay gets it from the test"},
		{"TestEveryCrash", "TestEveryCrash", "state 0 of the disk of n1"},
	} {
		first, failed := m.sh(".", "go test -run '"+test.run+"' .")
		require.True(t, failed, "%s passes:\n%s", test.name, first)
		require.Contains(t, first, test.says)
		line, ok := strings.CutPrefix(last(reproduces, first), "reproduce: ") // rapid shows what each attempt says
		require.True(t, ok, first)
		require.Contains(t, line, " example.com/mine -simtest.plan=testdata/failures/")

		again, failed := m.sh("cmd", line)
		require.True(t, failed, "%s: the replay passes:\n%s", test.name, again)
		require.Contains(t, again, ": the same run, to the last of its ", "%s\nfirst:\n%s", line, first)
		require.Equal(t, last(eventOf, first), last(eventOf, again), again)
		require.NotEmpty(t, evidence.FindAllString(first, -1))
		require.Subset(t, trimmed(evidence.FindAllString(first, -1)), trimmed(evidence.FindAllString(again, -1)), test.name)
	}
	files, err := filepath.Glob(filepath.Join(m.folder, "testdata/failures/*"))
	require.NoError(t, err)
	require.Len(t, files, 10, "each failure has a file of its own, and a search has one")
	m.replaysInAProgramOfItsOwn(files)
	m.refusesAForeignPlan()
}

func last(r *regexp.Regexp, text string) string {
	all := r.FindAllString(text, -1)
	if len(all) == 0 {
		return ""
	}
	return strings.TrimSpace(all[len(all)-1])
}

func trimmed(lines []string) []string {
	for i := range lines {
		lines[i] = strings.TrimSpace(lines[i])
	}
	return lines
}

// A plan is a scenario file: the user's own simrun runs it as it is.
func (m *stranger) replaysInAProgramOfItsOwn(files []string) {
	for _, file := range files {
		if !strings.Contains(file, "TestCheck") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(m.t, err)
		events := regexp.MustCompile(`"events":(\d+)`).FindStringSubmatch(string(text))[1]
		out, failed := m.sh(".", "go run ./cmd/minesim run "+file)
		require.True(m.t, failed, out)
		require.Contains(m.t, out, ", event "+events+"\n")
	}
}

// A plan is replayed by its test alone: another one must not pass beside it.
func (m *stranger) refusesAForeignPlan() {
	out, failed := m.sh(".", "SIMTEST_PLAN=$(ls testdata/failures/TestCheck-*) go test -run TestScenario .")
	require.True(m.t, failed, out)
	require.Contains(m.t, out, "is the plan of another test: go test -run '^TestCheck$' example.com/mine -simtest.plan=")
	out, failed = m.sh(".", "go test -run TestScenario . -simtest.plan=nowhere.yaml")
	require.True(m.t, failed, out)
	require.Contains(m.t, out, "-simtest.plan: ")
	require.Contains(m.t, out, "nowhere.yaml: no such file")
}

var blocks = regexp.MustCompile("(?s)```(?:go|yaml)\n(.*?)```")

// The files of docs/your-own-raft.md, in the order of the page, are a module that
// builds, whose bug is found, and whose failures are replayed.
func TestTheFilesOfTheDocumentationWork(t *testing.T) {
	if testing.Short() {
		t.Skip("builds another module")
	}
	page, err := os.ReadFile("../../docs/your-own-raft.md")
	require.NoError(t, err)
	m := newStranger(t)
	found := blocks.FindAllStringSubmatch(string(page), -1)
	names := []string{"mine.go", "cmd/minesim/main.go", "mine.yaml", "mine_test.go"}
	require.Len(t, found, len(names))
	for i, name := range names {
		path := filepath.Join(m.folder, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(found[i][1]), 0o600))
	}
	out, failed := m.sh(".", "go vet ./... && go build ./cmd/minesim")
	require.False(t, failed, out)

	out, _ = m.sh(".", "./minesim run --seeds 1-20 mine.yaml")
	require.Contains(t, out, "vote durability (Raft §5.2, Figure 2): n2 ")
	line := reproduces.FindStringSubmatch(out)[1]
	again, failed := m.sh(".", line)
	require.True(t, failed)
	require.Contains(t, out, evidence.FindString(again))

	out, failed = m.sh(".", "go test -run TestEveryDrawnPlanPasses .")
	require.True(t, failed)
	again, failed = m.sh(".", strings.TrimPrefix(last(reproduces, out), "reproduce: "))
	require.True(t, failed)
	require.Contains(t, again, ": the same run, to the last of its ", out)
}
