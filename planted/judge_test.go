package planted_test

import (
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/planted"
)

// These bugs change what a quorum is, or what a change of the configuration leads to.
// The judge has arithmetic of its own: what its tests say by example holds with each
// bug in place, and the tests that compare it with the Raft see the bug.
func TestABugInTheArithmeticOfTheRaftDoesNotMoveTheJudge(t *testing.T) {
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	for _, name := range []string{"half_elects", "minority_elects", "demoted_voter_vanishes", "demoted_voter_counts_at_once"} {
		i := slices.IndexFunc(bugs, func(b planted.Bug) bool { return b.Name == name })
		require.GreaterOrEqual(t, i, 0, name)
		overlay, err := bugs[i].Overlay(root, t.TempDir())
		require.NoError(t, err)
		judge := func(tests string) (string, error) {
			cmd := exec.CommandContext(t.Context(), "go", "test", "-overlay", overlay, "-run", tests, "./checker/membership", "-rapid.nofailfile")
			cmd.Dir = root
			output, err := cmd.CombinedOutput()
			return string(output), err
		}
		output, err := judge("^TestWhat")
		require.NoError(t, err, "%s moves the judge:\n%s", name, output)
		output, err = judge("OfRaft|RaftSays")
		require.Error(t, err, "%s is not seen", name)
		require.Contains(t, output, "--- FAIL", name)
	}
}
