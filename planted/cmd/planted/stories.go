package main

import (
	"fmt"
	"path/filepath"
	"slices"

	"raftsim/planted"
	"raftsim/scenarios"
)

// storyFolder holds the project's scenario files, relative to the module's root.
const storyFolder = "scenarios"

// stories are the bugs that scenario files say they catch, one for each such
// file, with the file as their scenario and its seeds as theirs. Only the bugs
// with the given names are left, or all when there are none.
func stories(root string, bugs []planted.Bug, names []string) ([]planted.Bug, error) {
	all, err := scenarios.LoadAll(filepath.Join(root, storyFolder))
	if err != nil {
		return nil, err
	}
	var told []planted.Bug
	for _, s := range all {
		if s.Catches == "" || len(names) > 0 && !slices.Contains(names, s.Catches) {
			continue
		}
		i := slices.IndexFunc(bugs, func(b planted.Bug) bool { return b.Name == s.Catches })
		if i < 0 {
			return nil, fmt.Errorf("planted: %s catches %q: no bug is called that", s.File, s.Catches)
		}
		file, err := filepath.Rel(root, s.File)
		if err != nil {
			return nil, err
		}
		first, last := s.Seeds[0].First, s.Seeds[len(s.Seeds)-1].Last
		if first > last || uint64(last-first)+1 != uint64(s.Seeds.Len()) {
			return nil, fmt.Errorf("planted: %s has seeds %s, must be one range in a file that catches a bug", s.File, s.Seeds)
		}
		bug := bugs[i]
		bug.Scenario = filepath.ToSlash(file)
		bug.Seeds = planted.Seeds{First: uint64(first), Last: uint64(last)}
		told = append(told, bug)
	}
	if len(told) == 0 {
		return nil, fmt.Errorf("planted: no file in %s catches any of these bugs", storyFolder)
	}
	return told, nil
}
