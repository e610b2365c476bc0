package sim

import (
	"fmt"
	"time"

	"raftsim/clock"
	"raftsim/random"
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

// pace is what a client does in one stage.
type pace struct {
	until     clock.Time
	quiet     bool
	gap       random.Distribution // between two operations
	generator workload.Client
}

// otherStage tells the clients of later stages apart: what they write is
// marked by their number.
const otherStage = 1 << 10

// paces are those of client i, one for each stage and one for what comes after.
func (c *client) paces(kind workload.Workload, i int) []pace {
	w := &c.sim.options.Workload
	paced := func(stage Stage, n int) pace {
		perSecond := stage.PerSecond
		if perSecond == 0 {
			perSecond = w.PerSecond
		}
		key := c.chance.Key("operations")
		if n > 0 {
			key = c.chance.Key(fmt.Sprintf("operations of stage %d", n))
		}
		return pace{
			until: clock.Time(stage.Until), quiet: stage.Quiet,
			gap:       random.Exponential(time.Duration(w.Clients) * time.Second / time.Duration(perSecond)),
			generator: kind.NewClient(key, uint64(n*otherStage+i+1), w.shape(stage)),
		}
	}
	var all []pace
	for n, stage := range w.Stages {
		all = append(all, paced(stage, n+1))
	}
	last := paced(Stage{}, 0)
	last.until = clock.Never
	return append(all, last)
}

// think pauses before the next operation. A pause that is not over when its
// stage is, begins anew with the next one: exponential pauses have no memory.
func (c *client) think() {
	for at := c.sim.now; ; at = c.stages[0].until {
		for at >= c.stages[0].until {
			c.stages = c.stages[1:]
		}
		stage := &c.stages[0]
		c.generator = stage.generator
		if stage.quiet {
			continue
		}
		if next := at.Add(stage.gap.At(c.fate(purposeGap))); next < stage.until {
			c.after(0, next.Sub(c.sim.now))
			return
		}
	}
}
