package raft

import (
	"fmt"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// raft is the protocol of one node as a state machine: it is stepped by messages
// and ticks, and collects what it has to say. It is not told how its messages
// travel or where its log lies. RawNode turns its state into Readys.
type raft struct {
	Config // as given, with defaults

	// quiet saves putting words together for a logger that discards them.
	quiet bool

	// Persistent state (Raft Figure 2). The commit index, in log, is persisted
	// with it, though it need not be.
	term uint64
	vote uint64
	log  raftLog

	state StateType
	lead  uint64

	// members is the configuration in force, the progress of its members, and
	// the votes of a campaign.
	members tracker.ProgressTracker

	// electionElapsed counts ticks since the last word of a leader, or since
	// the last reset. On a leader, since the last check of its quorum.
	electionElapsed int
	// electionTimeout is after how many of them this node campaigns.
	electionTimeout int
	// ticksSincePromise counts ticks, up to ElectionTick, since this node heard
	// from a leader, of whatever term, or started as one that may have.
	ticksSincePromise int
	// heartbeatElapsed counts ticks since the last heartbeat of this leader.
	heartbeatElapsed int

	// State of a leader.

	// termStart is the index of the first entry of this leader's term.
	termStart uint64
	// recount asks for a count of acknowledgements that the next one alone
	// would not give reason for.
	recount bool
	// transferee is the node that leadership is being handed to, or None.
	transferee uint64
	// pendingConfIndex is the index up to which the log may hold a
	// configuration change that was not applied yet. None is let into the log
	// before.
	pendingConfIndex uint64
	uncommitted      uncommitted
	reads            readQueue
	// postponedReads wait until the leader has committed an entry of its term.
	postponedReads []pb.Message
	lease          lease
	storage        storageWatch
	// tokens is how many were used to prove denials; see handleDenial.
	tokens uint64

	readStates []ReadState

	outbox
	entryBlock []pb.Entry // see oneEntry
}

// newRaft returns a follower in the state that Storage has.
func newRaft(c *Config) (*raft, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	r := &raft{Config: c.withDefaults()}
	_, r.quiet = r.Logger.(DiscardLogger)
	r.outbox.id = r.ID
	r.ticksSincePromise = r.ElectionTick
	hs, cs, err := r.Storage.InitialState()
	if err != nil {
		return nil, fmt.Errorf("raft: initial state of storage: %w", err)
	}
	if r.log, err = newLog(r.Storage, r.MaxCommittedSizePerReady); err != nil {
		return nil, err
	}
	if err := r.recover(hs, cs); err != nil {
		return nil, err
	}
	r.becomeFollower(r.term, None)
	if !r.quiet {
		r.Logger.Infof("raft %x: starts with term %d, vote %x, log [%d, %d], commit %d, applied %d, %s", r.ID,
			r.term, r.vote, r.log.first(), r.log.last(), r.log.committed, r.log.applied, r.members.Config)
	}
	return r, nil
}

// recover takes over what InitialState returned.
func (r *raft) recover(hs pb.HardState, cs pb.ConfState) error {
	first, last := r.log.committed, r.log.last() // first is the index of the snapshot
	r.members = tracker.MakeProgressTracker(r.MaxInflightMsgs, r.MaxInflightBytes)
	config, progress, err := confchange.Restore(confchange.Changer{Tracker: r.members, LastIndex: last}, cs)
	if err != nil {
		return fmt.Errorf("raft: configuration of storage, %s: %w", DescribeConfState(cs), err)
	}
	r.members.SetConfig(config, progress)
	// The commit index need not be durable (MustSync), so it may lag behind a
	// snapshot, or behind what an application with a durable state has applied.
	// Both were committed. What is beyond the end of the log is lost.
	if hs.Commit > last {
		return fmt.Errorf("raft: hard state of storage has commit %d, and its log ends at %d: entries that were committed are missing", hs.Commit, last)
	}
	if r.Applied > last {
		return fmt.Errorf("raft: Applied is %d, and the log of storage ends at %d: entries that were applied are missing", r.Applied, last)
	}
	if r.Applied < first && r.Applied != 0 {
		return fmt.Errorf("raft: Applied is %d, and the log of storage begins after its snapshot at %d: entries that are to be applied are missing", r.Applied, first)
	}
	r.log.committed = max(first, hs.Commit, r.Applied)
	if !IsEmptyHardState(hs) {
		r.term, r.vote = hs.Term, hs.Vote
		r.ticksSincePromise = 0
	}
	if r.Applied > 0 {
		r.log.appliedTo(r.Applied, 0)
	}
	return nil
}

func (r *raft) softState() SoftState { return SoftState{Lead: r.lead, RaftState: r.state} }

func (r *raft) hardState() pb.HardState {
	return pb.HardState{Term: r.term, Vote: r.vote, Commit: r.log.committed}
}

// becomeFollower enters term, which may be the current one, as a follower of
// lead, which may be None.
func (r *raft) becomeFollower(term, lead uint64) {
	r.reset(term)
	r.lead = lead
	r.become(StateFollower)
}

// becomePreCandidate prepares for asking around. The term and the vote stay as
// they are, and so does the election timer.
func (r *raft) becomePreCandidate() {
	if r.state == StateLeader {
		broken("leader of term %d becomes pre-candidate", r.term)
	}
	r.members.ResetVotes()
	r.lead = None
	r.become(StatePreCandidate)
}

// becomeCandidate enters the next term with a vote for itself.
func (r *raft) becomeCandidate() {
	if r.state == StateLeader {
		broken("leader of term %d becomes candidate", r.term)
	}
	r.reset(r.term + 1)
	r.vote = r.ID
	r.become(StateCandidate)
}

// becomeLeader begins to lead the current term with an empty entry, whose
// commitment commits everything before it (Raft §5.4.2, thesis §6.4).
func (r *raft) becomeLeader() {
	if r.state != StateCandidate {
		broken("node in state %d becomes leader of term %d", uint64(r.state), r.term)
	}
	r.reset(r.term)
	r.lead = r.ID
	r.become(StateLeader)
	pr := r.members.Get(r.ID)
	pr.BecomeReplicate()
	pr.RecentActive = true
	// There may or may not be a configuration change in the part of the log
	// that is not applied. To find out would take reading it.
	r.pendingConfIndex = r.log.last()
	r.termStart = r.log.last() + 1
	r.inheritUncommitted()
	r.appendEmpty()
}

func (r *raft) become(state StateType) {
	r.state = state
	if !r.quiet {
		r.Logger.Infof("raft %x: %s at term %d, lead %x", r.ID, state, r.term, r.lead)
	}
}

// reset prepares for a new role, in the current term or in a later one.
func (r *raft) reset(term uint64) {
	if r.term != term {
		r.term, r.vote = term, None
	}
	r.lead = None
	r.electionElapsed, r.heartbeatElapsed = 0, 0
	r.electionTimeout = r.ElectionTick + int(r.Rand.Uint64()%uint64(r.ElectionTick))
	r.transferee = None
	r.members.ResetVotes()
	last := r.log.last()
	for _, m := range r.members.Members() {
		inflights := m.Progress.Inflights
		inflights.Reset()
		*m.Progress = tracker.Progress{Next: last + 1, Inflights: inflights, IsLearner: m.Progress.IsLearner}
		if m.ID == r.ID {
			m.Progress.Match = last
		}
	}
	r.pendingConfIndex = 0
	r.uncommitted.reset()
	r.reads.reset()
	r.lease.reset()
	r.storage = storageWatch{}
}

// oneEntry returns a slice with one entry, for messages. Its memory is never
// written again. Many of them share an allocation.
func (r *raft) oneEntry(e pb.Entry) []pb.Entry {
	if len(r.entryBlock) == cap(r.entryBlock) {
		r.entryBlock = make([]pb.Entry, 0, 32)
	}
	n := len(r.entryBlock)
	r.entryBlock = append(r.entryBlock, e)
	return r.entryBlock[n : n+1 : n+1]
}
