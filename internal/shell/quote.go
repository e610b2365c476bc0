// Package shell writes words for a shell, in commands that a user pastes.
package shell

import "strings"

// Quote quotes a word when a shell would read it as something else. A word that
// begins with a dash is quoted too, which makes no difference to the shell but shows
// that it is no option.
func Quote(word string) string {
	if word != "" && !strings.HasPrefix(word, "-") && !strings.ContainsFunc(word, special) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// special says that a shell may give r a meaning. Letters beyond ASCII have none.
func special(r rune) bool {
	return r <= '~' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("/._-+=:@%,", r)
}
