package cli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The files of others are run with a Raft of one's own, and everything that is
// printed to be pasted says so.
func TestOtherRaftsTakeThePlaceOfThoseOfTheFiles(t *testing.T) {
	dir := folder(t, "a.yaml", steady+"reaches: figure-8-overwrite\n", "b.yaml", strings.ReplaceAll(crashes, "crashes", "b"))
	got := in(t, dir, brokenraft, "run", "--rafts", "panics", ".")
	require.Equal(t, 4, got.code, got.stderr)
	require.Contains(t, got.stdout, "entry 20 is one too many")
	require.NotContains(t, got.stdout, "reach")
	line := lastLine(got.stdout)
	require.Contains(t, line, " run --rafts panics --seed 1 a.yaml   # built from ")

	again := in(t, dir, brokenraft, "run", "--rafts", "panics", "--seed", "1", "a.yaml")
	require.Equal(t, 4, again.code)
	require.Contains(t, again.stdout, "rafts: [panics]")
	require.Equal(t, line, lastLine(again.stdout))

	shrunk := in(t, dir, brokenraft, "shrink", "--rafts", "panics", "--seed", "1", "a.yaml")
	require.Equal(t, 0, shrunk.code, shrunk.stderr)
	require.Contains(t, read(t, dir, "a_1_shrunk.yaml"), "shrink --rafts panics --seed 1 a.yaml")
	require.Contains(t, read(t, dir, "a_1_shrunk.yaml"), "rafts: [panics]")

	mixed := in(t, dir, brokenraft, "run", "--rafts", "raftsim, panics", "--seed", "1", "a.yaml")
	require.Equal(t, 0, mixed.code, "n1, of which alone it has the bug, is ours")
	require.Contains(t, in(t, dir, brokenraft, "run", "--rafts", "mine", ".").stderr, `--rafts mine: sim: no Raft is named "mine", did you mean "mute"? valid are alters, `)
}
