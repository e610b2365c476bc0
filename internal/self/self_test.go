package self_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/internal/self"
)

func TestATestIsKnownByADigestOfItsProgram(t *testing.T) {
	require.Regexp(t, `^sha256:[0-9a-f]{12}$`, self.Revision())
	require.Contains(t, self.Advice(), "go build")
	require.Contains(t, self.Advice(), self.Revision())
}

func TestAStampIsTheCommitOrElseTheVersion(t *testing.T) {
	commit := debug.BuildSetting{Key: "vcs.revision", Value: "0123456789abcdef"}
	changed := debug.BuildSetting{Key: "vcs.modified", Value: "true"}
	for want, info := range map[string]*debug.BuildInfo{
		"0123456":  {Main: debug.Module{Version: "v0.0.0-1"}, Settings: []debug.BuildSetting{commit}},
		"0123456+": {Settings: []debug.BuildSetting{commit, changed}},
		"v1.2.0":   {Main: debug.Module{Version: "v1.2.0"}},
		"":         {Main: debug.Module{Version: "(devel)"}},
	} {
		require.Equal(t, want, self.Stamped(info))
	}
}

// A program of these lines prints what self says of it, and its arguments.
const program = `package main

import (
	"fmt"
	"os"

	"raftsim/internal/self"
)

func main() {
	fmt.Println(self.Command())
	fmt.Println(self.Revision())
	fmt.Println(self.Advice())
	if len(os.Args) > 1 {
		fmt.Println(os.Args[1])
	}
}
`

func TestTheCommandStartsTheProgramAgain(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a program")
	}
	dir, err := os.MkdirTemp(".", "_it's a test ") // in this module, and of no package pattern
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(program), 0o600))
	binary := filepath.Join(dir, "a program")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, filepath.Join(dir, "main.go")).CombinedOutput()
	require.NoError(t, err, "%s", out)

	shell := func(command string) []string {
		c := exec.Command("sh", "-c", command)
		c.Dir = dir
		out, err := c.CombinedOutput()
		require.NoError(t, err, "%s", out)
		return strings.Split(strings.TrimSpace(string(out)), "\n")
	}
	first := shell("./'a program' first")
	require.Equal(t, "first", first[3])
	second := shell(first[0] + " " + self.Path("-it's $HOME"))
	require.Equal(t, first[:3], second[:3])
	require.Equal(t, "./-it's $HOME", second[3])

	run := shell("go run main.go")
	require.Equal(t, "go run .", run[0])
	require.Regexp(t, `^sha256:`, run[1])
	require.Contains(t, run[2], run[1])
}

func TestWordsAreQuotedWhereAShellNeedsIt(t *testing.T) {
	for word, want := range map[string]string{
		"":                  "''",
		"scenarios/a.yaml":  "scenarios/a.yaml",
		"naïve.yaml":        "naïve.yaml",
		"two words":         "'two words'",
		"it's":              `'it'\''s'`,
		"~/a":               "'~/a'",
		"$(rm)":             "'$(rm)'",
		"a=b":               "a=b",
		"line\nand another": "'line\nand another'",
	} {
		require.Equal(t, want, self.Quote(word))
	}
	require.Equal(t, "./-", self.Path("-"))
}
