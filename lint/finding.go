package lint

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"regexp"
	"slices"
)

// A Finding is one place that breaks a rule.
type Finding struct {
	// Rule is the short name of the rule, such as "time" or "map order".
	Rule string
	// File is relative to the module's root; Line and Column count from 1.
	File         string
	Line, Column int
	// Message says what is wrong and what to write instead.
	Message string
}

// String is the finding as compilers print theirs.
func (f Finding) String() string {
	return fmt.Sprintf("%s:%d:%d: %s", f.File, f.Line, f.Column, f.Message)
}

// at makes a finding of this package.
func (p *Package) at(rule string, pos token.Pos, format string, args ...any) Finding {
	position := p.fset.Position(pos)
	return Finding{
		Rule:    rule,
		File:    p.file(pos),
		Line:    position.Line,
		Column:  position.Column,
		Message: fmt.Sprintf(format, args...),
	}
}

func sortFindings(findings []Finding) {
	slices.SortFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
}

// The justifications that a comment can give, each followed by a colon and the
// reason. One stands at the end of the line that it excuses, or alone above it.
const (
	orderDoesNotEscape = "order does not escape"
	// In a function's doc comment this one excuses the whole function.
	forDisplayOnly    = "for display only"
	writtenBeforeRuns = "written before any run"
)

var notePattern = regexp.MustCompile(`//\s*(` + orderDoesNotEscape + `|` + forDisplayOnly + `|` + writtenBeforeRuns + `)\b(?::\s*(\S.*))?`)

// A note is one justification found in a file.
type note struct {
	phrase string
	reason string
	pos    token.Pos
	file   string
	line   int
	// last is the last line of the comment group around it, so that a note
	// may run over several lines above what it excuses.
	last int
	used bool
}

func notesOf(fset *token.FileSet, file *ast.File) []*note {
	var notes []*note
	for _, group := range file.Comments {
		for _, comment := range group.List {
			match := notePattern.FindStringSubmatch(comment.Text)
			if match == nil {
				continue
			}
			position := fset.Position(comment.Pos())
			notes = append(notes, &note{
				phrase: match[1],
				reason: match[2],
				pos:    comment.Pos(),
				file:   position.Filename,
				line:   position.Line,
				last:   fset.Position(group.End()).Line,
			})
		}
	}
	return notes
}

// excused tells whether a note with that phrase stands by the line of n.
func (p *Package) excused(phrase string, n ast.Node) bool {
	position := p.fset.Position(n.Pos())
	return p.use(phrase, position.Filename, func(note *note) bool {
		return note.line == position.Line || note.last == position.Line-1
	})
}

// excusedFunction tells whether a note with that phrase stands in the doc
// comment of the function around n.
func (p *Package) excusedFunction(phrase string, n ast.Node) bool {
	f := p.function(n)
	if f == nil || f.Doc == nil {
		return false
	}
	first, last := p.fset.Position(f.Doc.Pos()), p.fset.Position(f.Doc.End())
	return p.use(phrase, first.Filename, func(note *note) bool {
		return first.Line <= note.line && note.line <= last.Line
	})
}

// use marks the matching notes of a file as needed.
func (p *Package) use(phrase, file string, matches func(*note) bool) bool {
	found := false
	for _, note := range p.notes {
		if note.phrase == phrase && note.file == file && note.reason != "" && matches(note) {
			note.used, found = true, true
		}
	}
	return found
}

// idleNotes reports justifications without a reason, and those that excuse
// nothing any more.
func (p *Package) idleNotes() []Finding {
	var findings []Finding
	for _, note := range p.notes {
		switch {
		case note.reason == "":
			findings = append(findings, p.at("justification", note.pos, "%q gives no reason: write %q", note.phrase, note.phrase+": why"))
		case !note.used:
			findings = append(findings, p.at("justification", note.pos, "%q excuses nothing here: remove the comment", note.phrase))
		}
	}
	return findings
}
