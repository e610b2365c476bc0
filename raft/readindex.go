package raft

import (
	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// maxPendingReads is how many reads a leader keeps until they are confirmed. Those
// beyond are dropped: a leader without check-quorum that is cut off would otherwise
// keep every retry of its clients. One answered heartbeat confirms all of them.
const maxPendingReads = 1 << 16

// handleReadIndex serves a request for a read index (thesis §6.4), from this
// node or from a follower.
//
// A leader knows what was committed before its term only when it has committed
// something itself; until then requests wait. That holds for a leader that is the
// only voter, too: it may have led before a crash, and what it committed then
// need not be committed here yet.
func (r *raft) handleReadIndex(m *pb.Message) {
	if n := len(r.postponedReads) + r.reads.len() + len(r.lease.waiting); n >= maxPendingReads {
		if !r.quiet {
			r.Logger.Warningf("raft %x: drops a read of %x: %d are pending", r.ID, m.From, n)
		}
		return
	}
	if r.log.committed < r.termStart {
		r.postponedReads = append(r.postponedReads, *m)
		return
	}
	r.serveRead(m)
}

// releasePostponedReads serves the requests that waited for a commit in this term.
func (r *raft) releasePostponedReads() {
	if len(r.postponedReads) == 0 || r.log.committed < r.termStart {
		return
	}
	reads := r.postponedReads
	r.postponedReads = nil
	for i := range reads {
		r.serveRead(&reads[i])
	}
}

// serveRead answers a read at the commit index, if need be after a round of
// heartbeats has shown that nobody else leads.
func (r *raft) serveRead(m *pb.Message) {
	switch {
	case r.alone():
		r.answerRead(m.From, r.log.committed, m.Entries)
		return
	case r.ReadOnlyOption == ReadOnlyLeaseBased:
		r.readUnderLease(m)
		return
	}
	from := m.From
	if from == None {
		from = r.ID
	}
	r.reads.add(from, r.log.committed, m.Entries)
	r.broadcastHeartbeat()
}

// alone reports that this node is the only voter, of both halves when the
// configuration is joint. A leader that has removed itself is not, even if one voter
// is left: that one may lead by now.
func (r *raft) alone() bool {
	for i, half := range r.members.Voters {
		if _, votes := half[r.ID]; !votes && (i == 0 || len(half) > 0) || len(half) > 1 {
			return false
		}
	}
	return true
}

// answerRead lets the one who asked know the read index.
func (r *raft) answerRead(from, index uint64, entries []pb.Entry) {
	if from == None || from == r.ID {
		r.readStates = append(r.readStates, ReadState{Index: index, RequestCtx: entries[0].Data})
		return
	}
	m := r.post(pb.MsgReadIndexResp, from, r.term)
	m.Index, m.Entries = index, entries
}

// confirmReads counts the answer to a heartbeat for the read that the heartbeat
// was sent for. A quorum of them confirms that read and all before it.
func (r *raft) confirmReads(m *pb.Message) {
	if len(m.Context) == 0 {
		return
	}
	if r.ReadOnlyOption == ReadOnlyLeaseBased {
		r.lease.answer(m.From, m.Context)
		r.releaseWaitingReads()
		return
	}
	members := r.members.Members()
	acks := r.reads.ack(m.Context, position(members, m.From))
	if acks == nil || !r.hasQuorum(members, acks) {
		return
	}
	for {
		read, last := r.reads.pop(m.Context)
		r.answerRead(read.from, read.index, read.entries)
		if last {
			return
		}
	}
}

// hasQuorum reports whether this node and the members at these positions are a
// quorum. The node counts whenever it is a voter, even if it was none when the read
// came.
func (r *raft) hasQuorum(members []tracker.Member, acks *positions) bool {
	result := quorum.VoteWon
	for _, half := range r.members.Voters {
		yes := 0
		for i := range members {
			if _, ok := half[members[i].ID]; ok && (members[i].ID == r.ID || acks.has(i)) {
				yes++
			}
		}
		result = quorum.Both(result, quorum.Tally(len(half), yes, 0))
	}
	return result == quorum.VoteWon
}

// handleReadIndexResp takes the answer of the leader to a request of this node.
func (r *raft) handleReadIndexResp(m *pb.Message) {
	r.readStates = append(r.readStates, ReadState{Index: m.Index, RequestCtx: m.Entries[0].Data})
}

// position returns where in members id is, and -1 if it is not.
func position(members []tracker.Member, id uint64) int {
	for i := range members {
		if members[i].ID == id {
			return i
		}
	}
	return -1
}
