package scenarios

import (
	"fmt"
	"slices"
	"strings"
)

// Error is one mistake in a scenario file.
type Error struct {
	// File is the path as it was given.
	File string
	// Line and Column are counted from one, columns in characters. Both are
	// zero when the mistake is not at one place, such as a file too large.
	Line, Column int
	// Message shows the value and says what would be valid.
	Message string
}

// Error is the mistake as editors and terminals link it:
// "file:line:column: message".
func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.Message)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// Errors are the mistakes of one or more files, in the order of the text. It
// is never empty when it is returned as an error.
type Errors []*Error

// Error lists the mistakes, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap lets errors.As find an *Error.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}

// sorted puts the mistakes of one file in the order of its text.
func (e Errors) sorted() Errors {
	slices.SortStableFunc(e, func(a, b *Error) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return a.Column - b.Column
	})
	return e
}

// nearest returns the word of valid that text is most likely a slip for, or
// "" when none is near: at most a third of its letters may differ.
func nearest(text string, valid []string) string {
	best, least := "", len(text)/3+1
	for _, word := range valid {
		if d := distance(text, word, least); d < least || (d == least && best == "") {
			best, least = word, d
		}
	}
	return best
}

// distance is the number of letters to change, add, drop or swap with their
// neighbour to turn a into b, or more than limit when it is more.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	rows := [3][]int{make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)}
	before, last, row := rows[0], rows[1], rows[2]
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
