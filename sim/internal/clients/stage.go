package clients

import (
	"fmt"
	"time"

	"raftsim/clock"
	"raftsim/random"
	"raftsim/workload"
)

// Stage is a part of the fault phase. PerSecond is of all clients together.
type Stage struct {
	Until     clock.Time
	Quiet     bool // begins no operation
	PerSecond int
	Shape     workload.Shape
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

// paces are those of client i of n, one for each stage.
func (c *client) paces(kind workload.Workload, stages []Stage, i, n int) []pace {
	all := make([]pace, len(stages))
	for at, stage := range stages {
		key, number := c.chance.Key("operations"), 0
		if at < len(stages)-1 {
			number = at + 1
			key = c.chance.Key(fmt.Sprintf("operations of stage %d", number))
		}
		all[at] = pace{
			until: stage.Until, quiet: stage.Quiet,
			gap:       random.Exponential(time.Duration(n) * time.Second / time.Duration(stage.PerSecond)),
			generator: kind.NewClient(key, uint64(number*otherStage+i+1), stage.Shape),
		}
	}
	return all
}

// think pauses before the next operation. A pause that is not over when its
// stage is, begins anew with the next one: exponential pauses have no memory.
func (c *client) think() {
	for at := c.world.Now(); ; at = c.stages[0].until {
		for at >= c.stages[0].until {
			c.stages = c.stages[1:]
		}
		stage := &c.stages[0]
		c.generator = stage.generator
		if stage.quiet {
			continue
		}
		if next := at.Add(stage.gap.At(c.fate(purposeGap))); next < stage.until {
			c.after(0, next.Sub(c.world.Now()))
			return
		}
	}
}
