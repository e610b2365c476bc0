package faults

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"raftsim/clock"
	"raftsim/internal/text"
)

// MaxFaults is how many faults a schedule may have.
const MaxFaults = 10_000

// longest is the longest time that a line may name.
const longest = 10_000 * time.Hour

// Parse reads a schedule, one fault a line, and sorts it. Spacing is free, #
// begins a comment, and empty lines mean nothing. The error is an *Error.
func Parse(text string) (Schedule, error) { return parse(text, nil) }

// ParseFor is Parse for a cluster of these hosts: a line that names another,
// which no line adds, is an error at its place.
func ParseFor(text string, hosts []uint64) (Schedule, error) { return parse(text, &hosts) }

// ParseFault reads one line, time first: "5s crash leader losing unsynced for
// 800ms". The error is an *Error with Line zero.
func ParseFault(line string) (Fault, error) {
	p := newParser(line, 0)
	f := p.fault()
	if p.err != nil {
		return Fault{}, p.err
	}
	return f, nil
}

// ParseAction reads an action, without time and without what may follow it:
// "crash leader losing unsynced". The error is an *Error with Line zero.
func ParseAction(text string) (Action, error) {
	p := newParser(text, 0)
	a, _ := p.action()
	if p.Peek() != "" {
		p.unexpected()
	}
	if p.err != nil {
		return nil, p.err
	}
	return a, nil
}

func parse(text string, hosts *[]uint64) (Schedule, error) {
	var s Schedule
	var parsers []*Parser
	number := 0
	for line := range strings.Lines(text) {
		number++
		p := newParser(strings.TrimRight(line, "\r\n"), number)
		if len(p.tokens) == 0 {
			continue
		}
		if len(s) == MaxFaults {
			p.Fail("a schedule has at most %d faults", MaxFaults)
		}
		f := p.fault()
		if p.err != nil {
			return nil, p.err
		}
		s, parsers = append(s, f), append(parsers, p)
	}
	if hosts != nil {
		if i, t := s.stranger(*hosts); i >= 0 {
			p := parsers[i]
			p.failAt(p.find(t.String()), "%s %s: %s", s[i].Action.Kind(), t, clusterHas(*hosts))
			return nil, p.err
		}
	}
	s.Sort()
	return s, nil
}

// find is the number of the first word with this text.
func (p *Parser) find(text string) int {
	return slices.IndexFunc(p.tokens, func(t token) bool { return t.text == text })
}

// findLast is the number of the last word with this text.
func (p *Parser) findLast(text string) int {
	for i := len(p.tokens) - 1; i >= 0; i-- {
		if p.tokens[i].text == text {
			return i
		}
	}
	return -1
}

// fault takes a whole line.
func (p *Parser) fault() Fault {
	at, atMax := p.start()
	f := Fault{At: at, AtMax: atMax}
	var k Kind
	f.Action, k = p.action()
	p.modifiers(&f, k)
	return f
}

// start takes the time or the range of times at which a line begins.
func (p *Parser) start() (at, atMax clock.Time) {
	word := p.Peek()
	if c := leading(word, "0123456789."); word != "" && c == "" && !strings.HasPrefix(word, "-") {
		p.Fail("%s is not a time: a line begins with the time of the fault, such as 2s or 2s..4s", text.Quote(word))
	}
	if strings.HasPrefix(word, "-") {
		p.Fail("time is %s, must not be negative", text.Quote(word))
	}
	from, to := p.Span(0, longest)
	return clock.Time(from), clock.Time(to)
}

// action takes what goes wrong, from its first word up to the modifiers.
func (p *Parser) action() (Action, Kind) {
	opener := p.Choice("a fault", openers())
	if p.Failed() {
		return nil, Kind{}
	}
	name := opener
	switch opener {
	case "disk":
		p.hosts = p.Group()
		name += " " + p.Choice("what a disk does", verbs("disk"))
	case "link":
		p.path = p.Path()
		name += " " + p.Choice("what a link does", verbs("link"))
	case "network":
		name = "link " + p.Choice("what a network does", verbs("link"))
	}
	k, ok := Lookup(name)
	if p.Failed() || !ok {
		return nil, Kind{}
	}
	a := k.Parse(p)
	if a == nil && !p.Failed() {
		p.Fail("%s: the kind's Parse returned nothing", k.Name)
	}
	if p.Failed() {
		return nil, Kind{}
	}
	if t, reason := checkTargets(a); reason != "" {
		p.failAt(p.findLast(t.String()), "%s", reason)
	}
	return a, k
}

// modifiers takes the rest of the line.
func (p *Parser) modifiers(f *Fault, k Kind) {
	for !p.Failed() {
		start := p.next
		switch {
		case f.For == 0 && p.Accept("for"):
			f.For, f.ForMax = p.Span(1, longest)
			if !k.Lasting {
				p.failAt(start, "%s happens at once: it takes no for", k.Name)
			}
		case f.Every == (Interval{}) && p.Accept("every"):
			f.Every = p.interval(*f)
		case f.Wait == 0 && p.Accept("within"):
			f.Wait = p.Duration(1, longest)
		case p.Peek() == "":
			return
		default:
			p.try("the end of the line")
			p.unexpected()
		}
	}
}

// interval takes what follows "every".
func (p *Parser) interval(f Fault) Interval {
	least, most := p.Span(MinInterval, longest)
	i := Interval{Min: least, Max: max(least, most)}
	start := p.next + 1
	if p.Accept("until") {
		i.Until = clock.Time(p.Duration(1, longest))
		if i.Until <= max(f.At, f.AtMax) {
			p.failAt(start, "until is %s, must be after the first occurrence at %s",
				text.Duration(time.Duration(i.Until)), text.Duration(time.Duration(max(f.At, f.AtMax))))
		}
	}
	return i
}

// isReserved reports that no kind of one word may have this name: it is a
// subject, or no word at all.
func isReserved(word string) bool {
	tokens := lex(word)
	return word == "network" || word == "disk" || word == "link" || len(tokens) != 1 || tokens[0].text != word
}

// clusterHas is "cluster has nodes n1..n5".
func clusterHas(hosts []uint64) string {
	if len(hosts) == 0 {
		return "cluster has no nodes"
	}
	ids := slices.Clone(hosts)
	slices.Sort(ids)
	var runs []string
	for i := 0; i < len(ids); {
		j := i
		for j+1 < len(ids) && ids[j+1] <= ids[j]+1 {
			j++
		}
		run := "n" + strconv.FormatUint(ids[i], 10)
		if ids[j] > ids[i] {
			run += "..n" + strconv.FormatUint(ids[j], 10)
		}
		runs = append(runs, run)
		i = j + 1
	}
	return fmt.Sprintf("cluster has nodes %s", strings.Join(runs, ", "))
}
