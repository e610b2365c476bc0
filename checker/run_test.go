package checker_test

import (
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// run tells a Protocol the facts of a cluster, one short line of a test each.
// By itself it tells of a sound one; a test breaks it where it wants to.
type run struct {
	c     *teller
	event uint64
	hosts map[uint64]*told
	conf  pb.ConfState
	// leader is the last one that was elected.
	leader uint64
}

// told is what a Protocol was told about one host.
type told struct {
	hs      pb.HardState
	entries []pb.Entry // entries[0] stands for the snapshot at index 1
	applied uint64
	state   uint64 // digest of the state machine
}

var nobody = pb.HardState{}

// newRun starts hosts 1 to n, which share a snapshot at index 1 of term 1.
func newRun(n uint64, o checker.Options) *run { return newRunBy(tellAll(o), n) }

func newRunBy(c *teller, n uint64) *run {
	r := &run{c: c, hosts: map[uint64]*told{}}
	for id := uint64(1); id <= n; id++ {
		r.conf.Voters = append(r.conf.Voters, id)
	}
	for id := uint64(1); id <= n; id++ {
		r.hosts[id] = &told{hs: pb.HardState{Term: 1, Commit: 1}, entries: []pb.Entry{{Index: 1, Term: 1}}, applied: 1, state: 1}
		r.start(id)
	}
	return r
}

// tick gives the next fact an event number of its own.
func (r *run) tick() *teller {
	r.event++
	r.c.At(ms(int64(r.event)), r.event)
	for id := range uint64(len(r.hosts)) {
		r.c.Ticked(id + 1)
	}
	return r.c
}

// wait lets ticks pass in which nothing happens.
func (r *run) wait(ticks int) {
	for range ticks {
		r.tick()
	}
}

// start tells that a host comes up with all that it ever persisted.
func (r *run) start(id uint64) {
	h := r.hosts[id]
	h.applied, h.state = 1, 1
	r.tick().Started(id, h.hs, pb.Snapshot{Metadata: r.genesis()}, h.entries[1:])
	r.c.ConfChanged(id, 1, r.conf)
}

func (r *run) genesis() pb.SnapshotMetadata {
	return pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: r.conf}
}

func (r *run) crash(id uint64, excused bool) { r.tick().Crashed(id, excused) }

// forget takes what a host has on disk from an index on: an excused loss.
func (r *run) forget(id, from uint64) {
	r.crash(id, true)
	h := r.hosts[id]
	h.entries, h.hs.Commit = h.entries[:from-1], min(h.hs.Commit, from-1)
	r.start(id)
}

func soft(s raft.StateType) *raft.SoftState { return &raft.SoftState{RaftState: s} }

// hear lets a host hear of a term from a stranger that asks for votes.
func (r *run) hear(id, term uint64) {
	r.tick().Received(id, &pb.Message{Type: pb.MsgVote, From: 9, To: id, Term: term})
}

// term takes a host to a term, with a vote or none, durably.
func (r *run) term(id, term, vote uint64, role raft.StateType) {
	h := r.hosts[id]
	if vote != id {
		r.hear(id, term)
	}
	h.hs.Term, h.hs.Vote = term, vote
	r.tick().Offered(id, soft(role), h.hs, nil, nil, nil, true)
	r.c.Persisted(id, h.hs, nil, nil)
}

func (r *run) last(id uint64) pb.Entry {
	return r.hosts[id].entries[len(r.hosts[id].entries)-1]
}

func (r *run) sent(id uint64, m pb.Message) {
	m.From = id
	r.tick().Sent(id, &m)
}

// pass tells that a message leaves a host and reaches another.
func (r *run) pass(id uint64, m pb.Message) {
	r.sent(id, m)
	m.From = id
	r.tick().Received(m.To, &m)
}

// stand makes a host a candidate and asks for votes.
func (r *run) stand(id, term uint64) {
	r.term(id, term, id, raft.StateCandidate)
	for _, to := range r.conf.Voters {
		if to != id {
			r.pass(id, pb.Message{Type: pb.MsgVote, To: to, Term: term, Index: r.last(id).Index, LogTerm: r.last(id).Term})
		}
	}
}

// vote lets voters grant a candidate their votes.
func (r *run) vote(candidate, term uint64, voters ...uint64) {
	for _, id := range voters {
		r.term(id, term, candidate, raft.StateFollower)
		r.pass(id, pb.Message{Type: pb.MsgVoteResp, To: candidate, Term: term})
	}
}

// lead makes a candidate leader, with the empty entry of its term.
func (r *run) lead(id uint64) {
	h := r.hosts[id]
	r.leader = id
	r.tick().Offered(id, soft(raft.StateLeader), nobody, r.made(id, ""), nil, nil, true)
	r.c.Persisted(id, nobody, h.entries[len(h.entries)-1:], nil)
}

// elect does all of it: host id wins term with the votes of voters.
func (r *run) elect(id, term uint64, voters ...uint64) {
	r.stand(id, term)
	r.vote(id, term, voters...)
	r.lead(id)
}

// made adds entries of a host's term to its log and returns them.
func (r *run) made(id uint64, data ...string) []pb.Entry {
	h := r.hosts[id]
	from := len(h.entries)
	for _, d := range data {
		h.entries = append(h.entries, pb.Entry{Index: r.last(id).Index + 1, Term: h.hs.Term, Data: []byte(d)})
	}
	return slices.Clone(h.entries[from:])
}

// propose appends to a leader's log, durably.
func (r *run) propose(id uint64, data ...string) {
	entries := r.made(id, data...)
	r.tick().Offered(id, nil, nobody, entries, nil, nil, true)
	r.c.Persisted(id, nobody, entries, nil)
}

// replicate sends a follower what it lacks of the leader's log; the follower
// takes it, persists it and acknowledges it.
func (r *run) replicate(leader uint64, followers ...uint64) {
	for _, id := range followers {
		entries, prev := r.missing(leader, id)
		r.pass(leader, pb.Message{Type: pb.MsgApp, To: id, Term: r.hosts[leader].hs.Term, Index: prev.Index, LogTerm: prev.Term, Entries: entries})
		r.take(id, r.hosts[leader].hs.Term, entries)
		r.tick().Persisted(id, r.hosts[id].hs, entries, nil)
		r.ack(id, leader, r.last(id).Index)
	}
}

// missing returns what a follower lacks, and the entry before it.
func (r *run) missing(leader, id uint64) ([]pb.Entry, pb.Entry) {
	from, to := r.hosts[leader].entries, r.hosts[id].entries
	at := 1
	for at < len(from) && at < len(to) && from[at].Term == to[at].Term {
		at++
	}
	return slices.Clone(from[at:]), from[at-1]
}

// take lets a follower offer entries.
func (r *run) take(id, term uint64, entries []pb.Entry) {
	h := r.hosts[id]
	if h.hs.Term != term {
		h.hs.Term, h.hs.Vote = term, 0
	}
	if len(entries) > 0 {
		h.entries = append(h.entries[:entries[0].Index-1], entries...)
	}
	r.tick().Offered(id, soft(raft.StateFollower), h.hs, entries, nil, nil, len(entries) > 0)
}

// asked lets a leader be asked to hand over, and offer to tell that host to campaign.
func (r *run) asked(id, to uint64) {
	r.tick().TransferAsked(id, to)
	r.tick().Offered(id, nil, nobody, nil, nil, nil, false)
}

// handOver lets a leader tell a host to campaign.
func (r *run) handOver(id, to uint64) {
	r.sent(id, pb.Message{Type: pb.MsgTimeoutNow, To: to, Term: r.hosts[id].hs.Term})
}

// change lets a leader append a configuration change at an index, commit it with
// n2 and apply it.
func (r *run) change(leader, index uint64, cc pb.ConfChangeV2) {
	kind, data, err := pb.MarshalConfChange(cc)
	if err != nil {
		panic(err)
	}
	h := r.hosts[leader]
	entry := pb.Entry{Index: index, Term: h.hs.Term, Type: kind, Data: data}
	h.entries = append(h.entries, entry)
	r.tick().Offered(leader, nil, nobody, []pb.Entry{entry}, nil, nil, true)
	r.c.Persisted(leader, nobody, []pb.Entry{entry}, nil)
	r.replicate(leader, 2)
	r.commit(index, leader)
}

// round is one of heartbeats with a context, which some hosts answer.
func (r *run) round(leader uint64, context string, hosts ...uint64) {
	for _, id := range hosts {
		term := r.hosts[leader].hs.Term
		r.pass(leader, pb.Message{Type: pb.MsgHeartbeat, To: id, Term: term, Context: []byte(context)})
		if r.hosts[id].hs.Term != term {
			r.take(id, term, nil)
		}
		r.pass(id, pb.Message{Type: pb.MsgHeartbeatResp, To: leader, Term: term, Context: []byte(context)})
	}
}

// beat lets a leader's heartbeat reach a follower, which answers it.
func (r *run) beat(leader, id uint64) {
	r.round(leader, "", id)
	r.tick().Offered(id, nil, nobody, nil, nil, nil, false)
}

func (r *run) ack(id, leader, index uint64) {
	r.pass(id, pb.Message{Type: pb.MsgAppResp, To: leader, Term: r.hosts[id].hs.Term, Index: index})
}

// commit takes the commit index of hosts to an index and lets them apply.
func (r *run) commit(index uint64, ids ...uint64) {
	for _, id := range ids {
		h := r.hosts[id]
		if id != r.leader {
			r.tick().Received(id, &pb.Message{Type: pb.MsgHeartbeat, From: r.leader, To: id, Term: h.hs.Term, Commit: index})
		}
		h.hs.Commit = index
		due := h.entries[h.applied:index]
		r.tick().Offered(id, nil, h.hs, nil, due, nil, false)
		for i := range due {
			r.apply(id, &due[i])
		}
	}
}

func (r *run) apply(id uint64, e *pb.Entry) {
	h := r.hosts[id]
	r.tick().Applied(id, e)
	h.applied = e.Index
	h.state = h.state*31 + e.Term + uint64(len(e.Data))
	r.c.AppliedState(id, e.Index, h.state)
}

// settled is a sound cluster of n hosts: n1 leads term 2, and index 4 is
// committed and applied everywhere.
func settled(n uint64, o checker.Options) *run { return settledBy(tellAll(o), n) }

func settledBy(c *teller, n uint64) *run {
	r := newRunBy(c, n)
	var others []uint64
	for id := uint64(2); id <= n; id++ {
		others = append(others, id)
	}
	r.elect(1, 2, others...)
	r.replicate(1, others...)
	r.propose(1, "a", "b")
	r.replicate(1, others...)
	r.commit(4, append([]uint64{1}, others...)...)
	return r
}

func (r *run) String() string { return fmt.Sprint(r.c.Violations()) }

// ms is an instant so many milliseconds into the run.
func ms(n int64) clock.Time { return clock.Time(n * 1_000_000) }
