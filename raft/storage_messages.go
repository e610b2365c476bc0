package raft

import pb "raftsim/raft/raftpb"

// With AsyncStorageWrites a node sends its work to its storage threads, and they
// answer. Without, Advance says the same.

// storageAppend returns the message to the append thread about what is to be
// persisted, with the messages to be sent after that.
func (r *raft) storageAppend(rd *Ready) pb.Message {
	m := pb.Message{Type: pb.MsgStorageAppend, To: LocalAppendThread, From: r.ID, Entries: rd.Entries}
	// All zero means no change, as in the Ready.
	m.Term, m.Vote, m.Commit = rd.Term, rd.Vote, rd.Commit
	m.Snapshot = snapshotOf(rd)
	waits := r.waitsForSave(rd)
	if !waits && len(r.promises) == 0 {
		return m
	}
	// What a leader says to itself about the entries comes before the news that
	// they are stable, while their terms can be looked up in memory.
	m.Responses = make([]pb.Message, 0, len(r.promises)+1)
	for i := range r.promises {
		m.Responses = append(m.Responses, r.promises[i].message(r.ID))
	}
	if waits {
		m.Responses = append(m.Responses, r.storageAppendResp(m.Snapshot))
	}
	return m
}

// waitsForSave reports whether the node must hear when what is in rd is durable.
// It must as long as any entry is not stable, even if that is in progress: the
// answer on its way may be overtaken by a change of term.
func (r *raft) waitsForSave(rd *Ready) bool {
	return len(r.log.unstable.entries) > 0 || !IsEmptySnap(rd.Snapshot)
}

// storageAppendResp returns the answer of the append thread: that the log is
// durable up to its last entry, as it is now, with its snapshot if there is one.
func (r *raft) storageAppendResp(s *pb.Snapshot) pb.Message {
	m := pb.Message{Type: pb.MsgStorageAppendResp, To: r.ID, From: LocalAppendThread, Term: r.term, Snapshot: s}
	if len(r.log.unstable.entries) > 0 {
		m.Index, m.LogTerm = r.log.last(), r.log.lastTerm()
	}
	return m
}

// storageApply returns the message to the apply thread.
func (r *raft) storageApply(rd *Ready) pb.Message {
	return pb.Message{
		Type: pb.MsgStorageApply, To: LocalApplyThread, From: r.ID, Entries: rd.CommittedEntries,
		Responses: []pb.Message{{Type: pb.MsgStorageApplyResp, To: r.ID, From: LocalApplyThread, Entries: rd.CommittedEntries}},
	}
}

// snapshotOf returns the snapshot of rd, nil if there is none.
func snapshotOf(rd *Ready) *pb.Snapshot {
	if IsEmptySnap(rd.Snapshot) {
		return nil
	}
	s := rd.Snapshot
	return &s
}

// saved takes note that in a term, which may be over, the log became durable up to
// the entry of this index and log term, or that a snapshot did.
//
// News of an earlier term say nothing about the entries: suppose that a and b are
// being written when the leader of a second term replaces b by c, which the leader
// of a third replaces by b again. When the first write is done, b is not durable:
// the second is about to put c in its place. Within a term, a log is only ever
// written by one leader, and what it wrote once stays. A snapshot holds nothing but
// what is committed, so it is good in any term.
func (r *raft) saved(term, index, logTerm uint64, s *pb.Snapshot) {
	if term == r.term && index != 0 {
		r.log.unstable.stableTo(index, logTerm)
	}
	if s != nil {
		r.log.unstable.stableSnapshotTo(s.Metadata.Index)
		r.appliedTo(s.Metadata.Index, nil)
	}
}

// appliedEntries takes note of entries that were applied.
func (r *raft) appliedEntries(entries []pb.Entry) {
	if len(entries) == 0 {
		return
	}
	r.appliedTo(entries[len(entries)-1].Index, entries)
}

// appliedTo takes note that everything up to index is applied, entries at last. A
// leader that has applied a joint configuration that is to be left leaves it
// (thesis §4.3).
func (r *raft) appliedTo(index uint64, entries []pb.Entry) {
	if index > r.log.committed {
		r.Logger.Errorf("raft %x: ignores that entries up to %d were applied: commit index is %d", r.ID, index, r.log.committed)
		return
	}
	var size uint64
	if r.MaxCommittedSizePerReady != noLimit {
		size = encodedSize(entries)
	}
	index = max(index, r.log.applied)
	r.log.appliedTo(index, size)
	if r.members.AutoLeave && index >= r.pendingConfIndex && r.state == StateLeader {
		// An empty change has no size, so it is not refused for that. While
		// leadership is being transferred it is; the next entry tries again.
		leave := []pb.Entry{{Type: pb.EntryConfChangeV2}}
		if err := r.propose(leave); err != nil && !r.quiet {
			r.Logger.Infof("raft %x: does not leave the joint configuration %s yet: %v", r.ID, r.members.Config, err)
		}
	}
}
