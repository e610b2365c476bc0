package checker_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// planted is a run that breaks one property.
type planted struct {
	property string
	name     string
	hosts    uint64
	breaks   func(r *run)
}

// follow is the hard state of a host of a settled run in a later term.
func follow(term uint64) pb.HardState { return pb.HardState{Term: term, Commit: 4} }

var plantedRuns = slices.Concat(plantedElections, plantedLogs, plantedStates)

func TestEachPropertyCatchesItsPlantedViolation(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property+"/"+p.name, func(t *testing.T) {
			r := settled(p.hosts, watchful)
			require.Nil(t, r.c.First(), "the run is broken before anything was planted")
			p.breaks(r)
			first := r.c.First()
			require.NotNil(t, first, "not caught")
			require.Equal(t, p.property, first.Property, "%s", r)
			require.NotEmpty(t, first.Evidence)
			require.NotEmpty(t, first.Source)
			require.LessOrEqual(t, first.Event, r.event)
			require.True(t, slices.IsSorted(first.Hosts))
			require.NotContains(t, first.String(), "%!")
		})
	}
}

func watching(only, off []string) checker.Options {
	o := watchful
	o.Only, o.Unchecked = only, off
	return o
}

func TestEachPropertyCanBeWatchedAlone(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property+"/"+p.name, func(t *testing.T) {
			alone := settled(p.hosts, watching([]string{p.property}, nil))
			p.breaks(alone)
			require.NotEmpty(t, alone.c.Violations())
			for _, v := range alone.c.Violations() {
				require.Equal(t, p.property, v.Property)
			}

			without := settled(p.hosts, watching(nil, []string{p.property}))
			p.breaks(without)
			for _, v := range without.c.Violations() {
				require.NotEqual(t, p.property, v.Property)
			}
		})
	}
}

func TestEachPropertyHasAPlantedViolation(t *testing.T) {
	for _, p := range checker.Properties() {
		require.True(t, slices.ContainsFunc(plantedRuns, func(r planted) bool { return r.property == p.Name }), p.Name)
		require.NotEmpty(t, p.Source, p.Name)
		require.NotEmpty(t, p.About, p.Name)
	}
}

func TestOptionsNameTheirMistake(t *testing.T) {
	require.NoError(t, checker.Options{Only: []string{"snapshot"}}.Validate())
	err := checker.Options{Unchecked: []string{"luck"}}.Validate()
	require.ErrorContains(t, err, `checker: no property is named "luck", valid are election safety, `)
	require.Panics(t, func() { checker.NewProtocol(checker.Options{Only: []string{"luck"}}) })
}

func TestViolationReadsLikeAStory(t *testing.T) {
	r := settled(5, checker.Options{})
	plantedRuns[0].breaks(r)
	require.Equal(t, `election safety (Raft §5.2, Figure 3): term 3 has two leaders
  n1 elected in term 3 at 0.135s (event 135)
  n2 elected in term 3 at 0.136s (event 136)`, r.c.First().String())
	require.Equal(t, []uint64{1, 2}, r.c.First().Hosts)
	require.Equal(t, "election safety: two leaders", r.c.First().Signature)
}
