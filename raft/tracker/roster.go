package tracker

import (
	"cmp"
	"math"
	"slices"

	"raftsim/raft/quorum"
)

// Member is one member of a group.
type Member struct {
	ID       uint64
	Progress *Progress
	// Votes says whether it is a voter of the incoming and of the outgoing half.
	Votes [2]bool
}

// IsVoter says whether the member is a voter of either half.
func (m Member) IsVoter() bool { return m.Votes[0] || m.Votes[1] }

// roster is the membership of a tracker as lists. It is never changed, only
// replaced, so that loops over it survive a change of the configuration.
type roster struct {
	members []Member // by id; nil when the roster has yet to be made
	// halves lists the voters of each half that have a Progress, and sizes
	// counts all of them.
	halves [2][]*Progress
	sizes  [2]int
	// acked is room to sort what the voters of one half have acknowledged.
	acked []quorum.Index
}

func newRoster(p *ProgressTracker) roster {
	r := roster{members: make([]Member, 0, len(p.Progress))}
	for id, pr := range p.Progress { // order does not escape: they are sorted next
		r.members = append(r.members, Member{ID: id, Progress: pr})
	}
	slices.SortFunc(r.members, func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
	for h, voters := range p.Voters {
		for i := range r.members {
			m := &r.members[i]
			if _, m.Votes[h] = voters[m.ID]; m.Votes[h] {
				r.halves[h] = append(r.halves[h], m.Progress)
			}
		}
		r.sizes[h] = len(voters)
	}
	r.acked = make([]quorum.Index, max(r.sizes[0], r.sizes[1]))
	return r
}

// stale says whether the roster is missing or visibly not p's.
func (r *roster) stale(p *ProgressTracker) bool {
	return r.members == nil || len(r.members) != len(p.Progress) ||
		r.sizes[0] != len(p.Voters[0]) || r.sizes[1] != len(p.Voters[1])
}

// committed returns the highest index that a majority of one half has.
func (r *roster) committed(half int) uint64 {
	voters := r.halves[half]
	if r.sizes[half] == 0 {
		return math.MaxUint64
	}
	acked := r.acked[:r.sizes[half]]
	clear(acked[len(voters):]) // voters without a Progress have nothing
	for i, pr := range voters {
		acked[i] = quorum.Index(pr.Match)
	}
	return uint64(quorum.Committed(acked))
}

// active says whether a majority of one half has been heard from.
func (r *roster) active(half int) bool {
	n := 0
	for _, pr := range r.halves[half] {
		if pr.RecentActive {
			n++
		}
	}
	return quorum.Tally(r.sizes[half], n, 0) == quorum.VoteWon
}
