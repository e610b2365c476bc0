package sim

import (
	"errors"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Logs, appends, snapshots and proposals.
var (
	sawOverwritten   = Sometimes("entries-overwritten", "A host overwrites entries that it had written.")
	sawEntriesTwice  = Sometimes("entries-sent-twice", "A follower receives entries that it has received from the same leader before.")
	sawBelowCommit   = Sometimes("append-below-commit", "A follower receives entries that it knows to be committed.")
	sawOldMessage    = Sometimes("stale-message", "A message arrives at a host that is in a later term.")
	sawRefusedAppend = Reachable("append-refused", "A follower refuses entries that do not fit its log.")
	sawSkippedTerm   = Sometimes("append-refusal-skips-term", "A follower refuses entries, and its hint skips all its entries of a term.")
	sawFullWindow    = Sometimes("inflight-window-full", "A leader stops sending to a follower: as many messages as allowed are in flight.")
	sawForwarded     = Reachable("proposal-forwarded", "A follower forwards a proposal to its leader.")
	sawFullTail      = Sometimes("proposal-refused-uncommitted-limit", "A leader refuses a proposal because its uncommitted entries have reached their limit.")
	sawHandingOver   = Sometimes("proposal-refused-during-transfer", "A leader refuses a proposal during a leadership transfer.")
	sawInstalled     = Reachable("snapshot-installed", "A follower replaces its state by a snapshot.")
	sawJoined        = Sometimes("join-by-snapshot", "A host without any state gets its first state from a snapshot.")
	sawLateSnapshot  = Sometimes("late-snapshot", "A follower receives a snapshot of entries that it has already committed.")
	sawAppendRace    = Sometimes("append-during-snapshot-install", "A follower receives entries while it writes a snapshot.")
	sawCompacted     = Reachable("log-compacted", "A host drops log entries that a snapshot contains.")
	sawLateWrite     = Sometimes("append-durable-after-term", "Entries written by asynchronous storage become durable when their host is in a later term.")
)

// wrote sees a host write entries.
func (w *watcher) wrote(r *Record) {
	of := w.host(r.Host)
	sawOverwritten.When(w.marks, r.Fields[0]-r.Fields[1]+1 <= of.last)
	of.last = r.Fields[0]
}

// received sees a message reach a host, before the host has seen it.
func (w *watcher) received(p *raftHost, m *pb.Message) {
	w.host(p.host.id).steps++
	old := m.Term > 0 && m.Term < p.term
	sawOldMessage.When(w.marks, old)
	switch m.Type {
	case pb.MsgApp:
		w.appending(p, m)
	case pb.MsgAppResp, pb.MsgHeartbeatResp:
		w.answered(p, m)
	case pb.MsgVote, pb.MsgPreVote:
		w.askedForVote(p, m)
	case pb.MsgVoteResp:
		sawOldVote.When(w.marks, old)
	case pb.MsgSnap:
		sawLateSnapshot.When(w.marks, m.Snapshot != nil && m.Snapshot.Metadata.Index <= p.hardState.Commit)
	case pb.MsgProp:
		sawForwarded.Hit(w.marks)
	case pb.MsgReadIndex:
		w.reading(p)
	case pb.MsgTimeoutNow:
		sawTransfer.Hit(w.marks)
		w.host(p.host.id).told = m.Term
	}
}

// appending sees entries, or a probe, reach a follower.
func (w *watcher) appending(p *raftHost, m *pb.Message) {
	sawYielded.When(w.marks, m.Term == p.term && p.hardState.Vote == p.host.id && p.lead == raft.None)
	if len(m.Entries) == 0 {
		return
	}
	of, end := w.host(p.host.id), m.Index+uint64(len(m.Entries))
	if m.Term > of.appendTerm {
		of.appendTerm, of.appendEnd = m.Term, 0
	}
	sawEntriesTwice.When(w.marks, m.Term == of.appendTerm && end <= of.appendEnd)
	of.appendEnd = max(of.appendEnd, end)
	sawBelowCommit.When(w.marks, m.Index < p.hardState.Commit)
	sawAppendRace.When(w.marks, p.installing())
}

// answered sees an answer reach a leader.
func (w *watcher) answered(p *raftHost, m *pb.Message) {
	if !p.leading {
		return
	}
	sawDeposedAnswer.When(w.marks, m.Term > p.term)
	if !m.Reject || m.Term != p.term {
		return
	}
	sawRefusedAppend.Hit(w.marks)
	if term, err := p.storage.Term(m.Index); err == nil {
		sawSkippedTerm.When(w.marks, m.LogTerm > 0 && m.LogTerm < term && m.RejectHint+1 < m.Index)
	}
}

// believes sees what a leader knows of a follower.
func (w *watcher) believes(pr *tracker.Progress) {
	sawFullWindow.When(w.marks, pr.State == tracker.StateReplicate && pr.MsgAppFlowPaused)
}

// refused sees a host refuse a proposal.
func (w *watcher) refused(p *raftHost, err error) {
	if !p.leading || !errors.Is(err, raft.ErrProposalDropped) {
		return
	}
	transfers := p.node.BasicStatus().LeadTransferee != raft.None
	sawHandingOver.When(w.marks, transfers)
	sawFullTail.When(w.marks, !transfers && p.options.MaxUncommittedBytes > 0)
}
