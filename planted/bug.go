// Package planted keeps the corpus of planted bugs: known mistakes, each a few
// find-and-replace pairs on the sources of the Raft library, its log or the
// raft host. A checker that never fired has proved nothing; these make each
// fire.
//
// The product holds no switch for them. A bug is built into the simulator's
// command by the go command's -overlay, so the sources on disk stay as they
// are, and is then hunted by ordinary sweeps of seeds.
package planted

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"raftsim/internal/text"
)

// A Bug is one planted mistake, read from one file of the corpus.
type Bug struct {
	// Name is that of its file without ".yaml": lower-case words joined by
	// underscores.
	Name string `yaml:"name"`
	// About tells in a sentence or two what the code does wrong.
	About string `yaml:"about"`
	// Source is where the rule or the historical bug comes from, such as
	// "Raft §5.4.2" or "etcd issue 7331".
	Source string `yaml:"source"`
	// Properties are the names of those that are expected to catch it. Any of
	// them will do: which is first depends on the seed.
	Properties []string `yaml:"properties"`
	// Edits are applied together.
	Edits []Edit `yaml:"edits"`
	// Test names the directed test that catches a bug which no run of the
	// simulator shows: a package and a test of it with its subtests, such as
	// "./raft TestStories/identity/misdelivered". Empty means that seeds are swept;
	// otherwise none are, and Properties, Scenario, Seeds and Known are not given.
	Test string `yaml:"test"`
	// Scenario is the scenario file that provokes it, relative to the module's
	// root; empty means DefaultScenario.
	Scenario string `yaml:"scenario"`
	// Seeds is the sweep that must catch it; zero means DefaultSeeds.
	Seeds Seeds `yaml:"seeds"`
	// Known is one seed known to catch it, for a quick check of the checkers.
	// Zero means that none is recorded.
	Known uint64 `yaml:"known"`
}

// An Edit replaces the one place in a file where Find stands.
type Edit struct {
	// File is relative to the module's root, with slashes.
	File string `yaml:"file"`
	// Find must occur exactly once in the file as it is on disk. In a block of
	// YAML it should begin with a character that is not a tab, or the block
	// with "|2": a tab at the beginning is taken for indentation.
	Find string `yaml:"find"`
	// Replace stands in its place; empty removes it.
	Replace string `yaml:"replace"`
}

// DefaultScenario is swept for bugs that name no scenario.
const DefaultScenario = "scenarios/swarm.yaml"

// DefaultSeeds is swept for bugs that name no seeds.
var DefaultSeeds = Seeds{First: 1, Last: 2000}

//go:generate go test -run TestTheDocumentationListsEveryProperty . -rewrite

// Folder holds the corpus, relative to the module's root.
const Folder = "planted/bugs"

// Load reads every bug of the corpus of the module at root, sorted by name.
// A mistake in a file is an error that names the file and, where the mistake
// has one, the line.
func Load(root string) ([]Bug, error) {
	files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(Folder), "*.yaml"))
	if err != nil {
		return nil, err
	}
	var bugs []Bug
	var failures []error
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		bug, err := Parse(strings.TrimSuffix(filepath.Base(file), ".yaml"), text)
		if err != nil {
			failures = append(failures, err)
			continue
		}
		bugs = append(bugs, bug)
	}
	slices.SortFunc(bugs, func(a, b Bug) int { return strings.Compare(a.Name, b.Name) })
	return bugs, errors.Join(failures...)
}

// Parse reads one bug and fills in its defaults. Unknown and repeated keys are
// errors.
func Parse(name string, text []byte) (Bug, error) {
	var bug Bug
	decoder := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := decoder.Decode(&bug); err != nil {
		return Bug{}, fmt.Errorf("planted: %s.yaml: %w", name, err)
	}
	if err := decoder.Decode(new(Bug)); !errors.Is(err, io.EOF) {
		return Bug{}, fmt.Errorf("planted: %s.yaml: more than one document: one file holds one bug", name)
	}
	if bug.Scenario == "" && bug.Test == "" {
		bug.Scenario = DefaultScenario
	}
	if bug.Seeds == (Seeds{}) && bug.Test == "" {
		bug.Seeds = DefaultSeeds
	}
	if err := bug.validate(name); err != nil {
		return Bug{}, fmt.Errorf("planted: %s.yaml: %w", name, err)
	}
	return bug, nil
}

var namePattern = regexp.MustCompile(`^[a-z0-9]+(_[a-z0-9]+)*$`)

func (b *Bug) validate(file string) error {
	switch {
	case !namePattern.MatchString(b.Name):
		return fmt.Errorf("name is %q, must be lower-case words joined by underscores", b.Name)
	case b.Name != file:
		return fmt.Errorf("name is %q, must be that of the file", b.Name)
	case strings.TrimSpace(b.About) == "":
		return errors.New("about is empty, must say what the code does wrong")
	case b.Source == "":
		return errors.New("source is empty, must say where the rule or the bug comes from")
	case b.Test != "" && !testPattern.MatchString(b.Test):
		return fmt.Errorf("test is %q, must be a package and a test of it, such as ./raft TestStories/reads/safe", b.Test)
	case b.Test != "" && (len(b.Properties) > 0 || b.Scenario != "" || b.Seeds != (Seeds{}) || b.Known != 0):
		return errors.New("test is given, so properties, scenario, seeds and known must not be")
	case b.Test == "" && (len(b.Properties) == 0 || slices.Contains(b.Properties, "")):
		return errors.New("properties must name what is expected to catch the bug, unless test does")
	case len(b.Edits) == 0:
		return errors.New("edits is empty, must change something")
	case b.Test == "" && !filepath.IsLocal(b.Scenario):
		return fmt.Errorf("scenario is %q, must be a path below the module's root", b.Scenario)
	}
	for i, e := range b.Edits {
		switch {
		case !filepath.IsLocal(e.File) || filepath.Ext(e.File) != ".go" || strings.HasSuffix(e.File, "_test.go"):
			return fmt.Errorf("edit %d: file is %q, must be a Go file below the module's root, and no test", i+1, e.File)
		case strings.TrimSpace(e.Find) == "":
			return fmt.Errorf("edit %d: find is empty", i+1)
		case e.Find == e.Replace:
			return fmt.Errorf("edit %d: replace is the same as find", i+1)
		}
	}
	return nil
}

// likelyName says which bug may have been meant.
func likelyName(bugs []Bug, name string) string {
	names := make([]string, len(bugs))
	for i, b := range bugs {
		names[i] = b.Name
	}
	if near := text.Nearest(name, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "`planted list` shows those that there are"
}

// Select returns the bugs with the given names, in the order of the corpus, or
// all of them when there are no names.
func Select(bugs []Bug, names []string) ([]Bug, error) {
	if len(names) == 0 {
		return bugs, nil
	}
	for _, name := range names {
		if !slices.ContainsFunc(bugs, func(b Bug) bool { return b.Name == name }) {
			return nil, fmt.Errorf("planted: no bug is called %q, %s", name, likelyName(bugs, name))
		}
	}
	return slices.DeleteFunc(slices.Clone(bugs), func(b Bug) bool { return !slices.Contains(names, b.Name) }), nil
}
