package mark

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"raftsim/internal/text"
)

// exampleID is an id as it must be.
const exampleID = "figure-8-overwrite"

// IDs lists the ids of all marks in alphabetical order.
func IDs() []string { return slices.Sorted(maps.Keys(all)) }

// Lookup returns the mark with an id. Its error suggests the id that was probably
// meant.
func Lookup(id string) (*Mark, error) {
	if m, ok := all[id]; ok {
		return m, nil
	}
	if near := Nearest(id); near != "" {
		return nil, fmt.Errorf("mark: there is no mark %q, did you mean %s?", id, near)
	}
	return nil, fmt.Errorf("mark: there is no mark %q, an id looks like %s", id, exampleID)
}

// Nearest returns the id that a wrong one was probably meant to be, or "" when none
// is near: one with a slip of the pen, the sentence of a mark, or words that most of
// an id consists of.
func Nearest(wrong string) string {
	said := words(wrong)
	if near := text.Nearest(strings.Join(said, "-"), IDs()); near != "" {
		return near
	}
	best, most := "", 0
	for _, id := range IDs() {
		if slices.Equal(words(all[id].about), said) {
			return id
		}
		named := words(id)
		common := 0
		for _, w := range named {
			if slices.Contains(said, w) {
				common++
			}
		}
		if common > most && 2*common > max(len(named), len(said)) {
			best, most = id, common
		}
	}
	return best
}

// words are the words of a text in lower case, without the articles.
func words(s string) []string {
	all := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	return slices.DeleteFunc(all, func(w string) bool { return w == "a" || w == "an" || w == "the" })
}
