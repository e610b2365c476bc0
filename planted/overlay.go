package planted

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Apply returns the edited text of each file that the bug touches, by its path
// relative to root. It is an error when a find string does not occur exactly
// once, or when two edits overlap.
func (b *Bug) Apply(root string) (map[string][]byte, error) {
	byFile := make(map[string][]Edit)
	for _, e := range b.Edits {
		byFile[e.File] = append(byFile[e.File], e)
	}
	edited := make(map[string][]byte, len(byFile))
	for file, edits := range byFile {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return nil, fmt.Errorf("planted: %s: %w", b.Name, err)
		}
		if edited[file], err = edit(text, edits); err != nil {
			return nil, fmt.Errorf("planted: %s: %s: %w", b.Name, file, err)
		}
	}
	return edited, nil
}

// edit applies all edits to the text as it was, from the last place to the
// first.
func edit(text []byte, edits []Edit) ([]byte, error) {
	type spot struct {
		at int
		Edit
	}
	var spots []spot
	for _, e := range edits {
		find := []byte(e.Find)
		if n := bytes.Count(text, find); n != 1 {
			return nil, fmt.Errorf("find occurs %d times, must occur once: %q", n, e.Find)
		}
		spots = append(spots, spot{bytes.Index(text, find), e})
	}
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Compare(b.at, a.at) })
	end := len(text)
	for _, s := range spots {
		if s.at+len(s.Find) > end {
			return nil, fmt.Errorf("two edits overlap at %q", s.Find)
		}
		text = slices.Concat(text[:s.at], []byte(s.Replace), text[s.at+len(s.Find):])
		end = s.at
	}
	return text, nil
}

// Overlay writes the edited files and the go command's overlay file that puts
// them in place into dir, and returns the path of the overlay file.
func (b *Bug) Overlay(root, dir string) (string, error) {
	edited, err := b.Apply(root)
	if err != nil {
		return "", err
	}
	overlay := struct{ Replace map[string]string }{make(map[string]string, len(edited))}
	for file, text := range edited {
		original, err := filepath.Abs(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return "", err
		}
		replaced := filepath.Join(dir, strings.ReplaceAll(file, "/", "_"))
		if err := os.WriteFile(replaced, text, 0o644); err != nil {
			return "", err
		}
		overlay.Replace[original] = replaced
	}
	text, err := json.Marshal(overlay)
	if err != nil {
		return "", err
	}
	name := filepath.Join(dir, "overlay.json")
	return name, os.WriteFile(name, text, 0o644)
}

// Command is the simulator's command, relative to the module's root.
const Command = "./cmd/simrun"

// Build compiles the simulator's command with the bug in it.
func (b *Bug) Build(ctx context.Context, root, binary string) error {
	return b.compile(ctx, root, "-ldflags=-s -w", "-o", binary, Command)
}

// BuildHastily is Build without optimisation: the same program, built sooner and
// slower to run.
func (b *Bug) BuildHastily(ctx context.Context, root, binary string) error {
	return b.compile(ctx, root, "-gcflags=raftsim/...=-N -l", "-ldflags=-s -w", "-o", binary, Command)
}

// Compile compiles only the packages that the bug touches: enough to see that
// it is a valid program.
func (b *Bug) Compile(ctx context.Context, root string) error {
	var packages []string
	for _, e := range b.Edits {
		packages = append(packages, "./"+path.Dir(e.File))
	}
	slices.Sort(packages)
	return b.compile(ctx, root, slices.Compact(packages)...)
}

// compile runs go build over the overlay. A bug without edits is the program
// as it is. With edits no revision is stamped: go build does not count an overlay
// as a change, and the mutant would bear the commit of sources that lack the bug.
func (b *Bug) compile(ctx context.Context, root string, arguments ...string) error {
	dir, err := os.MkdirTemp("", "planted-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := b.Overlay(root, dir)
	if err != nil {
		return err
	}
	build := []string{"build", "-overlay", overlay}
	if len(b.Edits) > 0 {
		build = append(build, "-buildvcs=false")
	}
	cmd := exec.CommandContext(ctx, "go", append(build, arguments...)...)
	cmd.Dir = root
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("planted: %s does not build: %w\n%s", b.Name, err, output)
	}
	return nil
}
