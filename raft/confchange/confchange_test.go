package confchange_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft/confchange"
	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// maxID bounds the ids that are drawn, so that all subsets can be looked at.
const maxID = 6

func genChanges(t *rapid.T) []pb.ConfChangeSingle {
	var ccs []pb.ConfChangeSingle
	for range rapid.IntRange(1, 5).Draw(t, "changes") {
		ccs = append(ccs, pb.ConfChangeSingle{
			Type:   pb.ConfChangeType(rapid.IntRange(0, 3).Draw(t, "type")),
			NodeID: rapid.Uint64Range(0, maxID).Draw(t, "node"),
		})
	}
	return ccs
}

// step draws one change and returns the tracker after it, or false if it was
// refused.
func step(t *rapid.T, p tracker.ProgressTracker) (tracker.ProgressTracker, bool) {
	changer := confchange.Changer{Tracker: p, LastIndex: 10}
	var c tracker.Config
	var progress tracker.ProgressMap
	var err error
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		c, progress, err = changer.Simple(genChanges(t)...)
	case 1:
		c, progress, err = changer.EnterJoint(rapid.Bool().Draw(t, "auto leave"), genChanges(t)...)
	case 2:
		c, progress, err = changer.LeaveJoint()
	}
	if err != nil {
		return p, false
	}
	p.SetConfig(c, progress)
	return p, true
}

// genTracker draws a tracker that some sequence of changes leads to.
func genTracker(t *rapid.T) tracker.ProgressTracker {
	p := install(t, tracker.MakeProgressTracker(10, 100), pb.ConfState{Voters: []uint64{1, 2, 3}})
	for range rapid.IntRange(0, 4).Draw(t, "steps") {
		p, _ = step(t, p)
	}
	for _, id := range slices.Sorted(maps.Keys(p.Progress)) {
		p.Progress[id].Match = rapid.Uint64Range(0, 5).Draw(t, "match")
	}
	return p
}

func install(t require.TestingT, p tracker.ProgressTracker, cs pb.ConfState) tracker.ProgressTracker {
	c, progress, err := confchange.Restore(confchange.Changer{Tracker: p, LastIndex: 10}, cs)
	require.NoError(t, err)
	p.SetConfig(c, progress)
	return p
}

// Two quorums with nobody in common could elect two leaders of one term, or
// forget what was committed.
func TestEveryQuorumMeetsEveryQuorumOfTheNextConfiguration(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := genTracker(t)
		after, changed := step(t, before)
		if !changed {
			return
		}
		for subset := range 1 << (maxID + 1) {
			votes, others := map[uint64]bool{}, map[uint64]bool{}
			for id := range uint64(maxID + 1) {
				votes[id] = subset>>id&1 == 1
				others[id] = !votes[id]
			}
			require.False(t, before.Voters.VoteResult(votes) == quorum.VoteWon &&
				after.Voters.VoteResult(others) == quorum.VoteWon,
				"%v decides in %s, everybody else in %s", votes, before.Config, after.Config)
		}
	})
}

// A joint change leads to where its operations would lead one by one. Those that
// would leave no voter on the way are possible only in a joint one.
func TestJointWalkEndsWhereTheSimpleStepsEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		start := install(t, tracker.MakeProgressTracker(10, 0), pb.ConfState{
			Voters: []uint64{1, 2, 3}, Learners: []uint64{4}})
		changes := genChanges(t)

		simple := start
		for _, cc := range changes {
			c, progress, err := confchange.Changer{Tracker: simple, LastIndex: 10}.Simple(cc)
			if err != nil {
				t.Skip("no voter on the way")
			}
			simple.SetConfig(c, progress)
		}
		joint := start
		c, progress, err := confchange.Changer{Tracker: joint, LastIndex: 10}.EnterJoint(false, changes...)
		require.NoError(t, err)
		joint.SetConfig(c, progress)
		c, progress, err = confchange.Changer{Tracker: joint, LastIndex: 10}.LeaveJoint()
		require.NoError(t, err)
		joint.SetConfig(c, progress)

		require.Equal(t, simple.Config, joint.Config)
		require.Equal(t, simple.Progress.String(), joint.Progress.String())
	})
}

func TestChangerChangesNothingByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := genTracker(t)
		before := fmt.Sprint(p.Config, p.Progress)
		after, changed := step(t, p)
		require.Equal(t, before, fmt.Sprint(p.Config, p.Progress))
		if !changed {
			return
		}
		// Nor does what is done with the result.
		for _, pr := range after.Progress {
			pr.Match, pr.IsLearner = 99, !pr.IsLearner
		}
		after.Voters[0][99] = struct{}{}
		require.Equal(t, before, fmt.Sprint(p.Config, p.Progress))
	})
}

func TestMembersKeepTheirProgressAndNewOnesStartAtTheEndOfTheLog(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := genTracker(t)
		for _, pr := range p.Progress {
			pr.RecentActive = false
		}
		after, changed := step(t, p)
		if !changed {
			return
		}
		for id, pr := range after.Progress {
			_, learns := after.Learners[id]
			require.Equal(t, learns, pr.IsLearner)
			if old := p.Progress[id]; old != nil && pr.Inflights == old.Inflights {
				old := *old
				old.IsLearner = pr.IsLearner
				require.Equal(t, old, *pr)
				continue
			}
			want := tracker.Progress{Next: 10, RecentActive: true, IsLearner: learns, Inflights: tracker.NewInflights(10, 100)}
			require.Equal(t, want, *pr)
		}
	})
}

func TestProbingOfNewMembersNeverStartsAtZero(t *testing.T) {
	c, progress, err := confchange.Changer{Tracker: tracker.MakeProgressTracker(1, 0)}.Simple(pb.ConfChangeSingle{NodeID: 1})
	require.NoError(t, err)
	require.Equal(t, "voters=(1)", c.String())
	require.Equal(t, uint64(1), progress[1].Next)
}

func TestUnknownKindsOfChangesAreRefused(t *testing.T) {
	p := install(t, tracker.MakeProgressTracker(1, 0), pb.ConfState{Voters: []uint64{1}})
	_, _, err := confchange.Changer{Tracker: p}.Simple(pb.ConfChangeSingle{Type: 4, NodeID: 7})
	require.EqualError(t, err, "confchange: change of node 7 has type 4, which does not exist")
}

func TestDescribe(t *testing.T) {
	require.Empty(t, confchange.Describe())
	require.Equal(t, "ConfChangeAddNode(1) ConfChangeRemoveNode(2)", confchange.Describe(
		pb.ConfChangeSingle{NodeID: 1}, pb.ConfChangeSingle{Type: pb.ConfChangeRemoveNode, NodeID: 2}))
}

// A tracker whose parts contradict each other is not changed into another.
func TestBrokenConfigurationsAreRefused(t *testing.T) {
	set := func(ids ...uint64) map[uint64]struct{} {
		s := map[uint64]struct{}{}
		for _, id := range ids {
			s[id] = struct{}{}
		}
		return s
	}
	progress := tracker.ProgressMap{1: {}, 2: {}, 3: {IsLearner: true}, 4: {IsLearner: true}}
	cases := []struct {
		config tracker.Config
		err    string
	}{
		{tracker.Config{Voters: quorum.JointConfig{set(1, 9)}}, "voter 9 has no progress (voters=(1 9))"},
		{tracker.Config{Voters: quorum.JointConfig{set(1), set(8)}}, "voter 8 has no progress (voters=(1)&&(8))"},
		{tracker.Config{Voters: quorum.JointConfig{set(1, 3)}}, "voter 3 has the progress of a learner"},
		{tracker.Config{Voters: quorum.JointConfig{set(1)}, Learners: set(1)}, "learner 1 is an incoming voter"},
		{tracker.Config{Voters: quorum.JointConfig{set(1), set(2)}, Learners: set(2)}, "learner 2 is an outgoing voter"},
		{tracker.Config{Voters: quorum.JointConfig{set(1)}, Learners: set(2)}, "learner 2 has no progress of a learner"},
		{tracker.Config{Voters: quorum.JointConfig{set(1)}, Learners: set(7)}, "learner 7 has no progress of a learner"},
		{tracker.Config{Voters: quorum.JointConfig{set(1)}, LearnersNext: set(2)}, "next learner 2 is not an outgoing voter"},
		{tracker.Config{Voters: quorum.JointConfig{set(1, 2), set(2)}, LearnersNext: set(2)}, "next learner 2 is an incoming voter"},
		{tracker.Config{Voters: quorum.JointConfig{set(1)}, AutoLeave: true}, "configuration is not joint but has to be left"},
		{tracker.Config{Voters: quorum.JointConfig{set(1), set()}}, "outgoing half is empty but not nil"},
	}
	for _, c := range cases {
		changer := confchange.Changer{Tracker: tracker.ProgressTracker{Config: c.config, Progress: progress}}
		_, _, err := changer.Simple()
		require.ErrorContains(t, err, "confchange: "+c.err)
		_, _, err = changer.EnterJoint(true)
		require.ErrorContains(t, err, c.err)
		_, _, err = changer.LeaveJoint()
		require.ErrorContains(t, err, c.err)
		_, _, err = confchange.Restore(changer, pb.ConfState{})
		require.ErrorContains(t, err, c.err)
	}
}
