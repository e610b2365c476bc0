package faults

import (
	"fmt"
	"slices"
	"strings"

	"raftsim/internal/text"
)

// Error is a mistake in the text of a schedule.
type Error struct {
	// Line counts from 1; zero when the text was a single line.
	Line int
	// Column counts characters from 1.
	Column int
	// Reason says what is wrong and what would be valid.
	Reason string
}

// Error is "faults: line 3, column 9: reason".
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("faults: column %d: %s", e.Column, e.Reason)
	}
	return fmt.Sprintf("faults: line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// Parser reads one line, word by word. The Parse function of a Kind gets one
// that stands behind the kind's name. After the first mistake every method
// returns a zero value and leaves the mistake as it is, so that a Parse
// function may read straight on and look at Failed once, at its end.
type Parser struct {
	line   string
	number int // of the line, from 1; zero for a single line
	tokens []token
	next   int
	err    *Error

	// tried is what would have been valid at the next word.
	tried []string
	// subject is what the line is about, when the kind's name has two words.
	hosts Group
	path  Path
}

func newParser(line string, number int) *Parser {
	return &Parser{line: line, number: number, tokens: lex(line)}
}

// Failed reports that the line has a mistake.
func (p *Parser) Failed() bool { return p.err != nil }

// Fail says that something is wrong with the next word. Only the first mistake
// of a line counts.
func (p *Parser) Fail(format string, args ...any) { p.failAt(p.next, format, args...) }

// failAt is Fail for the word with this number.
func (p *Parser) failAt(i int, format string, args ...any) {
	if p.err != nil {
		return
	}
	at := len(strings.TrimRight(p.line, " \t\r\v\f"))
	if i >= 0 && i < len(p.tokens) {
		at = p.tokens[i].at
	} else if n := len(p.tokens); n > 0 {
		at = p.tokens[n-1].at + len(p.tokens[n-1].text)
	}
	p.err = &Error{Line: p.number, Column: column(p.line, at), Reason: fmt.Sprintf(format, args...)}
}

// Hosts are the hosts of a line with the subject disk.
func (p *Parser) Hosts() Group { return p.hosts }

// Links are the links of a line with the subject link or network.
func (p *Parser) Links() Path { return p.path }

// Peek is the next word, or "" at the end of the line and after a mistake.
func (p *Parser) Peek() string {
	if p.err != nil || p.next >= len(p.tokens) {
		return ""
	}
	return p.tokens[p.next].text
}

// Word takes the next word, whatever it is; what says what it should be.
func (p *Parser) Word(what string) string {
	word := p.Peek()
	if word == "" {
		p.try(what)
		p.unexpected()
		return ""
	}
	p.advance()
	return word
}

// Accept takes these words when they come next, all of them or none.
func (p *Parser) Accept(words ...string) bool {
	if p.err != nil {
		return false
	}
	for i, w := range words {
		if p.next+i >= len(p.tokens) || p.tokens[p.next+i].text != w {
			p.try(strings.Join(words, " "))
			return false
		}
	}
	p.next += len(words)
	p.tried = nil
	return true
}

// Expect takes these words, or fails.
func (p *Parser) Expect(words ...string) {
	if !p.Accept(words...) {
		p.unexpected()
	}
}

// OneOf takes one of these words and returns its number, or fails.
func (p *Parser) OneOf(words ...string) int {
	for i, w := range words {
		if p.Accept(w) {
			return i
		}
	}
	p.unexpected()
	return 0
}

// Choice takes the name of one of the kinds, roles or whatever the list holds;
// what says what it is. A misspelt one gets a suggestion.
func (p *Parser) Choice(what string, names []string) string {
	if p.Peek() == "" {
		for _, name := range names {
			p.try(name)
		}
		p.unexpected()
		return ""
	}
	word := p.Word(what)
	if slices.Contains(names, word) {
		return word
	}
	p.failAt(p.next-1, "%s", unknown(what, word, names))
	return ""
}

// unknown says that a word is none of the names.
func unknown(what, word string, names []string) string {
	if s := text.Nearest(word, names); s != "" {
		return fmt.Sprintf("%s is not %s: did you mean %s?", text.Quote(word), what, s)
	}
	return fmt.Sprintf("%s is not %s: write %s", text.Quote(word), what, text.Or(names))
}

// advance takes the next word.
func (p *Parser) advance() {
	p.next++
	p.tried = nil
}

// try notes what would have been valid at the next word.
func (p *Parser) try(what string) {
	if !slices.Contains(p.tried, what) {
		p.tried = append(p.tried, what)
	}
}

// unexpected fails at the next word: it is none of what was tried.
func (p *Parser) unexpected() {
	if p.err != nil {
		return
	}
	word := p.Peek()
	switch {
	case word == "":
		p.Fail("the line ends too early: expected %s", p.expected())
	case text.Nearest(word, p.tried) != "":
		p.Fail("unexpected %s: did you mean %s?", text.Quote(word), text.Nearest(word, p.tried))
	default:
		p.Fail("unexpected %s: expected %s", text.Quote(word), p.expected())
	}
}

// expected is what was tried, the signs in quotes.
func (p *Parser) expected() string {
	words := slices.Clone(p.tried)
	for i, w := range words {
		if signAt(w) != "" {
			words[i] = text.Quote(w)
		}
	}
	return text.Or(words)
}
