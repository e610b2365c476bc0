package text

import (
	"strings"
	"unicode/utf8"
)

// Paragraph breaks the words of a text into lines of at most 78 characters, the
// indent before each of them included, which fit most terminals. A word that is
// longer has a line of its own.
func Paragraph(words, indent string) string {
	const width = 78
	var lines []string
	line := ""
	for _, word := range strings.Fields(words) {
		if line != "" && utf8.RuneCountInString(indent+line+" "+word) > width {
			lines, line = append(lines, indent+line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return strings.Join(append(lines, indent+line), "\n")
}
