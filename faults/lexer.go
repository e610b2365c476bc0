package faults

import (
	"strings"
	"unicode/utf8"
)

// token is a word of a line, or one of the signs that stand for themselves.
type token struct {
	text string
	at   int // offset in bytes
}

// signs stand for themselves with or without space around them. A longer one
// comes before one that it begins with.
var signs = []string{"<->", "->", "|", ","}

// lex cuts a line into tokens. A comment runs from # to the end.
func lex(line string) []token {
	line, _, _ = strings.Cut(line, "#")
	var tokens []token
	for at := 0; at < len(line); {
		if isSpace(line[at]) {
			at++
			continue
		}
		n := len(signAt(line[at:]))
		if n == 0 {
			n = wordLength(line[at:])
		}
		tokens = append(tokens, token{line[at : at+n], at})
		at += n
	}
	return tokens
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f' }

// signAt is the sign with which s begins, or "".
func signAt(s string) string {
	for _, sign := range signs {
		if strings.HasPrefix(s, sign) {
			return sign
		}
	}
	return ""
}

// wordLength is how far the word reaches with which s begins: at least a byte.
func wordLength(s string) int {
	n := 1
	for n < len(s) && !isSpace(s[n]) && signAt(s[n:]) == "" {
		n++
	}
	return n
}

// column counts the characters before an offset, from 1.
func column(line string, at int) int { return utf8.RuneCountInString(line[:at]) + 1 }

// quote shows a word in an error, cut when it is long.
func quote(word string) string {
	const limit = 40
	if len(word) > limit {
		word = strings.ToValidUTF8(word[:limit], "") + "..."
	}
	return `"` + strings.Map(printable, word) + `"`
}

func printable(r rune) rune {
	if r < ' ' || r == 0x7f || r == utf8.RuneError {
		return '?'
	}
	return r
}

// suggest returns the word nearest to a misspelt one, or "" when none is near.
func suggest(word string, words []string) string {
	const longest = 24
	if len(word) > longest {
		return ""
	}
	best, least := "", 1+len(word)/3
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < least || d == least && best == "" {
			best, least = w, d
		}
	}
	return best
}

// distance is how many letters must be put in, taken out, replaced or swapped
// with their neighbour to make b of a.
func distance(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
