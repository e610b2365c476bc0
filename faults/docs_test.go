package faults_test

import (
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
)

const (
	documentation = "../docs/faults.md"
	scenarios     = "../scenarios"
	tableBegins   = "<!-- kinds: go generate ./faults -->\n"
	tableEnds     = "<!-- end of kinds -->\n"
)

// The table in docs/faults.md is made from Kinds and from the scenarios that
// use them. Make it anew with go generate ./faults, which is this test with
// -rewrite.
func TestTheDocumentationListsEveryKind(t *testing.T) {
	page, err := os.ReadFile(documentation)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), tableBegins)
	require.True(t, ok, "%s has no line %q", documentation, tableBegins)
	old, after, ok := strings.Cut(rest, tableEnds)
	require.True(t, ok, "%s has no line %q", documentation, tableEnds)

	uses := scenariosByKind(t)
	for _, k := range faults.Kinds() {
		if k.Family != testFamily {
			require.NotEmpty(t, uses[k.Name], "no scenario has a fault %s", k.Name)
		}
	}
	table := tableOfKinds(old, uses)
	if flag.Lookup("rewrite").Value.String() == "true" {
		require.NoError(t, os.WriteFile(documentation, []byte(before+tableBegins+table+tableEnds+after), 0o644))
		return
	}
	require.Equal(t, table, old, "%s is stale: go generate ./faults", documentation)
}

// tableOfKinds is the table, family by family. A kind keeps the scenario that
// the old table names while that still uses it.
func tableOfKinds(old string, scenarios map[string][]string) string {
	var b strings.Builder
	var families []string
	for _, k := range faults.Kinds() {
		if k.Family != testFamily && !slices.Contains(families, k.Family) {
			families = append(families, k.Family)
		}
	}
	slices.SortFunc(families, func(a, b string) int { return familyOrder(a) - familyOrder(b) })
	for _, family := range families {
		fmt.Fprintf(&b, "\n### %s\n\n", strings.ToUpper(family[:1])+family[1:])
		b.WriteString("| kind | one-line form | what happens | class | scenario |\n|---|---|---|---|---|\n")
		for _, k := range faults.Kinds() {
			if k.Family != family {
				continue
			}
			doc := k.Doc
			if !k.Lasting {
				doc += " At once: no `for`."
			}
			forms := slices.DeleteFunc(slices.Clone(k.Examples), func(e string) bool { return e == k.Grammar })
			for i, form := range forms {
				forms[i] = "<br>`" + cell(form) + "`"
			}
			fmt.Fprintf(&b, "| %s | `%s`%s | %s | %s | %s |\n", k.Name, cell(k.Grammar), strings.Join(forms, ""),
				doc, k.Budget, scenarioCell(k.Name, old, scenarios[k.Name]))
		}
	}
	b.WriteString("\n")
	return b.String()
}

func familyOrder(family string) int {
	return slices.Index([]string{"network", "clocks", "disks", "processes", "membership", "requests"}, family)
}

func cell(text string) string { return strings.ReplaceAll(text, "|", `\|`) }

// scenarioCell links the scenario that uses a kind: the one linked before, or
// else the first.
func scenarioCell(kind, old string, uses []string) string {
	chosen := uses[0]
	row := regexp.MustCompile(`(?m)^\| ` + regexp.QuoteMeta(kind) + ` \|.*\]\(\.\./scenarios/(\S+)\) \|$`)
	if m := row.FindStringSubmatch(old); m != nil && slices.Contains(uses, m[1]) {
		chosen = m[1]
	}
	return fmt.Sprintf("[%s](../scenarios/%s)", strings.TrimSuffix(filepath.Base(chosen), ".yaml"), chosen)
}

// scenariosByKind lists, for each kind, the scenario files that have a line of
// it, in order of their paths.
func scenariosByKind(t *testing.T) map[string][]string {
	item := regexp.MustCompile(`(?m)^\s*- +["']?([0-9].*?)["']?\s*$`)
	uses := map[string][]string{}
	err := filepath.WalkDir(scenarios, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".yaml" || strings.Contains(path, "testdata") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(scenarios, path)
		name = filepath.ToSlash(name)
		for _, m := range item.FindAllSubmatch(text, -1) {
			f, err := faults.ParseFault(string(m[1]))
			if err == nil && !slices.Contains(uses[f.Action.Kind()], name) {
				uses[f.Action.Kind()] = append(uses[f.Action.Kind()], name)
			}
		}
		return err
	})
	require.NoError(t, err)
	return uses
}
