package planted

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"raftsim/internal/outfile"
)

// Record writes the seed of a result into the file of its bug, as the known
// one. Only a catch by a property that the file names is worth keeping: of
// several sweeps the first such counts, and without one the file stays as it is
// and kept is false.
func (b *Bug) Record(root string, r *Result) (kept bool, err error) {
	seed := uint64(0)
	for _, s := range r.Sweeps {
		if s.Catch != nil && s.Catch.Seed > 0 && b.Expects(s.Catch.Property) {
			seed = s.Catch.Seed
			break
		}
	}
	if seed == 0 {
		return false, nil
	}
	name := filepath.Join(root, filepath.FromSlash(Folder), b.Name+".yaml")
	text, err := os.ReadFile(name)
	if err != nil {
		return false, fmt.Errorf("planted: %w", err)
	}
	edited, err := withKnown(string(text), seed)
	if err != nil {
		return false, fmt.Errorf("planted: %s.yaml: %w", b.Name, err)
	}
	if err := outfile.Write(name, edited); err != nil {
		return false, fmt.Errorf("planted: %w", err)
	}
	return true, nil
}

var (
	knownLine = regexp.MustCompile(`(?m)^known:.*\n`)
	editsLine = regexp.MustCompile(`(?m)^edits:`)
)

// withKnown sets the key "known" in the text of a bug's file, above its edits.
func withKnown(text string, seed uint64) (string, error) {
	text = knownLine.ReplaceAllString(text, "")
	at := editsLine.FindStringIndex(text)
	if at == nil {
		return "", fmt.Errorf("no line begins with %q", "edits:")
	}
	var b strings.Builder
	b.WriteString(text[:at[0]])
	fmt.Fprintf(&b, "known: %d\n", seed)
	b.WriteString(text[at[0]:])
	return b.String(), nil
}
