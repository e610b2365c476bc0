// Package tracker holds what a leader knows about the members of its group: the
// configuration, the progress of every follower, and the votes of a campaign.
//
// The names are those of go.etcd.io/raft/v3/tracker v3.6.
package tracker

import (
	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
)

// ProgressTracker is the configuration in force together with the progress and
// the votes of its members.
//
// It keeps lists of the members beside the maps, so that counting a quorum or
// visiting everyone neither sorts nor allocates nor looks anything up. SetConfig
// keeps the lists true. Code that writes to Config or Progress directly need do
// nothing when the number of voters or of members changes by it, and must call
// Invalidate when it replaces one id or one *Progress by another. Writing to a
// Progress is always fine.
//
// Copies share the maps. They, too, must not be used by several goroutines at
// once.
type ProgressTracker struct {
	Config

	// Progress has an entry for every voter and learner.
	Progress ProgressMap

	// Votes are the answers of the current campaign, true for yes.
	Votes map[uint64]bool

	// MaxInflight and MaxInflightBytes are the limits of new Inflights.
	MaxInflight      int
	MaxInflightBytes uint64

	roster roster
}

// MakeProgressTracker returns a tracker without members. The arguments are those
// of [NewInflights].
func MakeProgressTracker(maxInflight int, maxBytes uint64) ProgressTracker {
	return ProgressTracker{
		Config:           Config{Voters: quorum.JointConfig{{}, nil}},
		Progress:         ProgressMap{},
		Votes:            map[uint64]bool{},
		MaxInflight:      maxInflight,
		MaxInflightBytes: maxBytes,
	}
}

// SetConfig replaces the configuration and the progress of all members. The
// tracker owns both from then on.
func (p *ProgressTracker) SetConfig(c Config, progress ProgressMap) {
	p.Config, p.Progress = c, progress
	p.Invalidate()
}

// Invalidate drops what the tracker derived from Config and Progress.
func (p *ProgressTracker) Invalidate() { p.roster = roster{} }

// Members returns all members in ascending order of ids. The slice is the
// tracker's and must not be written to; a change of the configuration makes a
// new one.
func (p *ProgressTracker) Members() []Member {
	if p.roster.stale(p) {
		p.roster = newRoster(p)
	}
	return p.roster.members
}

// Get returns the progress of a member, nil if there is none with this id. It
// is faster than the map.
func (p *ProgressTracker) Get(id uint64) *Progress {
	members := p.Members()
	if len(members) > 16 {
		return p.Progress[id]
	}
	for i := range members {
		if members[i].ID == id {
			return members[i].Progress
		}
	}
	return nil
}

// Visit calls f for every member in ascending order of ids. Members that f adds
// are not visited.
func (p *ProgressTracker) Visit(f func(id uint64, pr *Progress)) {
	for _, m := range p.Members() {
		f(m.ID, m.Progress)
	}
}

// VoterNodes returns the voters of both halves in ascending order.
func (p *ProgressTracker) VoterNodes() []uint64 {
	return quorum.MajorityConfig(p.Voters.IDs()).Slice()
}

// LearnerNodes returns the learners in ascending order, nil if there are none.
func (p *ProgressTracker) LearnerNodes() []uint64 {
	return quorum.MajorityConfig(p.Learners).Slice()
}

// IsSingleton says whether there is one voter only, who decides alone.
func (p *ProgressTracker) IsSingleton() bool {
	return len(p.Voters[0]) == 1 && len(p.Voters[1]) == 0
}

// ConfState returns the configuration as data, each list in ascending order and
// nil when empty.
func (p *ProgressTracker) ConfState() pb.ConfState {
	return pb.ConfState{
		Voters:         p.Voters[0].Slice(),
		VotersOutgoing: p.Voters[1].Slice(),
		Learners:       quorum.MajorityConfig(p.Learners).Slice(),
		LearnersNext:   quorum.MajorityConfig(p.LearnersNext).Slice(),
		AutoLeave:      p.AutoLeave,
	}
}

// Committed returns the highest index that a quorum is known to have. Whether
// it may be committed depends on its term as well (Raft §5.4.2).
func (p *ProgressTracker) Committed() uint64 {
	p.Members()
	r := &p.roster
	return min(r.committed(0), r.committed(1))
}

// QuorumActive says whether the leader has heard from a quorum lately.
func (p *ProgressTracker) QuorumActive() bool {
	p.Members()
	r := &p.roster
	return r.active(0) && r.active(1)
}

// ResetVotes starts a new campaign.
func (p *ProgressTracker) ResetVotes() {
	if p.Votes == nil {
		p.Votes = map[uint64]bool{}
	}
	clear(p.Votes)
}

// RecordVote takes the answer of a node. Only its first one counts.
func (p *ProgressTracker) RecordVote(id uint64, v bool) {
	if _, voted := p.Votes[id]; !voted {
		p.Votes[id] = v
	}
}

// TallyVotes returns how many voters have said yes and no, and how the campaign
// stands. Answers of others are left out of all three.
func (p *ProgressTracker) TallyVotes() (granted int, rejected int, _ quorum.VoteResult) {
	for _, m := range p.Members() {
		if m.Progress.IsLearner {
			continue
		}
		switch v, voted := p.Votes[m.ID]; {
		case voted && v:
			granted++
		case voted:
			rejected++
		}
	}
	return granted, rejected, p.Voters.VoteResult(p.Votes)
}
