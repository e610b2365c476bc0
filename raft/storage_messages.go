package raft

import pb "raftsim/raft/raftpb"

// With AsyncStorageWrites a node sends its work to its storage threads, and they
// answer. Without, Advance steps the same answers.

// storageAppend returns the message to the append thread about what is to be
// persisted, with the messages to be sent after that.
func (r *raft) storageAppend(rd *Ready) pb.Message {
	m := pb.Message{Type: pb.MsgStorageAppend, To: LocalAppendThread, From: r.ID, Entries: rd.Entries}
	// All zero means no change, as in the Ready.
	m.Term, m.Vote, m.Commit = rd.Term, rd.Vote, rd.Commit
	if !IsEmptySnap(rd.Snapshot) {
		s := rd.Snapshot
		m.Snapshot = &s
	}
	// What a leader says to itself about the entries comes before the news that
	// they are stable, while their terms can be looked up in memory.
	all := r.promises
	if r.waitsForAppend(rd) {
		all = append(all, r.storageAppendResp(rd))
	}
	r.promises = all[:len(r.promises)]
	if len(all) > 0 {
		m.Responses = all
	}
	return m
}

// waitsForAppend reports whether the node must hear when the append is durable.
// It must as long as any entry is not stable, even if that is in progress: the
// answer on its way may be overtaken by a change of term.
func (r *raft) waitsForAppend(rd *Ready) bool {
	return len(r.log.unstable.entries) > 0 || !IsEmptySnap(rd.Snapshot)
}

// storageAppendResp returns the answer of the append thread. It names the last
// entry of the log, and is of the current term:
//
// Appends of an earlier term may overwrite one another. Suppose entries a, b of
// one term are being written when a later leader replaces b by c, which then is
// replaced by b again in a third term. If the first answer counted, b would be
// taken for stable while c is what the storage has. An answer counts only in the
// term it was asked for in, and within a term the log of a node is only added to
// or replaced by one leader's.
func (r *raft) storageAppendResp(rd *Ready) pb.Message {
	m := pb.Message{Type: pb.MsgStorageAppendResp, To: r.ID, From: LocalAppendThread, Term: r.term}
	if len(r.log.unstable.entries) > 0 {
		m.Index, m.LogTerm = r.log.last(), r.log.lastTerm()
	}
	if !IsEmptySnap(rd.Snapshot) {
		s := rd.Snapshot
		m.Snapshot = &s
	}
	return m
}

// storageApply returns the message to the apply thread.
func (r *raft) storageApply(rd *Ready) pb.Message {
	return pb.Message{
		Type: pb.MsgStorageApply, To: LocalApplyThread, From: r.ID, Entries: rd.CommittedEntries,
		Responses: []pb.Message{r.storageApplyResp(rd)},
	}
}

// storageApplyResp returns the answer of the apply thread. What is committed is so
// in any term.
func (r *raft) storageApplyResp(rd *Ready) pb.Message {
	return pb.Message{Type: pb.MsgStorageApplyResp, To: r.ID, From: LocalApplyThread, Entries: rd.CommittedEntries}
}

// handleStorageAppended takes note of what became durable.
func (r *raft) handleStorageAppended(m *pb.Message) {
	if m.Index != 0 {
		r.log.unstable.stableTo(m.Index, m.LogTerm)
	}
	if m.Snapshot != nil {
		r.appliedSnapshot(m.Snapshot)
	}
}

// handleStorageApplied takes note of entries that were applied.
func (r *raft) handleStorageApplied(m *pb.Message) {
	if len(m.Entries) == 0 {
		return
	}
	r.appliedTo(m.Entries[len(m.Entries)-1].Index, m.Entries)
	if r.uncommittedSize > 0 {
		r.uncommittedSize -= min(r.uncommittedSize, dataSize(m.Entries))
	}
}

// appliedSnapshot takes note of a snapshot that replaced the state machine.
func (r *raft) appliedSnapshot(s *pb.Snapshot) {
	r.log.unstable.stableSnapshotTo(s.Metadata.Index)
	r.appliedTo(s.Metadata.Index, nil)
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
