package simtest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/sim/simtest"
)

// base leaves everything to the drawing but the length of a run.
var base = &scenarios.Scenario{
	Swarm: scenarios.FullSwarm,
	Plan:  sim.Options{Run: 5 * time.Second},
}

func FuzzPlans(f *testing.F) { simtest.Fuzz(f, base) }

func TestEveryDrawnPlanPasses(t *testing.T) { simtest.Check(t, base) }

// captive is a test whose failure is looked at.
type captive struct {
	*testing.T
	message string
}

type failed struct{}

func (c *captive) Fatalf(format string, args ...any) {
	c.message = fmt.Sprintf(format, args...)
	panic(failed{})
}

// fails plays a plan that cannot pass and returns what the test was told.
func fails(t *testing.T, base *scenarios.Scenario, c random.Chooser) string {
	captive := &captive{T: t}
	func() {
		defer func() { require.Equal(t, failed{}, recover(), "the plan passed") }()
		simtest.Play(captive, base, c)
	}()
	return captive.message
}

// impossible is a base whose plans all fail.
func impossible() *scenarios.Scenario {
	s := *base
	s.Plan.Expect.MinOperations = 1_000_000
	return &s
}

var left = regexp.MustCompile(`(?m)^plan: (\S+)$`)

// leaves is the file in which a failing plan was left.
func leaves(t *testing.T, seed random.Seed) (file, message string) {
	message = fails(t, impossible(), seed.Chooser())
	found := left.FindStringSubmatch(message)
	require.NotNil(t, found, message)
	return found[1], message
}

func TestAFailureLeavesTheWholePlan(t *testing.T) {
	dir := t.TempDir()
	simtest.SetFolder(t, dir)
	t.Chdir(t.TempDir()) // wherever the test is by then
	files := map[string]bool{}
	for seed := range random.Seed(5) {
		file, message := leaves(t, seed)
		files[file] = true
		require.Contains(t, message, "operations completed, at least 1000000 expected")
		require.Contains(t, message, "\nreproduce: go test -run '^TestAFailureLeavesTheWholePlan$' raftsim/sim/simtest -simtest.plan="+file)

		s, err := scenarios.Load(filepath.Join(dir, file))
		require.NoError(t, err)
		require.Equal(t, scenarios.NoSwarm, s.Swarm)
		o, err := s.Options(s.Seeds[0].First)
		require.NoError(t, err)
		v, err := sim.Run(o)
		require.NoError(t, err)
		require.Contains(t, message, simtest.Report(&v), "the replay differs")
	}
	require.Len(t, files, 5, "plans that differ have files of their own")
}

func TestAFileThatSomebodyChangedIsNotReplaced(t *testing.T) {
	dir := t.TempDir()
	simtest.SetFolder(t, dir)
	first, _ := leaves(t, 1)
	again, _ := leaves(t, 1)
	require.Equal(t, first, again, "the same plan is left once")
	changed := []byte("name: my own notes\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, first), changed, 0o600))
	second, _ := leaves(t, 1)
	require.NotEqual(t, first, second)
	text, err := os.ReadFile(filepath.Join(dir, first))
	require.NoError(t, err)
	require.Equal(t, changed, text)
}

func TestAPlanThatCannotBeWrittenIsPrinted(t *testing.T) {
	dir := t.TempDir()
	simtest.SetFolder(t, dir)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "testdata"), nil, 0o600))
	message := fails(t, impossible(), random.Seed(1).Chooser())
	require.Contains(t, message, "the plan cannot be written: ")
	_, text, ok := strings.Cut(message, "name it in -simtest.plan:\n")
	require.True(t, ok, message)
	_, err := scenarios.Parse("", []byte(text))
	require.NoError(t, err)
}

func TestAnExhaustedInputStillRuns(t *testing.T) {
	simtest.Play(t, base, random.BytesChooser(nil))
	simtest.Play(t, base, random.BytesChooser([]byte{7}))
}
