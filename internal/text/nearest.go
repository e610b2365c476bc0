package text

import (
	"fmt"
	"strings"
)

// mostMisspelt bounds the words that are compared: a longer one is no slip.
const mostMisspelt = 64

// Nearest returns the one of the valid words that a misspelt one was probably
// meant to be, the first of several, or "" when none is near: at most one
// letter and a third of its letters may differ. Small and capital letters are
// the same.
func Nearest(word string, valid []string) string {
	if word == "" || len(word) > mostMisspelt {
		return ""
	}
	best, least := "", 1+len(word)/3
	for _, w := range valid {
		if d := distance(strings.ToLower(word), strings.ToLower(w), least); d < least || d == least && best == "" {
			best, least = w, d
		}
	}
	return best
}

// Suggestion ends an error about a word that is none of the valid ones:
// `did you mean "best"? valid are a, b, c`. A long list is left out beside a
// good guess.
func Suggestion(word string, valid []string) string {
	const most = 20 // words that fit a line or two
	all := "valid are " + List(valid)
	switch best := Nearest(word, valid); {
	case best != "" && len(valid) > most:
		return fmt.Sprintf("did you mean %q?", best)
	case best != "":
		return fmt.Sprintf("did you mean %q? %s", best, all)
	}
	return all
}

// distance is how many letters must be put in, taken out, replaced or swapped
// with their neighbour to make b of a, or some number above limit when it is
// more than that.
func distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
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
