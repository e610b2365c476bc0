package etcdraft_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	etcdconfchange "go.etcd.io/raft/v3/confchange"
	etcdpb "go.etcd.io/raft/v3/raftpb"
	etcdtracker "go.etcd.io/raft/v3/tracker"
	"pgregory.net/rapid"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// groups is a group as both libraries configure it.
type groups struct {
	theirs etcdtracker.ProgressTracker
	ours   tracker.ProgressTracker
}

func TestBothMakeTheSameChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		g := groups{etcdtracker.MakeProgressTracker(10, 0), tracker.MakeProgressTracker(10, 0)}
		for i := range rapid.IntRange(1, 40).Draw(t, "changes") {
			if g.change(t, uint64(i)) {
				g.restore(t)
				g.vote(t)
			}
		}
	})
}

// change makes one change to both, and returns whether it was possible.
func (g *groups) change(t *rapid.T, last uint64) bool {
	var theirs []etcdpb.ConfChangeSingle
	var ours []pb.ConfChangeSingle
	for range rapid.IntRange(0, 4).Draw(t, "singles") {
		kind, id := rapid.Int32Range(0, 4).Draw(t, "kind"), rapid.Uint64Range(0, 5).Draw(t, "id")
		theirs = append(theirs, etcdpb.ConfChangeSingle{Type: etcdpb.ConfChangeType(kind), NodeID: id})
		ours = append(ours, pb.ConfChangeSingle{Type: pb.ConfChangeType(kind), NodeID: id})
	}
	require.Equal(t, etcdconfchange.Describe(theirs...), confchange.Describe(ours...))
	require.Equal(t, etcdpb.ConfChangesToString(theirs), pb.ConfChangesToString(ours))

	a := etcdconfchange.Changer{Tracker: g.theirs, LastIndex: last}
	b := confchange.Changer{Tracker: g.ours, LastIndex: last}
	var theirConfig etcdtracker.Config
	var theirProgress etcdtracker.ProgressMap
	var ourConfig tracker.Config
	var ourProgress tracker.ProgressMap
	var theirErr, ourErr error
	switch rapid.IntRange(0, 2).Draw(t, "form") {
	case 0:
		theirConfig, theirProgress, theirErr = a.Simple(theirs...)
		ourConfig, ourProgress, ourErr = b.Simple(ours...)
	case 1:
		auto := rapid.Bool().Draw(t, "auto leave")
		theirConfig, theirProgress, theirErr = a.EnterJoint(auto, theirs...)
		ourConfig, ourProgress, ourErr = b.EnterJoint(auto, ours...)
	case 2:
		theirConfig, theirProgress, theirErr = a.LeaveJoint()
		ourConfig, ourProgress, ourErr = b.LeaveJoint()
	}
	require.Equal(t, theirErr == nil, ourErr == nil, "etcd %v, ours %v", theirErr, ourErr)
	require.Equal(t, inner(theirConfig), inner(ourConfig))
	require.Equal(t, theirProgress.String(), ourProgress.String())
	if theirErr != nil {
		return false
	}
	g.theirs.Config, g.theirs.Progress = theirConfig, theirProgress
	g.ours.SetConfig(ourConfig, ourProgress)
	return true
}

// inner is a configuration in Go syntax, without the names of packages and types.
func inner(v any) string {
	text := fmt.Sprintf("%#v", v)
	return text[strings.Index(text, "{"):]
}

// restore builds both anew from their ConfState.
func (g *groups) restore(t *rapid.T) {
	theirs, ours := g.theirs.ConfState(), g.ours.ConfState()
	require.Equal(t, inner(theirs), inner(ours))
	a, p, err := etcdconfchange.Restore(etcdconfchange.Changer{Tracker: etcdtracker.MakeProgressTracker(10, 0), LastIndex: 9}, theirs)
	require.NoError(t, err)
	b, q, err := confchange.Restore(confchange.Changer{Tracker: tracker.MakeProgressTracker(10, 0), LastIndex: 9}, ours)
	require.NoError(t, err)
	require.Equal(t, inner(a), inner(b))
	require.Equal(t, p.String(), q.String())
}

// vote gives both the same progress and the same votes, and compares what they count.
func (g *groups) vote(t *rapid.T) {
	for _, id := range slices.Sorted(maps.Keys(g.theirs.Progress)) {
		pr := g.theirs.Progress[id]
		match, active := rapid.Uint64Range(0, 20).Draw(t, "match"), rapid.Bool().Draw(t, "active")
		pr.Match, pr.Next, pr.RecentActive = match, match+1, active
		our := g.ours.Progress[id]
		our.Match, our.Next, our.RecentActive = match, match+1, active
	}
	g.theirs.ResetVotes()
	g.ours.ResetVotes()
	for range rapid.IntRange(0, 8).Draw(t, "votes") {
		id, vote := rapid.Uint64Range(0, 6).Draw(t, "voter"), rapid.Bool().Draw(t, "vote")
		g.theirs.RecordVote(id, vote)
		g.ours.RecordVote(id, vote)
	}
	theirGranted, theirRejected, theirResult := g.theirs.TallyVotes()
	granted, rejected, result := g.ours.TallyVotes()
	require.Equal(t, [2]int{theirGranted, theirRejected}, [2]int{granted, rejected})
	require.Equal(t, theirResult.String(), result.String())
	require.Equal(t, g.theirs.Committed(), g.ours.Committed())
	require.Equal(t, g.theirs.QuorumActive(), g.ours.QuorumActive())
	require.Equal(t, g.theirs.IsSingleton(), g.ours.IsSingleton())
	require.Equal(t, g.theirs.VoterNodes(), g.ours.VoterNodes())
	require.Equal(t, g.theirs.LearnerNodes(), g.ours.LearnerNodes())
	var a, b string
	g.theirs.Visit(func(id uint64, pr *etcdtracker.Progress) { a += fmt.Sprint(id, pr, " ") })
	g.ours.Visit(func(id uint64, pr *tracker.Progress) { b += fmt.Sprint(id, pr, " ") })
	require.Equal(t, a, b)
}
