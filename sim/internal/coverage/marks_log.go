package coverage

import (
	"errors"

	"raftsim/host"
	"raftsim/mark"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/trace"
)

// Logs, appends, snapshots and proposals.
var (
	sawOverwritten   = mark.Sometimes("entries-overwritten", "A host overwrites entries that it had written.")
	sawEntriesTwice  = mark.Sometimes("entries-sent-twice", "A follower receives entries that it has received from the same leader before.")
	sawBelowCommit   = mark.Sometimes("append-below-commit", "A follower receives entries that it knows to be committed.")
	sawOldMessage    = mark.Sometimes("stale-message", "A message arrives at a host that is in a later term.")
	sawRefusedAppend = mark.Reachable("append-refused", "A follower refuses entries that do not fit its log.")
	sawSkippedTerm   = mark.Sometimes("append-refusal-skips-term", "A follower refuses entries, and its hint skips all its entries of a term.")
	sawFullWindow    = mark.Sometimes("inflight-window-full", "A leader stops sending to a follower: as many messages as allowed are in flight.")
	sawForwarded     = mark.Reachable("proposal-forwarded", "A follower forwards a proposal to its leader.")
	sawFullTail      = mark.Sometimes("proposal-refused-uncommitted-limit", "A leader refuses a proposal because its uncommitted entries have reached their limit.")
	sawHandingOver   = mark.Sometimes("proposal-refused-during-transfer", "A leader refuses a proposal during a leadership transfer.")
	sawInstalled     = mark.Reachable("snapshot-installed", "A follower replaces its state by a snapshot.")
	sawJoined        = mark.Sometimes("join-by-snapshot", "A host without any state gets its first state from a snapshot.")
	sawLateSnapshot  = mark.Sometimes("late-snapshot", "A follower receives a snapshot of entries that it has already committed.")
	sawAppendRace    = mark.Sometimes("append-during-snapshot-install", "A follower receives entries while it writes a snapshot.")
	sawCompacted     = mark.Reachable("log-compacted", "A host drops log entries that a snapshot contains.")
	sawLateWrite     = mark.Sometimes("append-durable-after-term", "Entries written by asynchronous storage become durable when their host is in a later term.")
)

// wrote sees a host write entries.
func (w *Watcher) wrote(r *trace.Record) {
	of := w.Host(r.Host)
	sawOverwritten.When(w.marks, r.Fields[0]-r.Fields[1]+1 <= of.last)
	of.last = r.Fields[0]
}

// Writes sees what a host asks of its log.
func (w *Watcher) Writes(of *Host, what *host.Write) {
	p := &of.Replica
	if what.HardState != (pb.HardState{}) {
		p.written = what.HardState
	}
	if !what.Sync && what.Snapshot == nil {
		return
	}
	pending := pendingWrite{term: p.written.Term, install: what.Snapshot != nil, checksum: w.options.Checksum(what.Entries)}
	if n := len(what.Entries); n > 0 {
		pending.last = what.Entries[n-1].Index
	}
	p.writes = append(p.writes, pending)
}

// Persisted sees that the oldest write of a host is durable, and returns the checksum
// of its entries as they were when it began.
func (w *Watcher) Persisted(of *Host, hs pb.HardState, what *host.Write) (before uint64, known bool) {
	p := &of.Replica
	if hs != (pb.HardState{}) {
		p.durable = hs
	}
	if len(p.writes) == 0 {
		return 0, false
	}
	oldest := p.writes[0]
	p.writes = append(p.writes[:0], p.writes[1:]...)
	sawLateWrite.When(w.marks, len(what.Entries) > 0 && p.Term > oldest.term)
	return oldest.checksum, true
}

// Received sees a message reach a host, before the host has seen it.
func (w *Watcher) Received(of *Host, m *pb.Message) {
	of.steps++
	p := &of.Replica
	old := m.Term > 0 && m.Term < p.Term
	sawOldMessage.When(w.marks, old)
	switch m.Type {
	case pb.MsgApp:
		w.appending(of, m)
	case pb.MsgAppResp, pb.MsgHeartbeatResp:
		w.answered(p, m)
	case pb.MsgVote, pb.MsgPreVote:
		w.askedForVote(of, m)
	case pb.MsgVoteResp:
		sawOldVote.When(w.marks, old)
	case pb.MsgSnap:
		sawLateSnapshot.When(w.marks, m.Snapshot != nil && m.Snapshot.Metadata.Index <= p.written.Commit)
	case pb.MsgProp:
		sawForwarded.Hit(w.marks)
	case pb.MsgReadIndex:
		w.Reading(of)
	case pb.MsgTimeoutNow:
		sawTransfer.Hit(w.marks)
		of.told = m.Term
	}
}

// appending sees entries, or a probe, reach a follower.
func (w *Watcher) appending(of *Host, m *pb.Message) {
	p := &of.Replica
	sawYielded.When(w.marks, m.Term == p.Term && p.written.Vote == of.id && p.Lead == raft.None)
	if len(m.Entries) == 0 {
		return
	}
	end := m.Index + uint64(len(m.Entries))
	if m.Term > of.appendTerm {
		of.appendTerm, of.appendEnd = m.Term, 0
	}
	sawEntriesTwice.When(w.marks, m.Term == of.appendTerm && end <= of.appendEnd)
	of.appendEnd = max(of.appendEnd, end)
	sawBelowCommit.When(w.marks, m.Index < p.written.Commit)
	sawAppendRace.When(w.marks, p.installing())
}

// answered sees an answer reach a leader.
func (w *Watcher) answered(p *Standing, m *pb.Message) {
	if !p.Leading {
		return
	}
	sawDeposedAnswer.When(w.marks, m.Term > p.Term)
	if !m.Reject || m.Term != p.Term {
		return
	}
	sawRefusedAppend.Hit(w.marks)
	if term, known := p.termAt(m.Index); known {
		sawSkippedTerm.When(w.marks, m.LogTerm > 0 && m.LogTerm < term && m.RejectHint+1 < m.Index)
	}
}

// Refused sees a host refuse a proposal.
func (w *Watcher) Refused(of *Host, err error, transferee uint64) {
	if !of.Replica.Leading || !errors.Is(err, raft.ErrProposalDropped) {
		return
	}
	sawHandingOver.When(w.marks, transferee != raft.None)
	sawFullTail.When(w.marks, transferee == raft.None && w.options.BoundsTail)
}

// Installed sees a snapshot replace the state of a host.
func (w *Watcher) Installed(of *Host, snap *pb.Snapshot) {
	sawJoined.When(w.marks, of.Replica.Applied == 0)
	of.Replica.Applied = snap.Metadata.Index
}

// Progress sees what a leader knows of a follower: full says that its window is.
func (w *Watcher) Progress(full bool) { sawFullWindow.When(w.marks, full) }
