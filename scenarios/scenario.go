// Package scenarios reads scenario files: stories in YAML that say which
// cluster to build, what goes wrong and what must hold, and over which seeds
// to run it. The folder holds the project's own files too, one story each, a
// sub-folder for each theme.
//
// A file is strict: an unknown key, a value out of range or a fault that names
// a host that is not there is an error with its line and column and what would
// be valid. One table of keys (see keys.go) reads files, prints them and makes
// the published schema, so the three cannot disagree.
package scenarios

import (
	"fmt"

	"raftsim/random"
	"raftsim/sim"
)

// Scenario is one story: a plan, and the seeds that it is run over. It is not
// changed after it was loaded, and may be used by many goroutines.
type Scenario struct {
	// File is the path it was loaded from, as it was given, or StandardInput.
	// Empty when the scenario was made by a program.
	File string
	// Name is a short title, unique among files that are run together.
	Name string
	// About says what the scenario is about, and its source.
	About string
	// Catches names the planted bug that the story was made to catch, and
	// Reaches the mark that it was made to hit with at least one of its seeds.
	// They claim something of the file, and change nothing about a run.
	Catches, Reaches string
	// Seeds are run when nobody asks for others.
	Seeds Seeds
	// Swarm says what each seed draws for itself, in place of what the file
	// leaves open. The zero value draws nothing.
	Swarm Swarm
	// Plan is what the file says. A zero field stands for the default that
	// sim.Options.Defaults fills in. Name and Seed are empty.
	Plan sim.Options

	// fixed holds the path of every key that the file gives, such as
	// "cluster.nodes": a swarm draws only the others.
	fixed map[string]bool
	// nameAt is where the file says its name.
	nameAt node
}

// Options is the complete plan of the run with this seed: what the file says,
// what the swarm draws, and the defaults, validated. It is a pure function of
// the scenario and the seed.
func (s *Scenario) Options(seed random.Seed) (sim.Options, error) {
	o := s.Drawn(seed.Chooser()).Plan
	o.Name, o.Seed = s.Name, seed
	o = o.Defaults()
	if err := o.Validate(); err != nil {
		return sim.Options{}, fmt.Errorf("scenarios: %s, seed %d: %w", s.Title(), seed, err)
	}
	return o, nil
}

// Resolved is the scenario of one seed alone: every choice drawn and every
// default filled in, so that its text says all there is to say about the run.
// It passes when and as s does with that seed, and does not say what it reaches:
// that is a claim about all seeds of s.
func (s *Scenario) Resolved(seed random.Seed) (*Scenario, error) {
	o, err := s.Options(seed)
	if err != nil {
		return nil, err
	}
	o.Name, o.Seed = "", 0
	return &Scenario{File: s.File, Name: s.Name, About: s.About, Catches: s.Catches, Seeds: One(seed), Plan: o}, nil
}

// Place is where the scenario comes from, in words: its file, or "standard input".
func (s *Scenario) Place() string {
	if s.File == StandardInput {
		return "standard input"
	}
	return s.File
}

// Title is the name of the scenario, or its file when it has none.
func (s *Scenario) Title() string {
	if s.Name != "" {
		return s.Name
	}
	return s.File
}
