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
