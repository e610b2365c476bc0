package faults

import (
	"strconv"
	"strings"

	"raftsim/internal/text"
)

// Target takes one host or role.
func (p *Parser) Target() Target {
	word := p.Peek()
	if word == "" {
		p.try("a host or a role")
		p.unexpected()
		return Target{}
	}
	t, reason := parseTarget(word)
	if reason != "" {
		p.Fail("%s", reason)
		return Target{}
	}
	p.advance()
	return t
}

// Group takes one or more hosts and roles, as many as follow.
func (p *Parser) Group() Group {
	g := Group{p.Target()}
	for p.Peek() != "" {
		start := p.next
		t, reason := parseTarget(p.Peek())
		if reason != "" {
			if t.Host == 0 {
				p.try("another host or role")
				return g
			}
			p.Fail("%s", reason)
			return nil
		}
		if repeats(g, t) {
			p.failAt(start, "%s is named twice", t)
			return nil
		}
		p.advance()
		g = append(g, t)
	}
	if p.Failed() {
		return nil
	}
	p.try("another host or role")
	return g
}

// Sides takes groups separated by |, from least to most of them.
func (p *Parser) Sides(least, most int) []Group {
	sides := []Group{p.Group()}
	for len(sides) < most && p.Accept("|") {
		sides = append(sides, p.Group())
	}
	if len(sides) < least {
		p.unexpected()
	}
	if p.Failed() {
		return nil
	}
	return sides
}

// Path takes "FROM -> TO" or "A <-> B".
func (p *Parser) Path() Path {
	path := Path{From: p.Group()}
	path.Both = p.OneOf("->", "<->") == 1
	path.To = p.Group()
	if p.Failed() {
		return Path{}
	}
	return path
}

// PathOrNetwork takes a path or the word network.
func (p *Parser) PathOrNetwork() Path {
	if p.Accept("network") {
		return Network()
	}
	return p.Path()
}

// parseTarget reads a word as a target. When it cannot be one, the reason says
// why; the host is set all the same when the word is a host out of range.
func parseTarget(word string) (t Target, reason string) {
	if r := parseRole(word); r != 0 {
		return r.Target(), ""
	}
	digits, isHost := strings.CutPrefix(word, "n")
	if isHost && digits != "" && leading(digits, "0123456789") == digits {
		id, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || id < 1 || id > MaxHost || digits[0] == '0' {
			return Host(MaxHost), "host is " + text.Quote(word) + ", must be n1 to n" + strconv.Itoa(MaxHost)
		}
		return Host(id), ""
	}
	names := make([]string, 0, roleEnd)
	for _, r := range Roles() {
		names = append(names, r.String())
	}
	if s := text.Nearest(word, names); s != "" {
		return Target{}, text.Quote(word) + " is neither a host nor a role: did you mean " + s + "?"
	}
	return Target{}, text.Quote(word) + " is neither a host nor a role: write n1 to n" + strconv.Itoa(MaxHost) +
		", " + text.Or(names)
}

// repeats reports that a target adds nothing to a group. A role that draws a
// host may stand twice: it draws two.
func repeats(g Group, t Target) bool {
	switch t.Role {
	case Follower, Candidate, Learner, Random, New:
		return false
	}
	for _, other := range g {
		if other == t {
			return true
		}
	}
	return false
}

// parseWhole reads a whole number without a sign.
func parseWhole(word string) (int64, bool) {
	if word == "" || leading(word, "0123456789") != word {
		return 0, false
	}
	n, err := strconv.ParseInt(word, 10, 64)
	return n, err == nil
}
