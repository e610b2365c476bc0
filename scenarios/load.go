package scenarios

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"raftsim/internal/text"
)

// MaxFileBytes is the size of the largest file that is read: 1 MiB.
const MaxFileBytes = 1 << 20

// StandardInput is the path that stands for the text on standard input. A file of
// that name is "./-".
const StandardInput = "-"

// Load reads the scenario of one file, or of standard input. An error is of
// type Errors and lists every mistake of the file.
func Load(path string) (*Scenario, error) {
	if path == StandardInput {
		return loadInput(os.Stdin)
	}
	data, err := readFile(path)
	if err != nil {
		return nil, Errors{{File: path, Message: err.Error()}}
	}
	return Parse(path, data)
}

// loadInput reads the scenario that a stream holds.
func loadInput(r io.Reader) (*Scenario, error) {
	place := (&Scenario{File: StandardInput}).Place()
	data, err := io.ReadAll(io.LimitReader(r, MaxFileBytes+1))
	if err != nil {
		return nil, Errors{{File: place, Message: plain(err).Error()}}
	}
	if len(data) > MaxFileBytes {
		return nil, Errors{{File: place, Message: fmt.Sprintf("has more than %d bytes, a scenario has at most that (1 MiB)", MaxFileBytes)}}
	}
	s, err := Parse(place, data)
	if err != nil {
		return nil, err
	}
	s.File = StandardInput
	return s, nil
}

// LoadAll reads files, and all files of folders: those that end in .yaml or
// .yml, in the order of their paths, sub-folders included, folders left out
// whose name is testdata or begins with a dot or an underscore. A file that is
// reached twice is read once. A folder without a scenario is a mistake, and so
// are two scenarios of one name. An error is of type Errors and lists the
// mistakes of all files.
func LoadAll(paths ...string) ([]*Scenario, error) {
	var all []*Scenario
	var mistakes Errors
	seen := map[string]bool{}
	for _, path := range paths {
		files, err := Files(path)
		if err != nil {
			mistakes = append(mistakes, &Error{File: path, Message: err.Error()})
		}
		for _, file := range files {
			if seen[filepath.Clean(file)] {
				continue
			}
			seen[filepath.Clean(file)] = true
			s, err := Load(file)
			var list Errors
			if errors.As(err, &list) {
				mistakes = append(mistakes, list...)
				continue
			}
			all = append(all, s)
		}
	}
	mistakes = append(mistakes, sameNames(all)...)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return all, nil
}

// sameNames are the scenarios that have the name of an earlier one: in what is
// printed they could not be told apart.
func sameNames(all []*Scenario) Errors {
	var mistakes Errors
	first := map[string]*Scenario{}
	for _, s := range all {
		if other := first[s.Name]; other != nil {
			mistakes = append(mistakes, &Error{
				File: s.Place(), Line: s.nameAt.line, Column: s.nameAt.column,
				Message: fmt.Sprintf("name is %s, which %s has already: scenarios that are read together need different names", text.Quote(s.Name), other.Place()),
			})
			continue
		}
		first[s.Name] = s
	}
	return mistakes
}

// Files lists the scenario files that a path stands for: itself, or those of a
// folder as LoadAll describes it.
func Files(path string) ([]string, error) {
	if path == StandardInput {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, plain(err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name != path && hidden(d.Name()):
			return fs.SkipDir
		case !d.IsDir() && isScenario(d.Name()):
			files = append(files, name)
		}
		return nil
	})
	switch {
	case err != nil:
		return nil, plain(err)
	case len(files) == 0:
		return nil, fmt.Errorf("the folder holds no scenario, which is a file that ends in .yaml or .yml")
	}
	slices.Sort(files)
	return files, nil
}

func hidden(name string) bool {
	return name == "testdata" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_")
}

func isScenario(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return (ext == ".yaml" || ext == ".yml") && !strings.HasPrefix(name, ".")
}

// readFile reads a regular file of at most MaxFileBytes.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, plain(err)
	case info.IsDir():
		return nil, fmt.Errorf("is a folder, must be a file")
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("is not a regular file; - stands for standard input")
	case info.Size() > MaxFileBytes:
		return nil, fmt.Errorf("has %d bytes, a scenario has at most %d (1 MiB)", info.Size(), MaxFileBytes)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, plain(err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, MaxFileBytes))
	return data, plain(err)
}

// plain is an error of the operating system without the path, which stands
// before it already.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Parse reads the scenario that data holds. File is the name in its errors,
// which are of type Errors. It never panics, whatever data is.
func Parse(file string, data []byte) (*Scenario, error) {
	switch {
	case len(data) > MaxFileBytes:
		return nil, Errors{{File: file, Message: fmt.Sprintf("has %d bytes, a scenario has at most %d (1 MiB)", len(data), MaxFileBytes)}}
	case len(strings.TrimSpace(string(data))) == 0:
		return nil, Errors{{File: file, Message: "is empty, a scenario has at least a name"}}
	}
	tree, err := parseTree(file, data)
	if err != nil {
		var e *Error
		errors.As(err, &e)
		return nil, Errors{e}
	}
	r := &reader{file: file, at: map[string]*node{}, scenario: &Scenario{File: file, fixed: map[string]bool{}}}
	root.read(r, "", tree)
	r.check(tree)
	if len(r.errors) > 0 {
		return nil, r.errors.sorted()
	}
	for path := range r.at {
		r.scenario.fixed[path] = true
	}
	r.scenario.nameAt = *r.at["name"]
	return r.scenario, nil
}
