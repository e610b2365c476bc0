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

// leading is the longest start of s made of these characters.
func leading(s, of string) string { return s[:len(s)-len(strings.TrimLeft(s, of))] }
