package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/cli"
	"raftsim/hunt"
	"raftsim/scenarios"
	"raftsim/sim"
)

// sweepOf counts runs of these outcomes after so many that passed.
func sweepOf(passed int, others ...sim.Outcome) *hunt.Summary {
	s := &hunt.Summary{}
	unit := hunt.Unit{Scenario: &scenarios.Scenario{}}
	for range passed {
		s.Add(hunt.Result{Unit: unit})
	}
	for _, o := range others {
		s.Add(hunt.Result{Unit: unit, Verdict: sim.Verdict{Outcome: o}})
	}
	return s
}

// A run without a verdict is never a pass. One in a thousand does not fail a
// sweep, more do.
func TestMoreThanOneInconclusiveRunInAThousandFailsASweep(t *testing.T) {
	one := sim.Inconclusive
	require.Equal(t, cli.ExitInconclusive, cli.Worst(sweepOf(0, one)))
	require.Equal(t, cli.ExitInconclusive, cli.Worst(sweepOf(998, one)))
	require.Equal(t, cli.ExitPass, cli.Worst(sweepOf(999, one)))
	require.Equal(t, cli.ExitInconclusive, cli.Worst(sweepOf(1997, one, one)))
	require.Equal(t, cli.ExitPass, cli.Worst(sweepOf(1998, one, one)))
	tolerated := sweepOf(1998, one, one)
	require.EqualValues(t, 2, tolerated.Failed, "they are not among those that passed")
	require.Len(t, tolerated.Bugs, 1)
}

func TestVacuousAndEndlessRunsAreNeverTolerated(t *testing.T) {
	require.Equal(t, cli.ExitInconclusive, cli.Worst(sweepOf(5000, sim.Vacuous)))
	require.Equal(t, cli.ExitInconclusive, cli.Worst(sweepOf(5000, sim.Endless)))
	require.Equal(t, cli.ExitLiveness, cli.Worst(sweepOf(5000, sim.Liveness, sim.Inconclusive)))
	require.Equal(t, cli.ExitSafety, cli.Worst(sweepOf(5000, sim.Safety, sim.Liveness)))
}
