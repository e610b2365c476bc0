package simtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"raftsim/internal/outfile"
	"raftsim/internal/self"
	"raftsim/scenarios"
	"raftsim/sim"
)

// plan is the whole plan of one run, as a failing test leaves it: a scenario file
// in which nothing is left to chance, with its origin in a comment.
type plan struct {
	file    string // relative to the folder of the package
	options sim.Options
	origin  origin
	created bool // the file is new
}

// origin says which test left a plan, and what the run came to.
type origin struct {
	// Test is the test to run, empty when its name is not known.
	Test string `json:"test,omitempty"`
	Kind kind   `json:"kind"`
	// State is the number of the state of a disk, for a run of EveryCrash.
	State uint64 `json:"crash_state,omitempty"`
	// Outcome, Events and Fingerprint are those of the run.
	Outcome     string `json:"outcome"`
	Events      uint64 `json:"events"`
	Fingerprint string `json:"fingerprint"`
	// Lacks names the fields of sim.Options that a file cannot hold: on a replay the
	// test gives them.
	Lacks []string `json:"lacks,omitempty"`
}

// kind says which function of the package plays a plan.
type kind string

const (
	whole  kind = "run"         // Run, Scenario, Check, Fuzz, Play
	crash  kind = "every crash" // EveryCrash
	byHand kind = "by hand"     // New
)

// originMark begins the comment that holds the origin.
const originMark = "# origin: "

// folder is where the tests of this process began: the folder of their package. Plans
// are below it wherever a test goes.
var folder, _ = os.Getwd()

// failures is the folder of the plans. The go tool and the loader of scenarios pass
// over folders of the name testdata.
var failures = filepath.Join("testdata", "failures")

// newPlan is the plan of a run that did not pass, and its text. It is an error when
// it cannot be written as a scenario.
func newPlan(test, title string, k kind, o sim.Options) (*plan, string, error) {
	p := &plan{options: o.Defaults(), origin: origin{Test: test, Kind: k}}
	text, again, err := written(title, p.options)
	if err != nil { // of something that has no words, such as a fault of no kind
		if text, again, err = written(title, wordless(p.options)); err != nil {
			return nil, "", err
		}
	}
	p.origin.Lacks = differing(p.options, again)
	return p, text, nil
}

// written is a plan as a scenario file, and what is read from it.
func written(title string, o sim.Options) (text string, again sim.Options, err error) {
	s := &scenarios.Scenario{Name: clip(title, 100), Seeds: scenarios.One(o.Seed), Plan: o}
	s.Plan.Name, s.Plan.Seed = "", 0
	text = s.Full()
	read, err := scenarios.Parse("the plan", []byte(text))
	if err == nil {
		again, err = read.Options(o.Seed)
	}
	return text, again, err
}

// wordless is a plan without the fields that cannot be read from a file.
func wordless(o sim.Options) sim.Options {
	v := reflect.ValueOf(&o).Elem()
	for i := range v.NumField() {
		var alone sim.Options
		reflect.ValueOf(&alone).Elem().Field(i).Set(v.Field(i))
		if _, _, err := written("a field", alone); err != nil && v.Type().Field(i).Name != "Nodes" {
			v.Field(i).SetZero()
		}
	}
	return o
}

// own are the fields of sim.Options that are not part of a plan.
var own = map[string]bool{"Name": true, "Trace": true}

// differing names the fields in which two plans differ. Code differs always.
func differing(a, b sim.Options) (names []string) {
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		if name := x.Type().Field(i).Name; !own[name] && !equal(x.Field(i), y.Field(i)) {
			names = append(names, name)
		}
	}
	return names
}

// equal compares two values; an empty list is equal to none.
func equal(a, b reflect.Value) bool {
	if a.Kind() == reflect.Slice && a.Len() == 0 && b.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a.Interface(), b.Interface())
}

// lacksData says which data the file lacks. Code is the test's own in each run; what
// was drawn is not.
func (p *plan) lacksData() error {
	t := reflect.TypeFor[sim.Options]()
	for _, name := range p.origin.Lacks {
		if field, ok := t.FieldByName(name); ok && field.Type.Kind() != reflect.Func && field.Type.Kind() != reflect.Pointer {
			return fmt.Errorf("no scenario file says what Options.%s is", name)
		}
	}
	return nil
}

// takeFrom completes the plan with what its file lacks, from the options of the test.
func (p *plan) takeFrom(o sim.Options) (sim.Options, error) {
	merged := p.options
	merged.Name, merged.Trace = o.Name, o.Trace
	to, from := reflect.ValueOf(&merged).Elem(), reflect.ValueOf(o.Defaults())
	for _, name := range p.origin.Lacks {
		if field := to.FieldByName(name); field.IsValid() {
			field.Set(from.FieldByName(name))
		}
	}
	merged = merged.Defaults()
	return merged, merged.Validate()
}

// write puts the plan into a file of its own, which no other plan has, and no user's
// file is replaced. A plan that is there already stays.
func (p *plan) write(text string) error {
	comment, err := json.Marshal(p.origin)
	if err != nil {
		return err
	}
	text = fmt.Sprintf("%s%s\n%s", originMark, comment, text)
	digest := fnv.New32a()
	digest.Write([]byte(text))
	body := text
	name := fmt.Sprintf("%s-%08x", fileName(p.origin.Test), digest.Sum32())
	for n := 1; ; n++ {
		p.file = filepath.Join(failures, name+".yaml")
		if n > 1 {
			p.file = filepath.Join(failures, fmt.Sprintf("%s-%d.yaml", name, n))
		}
		text = fmt.Sprintf("# The plan of a run that failed, built from %s. To replay it:\n# %s\n%s", self.Revision(), p.command(""), body)
		old, err := os.ReadFile(p.path())
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if err := os.MkdirAll(filepath.Dir(p.path()), 0o777); err != nil {
				return err
			}
			p.created = true
			return outfile.Write(p.path(), text)
		case err != nil || strings.HasSuffix(string(old), body):
			return err
		}
	}
}

// path is the file from wherever the test is now.
func (p *plan) path() string { return inFolder(p.file) }

func inFolder(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(folder, file)
}

// fileName is the name of a test as part of the name of a file.
func fileName(test string) string {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			return r
		}
		return '_'
	}, test)
	if plain == "" {
		return "plan"
	}
	return clip(plain, 100)
}

// clip is text with at most so many characters, and no white space at its ends.
func clip(text string, most int) string {
	runes := []rune(strings.Join(strings.Fields(strings.ToValidUTF8(text, "?")), " "))
	return strings.TrimSpace(string(runes[:min(len(runes), most)]))
}

// readPlan reads a file that a failing test left, or any scenario of one seed.
func readPlan(file string) (*plan, error) {
	s, err := scenarios.Load(inFolder(file))
	if err != nil {
		return nil, err
	}
	if s.Seeds.Len() != 1 {
		return nil, fmt.Errorf("%s: names the seeds %s, a plan has one", file, s.Seeds)
	}
	p := &plan{file: file}
	if p.options, err = s.Options(s.Seeds[0].First); err != nil {
		return nil, err
	}
	text, err := os.ReadFile(inFolder(file))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(text)) {
		comment, ok := strings.CutPrefix(line, originMark)
		if !ok {
			continue
		}
		if err := json.Unmarshal([]byte(comment), &p.origin); err != nil {
			return nil, fmt.Errorf("%s: the comment %q says where the plan is from and cannot be read: %w", file, strings.TrimSpace(originMark), err)
		}
	}
	return p, nil
}

// attempts are the files that searches have left, each by the last of its attempts.
var attempts perTest[string]

// supersede removes the file of the attempt before. A file that was there before the
// search stays.
func (p *plan) supersede(test string) {
	mine := p.file
	if !p.created && attempts.get(test) != p.file {
		mine = ""
	}
	if old := attempts.set(test, mine); old != "" && old != p.file {
		os.Remove(inFolder(old))
	}
}
