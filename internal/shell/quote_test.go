package shell_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/internal/shell"
)

func TestAShellReadsWhatWasQuoted(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("this system has no sh")
	}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.StringMatching(`[ -~äß\n]{0,12}`).Draw(t, "word")
		out, err := exec.Command(sh, "-c", "printf %s "+shell.Quote(word)).Output()
		require.NoError(t, err)
		require.Equal(t, word, string(out), shell.Quote(word))
	})
}

func TestPlainWordsStayAsTheyAre(t *testing.T) {
	for _, word := range []string{"scenarios/swarm.yaml", "a-b_c.yaml", "größe.yaml", "x=1,2"} {
		require.Equal(t, word, shell.Quote(word))
	}
	require.Equal(t, `'^TestX$'`, shell.Quote("^TestX$"))
	require.Equal(t, `'it'\''s'`, shell.Quote("it's"))
}
