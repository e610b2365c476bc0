package primarybackup_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/examples/primarybackup"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/sim/simtest"
)

// story is a scenario file, with replicas for its hosts: a file cannot name a program.
func story(localReads bool) (*scenarios.Scenario, error) {
	s, err := scenarios.Load("testdata/failover.yaml")
	if err != nil {
		return nil, err
	}
	s.Plan.Process = func(uint64) sim.Process { return &primarybackup.Replica{LocalReads: localReads} }
	return s, nil
}

func TestAPrimaryMayFailAtAnyTime(t *testing.T) {
	s, err := story(false)
	require.NoError(t, err)
	simtest.Scenario(t, s)
}

func TestReadsOfADeposedPrimaryAreFound(t *testing.T) {
	found := 0
	for seed := random.Seed(1); seed <= 20; seed++ {
		v, err := play(seed, true)
		require.NoError(t, err)
		if v.Outcome != sim.Pass {
			found++
			require.Equal(t, "linearizability", v.Violation().Property, "seed %d: %v", seed, v.Violation())
		}
	}
	require.NotZero(t, found)
}

// play plays one seed of the story.
func play(seed random.Seed, localReads bool) (sim.Verdict, error) {
	s, err := story(localReads)
	if err != nil {
		return sim.Verdict{}, err
	}
	o, err := s.Options(seed)
	if err != nil {
		return sim.Verdict{}, err
	}
	return sim.Run(o)
}

// One seed of the story, without the mistake and with it.
func Example() {
	good, err := play(6, false)
	fmt.Println(good.Outcome, err)
	bad, err := play(6, true)
	fmt.Println(bad.Outcome, err)
	fmt.Println(bad.Violation().Property)
	// Output:
	// pass <nil>
	// safety <nil>
	// linearizability
}

// What a process cannot show is not judged, and named. Sessions are judged, since this
// one tells what it executes.
func TestSessionsAreWatchedAndTheRestIsNamed(t *testing.T) {
	v, err := play(1, false)
	require.NoError(t, err)
	unchecked := strings.Join(v.Unchecked, "\n")
	require.Contains(t, unchecked, "election safety: the process shows no raft.Node")
	require.NotContains(t, unchecked, "session:")
}
