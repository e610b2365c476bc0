package confchange_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

func TestRestoreGivesBackWhateverChangesLedTo(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := genTracker(t)
		restored := install(t, tracker.MakeProgressTracker(10, 0), p.ConfState())
		require.Equal(t, p.Config, restored.Config)
		require.Len(t, restored.Progress, len(p.Progress))
		require.Equal(t, p.ConfState(), restored.ConfState())
	})
}

// valid is the definition of a ConfState that a group can be in.
func valid(cs pb.ConfState) bool {
	lists := [][]uint64{cs.Voters, cs.Learners, cs.VotersOutgoing, cs.LearnersNext}
	for _, l := range lists {
		l = slices.Sorted(slices.Values(l))
		if len(l) > 0 && l[0] == 0 || len(slices.Compact(slices.Clone(l))) < len(l) {
			return false
		}
	}
	has := func(list []uint64) func(uint64) bool {
		return func(id uint64) bool { return slices.Contains(list, id) }
	}
	joint := len(cs.VotersOutgoing) > 0
	switch {
	case slices.ContainsFunc(cs.Learners, has(slices.Concat(cs.Voters, cs.VotersOutgoing))):
		return false // nobody votes and learns
	case slices.ContainsFunc(cs.LearnersNext, has(cs.Voters)):
		return false
	case slices.ContainsFunc(cs.LearnersNext, func(id uint64) bool { return !slices.Contains(cs.VotersOutgoing, id) }):
		return false // they still vote
	case !joint:
		return !cs.AutoLeave && (len(cs.Voters) > 0 || len(cs.Learners) == 0)
	}
	return len(cs.Voters) > 0
}

func TestRestoreTakesEveryConfigurationThatCanBeAndNoOther(t *testing.T) {
	ids := rapid.SliceOfN(rapid.Uint64Range(0, 9), 0, 3)
	rapid.Check(t, func(t *rapid.T) {
		cs := pb.ConfState{
			Voters:         ids.Draw(t, "voters"),
			Learners:       ids.Draw(t, "learners"),
			VotersOutgoing: ids.Draw(t, "outgoing"),
			AutoLeave:      rapid.Bool().Draw(t, "auto leave"),
		}
		if rapid.Bool().Draw(t, "demote") {
			// Mostly from the outgoing voters, or hardly anything would be valid.
			cs.LearnersNext = slices.Clone(cs.VotersOutgoing[:len(cs.VotersOutgoing)/2])
		}
		c, progress, err := confchange.Restore(confchange.Changer{Tracker: tracker.MakeProgressTracker(10, 0), LastIndex: 10}, cs)
		require.Equal(t, valid(cs), err == nil, "%+v: %v", cs, err)
		if err != nil {
			require.Nil(t, progress)
			return
		}
		p := tracker.MakeProgressTracker(10, 0)
		p.SetConfig(c, progress)
		require.NoError(t, p.ConfState().Equivalent(cs))
	})
}

func TestRestoreSaysWhatIsWrong(t *testing.T) {
	for want, cs := range map[string]pb.ConfState{
		"confchange: restore: raftpb: voters [1] and [1 2] differ":             {Voters: []uint64{1, 2}, Learners: []uint64{2}},
		"confchange: restore: raftpb: voters [1] and [1 1] differ":             {Voters: []uint64{1, 1}},
		"confchange: restore: raftpb: auto leave false and true differ":        {Voters: []uint64{1}, AutoLeave: true},
		`changes "ConfChangeAddLearnerNode(2)" leave no voter`:                 {Learners: []uint64{2}},
		`changes "ConfChangeRemoveNode(1)" leave no voter`:                     {VotersOutgoing: []uint64{1}},
		`changes "ConfChangeAddNode(0)" leave no voter`:                        {VotersOutgoing: []uint64{0}},
		"confchange: restore: raftpb: learners [2] and [] differ: {Voters:[1]": {Voters: []uint64{1}, LearnersNext: []uint64{2}},
	} {
		_, _, err := confchange.Restore(confchange.Changer{Tracker: tracker.MakeProgressTracker(10, 0)}, cs)
		require.ErrorContains(t, err, want)
	}
}

func TestRestoreStartsFromNothing(t *testing.T) {
	p := install(t, tracker.MakeProgressTracker(10, 0), pb.ConfState{Voters: []uint64{1}})
	_, _, err := confchange.Restore(confchange.Changer{Tracker: p}, pb.ConfState{Voters: []uint64{1}})
	require.EqualError(t, err, "confchange: restore starts from voters=(1), not from an empty configuration")
}
