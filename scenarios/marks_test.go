package scenarios_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/mark"
	"raftsim/scenarios"
	"raftsim/sim"
)

// directed are runs to marks that no story of the folder comes to within its first
// seeds. What the checker alone sees has its runs there.
var directed = map[string]string{
	"single-voter": `
name: one is left
cluster: {nodes: 2}
run: 5s
faults: [2s reconfigure remove n2]`,
	"joint-no-common-voter": `
name: all are replaced
run: 5s
faults: ["2s reconfigure add n4 n5 n6, remove n1 n2 n3 joint"]`,
	"proposal-refused-uncommitted-limit": `
name: one entry at a time
cluster: {raft: {max_uncommitted_bytes: 100B}}
workload: {value_bytes: 200B, clients: 8, rate: 1000/s}
run: 5s`,
}

// quiet is all that a run hits in which nothing goes wrong.
var quiet = []string{
	"follower-read", "proposal-forwarded",
}

func marksOf(t *testing.T, text string) []string {
	t.Helper()
	s, err := scenarios.Parse("", []byte(text))
	require.NoError(t, err)
	o, err := s.Options(1)
	require.NoError(t, err)
	v, err := sim.Run(o)
	require.NoError(t, err)
	require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
	return v.Marks
}

func TestAQuietRunHitsHardlyAnyMark(t *testing.T) {
	require.Equal(t, quiet, marksOf(t, "name: quiet\nnetwork: {latency: 1ms}\nworkload: {rate: 20/s}\n"))
}

func TestDirectedRunsHitTheirMarks(t *testing.T) {
	for mark, text := range directed {
		require.Contains(t, marksOf(t, text), mark)
	}
}

// seenByTheChecker has its run in the tests of the checker.
const seenByTheChecker = "figure-8-overwrite"

// everyMarkIsHit asks of the marks that the stories have hit that, with the directed
// runs, they are all. It is called when a test cleans up, which nothing may break off.
func everyMarkIsHit(t *testing.T, hit map[string]bool) {
	for _, name := range mark.IDs() {
		if directed[name] == "" && name != seenByTheChecker && !hit[name] {
			t.Errorf("no story hits %s", name)
		}
	}
}
