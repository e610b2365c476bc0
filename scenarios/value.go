package scenarios

import (
	"fmt"
	"strings"

	"raftsim/internal/text"
)

// value is what a key takes: how it is read from a file into a scenario, how it
// is printed from one, and how the schema describes it.
type value interface {
	// read stores what n says. Mistakes go to the reader, with n's place.
	read(r *reader, path string, n *node)
	// text is the value as it stands in a file, on one line. Empty means
	// that the key can be left out: unless full is set, when it holds what a
	// scenario holds that says nothing about it.
	text(s *Scenario, full bool) string
	// schema describes the value to an editor (JSON Schema 2020-12).
	schema() schema
}

// schema is a JSON Schema object.
type schema map[string]any

// key is one key of a mapping.
type key struct {
	name  string
	doc   string
	value value
}

// leaf is a value that is one word or line of text.
type leaf[T any] struct {
	field func(*Scenario) *T
	// parse reads the text; its error completes "run is 5, ...".
	parse func(text string) (T, error)
	print func(T) string
	is    schema
}

func (l leaf[T]) read(r *reader, path string, n *node) {
	if !r.isScalar(path, n) {
		return
	}
	v, err := l.parse(n.text)
	if err != nil {
		r.fail(n, "%s is %s, %v", path, text.Quote(n.text), err)
		return
	}
	*l.field(r.scenario) = v
}

func (l leaf[T]) text(s *Scenario, full bool) string {
	var zero T
	v := l.print(*l.field(s))
	if !full && v == l.print(zero) {
		return ""
	}
	return v
}

func (l leaf[T]) schema() schema { return l.is }

// group is a mapping with these keys and no others.
type group []key

func (g group) find(name string) *key {
	for i := range g {
		if g[i].name == name {
			return &g[i]
		}
	}
	return nil
}

func (g group) names() []string {
	names := make([]string, len(g))
	for i, k := range g {
		names[i] = k.name
	}
	return names
}

func (g group) read(r *reader, path string, n *node) {
	if n.kind != mapping {
		r.fail(n, "%s is %s, must be a mapping with keys of %s", orFile(path), n.kind, strings.Join(g.names(), ", "))
		return
	}
	for _, e := range n.entries {
		k := g.find(e.key.text)
		if e.key.kind != scalar || k == nil {
			r.fail(e.key, "unknown key %s%s, %s", text.Quote(e.key.text), within(path), text.Suggestion(e.key.text, g.names()))
			continue
		}
		at := join(path, k.name)
		r.at[at] = e.value
		if e.value.kind == nothing {
			r.fail(e.value, "%s has no value, give it one or leave the key out", at)
			continue
		}
		k.value.read(r, at, e.value)
	}
}

func (g group) text(s *Scenario, full bool) string {
	var parts []string
	for _, k := range g {
		if v := k.value.text(s, full); v != "" {
			parts = append(parts, k.name+": "+v)
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func (g group) schema() schema {
	properties := schema{}
	for _, k := range g {
		one := schema{"description": k.doc}
		for name, v := range k.value.schema() {
			one[name] = v
		}
		properties[k.name] = one
	}
	return schema{"type": "object", "additionalProperties": false, "properties": properties}
}

// reader carries one file's mistakes while its tree is turned into a scenario.
type reader struct {
	file     string
	scenario *Scenario
	// at finds the value of each key that the file gives, by its path.
	at map[string]*node
	// faults are the lines of the schedule that could be read.
	faults []*node
	errors Errors
}

func (r *reader) fail(n *node, format string, args ...any) {
	r.failColumn(n, 0, format, args...)
}

// failColumn reports a mistake some characters into a scalar's text.
func (r *reader) failColumn(n *node, offset int, format string, args ...any) {
	if len(r.errors) == maxMistakes {
		return
	}
	e := &Error{File: r.file, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Line, e.Column = n.line, n.column+offset
	}
	r.errors = append(r.errors, e)
}

func (r *reader) isScalar(path string, n *node) bool {
	switch n.kind {
	case scalar:
		return true
	case nothing:
		r.fail(n, "%s has no value", path)
	default:
		r.fail(n, "%s is %s, must be a plain value", path, n.kind)
	}
	return false
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func within(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func orFile(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}
