package planted_test

import (
	"flag"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/planted"
)

const root = ".."

var compileAll = flag.Bool("compile-all", false, "compile every bug, not a sample")

// sampled is the share of the bugs that is compiled without -compile-all: one in so
// many. All of them take minutes, so .ci/run does that in a step of its own.
const sampled = 16

func TestEveryBugOfTheCorpusAppliesAndParses(t *testing.T) {
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(bugs), 60)
	for _, bug := range bugs {
		edited, err := bug.Apply(root)
		require.NoError(t, err)
		for name, text := range edited {
			_, err := parser.ParseFile(token.NewFileSet(), name, text, parser.SkipObjectResolution)
			require.NoError(t, err, "%s is no Go program any more", bug.Name)
		}
		if bug.Test == "" {
			require.FileExists(t, filepath.Join(root, bug.Scenario))
		}
	}
}

func TestBugsOfTheCorpusCompile(t *testing.T) {
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	for i, bug := range bugs {
		if i%sampled != 0 && !*compileAll {
			continue
		}
		t.Run(bug.Name, func(t *testing.T) {
			t.Parallel()
			require.NoError(t, bug.Compile(t.Context(), root))
		})
	}
}

const valid = `name: forgets_vote
about: The vote is not written before the reply.
source: Raft Figure 2
properties: [one vote a term, election safety]
edits:
  - file: raft/election.go
    find: |2
      	r.vote = m.From
      	r.save()
    replace: |2
      	r.vote = m.From
`

func TestABugsFileKeepsTabsAndFillsInDefaults(t *testing.T) {
	bug, err := planted.Parse("forgets_vote", []byte(valid))
	require.NoError(t, err)
	require.Equal(t, planted.Bug{
		Name:       "forgets_vote",
		About:      "The vote is not written before the reply.",
		Source:     "Raft Figure 2",
		Properties: []string{"one vote a term", "election safety"},
		Edits:      []planted.Edit{{File: "raft/election.go", Find: "\tr.vote = m.From\n\tr.save()\n", Replace: "\tr.vote = m.From\n"}},
		Scenario:   planted.DefaultScenario,
		Seeds:      planted.DefaultSeeds,
	}, bug)

	bug, err = planted.Parse("forgets_vote", []byte(valid+"scenario: scenarios/x.yaml\nseeds: 3-9\nknown: 5\n"))
	require.NoError(t, err)
	require.Equal(t, "scenarios/x.yaml", bug.Scenario)
	require.Equal(t, planted.Seeds{First: 3, Last: 9}, bug.Seeds)
	require.Equal(t, uint64(5), bug.Known)
}

func TestAMistakeInABugsFileNamesTheFile(t *testing.T) {
	for _, test := range []struct{ find, replace, want string }{
		{"about:", "abuot:", `unknown field "abuot"`},
		{"source: Raft Figure 2\n", "source: a\nsource: b\n", "source"},
		{"name: forgets_vote", "name: forgets", `name is "forgets", must be that of the file`},
		{"name: forgets_vote", "name: Forgets Vote", "must be lower-case words joined by underscores"},
		{"about: The vote is not written before the reply.", "about: ''", "about is empty"},
		{"[one vote a term, election safety]", "[]", "properties must name"},
		{"raft/election.go", "../raft/election.go", "must be a Go file below the module's root"},
		{"raft/election.go", "raft/election_test.go", "and no test"},
		{"source: Raft Figure 2\n", "source: a\nseeds: 9-3\n", `seeds are "9-3"`},
		{"source: Raft Figure 2\n", "source: a\nscenario: /etc/passwd\n", "must be a path below the module's root"},
		{"      \tr.save()\n", "", "replace is the same as find"},
		{"source: Raft Figure 2\n", "source: a\ntest: ./raft TestX/y\n", "test is given, so properties, scenario, seeds and known must not be"},
		{"properties: [one vote a term, election safety]\n", "test: raft TestX\n", `test is "raft TestX", must be a package and a test of it`},
	} {
		text := strings.Replace(valid, test.find, test.replace, 1)
		require.NotEqual(t, valid, text)
		_, err := planted.Parse("forgets_vote", []byte(text))
		require.ErrorContains(t, err, "planted: forgets_vote.yaml: ")
		require.ErrorContains(t, err, test.want)
	}
	_, err := planted.Parse("forgets_vote", []byte(valid+"---\n"+valid))
	require.ErrorContains(t, err, "more than one document")
}

func TestEditsMustMatchOnceAndNotOverlap(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a.go", "package a\n\nvar x, y = 1, 1\n")
	apply := func(edits ...planted.Edit) (string, error) {
		for i := range edits {
			edits[i].File = "a.go"
		}
		bug := planted.Bug{Name: "b", Edits: edits}
		edited, err := bug.Apply(root)
		return string(edited["a.go"]), err
	}

	text, err := apply(planted.Edit{Find: "1, 1", Replace: "1, 2"}, planted.Edit{Find: "x, y", Replace: "p, q"})
	require.NoError(t, err)
	require.Equal(t, "package a\n\nvar p, q = 1, 2\n", text)

	_, err = apply(planted.Edit{Find: "1", Replace: "2"})
	require.EqualError(t, err, `planted: b: a.go: find occurs 2 times, must occur once: "1"`)
	_, err = apply(planted.Edit{Find: "z"})
	require.EqualError(t, err, `planted: b: a.go: find occurs 0 times, must occur once: "z"`)
	_, err = apply(planted.Edit{Find: "x, y"}, planted.Edit{Find: "y = 1"})
	require.ErrorContains(t, err, `two edits overlap at "x, y"`)
	bug := planted.Bug{Name: "b", Edits: []planted.Edit{{File: "gone.go", Find: "x"}}}
	_, err = bug.Apply(root)
	require.ErrorContains(t, err, "planted: b: open ")
}

func TestSeedsPrintAndParse(t *testing.T) {
	for _, text := range []string{"1-500", "17", "0-18446744073"} {
		if text == "0-18446744073" {
			_, err := planted.ParseSeeds(text)
			require.ErrorContains(t, err, "must be a range such as 1-500")
			continue
		}
		seeds, err := planted.ParseSeeds(text)
		require.NoError(t, err)
		require.Equal(t, text, seeds.String())
	}
	for _, text := range []string{"", "-", "5-", "5-4", "a-b", "-3"} {
		_, err := planted.ParseSeeds(text)
		require.Error(t, err, text)
	}
	require.Equal(t, planted.Seeds{First: 1001, Last: 1500}, planted.Seeds{First: 1, Last: 500}.After(2))
}
