package checker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
)

// seen lists what a run has shown.
func (r *run) seen() (all []checker.Sighting) {
	for i := range checker.Sightings {
		if r.c.Saw(checker.Sighting(i)) {
			all = append(all, checker.Sighting(i))
		}
	}
	return all
}

// figure8 is the story of the figure up to (d): S1 replicates an entry of term 2 in
// term 4, to the hosts that are named, and S5 replaces it in term 5.
func figure8(t *testing.T, to ...uint64) *run {
	r := settled(5, checker.Options{})
	r.propose(1, "c")
	r.replicate(1, 2)
	r.elect(5, 3, 3, 4)
	r.elect(1, 4, 2, 3)
	old := r.hosts[1].entries[4:5]
	for _, id := range to {
		r.take(id, 4, old)
		r.tick().Persisted(id, r.hosts[id].hs, old, nil)
		r.ack(id, 1, 5)
	}
	r.elect(5, 5, 2, 3, 4)
	r.replicate(5, 2, 3)
	require.Nil(t, r.c.First(), r)
	return r
}

func TestAnEntryOnAMajorityThatIsReplacedIsFigure8(t *testing.T) {
	require.Contains(t, figure8(t, 3).seen(), checker.Figure8)
}

func TestAnEntryOnAMinorityThatIsReplacedIsNot(t *testing.T) {
	require.NotContains(t, figure8(t).seen(), checker.Figure8)
}

func TestNothingIsSeenInAQuietRun(t *testing.T) {
	require.Empty(t, settled(3, checker.Options{}).seen())
}

func TestALeaderWithAShorterLogIsSeen(t *testing.T) {
	r := settled(5, checker.Options{})
	r.propose(1, "c", "d")
	r.elect(5, 3, 3, 4)
	require.Nil(t, r.c.First(), r)
	require.Equal(t, []checker.Sighting{checker.LongerLogLoses}, r.seen())
}
