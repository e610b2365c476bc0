package planted_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/planted"
)

// The first sweep was won by a property that the file does not name, so the
// second one's seed is kept; another result replaces it; everything else in the
// file stays as it was.
func TestTheSeedOfAnExpectedCatchIsRecorded(t *testing.T) {
	root := t.TempDir()
	name := filepath.Join(planted.Folder, "forgets_vote.yaml")
	write(t, root, name, valid)
	bug, err := planted.Parse("forgets_vote", []byte(valid))
	require.NoError(t, err)
	record := func(sweeps ...planted.Sweep) bool {
		kept, err := bug.Record(root, &planted.Result{Bug: bug.Name, Sweeps: sweeps})
		require.NoError(t, err)
		return kept
	}
	caught := func(property string, seed uint64) planted.Sweep {
		return planted.Sweep{Catch: &planted.Catch{Property: property, Seed: seed}}
	}
	read := func() string {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		return string(text)
	}

	require.False(t, record(planted.Sweep{}, caught("log matching", 3)))
	require.Equal(t, valid, read())
	for _, seed := range []uint64{17, 4} {
		require.True(t, record(planted.Sweep{}, caught("log matching", 3), caught("election safety", seed)))
		again, err := planted.Parse("forgets_vote", []byte(read()))
		require.NoError(t, err)
		require.Equal(t, seed, again.Known)
		again.Known = 0
		require.Equal(t, bug, again)
	}
	left, err := filepath.Glob(filepath.Join(root, planted.Folder, "*"))
	require.NoError(t, err)
	require.Len(t, left, 1, "no temporary file is left")
}
