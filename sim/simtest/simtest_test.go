package simtest_test

import (
	"fmt"
	"regexp"
	"strconv"
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

func TestAFailurePrintsTheCommandThatReplaysIt(t *testing.T) {
	t.Chdir(t.TempDir())
	impossible := *base
	impossible.Plan.Expect.MinOperations = 1_000_000
	for seed := range random.Seed(5) {
		message := fails(t, &impossible, seed.Chooser())
		require.Contains(t, message, "operations completed, at least 1000000 expected")
		command := regexp.MustCompile(`reproduce: go run raftsim/cmd/simrun run --seed (\d+) (\S+)$`).FindStringSubmatch(message)
		require.NotNil(t, command, message)

		// What the command does: the file holds the whole plan.
		s, err := scenarios.Load(command[2])
		require.NoError(t, err)
		number, err := strconv.ParseUint(command[1], 10, 64)
		require.NoError(t, err)
		o, err := s.Options(random.Seed(number))
		require.NoError(t, err)
		v, err := sim.Run(o)
		require.NoError(t, err)
		require.Contains(t, message, simtest.Report(&v), "the replay differs")
	}
}

func TestAnExhaustedInputStillRuns(t *testing.T) {
	simtest.Play(t, base, random.BytesChooser(nil))
	simtest.Play(t, base, random.BytesChooser([]byte{7}))
}
