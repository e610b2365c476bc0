package checker

import (
	"fmt"
	"slices"
)

// report adds a violation, unless its property is off or one of the same
// signature was found before. shape tells the ways in which a property can
// break apart. The fact that broke it comes last in the evidence.
func (c *Protocol) report(p Property, shape, detail string, evidence ...Evidence) {
	signature := p.signature(shape)
	if !c.on[p] || slices.ContainsFunc(c.violations, func(v Violation) bool { return v.Signature == signature }) ||
		slices.ContainsFunc(c.told.held, func(h heldBack) bool { return h.Signature == signature }) {
		return
	}
	v := p.Unmet(shape, detail, evidence...)
	v.At, v.Event = c.now.at, c.now.event
	if !c.hold(p, v) {
		c.violations = append(c.violations, *v)
	}
}

// fact is evidence of something that happens now.
func (c *Protocol) fact(host uint64, format string, args ...any) Evidence {
	return c.now.fact(host, format, args...)
}

// fact is evidence of something that happened then.
func (n note) fact(host uint64, format string, args ...any) Evidence {
	return Evidence{At: n.at, Event: n.event, Host: host, Text: fmt.Sprintf(format, args...)}
}

// led is evidence of who leads a term.
func (t *termMemory) led() Evidence {
	if t.acted {
		return t.leader.fact(t.leader.host, "acted as leader of term %d", t.number)
	}
	return t.leader.fact(t.leader.host, "elected in term %d", t.number)
}
