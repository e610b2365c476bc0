package self

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// Name is the name under which the user knows this program, for its messages.
func Name() string {
	return strings.TrimSuffix(filepath.Base(os.Args[0]), ".exe")
}

// Command is what a shell in the same folder runs to start this program again:
// the word that started it, in quotes where it needs them, or "go run" and its
// package.
func Command() string {
	info, ok := debug.ReadBuildInfo()
	if ok && byGoRun(os.Args[0]) {
		if info.Path == commandLine {
			return "go run ." // of a list of files: most likely all of its folder
		}
		return "go run " + Quote(info.Path)
	}
	return Quote(os.Args[0])
}

// byGoRun tells the path of a program that go run has built, and removes at its end.
func byGoRun(path string) bool {
	folder := filepath.Dir(path)
	return filepath.Base(folder) == "exe" && strings.Contains(folder, string(filepath.Separator)+"go-build")
}

// Path is the path of a file as an argument for a shell: in quotes where it needs
// them, and never one that a program takes for a flag or for standard input.
func Path(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "." + string(filepath.Separator) + path
	}
	return Quote(path)
}

// Quote is a word as a POSIX shell reads it back: in quotes only where it needs them.
func Quote(word string) string {
	special := func(r rune) bool {
		plain := r > '~' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+=:@%,", r)
		return !plain
	}
	if word != "" && !strings.ContainsFunc(word, special) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
