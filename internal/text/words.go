package text

import (
	"fmt"
	"strconv"
	"strings"
)

// Count is so many of something: "1 seed", "2 seeds", "0 seeds".
func Count[N ~int | ~int64 | ~uint64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// List is "a, b, c".
func List(words []string) string { return strings.Join(words, ", ") }

// Or is "a, b or c".
func Or(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return List(words[:last]) + " or " + words[last]
}

// Cut is the start of s that has at most so many characters.
func Cut(s string, characters int) string {
	for at := range s {
		if characters == 0 {
			return s[:at]
		}
		characters--
	}
	return s
}

// Quote shows what somebody wrote, in quotes and escaped as in Go. Of a long
// text it shows the start and says how many characters there are.
func Quote(s string) string {
	const most = 80
	if start := Cut(s, most); start != s {
		return fmt.Sprintf("%q (%d characters)", start+"...", len([]rune(s)))
	}
	return strconv.Quote(s)
}
