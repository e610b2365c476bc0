package scenarios_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"

	"raftsim/scenarios"
)

// Each block of testdata/mistakes.txt is a file and what is wrong with it. The
// errors are regenerated with -rewrite; commit only those you can explain.
func TestEveryMistakeIsNamedWithItsPlaceAndWhatWouldBeValid(t *testing.T) {
	datadriven.RunTest(t, "testdata/mistakes.txt", func(t *testing.T, d *datadriven.TestData) string {
		s, err := scenarios.Parse("story.yaml", []byte(d.Input))
		if err == nil {
			return "no mistake: " + s.Title()
		}
		require.ErrorAs(t, err, new(scenarios.Errors))
		return err.Error() + "\n"
	})
}

func TestAFileThatIsTooLargeIsRefusedBeforeItIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.yaml")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.NoError(t, os.Truncate(path, 50<<20)) // sparse: reading it would show zeros
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := scenarios.Load(path)
	runtime.ReadMemStats(&after)
	require.EqualError(t, err, path+": has 52428800 bytes, a scenario has at most 1048576 (1 MiB)")
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(1<<20))
}

func TestWhatIsNoScenarioFileIsRefused(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	empty := write("empty.yaml", "")
	blank := write("blank.yaml", " \n\n")
	comments := write("comments.yaml", "# nothing\n# here\n")
	none := filepath.Dir(write("none/notes.txt", "name: x"))
	hidden := filepath.Dir(filepath.Dir(write("h/testdata/x.yaml", "name: x")))
	missing := filepath.Join(dir, "missing.yaml")
	for path, want := range map[string]string{
		empty:       "is empty, a scenario has at least a name",
		blank:       "is empty, a scenario has at least a name",
		comments:    "holds no scenario, only space and comments",
		none:        "the folder holds no scenario, which is a file that ends in .yaml or .yml",
		hidden:      "the folder holds no scenario, which is a file that ends in .yaml or .yml",
		missing:     "no such file or directory",
		"/dev/null": "is not a regular file; - stands for standard input",
	} {
		_, err := scenarios.LoadAll(path)
		require.EqualError(t, err, path+": "+want)
	}
}

func TestFoldersAreReadInOrderAndNoFileTwice(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.yaml", "a/z.yml", "a.yaml", ".hidden/x.yaml", "_old/x.yaml", "testdata/x.yaml", "notes.md"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte("name: "+name), 0o600))
	}
	all, err := scenarios.LoadAll(filepath.Join(dir, "b.yaml"), dir, dir+"/./b.yaml")
	require.NoError(t, err)
	var names []string
	for _, s := range all {
		names = append(names, s.Name)
	}
	require.Equal(t, []string{"b.yaml", "a.yaml", "a/z.yml"}, names)
}

func TestTheMistakesOfAllFilesAreReportedTogether(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "a.yaml"), []byte("name: a\nrun: 0s\nsedes: 1"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "b.yaml"), []byte("name: b"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "c.yaml"), []byte("nodes: 1"), 0o600))
	_, err := scenarios.LoadAll(dir)
	var list scenarios.Errors
	require.ErrorAs(t, err, &list)
	var places []string
	for _, e := range list {
		places = append(places, strings.TrimPrefix(e.File, dir+"/"))
	}
	require.Equal(t, []string{"a.yaml", "a.yaml", "c.yaml", "c.yaml"}, places)
	var one *scenarios.Error
	require.True(t, errors.As(err, &one))
	require.Equal(t, 2, one.Line)
}

// Each of these is a text on which a parser of YAML can be slow or run out
// of stack. All are refused or read in a moment.
func TestAFileMadeToBeSlowIsRefusedInAMoment(t *testing.T) {
	const size = scenarios.MaxFileBytes / 4
	keys := "name: x\n"
	for i := 0; len(keys) < size-5000; i++ {
		keys += strings.Repeat("k", i%7+1) + strings.Repeat("0", i%11) + ": v\n" + strings.Repeat("x", 4000) + ": 1\n"
	}
	for name, text := range map[string]string{
		"open lists":      strings.Repeat("[", size),
		"open mappings":   strings.Repeat("{a: ", size/4),
		"nested dashes":   strings.Repeat("- ", size/2),
		"complex keys":    strings.Repeat("? ", size/2),
		"folded nothing":  "about: >\n" + strings.Repeat("\n", size-10),
		"folded spaces":   "about: >\n" + strings.Repeat(" \n", size/2-10),
		"many keys":       keys,
		"short keys":      strings.Repeat("k: v\n", size/5),
		"anchors":         strings.Repeat("&a ", size/3),
		"one long line":   "name: " + strings.Repeat("x", size-10),
		"one long list":   "name: x\nseeds: [" + strings.Repeat("1,", size/2-20) + "x]",
		"quotes":          strings.Repeat("'", size),
		"documents":       strings.Repeat("---\n", size/4),
		"many bad faults": "name: x\nfaults:\n" + strings.Repeat("- 1s crash n9\n", size/14-2),
		"a deep block": func() (s string) {
			for i := 0; len(s) < size/4; i++ {
				s += strings.Repeat(" ", i) + "a:\n"
			}
			return s
		}(),
	} {
		t.Run(name, func(t *testing.T) {
			require.LessOrEqual(t, len(text), size)
			_, err := scenarios.Parse("slow.yaml", []byte(text))
			var list scenarios.Errors
			require.ErrorAs(t, err, &list)
			require.LessOrEqual(t, len(list), 20)
			for _, e := range list {
				require.Less(t, len(e.Message), 2000)
			}
		})
	}
}

func FuzzParseNeverPanicsAndWhatItReadsPrintsAndParses(f *testing.F) {
	files, err := scenarios.Files(".")
	require.NoError(f, err)
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		f.Add(data)
	}
	bad, err := os.ReadFile("testdata/mistakes.txt")
	require.NoError(f, err)
	for block := range strings.SplitSeq(string(bad), "\n\n") {
		text, _, _ := strings.Cut(block, "----")
		f.Add([]byte(strings.TrimPrefix(text, "load\n")))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := scenarios.Parse("fuzz.yaml", data)
		if err != nil {
			var list scenarios.Errors
			require.ErrorAs(t, err, &list)
			require.NotEmpty(t, list)
			return
		}
		again, err := scenarios.Parse("fuzz.yaml", []byte(s.String()))
		require.NoError(t, err, s.String())
		require.Equal(t, s.String(), again.String())
	})
}
