package tracker_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

func set(ids ...uint64) map[uint64]struct{} {
	s := map[uint64]struct{}{}
	for _, id := range ids {
		s[id] = struct{}{}
	}
	return s
}

// newTracker returns a tracker with these members, installed by SetConfig.
func newTracker(incoming, outgoing, learners []uint64) *tracker.ProgressTracker {
	p := tracker.MakeProgressTracker(8, 0)
	c := tracker.Config{Voters: quorum.JointConfig{set(incoming...), set(outgoing...)}, Learners: set(learners...)}
	progress := tracker.ProgressMap{}
	for _, id := range slices.Concat(incoming, outgoing, learners) {
		progress[id] = &tracker.Progress{Next: 1, Inflights: tracker.NewInflights(8, 0), IsLearner: slices.Contains(learners, id)}
	}
	p.SetConfig(c, progress)
	return &p
}

// byMatch and byVote look at a tracker through the maps that it promises to agree
// with.
type byMatch struct{ *tracker.ProgressTracker }

func (p byMatch) AckedIndex(id uint64) (quorum.Index, bool) {
	pr, ok := p.Progress[id]
	if !ok {
		return 0, false
	}
	return quorum.Index(pr.Match), true
}

func genTracker(t *rapid.T) *tracker.ProgressTracker {
	ids := func(lo, hi uint64, name string) []uint64 {
		return rapid.SliceOfNDistinct(rapid.Uint64Range(lo, hi), 0, 7, rapid.ID).Draw(t, name)
	}
	p := newTracker(ids(1, 12, "incoming"), ids(1, 12, "outgoing"), ids(13, 16, "learners"))
	for _, id := range slices.Sorted(maps.Keys(p.Progress)) {
		p.Progress[id].Match = rapid.Uint64Range(0, 9).Draw(t, "match")
		p.Progress[id].RecentActive = rapid.Bool().Draw(t, "active")
	}
	for range rapid.IntRange(0, 10).Draw(t, "votes") {
		p.RecordVote(rapid.Uint64Range(1, 18).Draw(t, "from"), rapid.Bool().Draw(t, "vote"))
	}
	return p
}

// agree checks every answer of the tracker's lists against its maps.
func agree(t require.TestingT, p *tracker.ProgressTracker) {
	require.Equal(t, uint64(p.Voters.CommittedIndex(byMatch{p})), p.Committed(), "%s\n%s", p.Config, p.Progress)

	active, granted, rejected := map[uint64]bool{}, 0, 0
	for id, pr := range p.Progress {
		active[id] = pr.RecentActive
		if v, ok := p.Votes[id]; ok && !pr.IsLearner {
			if v {
				granted++
			} else {
				rejected++
			}
		}
	}
	require.Equal(t, p.Voters.VoteResult(active) == quorum.VoteWon, p.QuorumActive(), "%s\n%s", p.Config, p.Progress)
	g, r, result := p.TallyVotes()
	require.Equal(t, []int{granted, rejected}, []int{g, r})
	require.Equal(t, p.Voters.VoteResult(p.Votes), result)

	var visited []uint64
	p.Visit(func(id uint64, pr *tracker.Progress) {
		visited = append(visited, id)
		require.Same(t, p.Progress[id], pr)
		require.Same(t, pr, p.Get(id))
	})
	require.Equal(t, slices.Sorted(maps.Keys(p.Progress)), visited)
	require.Nil(t, p.Get(99))
	for _, m := range p.Members() {
		_, in := p.Voters[0][m.ID]
		_, out := p.Voters[1][m.ID]
		require.Equal(t, [2]bool{in, out}, m.Votes)
		require.Equal(t, in || out, m.IsVoter())
	}
}

func TestListsOfATrackerAgreeWithItsMaps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { agree(t, genTracker(t)) })
}

func TestTrackerOfManyMembersAgreesWithItsMaps(t *testing.T) {
	var voters []uint64
	for id := uint64(1); id <= 51; id++ {
		voters = append(voters, id)
	}
	p := newTracker(voters, voters[20:], nil)
	for id, pr := range p.Progress {
		pr.Match = id * id % 53
		pr.RecentActive = id%3 == 0
	}
	agree(t, p)
}

func TestTrackerNoticesMembersThatComeAndGo(t *testing.T) {
	p := newTracker([]uint64{1, 2, 3}, nil, nil)
	agree(t, p)
	p.Voters[0][4] = struct{}{}
	p.Progress[4] = &tracker.Progress{Match: 7}
	agree(t, p)
	delete(p.Voters[0], 1)
	agree(t, p)
	delete(p.Progress, 1)
	agree(t, p)

	p.Voters[1] = quorum.MajorityConfig(set(2, 3))
	agree(t, p)

	// One for another is what it cannot see, and has to be told.
	p.Progress[2] = &tracker.Progress{Match: 9}
	p.Invalidate()
	agree(t, p)
	p.SetConfig(tracker.Config{Voters: quorum.JointConfig{set(5, 6, 7), nil}},
		tracker.ProgressMap{5: {Match: 1}, 6: {Match: 2}, 7: {Match: 3}})
	agree(t, p)
	require.Equal(t, uint64(2), p.Committed())
}

func TestVoterWithoutProgressHasNothing(t *testing.T) {
	p := newTracker([]uint64{1, 2, 3}, nil, nil)
	p.Progress[1].Match = 9
	delete(p.Progress, 2)
	delete(p.Progress, 3)
	for range 3 { // what one count leaves behind is not taken for another's
		agree(t, p)
		require.Zero(t, p.Committed())
	}
}

func TestZeroTrackerHasNoMembers(t *testing.T) {
	var p tracker.ProgressTracker
	agree(t, &p)
	p.ResetVotes()
	p.RecordVote(1, true)
	agree(t, &p)
	require.False(t, p.IsSingleton())
}

func TestMembersThatVisitAddsAreNotVisited(t *testing.T) {
	p := newTracker([]uint64{1, 2}, nil, nil)
	var visited []uint64
	p.Visit(func(id uint64, pr *tracker.Progress) {
		visited = append(visited, id)
		p.Progress[id+10] = &tracker.Progress{}
		p.Members()
	})
	require.Equal(t, []uint64{1, 2}, visited)
	require.Len(t, p.Members(), 4)
}

func TestOnlyTheFirstVoteOfANodeCounts(t *testing.T) {
	p := newTracker([]uint64{1, 2, 3}, nil, []uint64{4})
	p.RecordVote(1, true)
	p.RecordVote(2, false)
	p.RecordVote(2, true)
	p.RecordVote(4, true) // a learner
	p.RecordVote(9, true) // a stranger
	granted, rejected, result := p.TallyVotes()
	require.Equal(t, []any{1, 1, quorum.VotePending}, []any{granted, rejected, result})
	p.RecordVote(3, true)
	_, _, result = p.TallyVotes()
	require.Equal(t, quorum.VoteWon, result)

	p.ResetVotes()
	granted, rejected, result = p.TallyVotes()
	require.Equal(t, []any{0, 0, quorum.VotePending}, []any{granted, rejected, result})
}

func TestTrackerShowsItsConfigurationAsData(t *testing.T) {
	p := newTracker([]uint64{3, 1}, []uint64{2, 1}, []uint64{9, 4})
	p.LearnersNext, p.AutoLeave = set(2), true
	require.Equal(t, pb.ConfState{Voters: []uint64{1, 3}, VotersOutgoing: []uint64{1, 2}, Learners: []uint64{4, 9},
		LearnersNext: []uint64{2}, AutoLeave: true}, p.ConfState())
	require.Equal(t, []uint64{1, 2, 3}, p.VoterNodes())
	require.Equal(t, []uint64{4, 9}, p.LearnerNodes())
	require.Equal(t, "voters=(1 3)&&(1 2) learners=(4 9) learners_next=(2) autoleave", p.Config.String())
	require.False(t, p.IsSingleton())

	one := newTracker([]uint64{1}, nil, []uint64{2})
	one.Learners = nil
	require.True(t, one.IsSingleton())
	require.Nil(t, one.LearnerNodes())
	require.Equal(t, pb.ConfState{Voters: []uint64{1}}, one.ConfState())
	require.Equal(t, "voters=(1)", one.Config.String())
	require.False(t, newTracker([]uint64{1}, []uint64{1}, nil).IsSingleton(), "both halves count")
}

func TestCloneOfAConfigSharesNothing(t *testing.T) {
	c := tracker.Config{Voters: quorum.JointConfig{set(1), set(2)}, Learners: set(3), LearnersNext: set(2), AutoLeave: true}
	clone := c.Clone()
	require.Equal(t, c, clone)
	for _, s := range []map[uint64]struct{}{c.Voters[0], c.Voters[1], c.Learners, c.LearnersNext} {
		s[99] = struct{}{}
	}
	require.Equal(t, "voters=(1)&&(2) learners=(3) learners_next=(2) autoleave", clone.String())
	var empty tracker.Config
	require.Equal(t, empty, empty.Clone())
}

func TestCountingAndVisitingAllocateNothing(t *testing.T) {
	for _, n := range []int{3, 51} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			p := bigTracker(n)
			p.Members()
			require.Zero(t, testing.AllocsPerRun(20, func() {
				sum := uint64(0)
				p.Visit(func(id uint64, pr *tracker.Progress) { sum += pr.Match })
				p.Committed()
				p.QuorumActive()
				p.ResetVotes()
				p.RecordVote(1, true)
				p.TallyVotes()
				p.Get(2)
			}))
		})
	}
}

func bigTracker(n int) *tracker.ProgressTracker {
	var ids []uint64
	for id := range uint64(n) {
		ids = append(ids, id+1)
	}
	return newTracker(ids, nil, nil)
}

func BenchmarkTracker(b *testing.B) {
	for _, n := range []int{3, 5, 51} {
		p := bigTracker(n)
		next := uint64(0)
		b.Run(fmt.Sprintf("committed/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				next++
				p.Members()[next%uint64(n)].Progress.Match = next
				p.Committed()
			}
		})
		b.Run(fmt.Sprintf("active/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.QuorumActive()
			}
		})
		b.Run(fmt.Sprintf("visit/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Visit(func(id uint64, pr *tracker.Progress) { pr.RecentActive = true })
			}
		})
		b.Run(fmt.Sprintf("get/%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				p.Get(uint64(n))
			}
		})
	}
}
