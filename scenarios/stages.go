package scenarios

import (
	"fmt"
	"strings"
	"time"

	"raftsim/sim"
	"raftsim/workload"
)

// stages is a list of mappings, one for each stage of the workload.
type stages struct{ keys group }

// maxStages bounds the stages of a workload.
const maxStages = 100

// lastStage is the stage that the keys of a stage read and print.
func lastStage(s *Scenario) *sim.Stage {
	all := s.Plan.Workload.Stages
	return &all[len(all)-1]
}

func stageKeys() group {
	return group{
		{"until", "When the stage ends, counted from the beginning of the run; the next one begins there.",
			span(func(s *Scenario) *time.Duration { return &lastStage(s).Until }, time.Millisecond, 24*time.Hour)},
		{"rate", "Operations that all clients together begin each second while none waits. Default: as without stages.",
			rate(func(s *Scenario) *int { return &lastStage(s).PerSecond }, 1_000_000)},
		{"mix", "Weights of the operations. Default: as without stages.",
			mixture{func(s *Scenario) *[]workload.Weight { return &lastStage(s).Mix }}},
		{"skew", "How unevenly the objects are chosen, from 1; 2 is Zipf's law. Default: as without stages.",
			whole(func(s *Scenario) *int { return &lastStage(s).Skew }, 0, workload.MaxSkew)},
		{"quiet", "Begin no operation. Default: no.",
			flag(func(s *Scenario) *bool { return &lastStage(s).Quiet })},
	}
}

func (v stages) read(r *reader, path string, n *node) {
	if n.kind != list || len(n.items) > maxStages {
		r.fail(n, "%s must be a list of at most %d stages such as: - {until: 5s, rate: 10/s}", path, maxStages)
		return
	}
	all := &r.scenario.Plan.Workload.Stages
	for i, item := range n.items {
		*all = append(*all, sim.Stage{})
		at := fmt.Sprintf("%s[%d]", path, i)
		before := len(r.errors)
		v.keys.read(r, at, item)
		stage := lastStage(r.scenario)
		switch {
		case len(r.errors) > before:
		case stage.Until == 0:
			r.fail(item, "%s has no until: every stage has an end", at)
		case i > 0 && stage.Until <= (*all)[i-1].Until:
			r.fail(item, "%s ends at %v, must end after the one before it (%v)", at, stage.Until, (*all)[i-1].Until)
		}
	}
}

func (v stages) text(s *Scenario, full bool) string {
	var parts []string
	one := *s
	for i := range s.Plan.Workload.Stages {
		one.Plan.Workload.Stages = s.Plan.Workload.Stages[:i+1]
		parts = append(parts, v.keys.text(&one, false))
	}
	if len(parts) == 0 {
		return ""
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

func (v stages) schema() schema {
	one := v.keys.schema()
	one["required"] = []string{"until"}
	return schema{"type": "array", "maxItems": maxStages, "items": one}
}
