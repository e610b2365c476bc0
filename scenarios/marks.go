package scenarios

import (
	"fmt"
	"strings"

	"raftsim/internal/text"
	"raftsim/mark"
)

// reached is the id of a mark that some seed of the file hits.
type reached struct{}

func (reached) read(r *reader, path string, n *node) {
	if r.isMark(path, n) {
		r.scenario.Reaches = n.text
	}
}

func (reached) text(s *Scenario, _ bool) string {
	if s.Reaches == "" {
		return ""
	}
	return quoteYAML(s.Reaches)
}

func (reached) schema() schema { return markSchema() }

// required are the ids of marks that every run must hit.
type required struct{}

func (required) read(r *reader, path string, n *node) {
	if n.kind != list {
		r.fail(n, "%s is %s, must be a list of marks such as [leader-change]", path, n.kind)
		return
	}
	for _, item := range n.items {
		if r.isMark(path, item) {
			r.scenario.Plan.Expect.Marks = append(r.scenario.Plan.Expect.Marks, item.text)
		}
	}
}

func (required) text(s *Scenario, _ bool) string {
	var names []string
	for _, name := range s.Plan.Expect.Marks {
		names = append(names, quoteYAML(name))
	}
	if len(names) == 0 {
		return ""
	}
	return "[" + strings.Join(names, ", ") + "]"
}

func (required) schema() schema { return schema{"type": "array", "items": markSchema()} }

// isMark reports a text that is the id of no mark.
func (r *reader) isMark(path string, n *node) bool {
	if !r.isScalar(path, n) {
		return false
	}
	if _, err := mark.Lookup(n.text); err == nil {
		return true
	}
	valid := "simrun marks lists them" // too many for a line
	if near := mark.Nearest(n.text); near != "" {
		valid = fmt.Sprintf("did you mean %s?", near)
	}
	r.fail(n, "%s is %s, no such mark, %s", path, text.Quote(n.text), valid)
	return false
}

// markSchema leaves the ids open: a user's own main may have more marks.
func markSchema() schema {
	return schema{"anyOf": []any{schema{"enum": mark.IDs()}, schema{"type": "string", "minLength": 1}}}
}

// Unreached says that none of the runs whose marks are given hit the mark that
// the story was made to reach. A story that names none reaches what it should.
// It is judged over all seeds of the file, and no others.
func (s *Scenario) Unreached(hit func(mark string) bool) bool {
	return s.Reaches != "" && !hit(s.Reaches)
}
