package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"raftsim/internal/self"
	"raftsim/internal/text"
	"raftsim/report"
	"raftsim/scenarios"
)

// The commands that look at scenarios, and how all commands find them.

func (a *app) checkCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "check [files or folders]",
		Short: "Read scenario files and report every mistake, without running them",
		Long: `Reads scenario files, and those of folders, and reports every mistake with its
file, line and column; - reads standard input. Without arguments it reads the
folder "scenarios".

` + exitCodes,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.each(args, func(s *scenarios.Scenario) {
				a.printf("ok  %s\n", s.Place())
			})
		},
	}, "print each scenario")
}

func (a *app) listCommand() *cobra.Command {
	return a.jsonFlag(&cobra.Command{
		Use:   "list [files or folders]",
		Short: "List scenarios with their seeds and what they are about",
		Long: `Lists scenario files, and those of folders; - reads standard input. Without
arguments it lists the folder "scenarios".`,
		RunE: func(_ *cobra.Command, args []string) error {
			return a.each(args, func(s *scenarios.Scenario) {
				a.printf("%s  (%s, seeds %s)\n", s.Name, s.Place(), s.Seeds)
				if s.About != "" {
					a.printf("%s\n", text.Paragraph(s.About, "    "))
				}
			})
		},
	}, "print each scenario")
}

// each shows the scenarios that a command is given, as text or as JSON.
func (a *app) each(args []string, show func(*scenarios.Scenario)) error {
	all, err := load(args)
	if err != nil {
		return err
	}
	for _, s := range all {
		show(s)
		if a.json {
			a.emit(report.Scenario{
				Type: "scenario", File: s.File, Name: s.Name, About: strings.Join(strings.Fields(s.About), " "),
				Seeds: s.Seeds.String(), Reaches: s.Reaches, Catches: s.Catches,
			})
		}
	}
	return nil
}

// defaultFolder is read when no file or folder is given.
const defaultFolder = "scenarios"

// load reads the scenarios that a command is given.
func load(paths []string) ([]*scenarios.Scenario, error) {
	if len(paths) == 0 {
		if _, err := os.Stat(defaultFolder); err != nil {
			return nil, fmt.Errorf("give a file or folder: there is no folder %q here to run by default", defaultFolder)
		}
		paths = []string{defaultFolder}
	}
	for _, path := range paths {
		if err := misspelt(path); err != nil {
			return nil, err
		}
	}
	return scenarios.LoadAll(paths...)
}

// misspelt suggests another path in place of one that is not there, if one is near.
func misspelt(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) || path == scenarios.StandardInput {
		return nil
	}
	near := nearFile(path)
	if near == "" {
		return nil
	}
	return scenarios.Errors{{File: path, Message: fmt.Sprintf("no such file or directory, did you mean %s?", self.Path(near))}}
}

// nearFile is the file or folder that a path which is not there was probably meant
// to be: one of its own folder, or one in the default folder, by its file or by its
// name. It is empty when none is near.
func nearFile(path string) string {
	folder, name := filepath.Split(path)
	known := map[string]string{}
	all, _ := scenarios.LoadAll(defaultFolder) // what cannot be read suggests nothing
	for _, s := range all {
		known[stem(s.File)], known[s.Name] = s.File, s.File
	}
	entries, _ := os.ReadDir(cmp.Or(folder, "."))
	for _, entry := range entries {
		hidden := strings.HasPrefix(entry.Name(), ".") // nobody means .git
		if ext := filepath.Ext(entry.Name()); !hidden && (entry.IsDir() || ext == ".yaml" || ext == ".yml") {
			known[stem(entry.Name())] = folder + entry.Name()
		}
	}
	return known[text.Nearest(stem(name), slices.Sorted(maps.Keys(known)))]
}

// stem is the name of a file without its folder and extension.
func stem(path string) string {
	return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
}
