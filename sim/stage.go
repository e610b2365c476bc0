package sim

import (
	"fmt"
	"slices"
	"time"

	"raftsim/clock"
	"raftsim/sim/internal/clients"
	"raftsim/workload"
)

// Stage is a part of the fault phase in which the clients behave otherwise. A
// zero field means what WorkloadOptions says.
type Stage struct {
	// Until is when it ends, counted from the beginning of the run. The next
	// stage begins there; after the last one nothing is otherwise.
	Until time.Duration
	// PerSecond, Mix and Skew are those of WorkloadOptions and its Shape.
	PerSecond int
	Mix       []workload.Weight
	Skew      int
	// Quiet begins no operation. Those under way go on.
	Quiet bool
}

// validateStages says what is wrong with the stages.
func (o *WorkloadOptions) validateStages() error {
	kind, err := workload.Lookup(o.Kind)
	if err != nil {
		return err
	}
	last := time.Duration(0)
	for i, stage := range o.Stages {
		switch {
		case stage.Until <= last:
			return fmt.Errorf("sim: Workload.Stages[%d].Until is %v, must be after %v", i, stage.Until, last)
		case stage.PerSecond < 0 || stage.PerSecond > 1_000_000:
			return fmt.Errorf("sim: Workload.Stages[%d].PerSecond is %d, must be 0 to 1000000", i, stage.PerSecond)
		}
		if err := o.shape(stage).Validate(kind); err != nil {
			return fmt.Errorf("sim: Workload.Stages[%d]: %w", i, err)
		}
		last = stage.Until
	}
	return nil
}

// shape is that of the clients in a stage.
func (o *WorkloadOptions) shape(stage Stage) workload.Shape {
	shape := o.Shape
	if len(stage.Mix) > 0 {
		shape.Mix = stage.Mix
	}
	if stage.Skew > 0 {
		shape.Skew = stage.Skew
	}
	return shape
}

// clientStages are the stages as the clients go through them, and a last one that is
// what WorkloadOptions says.
func (o *WorkloadOptions) clientStages() []clients.Stage {
	var all []clients.Stage
	for _, stage := range append(slices.Clone(o.Stages), Stage{}) {
		perSecond := stage.PerSecond
		if perSecond == 0 {
			perSecond = o.PerSecond
		}
		all = append(all, clients.Stage{Until: clock.Time(stage.Until), Quiet: stage.Quiet, PerSecond: perSecond, Shape: o.shape(stage)})
	}
	all[len(all)-1].Until = clock.Never
	return all
}
