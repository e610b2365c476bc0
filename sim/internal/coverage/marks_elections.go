package coverage

import (
	"raftsim/mark"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/trace"
)

// Terms, votes and leaders.
var (
	sawLeaderChange   = mark.Sometimes("leader-change", "Two terms had a leader.")
	sawLostElection   = mark.Sometimes("term-without-leader", "A host campaigns after a term in which one host did and none was elected.")
	sawSplitVote      = mark.Sometimes("split-vote", "A host campaigns after a term in which several hosts did and none was elected.")
	sawTwoLeaders     = mark.Sometimes("two-leaders", "A host is elected while the leader of an older term is up and does not know a newer term.")
	sawElectedJoint   = mark.Sometimes("elected-while-joint", "A host that uses a joint configuration is elected.")
	sawSteppedDown    = mark.Sometimes("check-quorum-step-down", "A leader that hears from no quorum steps down (check-quorum).")
	sawDeposedTail    = mark.Sometimes("leader-deposed-with-uncommitted-entries", "A leader enters a later term and has entries that it did not commit.")
	sawDeposedAnswer  = mark.Sometimes("leader-deposed-by-response", "A leader learns of a later term from a response to a message of its own.")
	sawYielded        = mark.Sometimes("candidate-steps-down", "A candidate receives a message from the leader of its term.")
	sawStaleCandidate = mark.Sometimes("vote-refused-stale-log", "A host refuses its vote to a candidate whose log is not up to date.")
	sawVoteGiven      = mark.Sometimes("vote-already-given", "A host is asked for its vote and has given it to another host in that term.")
	sawVoteAgain      = mark.Sometimes("vote-requested-twice", "A host is asked again for a vote that it has given.")
	sawOldVote        = mark.Sometimes("stale-vote", "A vote arrives at a candidate that is in a later term.")
	sawVoteIgnored    = mark.Reachable("vote-refused-under-leader", "A host that hears from a leader ignores a candidate of a later term (check-quorum).")
	sawPreVoteRefused = mark.Reachable("pre-vote-refused-under-leader", "A host that hears from a leader refuses a pre-vote to a candidate whose log is up to date.")
	sawTransfer       = mark.Reachable("transfer-started", "The target of a leadership transfer is asked to campaign at once.")
	sawTransferred    = mark.Sometimes("transfer-completed", "The target of a leadership transfer is elected.")
	sawTransferEnded  = mark.Sometimes("transfer-abandoned", "A leader abandons a leadership transfer and stays leader.")
)

// termChanged sees a host enter a term.
func (w *Watcher) termChanged(r *trace.Record) {
	w.Host(r.Host).leads = false
	term, vote := r.Fields[0], r.Fields[1]
	switch {
	case vote != r.Host:
	case term > w.tried:
		sawLostElection.When(w.marks, w.tried > w.won)
		sawSplitVote.When(w.marks, w.tried > w.won && w.candidates > 1)
		w.tried, w.candidates = term, 1
	case term == w.tried:
		w.candidates++
	}
}

// elected sees a host win a term.
func (w *Watcher) elected(r *trace.Record) {
	term, of := r.Fields[0], w.Host(r.Host)
	sawLeaderChange.When(w.marks, w.led != 0 && w.led != term)
	w.led, w.won = term, max(w.won, term)
	for i := range w.hosts {
		sawTwoLeaders.When(w.marks, w.hosts[i].leads && uint64(i+1) != r.Host)
	}
	of.leads = true
	sawTransferred.When(w.marks, of.told != 0 && of.told+1 == term)
	sawElectedJoint.When(w.marks, len(of.Replica.Conf.VotersOutgoing) > 0)
}

// askedForVote sees a request for a vote reach a host.
func (w *Watcher) askedForVote(of *Host, m *pb.Message) {
	p := &of.Replica
	lastTerm, known := p.termAt(p.End)
	stale := known && (m.LogTerm < lastTerm || m.LogTerm == lastTerm && m.Index < p.End)
	if m.Type == pb.MsgVote {
		sawStaleCandidate.When(w.marks, stale && m.Term >= p.Term)
		given := m.Term == p.written.Term && p.written.Vote != 0
		sawVoteGiven.When(w.marks, given && p.written.Vote != m.From)
		sawVoteAgain.When(w.marks, given && p.written.Vote == m.From)
	}
	if p.Lead != raft.None && m.Term > p.Term && !stale {
		of.asked = asked{kind: m.Type, from: m.From, term: p.Term, lead: p.Lead}
	}
}

// Sent sees a message leave a host: it may be a vote, or a pre-vote.
func (w *Watcher) Sent(of *Host, m *pb.Message) {
	if !m.Reject && (m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp) && of.asked.from == m.To {
		of.asked = asked{}
	}
}

// Ticked sees a host before its clock moves. Whatever it was asked before it has
// answered by now, unless it waits for its disk.
func (w *Watcher) Ticked(of *Host) {
	p := &of.Replica
	if a := of.asked; a.from != 0 && len(p.writes) == 0 {
		if p.Term == a.term && p.Lead == a.lead {
			if a.kind == pb.MsgVote {
				sawVoteIgnored.Hit(w.marks)
			} else {
				sawPreVoteRefused.Hit(w.marks)
			}
		}
		of.asked = asked{}
	}
}

// HandsOver sees to whom a host hands over, after its clock has moved.
func (w *Watcher) HandsOver(of *Host, to uint64) {
	if p := &of.Replica; p.Leading {
		sawTransferEnded.When(w.marks, of.transferee != 0 && to == 0 && of.transferTerm == p.Term)
		of.transferee, of.transferTerm = to, p.Term
	}
}

// deposed sees a leader that leads no longer, in the term that it had or, if that
// is not 0, in a later one.
func (w *Watcher) deposed(of *Host, term uint64) {
	p := &of.Replica
	if term > p.Term {
		sawDeposedTail.When(w.marks, p.End > p.written.Commit)
		return
	}
	sawSteppedDown.When(w.marks, p.votes(of.id))
}
