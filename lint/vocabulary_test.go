package lint_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/lint"
)

func TestTheVocabularyIsThatOfTheField(t *testing.T) {
	findings, err := lint.Vocabulary(root)
	require.NoError(t, err)
	clean(t, findings)
}

func TestAWordThatMustNotBeUsedIsFound(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, map[string]string{
		"a.go":      "package a\n\n// A host goes by it.\nvar A = \"n1 told n2\" // n1 tells n2\n",
		"a_test.go": "package a\n\nvar b = \"n1 told n2\"\n",
		"docs/a.md": "The second act, in vain.\n",
		"b.yaml":    "name: b\nabout: >\n  Whoever asks\n  is told.\nsource: told\n",
	})
	findings, err := lint.Vocabulary(dir)
	require.NoError(t, err)
	var lines []string
	for _, f := range findings {
		lines = append(lines, f.String())
	}
	require.Equal(t, []string{
		"a.go:3:11: goes by: say uses, follows",
		"a.go:4:13: told: say the verb of the message: sends, answers, reports",
		"b.yaml:3:3: Whoever: say the host that, any host that",
		"b.yaml:4:6: told: say the verb of the message: sends, answers, reports",
		"docs/a.md:1:5: second act: say fault phase, recovery phase",
		"docs/a.md:1:17: in vain: say no effect",
	}, lines)
}
