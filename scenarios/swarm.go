package scenarios

import (
	"raftsim/random"
	"raftsim/sim"
)

// Swarm says what each seed draws for itself.
type Swarm uint8

// The swarms.
const (
	// NoSwarm draws nothing: every seed runs the plan of the file.
	NoSwarm Swarm = iota
	// LiteSwarm adds a few mild faults to the plan of the file.
	LiteSwarm
	// FullSwarm draws options that the file leaves open, and faults of all
	// kinds that the cluster must survive.
	FullSwarm
	// SafetySwarm draws faults without regard to progress; the runs have no
	// second act.
	SafetySwarm
	// PerfSwarm draws options and load, and no faults.
	PerfSwarm
)

var swarmNames = [...]string{"none", "lite", "swarm", "safety", "perf"}

// String is the word that stands for s in a file.
func (s Swarm) String() string { return swarmNames[s] }

// draw completes o with what the swarm draws from c.
func (s *Scenario) draw(o *sim.Options, c random.Chooser) {}
