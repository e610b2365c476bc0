package simtest_test

import (
	"testing"
	"time"

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
