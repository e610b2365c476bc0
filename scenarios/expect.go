package scenarios

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"raftsim/checker"
	"raftsim/internal/text"
	"raftsim/mark"
	"raftsim/workload"
)

// The values of a single key each.

// workloadKind is the name of a registered workload.
type workloadKind struct{}

func (workloadKind) read(r *reader, path string, n *node) {
	if !r.isScalar(path, n) {
		return
	}
	if _, err := workload.Lookup(n.text); err != nil {
		r.fail(n, "%s is %s, no such workload is registered, %s", path, text.Quote(n.text), text.Suggestion(n.text, workload.Names()))
		return
	}
	r.scenario.Plan.Workload.Kind = n.text
}

func (workloadKind) text(s *Scenario, _ bool) string {
	if s.Plan.Workload.Kind == "" {
		return ""
	}
	return quoteYAML(s.Plan.Workload.Kind)
}

// schema leaves the names open: a user's own main may register more.
func (workloadKind) schema() schema {
	return schema{"type": "string", "examples": []string{"kv"}}
}

// allInvariants accepts the word "all": a file may say so, and cannot say less.
type allInvariants struct{}

func (allInvariants) read(r *reader, path string, n *node) {
	if r.isScalar(path, n) && n.text != "all" {
		r.fail(n, "%s is %s, must be all: invariants cannot be switched off", path, text.Quote(n.text))
	}
}

func (allInvariants) text(_ *Scenario, full bool) string {
	if full {
		return "all"
	}
	return ""
}

func (allInvariants) schema() schema { return schema{"const": "all"} }

// recovery is the bound of the recovery phase, counted in election timeouts.
type recovery struct{}

const (
	recoveryUnit    = " election timeouts"
	maxRecoveryTime = 100_000
)

func (recovery) read(r *reader, path string, n *node) {
	if !r.isScalar(path, n) {
		return
	}
	timeouts := &r.scenario.Plan.Expect.RecoveryTimeouts
	if n.text == "no" || n.text == "false" {
		*timeouts = -1
		return
	}
	digits, ok := strings.CutSuffix(n.text, recoveryUnit)
	count, err := strconv.Atoi(digits)
	if !ok || err != nil || count < 1 || count > maxRecoveryTime {
		r.fail(n, `%s is %s, must be a number of election timeouts such as "10 election timeouts", from 1 to %d, or no`, path, text.Quote(n.text), maxRecoveryTime)
		return
	}
	*timeouts = count
}

func (recovery) text(s *Scenario, _ bool) string {
	switch n := s.Plan.Expect.RecoveryTimeouts; {
	case n < 0:
		return "no"
	case n == 0:
		return ""
	default:
		return fmt.Sprint(n) + recoveryUnit
	}
}

func (recovery) schema() schema {
	return schema{"anyOf": []any{
		schema{"enum": []any{false, "no"}},
		schema{"type": "string", "pattern": `^[0-9]+ election timeouts$`},
	}}
}

// violated is the name of a property that a run is expected to break.
type violated struct{}

func properties() []string {
	var names []string
	for _, p := range checker.Properties() {
		names = append(names, p.String())
	}
	for _, id := range mark.IDs() {
		if m, err := mark.Lookup(id); err == nil && m.Kind() == mark.AlwaysKind {
			names = append(names, id)
		}
	}
	return names
}

// read refuses what is nearly the name of a property. Any other name may be
// that of a property of the user's own, which only a run can tell.
func (violated) read(r *reader, path string, n *node) {
	if !r.isScalar(path, n) {
		return
	}
	known := properties()
	if near := text.Nearest(n.text, known); near != "" && !slices.Contains(known, n.text) || n.text == "" {
		r.fail(n, "%s is %s, no such property, %s", path, text.Quote(n.text), text.Suggestion(n.text, known))
		return
	}
	r.scenario.Plan.Expect.Violation = n.text
}

func (violated) text(s *Scenario, _ bool) string {
	if s.Plan.Expect.Violation == "" {
		return ""
	}
	return quoteYAML(s.Plan.Expect.Violation)
}

func (violated) schema() schema {
	return schema{"type": "string", "minLength": 1}
}
