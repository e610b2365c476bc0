package scenarios

import (
	"strconv"
	"strings"
)

// String is the scenario as a file that Parse reads to an equal one. Keys at
// their default are left out.
func (s *Scenario) String() string { return s.print(false) }

// Full is String with every key that has a value, defaults filled in.
func (s *Scenario) Full() string {
	filled := *s
	filled.Plan = s.Plan.Defaults()
	return filled.print(true)
}

func (s *Scenario) print(full bool) string {
	var b strings.Builder
	for _, k := range root {
		if k.name == "faults" {
			s.printFaults(&b)
			continue
		}
		printKey(&b, s, k, "", full)
	}
	return b.String()
}

// widest is the length of a line at which a mapping is broken into several.
const widest = 100

// printKey prints a key on one line, or a group that would be too long for
// that with its keys below it.
func printKey(b *strings.Builder, s *Scenario, k key, indent string, full bool) {
	text := k.value.text(s, full)
	if text == "" {
		return
	}
	line := indent + k.name + ": " + text
	g, isGroup := k.value.(group)
	if !isGroup || len(line) <= widest {
		b.WriteString(line + "\n")
		return
	}
	b.WriteString(indent + k.name + ":\n")
	for _, inner := range g {
		printKey(b, s, inner, indent+"  ", full)
	}
}

func (s *Scenario) printFaults(b *strings.Builder) {
	if len(s.Plan.Schedule) == 0 {
		return
	}
	b.WriteString("faults:\n")
	for line := range strings.Lines(s.Plan.Schedule.String()) {
		b.WriteString("  - " + quoteYAML(strings.TrimSuffix(line, "\n")) + "\n")
	}
}

// quoteYAML writes text as a YAML scalar that reads back as the same text:
// plain where that is safe in a flow mapping too, otherwise in double quotes.
func quoteYAML(text string) string {
	if text != "" && strings.TrimSpace(text) == text && !strings.ContainsFunc(text, needsQuotes) && !strings.ContainsAny(text[:1], "-?.~=<!%@&*|>'\"`") {
		return text
	}
	return strconv.Quote(text)
}

func needsQuotes(r rune) bool {
	return r < ' ' || r > '~' || strings.ContainsRune(`:#,[]{}"'\`, r)
}
