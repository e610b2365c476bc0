package raft

import (
	"encoding/binary"

	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
)

// lease lets a leader with ReadOnlyLeaseBased answer reads without asking around
// first (thesis §6.4.1). Heartbeats carry the number of their round, answers
// repeat it. A voter that answered round n had heard from the leader after that round
// began, and with CheckQuorum supports nobody else for an election timeout from
// then on. So while a quorum has answered a round that began less than a lease
// ago, nobody else leads.
//
// That a quorum was active since the last check of the quorum, which is what
// etcd's raft uses, does not say this: the check may be an election timeout
// old, and what it saw another one.
type lease struct {
	ticks uint64 // of this leader so far
	round uint64 // the last one
	// began holds the tick at which each of the last rounds began, the first
	// of them round first.
	began []uint64
	first uint64
	// answered is the latest round that each member has answered.
	answered map[uint64]uint64
	// void says that another node was told to campaign, which its voters allow
	// whatever they promised: there is no lease any more in this term.
	void    bool
	waiting []waitingRead
}

// waitingRead is a read that came when there was no lease: a quorum that answers
// its round will do, too.
type waitingRead struct {
	from, index, round uint64
	entries            []pb.Entry
}

// reset forgets all: another term begins.
func (l *lease) reset() { *l = lease{began: l.began[:0]} }

// leaseTicks is how long a lease lasts from the beginning of its round, on the
// leader's clock. A voter counts full ticks, of which the first may pass at once;
// a tenth is left for clocks that drift by up to LeaseDriftPPM. Zero or less
// means that there is never a lease.
func (c *Config) leaseTicks() int { return c.ElectionTick - 1 - (c.ElectionTick+9)/10 }

// LeaseDriftPPM is how far, in parts per million, each clock may run fast or slow
// for ReadOnlyLeaseBased to stay linearizable. Clocks that jump, or stand still
// while their node goes on, break it.
const LeaseDriftPPM = 50_000

// beginRound starts a round of heartbeats and returns the context that they
// carry.
func (l *lease) beginRound(lasts int) []byte {
	for len(l.began) > 0 && l.began[0]+uint64(max(lasts, 0)) <= l.ticks {
		l.began = l.began[1:]
		l.first++
	}
	l.round++
	if len(l.began) == 0 {
		l.first = l.round
	}
	l.began = append(l.began, l.ticks)
	return binary.BigEndian.AppendUint64(nil, l.round)
}

// answer takes note of the answer of a member.
func (l *lease) answer(from uint64, context []byte) {
	if len(context) != 8 {
		return
	}
	if round := binary.BigEndian.Uint64(context); round <= l.round && round > l.answered[from] {
		if l.answered == nil {
			l.answered = map[uint64]uint64{}
		}
		l.answered[from] = round
	}
}

// AckedIndex tells a configuration which round a member has answered.
func (l *lease) AckedIndex(id uint64) (quorum.Index, bool) {
	round, ok := l.answered[id]
	return quorum.Index(round), ok
}

// holds reports whether a lease that began with a round is still good.
func (l *lease) holds(round uint64, lasts int) bool {
	if l.void || round == 0 || round < l.first || round > l.round {
		return false
	}
	return l.ticks-l.began[round-l.first] < uint64(max(lasts, 0))
}

// confirmedRound is the latest round that a quorum has answered.
func (r *raft) confirmedRound() uint64 {
	if r.lease.answered == nil {
		r.lease.answered = map[uint64]uint64{}
	}
	r.lease.answered[r.ID] = r.lease.round
	return uint64(r.members.Voters.CommittedIndex(&r.lease))
}

// readUnderLease answers a read if there is a lease, and otherwise as soon as a
// quorum has answered a round that begins now.
func (r *raft) readUnderLease(m *pb.Message) {
	if r.lease.holds(r.confirmedRound(), r.leaseTicks()) {
		r.answerRead(m.From, r.log.committed, m.Entries)
		return
	}
	r.broadcastHeartbeat()
	r.lease.waiting = append(r.lease.waiting, waitingRead{m.From, r.log.committed, r.lease.round, m.Entries})
}

// releaseWaitingReads answers the reads that a quorum has confirmed.
func (r *raft) releaseWaitingReads() {
	l := &r.lease
	if len(l.waiting) == 0 {
		return
	}
	confirmed := r.confirmedRound()
	held := l.holds(confirmed, r.leaseTicks())
	for len(l.waiting) > 0 && (held || l.waiting[0].round <= confirmed) {
		read := l.waiting[0]
		l.waiting = l.waiting[1:]
		r.answerRead(read.from, read.index, read.entries)
	}
}

// countLeaseTick moves the clock that leases are measured by.
func (r *raft) countLeaseTick() {
	r.lease.ticks++
	r.ticksSincePromise = min(r.ticksSincePromise+1, r.ElectionTick)
}

// promised reports whether a leader's lease may rest on this node: it has heard from
// one, or has started and may have before, less than an election timeout ago. Until
// then it supports nobody else, itself included, but for those that a leader tells
// to campaign. That it hears of a later term meanwhile, from somebody who does not
// lead it, does not set it free.
func (r *raft) promised() bool {
	return r.ReadOnlyOption == ReadOnlyLeaseBased && r.ticksSincePromise < r.ElectionTick
}
