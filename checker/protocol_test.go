package checker_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// planted is a run that breaks one property.
type planted struct {
	property checker.Property
	name     string
	hosts    uint64
	breaks   func(r *run)
}

// follow is the hard state of a host of a settled run in a later term.
func follow(term uint64) pb.HardState { return pb.HardState{Term: term, Commit: 4} }

var plantedRuns = slices.Concat(plantedElections, plantedLogs, plantedStates)

func TestEachPropertyCatchesItsPlantedViolation(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property.String()+"/"+p.name, func(t *testing.T) {
			r := settled(p.hosts, watchful)
			require.Nil(t, r.c.First(), "the run is broken before anything was planted")
			p.breaks(r)
			first := r.c.First()
			require.NotNil(t, first, "not caught")
			require.Equal(t, p.property.String(), first.Property, "%s", r)
			require.NotEmpty(t, first.Evidence)
			require.NotEmpty(t, first.Source)
			require.LessOrEqual(t, first.Event, r.event)
			require.True(t, slices.IsSorted(first.Hosts))
			require.NotContains(t, first.String(), "%!")
		})
	}
}

func watching(only, off []checker.Property) checker.Options {
	o := watchful
	o.Only, o.Unchecked = only, off
	return o
}

func TestEachPropertyCanBeWatchedAlone(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property.String()+"/"+p.name, func(t *testing.T) {
			alone := settled(p.hosts, watching([]checker.Property{p.property}, nil))
			p.breaks(alone)
			require.NotEmpty(t, alone.c.Violations())
			for _, v := range alone.c.Violations() {
				require.Equal(t, p.property.String(), v.Property)
			}

			without := settled(p.hosts, watching(nil, []checker.Property{p.property}))
			p.breaks(without)
			for _, v := range without.c.Violations() {
				require.NotEqual(t, p.property.String(), v.Property)
			}
		})
	}
}

func TestEachInvariantHasAPlantedViolation(t *testing.T) {
	for _, p := range checker.Invariants() {
		require.True(t, slices.ContainsFunc(plantedRuns, func(r planted) bool { return r.property == p }), "%v", p)
	}
}

// What a property is said to need is enough to see that it is broken: a process that
// tells nothing else is held to it.
func TestEachPropertyIsWatchedWithNoMoreThanItNeeds(t *testing.T) {
	for _, p := range plantedRuns {
		t.Run(p.property.String()+"/"+p.name, func(t *testing.T) {
			o := watching([]checker.Property{p.property}, nil)
			r := settledBy(tellOnly(o, p.property.Needs()), p.hosts)
			require.Nil(t, r.c.First(), "broken before anything was planted")
			p.breaks(r)
			require.NotNil(t, r.c.First(), "not caught with nothing but %v", p.property.Needs())
		})
	}
}

func TestEachPropertyIsDescribedAndFoundByItsName(t *testing.T) {
	for _, p := range checker.Properties() {
		require.NotEmpty(t, p.Source(), "%v", p)
		require.NotEmpty(t, p.About(), "%v", p)
		require.NotEmpty(t, p.Needs().String(), "%v", p)
		found, ok := checker.Lookup(p.String())
		require.True(t, ok)
		require.Equal(t, p, found)
	}
	_, ok := checker.Lookup("")
	require.False(t, ok)
	_, ok = checker.Lookup("luck")
	require.False(t, ok)
}

func TestTheClassOfAViolationIsAWordInJSON(t *testing.T) {
	for _, class := range []checker.Class{checker.Safety, checker.Liveness, checker.Run} {
		text, err := json.Marshal(class)
		require.NoError(t, err)
		require.Equal(t, `"`+class.String()+`"`, string(text))
		var again checker.Class
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, class, again)
	}
	var c checker.Class
	require.ErrorContains(t, c.UnmarshalText([]byte("safty")), `no class of properties is named "safty", did you mean "safety"?`)
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
