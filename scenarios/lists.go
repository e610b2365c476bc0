package scenarios

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"raftsim/faults"
	"raftsim/internal/text"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/workload"
)

// The values that are more than one line of text.

// latency is a distribution of durations: the text that
// random.ParseDistribution reads, or a mapping of median and p99.
type latency struct {
	field func(*Scenario) *random.Distribution
	// positive refuses a distribution that is always zero, because the plan
	// cannot tell it from one that was left out.
	positive bool
}

const distributionForms = `5ms, 1ms..5ms, exp 5ms, median 5ms p99 40ms, heavy median 5ms p99 200ms, or {median: 5ms, p99: 40ms}`

func (l latency) read(r *reader, path string, n *node) {
	form := n.text
	if n.kind == mapping {
		parts := map[string]string{}
		for _, e := range n.entries {
			if (e.key.text != "median" && e.key.text != "p99") || e.value.kind != scalar {
				r.fail(e.key, "%s in %s, must be one of %s", text.Quote(e.key.text), path, distributionForms)
				return
			}
			parts[e.key.text] = e.value.text
		}
		if len(parts) != 2 {
			r.fail(n, "%s must have both median and p99", path)
			return
		}
		form = "median " + parts["median"] + " p99 " + parts["p99"]
	} else if !r.isScalar(path, n) {
		return
	}
	d, err := random.ParseDistribution(form)
	switch {
	case errors.Is(err, random.ErrSyntax):
		r.fail(n, "%s is %s, must be one of %s", path, text.Quote(form), distributionForms)
	case err != nil:
		r.fail(n, "%s is %s, %s", path, text.Quote(form), strings.TrimPrefix(err.Error(), "random: "))
	case l.positive && d.Zero():
		r.fail(n, "%s is %s, must be longer than 0s", path, text.Quote(form))
	default:
		*l.field(r.scenario) = d
	}
}

func (l latency) text(s *Scenario, full bool) string {
	d := l.field(s)
	if d.Zero() && (!full || l.positive) {
		return ""
	}
	return d.String()
}

func (l latency) schema() schema {
	span := schema{"type": "string", "pattern": text.DurationPattern}
	return schema{"anyOf": []any{
		schema{"type": "string", "pattern": `^(.+\.\..+|exp .+|(heavy )?median .+ p99 .+|[0-9].*)$`},
		schema{"type": "object", "additionalProperties": false, "required": []string{"median", "p99"},
			"properties": schema{"median": span, "p99": span}},
	}}
}

// seedList is one range of seeds or a list of them.
type seedList struct{}

func (seedList) read(r *reader, path string, n *node) {
	items := []*node{n}
	if n.kind == list {
		items = n.items
	}
	var all Seeds
	for _, item := range items {
		if !r.isScalar(path, item) {
			return
		}
		seeds, err := ParseSeeds(item.text)
		if err != nil {
			r.fail(item, "%s: %v", path, err)
			return
		}
		all = append(all, seeds...)
	}
	switch {
	case len(all) == 0:
		r.fail(n, "%s is an empty list, must name at least one seed", path)
	case all.Len() > MaxSeeds:
		r.fail(n, "%s names %d seeds, must be at most %d", path, all.Len(), MaxSeeds)
	default:
		r.scenario.Seeds = all
	}
}

func (seedList) text(s *Scenario, _ bool) string { return s.Seeds.String() }

func (seedList) schema() schema {
	one := schema{"type": []string{"string", "integer"}, "minimum": 0, "pattern": `^ *[0-9]+( *- *[0-9]+)?( *, *[0-9]+( *- *[0-9]+)?)*$`}
	return schema{"anyOf": []any{one, schema{"type": "array", "minItems": 1, "items": one}}}
}

// raftList is the name of one Raft implementation, or one for each host.
type raftList struct{}

func (raftList) read(r *reader, path string, n *node) {
	items := []*node{n}
	if n.kind == list {
		items = n.items
	}
	for _, item := range items {
		if !r.isScalar(path, item) {
			return
		}
		if _, err := sim.LookupRaft(item.text); err != nil {
			r.fail(item, "%s: no Raft is registered as %s, %s", path, text.Quote(item.text), text.Suggestion(item.text, sim.RaftNames()))
			continue
		}
		r.scenario.Plan.Rafts = append(r.scenario.Plan.Rafts, item.text)
	}
}

func (raftList) text(s *Scenario, _ bool) string {
	if len(s.Plan.Rafts) == 0 {
		return ""
	}
	quoted := make([]string, len(s.Plan.Rafts))
	for i, name := range s.Plan.Rafts {
		quoted[i] = quoteYAML(name)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

func (raftList) schema() schema {
	return schema{"anyOf": []any{schema{"type": "string"}, schema{"type": "array", "items": schema{"type": "string"}}}}
}

// mixture weighs the operations of a workload, in the order of the file.
// Whether the workload has them is checked when its kind is known.
type mixture struct {
	field func(*Scenario) *[]workload.Weight
}

func (m mixture) read(r *reader, path string, n *node) {
	if n.kind != mapping {
		r.fail(n, "%s is %s, must be a mapping of operations to weights such as {put: 4, get: 4}", path, n.kind)
		return
	}
	for _, e := range n.entries {
		at := join(path, e.key.text)
		if !r.isScalar(at, e.value) {
			continue
		}
		weight, err := strconv.ParseUint(e.value.text, 10, 32)
		if err != nil || weight > maxWeight {
			r.fail(e.value, "%s is %s, must be a whole number from 0 to %d", at, text.Quote(e.value.text), maxWeight)
			continue
		}
		r.at[at] = e.key
		mix := m.field(r.scenario)
		*mix = append(*mix, workload.Weight{Op: e.key.text, Weight: int(weight)})
	}
}

const maxWeight = 1_000_000

func (m mixture) text(s *Scenario, _ bool) string {
	var parts []string
	for _, w := range *m.field(s) {
		parts = append(parts, fmt.Sprintf("%s: %d", quoteYAML(w.Op), w.Weight))
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (mixture) schema() schema {
	return schema{"type": "object", "additionalProperties": schema{"type": "integer", "minimum": 0, "maximum": maxWeight}}
}

// schedule is a list of faults, one line each.
type schedule struct{}

func (schedule) read(r *reader, path string, n *node) {
	if n.kind != list {
		r.fail(n, "%s is %s, must be a list of lines such as: - 5s crash leader for 800ms", path, n.kind)
		return
	}
	for i, item := range n.items {
		if !r.isScalar(fmt.Sprintf("%s[%d]", path, i), item) {
			continue
		}
		item.text = strings.ReplaceAll(item.text, "\n", " ")
		if _, err := faults.ParseFault(item.text); err != nil {
			r.failFault(item, err)
			continue
		}
		r.faults = append(r.faults, item)
	}
}

// failFault reports an error about a fault's line, at the word it is about
// when the error knows the column.
func (r *reader) failFault(n *node, err error) {
	var e *faults.Error
	if errors.As(err, &e) && e.Column > 0 {
		r.failColumn(n, n.quoted+e.Column-1, "fault %s: %s", text.Quote(n.text), e.Reason)
		return
	}
	r.fail(n, "fault %s: %v", text.Quote(n.text), err)
}

// text is empty: String prints the schedule as a block at the end of the file.
func (schedule) text(*Scenario, bool) string { return "" }

func (schedule) schema() schema {
	return schema{"type": "array", "items": schema{"type": "string", "minLength": 1}}
}
