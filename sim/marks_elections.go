package sim

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Terms, votes and leaders.
var (
	sawLeaderChange   = Sometimes("leader-change", "Two terms had a leader.")
	sawLostElection   = Sometimes("term-without-leader", "A host campaigns after a term in which one host did and none was elected.")
	sawSplitVote      = Sometimes("split-vote", "A host campaigns after a term in which several hosts did and none was elected.")
	sawTwoLeaders     = Sometimes("two-leaders", "A host is elected while the leader of an older term is up and does not know a newer term.")
	sawElectedJoint   = Sometimes("elected-while-joint", "A host that uses a joint configuration is elected.")
	sawSteppedDown    = Sometimes("check-quorum-step-down", "A leader that hears from no quorum steps down (check-quorum).")
	sawDeposedTail    = Sometimes("leader-deposed-with-uncommitted-entries", "A leader enters a later term and has entries that it did not commit.")
	sawDeposedAnswer  = Sometimes("leader-deposed-by-response", "A leader learns of a later term from a response to a message of its own.")
	sawYielded        = Sometimes("candidate-steps-down", "A candidate receives a message from the leader of its term.")
	sawStaleCandidate = Sometimes("vote-refused-stale-log", "A host refuses its vote to a candidate whose log is not up to date.")
	sawVoteGiven      = Sometimes("vote-already-given", "A host is asked for its vote and has given it to another host in that term.")
	sawVoteAgain      = Sometimes("vote-requested-twice", "A host is asked again for a vote that it has given.")
	sawOldVote        = Sometimes("stale-vote", "A vote arrives at a candidate that is in a later term.")
	sawVoteIgnored    = Reachable("vote-refused-under-leader", "A host that hears from a leader ignores a candidate of a later term (check-quorum).")
	sawPreVoteRefused = Reachable("pre-vote-refused-under-leader", "A host that hears from a leader refuses a pre-vote to a candidate whose log is up to date.")
	sawTransfer       = Reachable("transfer-started", "The target of a leadership transfer is asked to campaign at once.")
	sawTransferred    = Sometimes("transfer-completed", "The target of a leadership transfer is elected.")
	sawTransferEnded  = Sometimes("transfer-abandoned", "A leader abandons a leadership transfer and stays leader.")
)

// termChanged sees a host enter a term.
func (w *watcher) termChanged(r *Record) {
	w.host(r.Host).leads = false
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
func (w *watcher) elected(r *Record) {
	term, of := r.Fields[0], w.host(r.Host)
	sawLeaderChange.When(w.marks, w.led != 0 && w.led != term)
	w.led, w.won = term, max(w.won, term)
	for i := range w.hosts {
		sawTwoLeaders.When(w.marks, w.hosts[i].leads && uint64(i+1) != r.Host)
	}
	of.leads = true
	sawTransferred.When(w.marks, of.told != 0 && of.told+1 == term)
	sawElectedJoint.When(w.marks, len(of.replica.conf.VotersOutgoing) > 0)
}

// askedForVote sees a request for a vote reach a host.
func (w *watcher) askedForVote(of *watched, m *pb.Message) {
	p := &of.replica
	lastTerm, known := p.termAt(p.end)
	stale := known && (m.LogTerm < lastTerm || m.LogTerm == lastTerm && m.Index < p.end)
	if m.Type == pb.MsgVote {
		sawStaleCandidate.When(w.marks, stale && m.Term >= p.term)
		given := m.Term == p.written.Term && p.written.Vote != 0
		sawVoteGiven.When(w.marks, given && p.written.Vote != m.From)
		sawVoteAgain.When(w.marks, given && p.written.Vote == m.From)
	}
	if p.lead != raft.None && m.Term > p.term && !stale {
		of.asked = asked{kind: m.Type, from: m.From, term: p.term, lead: p.lead}
	}
}

// sent sees a message leave a host: it may be a vote, or a pre-vote.
func (w *watcher) sent(of *watched, m *pb.Message) {
	if !m.Reject && (m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp) && of.asked.from == m.To {
		of.asked = asked{}
	}
}

// ticked sees a host before its clock moves. Whatever it was asked before it has
// answered by now, unless it waits for its disk.
func (w *watcher) ticked(of *watched) {
	p := &of.replica
	if a := of.asked; a.from != 0 && len(p.writes) == 0 {
		if p.term == a.term && p.lead == a.lead {
			if a.kind == pb.MsgVote {
				sawVoteIgnored.Hit(w.marks)
			} else {
				sawPreVoteRefused.Hit(w.marks)
			}
		}
		of.asked = asked{}
	}
}

// handsOver sees to whom a host hands over, after its clock has moved.
func (w *watcher) handsOver(of *watched, to uint64) {
	if p := &of.replica; p.leading {
		sawTransferEnded.When(w.marks, of.transferee != 0 && to == 0 && of.transferTerm == p.term)
		of.transferee, of.transferTerm = to, p.term
	}
}

// deposed sees a leader that leads no longer, in the term that it had or, if that
// is not 0, in a later one.
func (w *watcher) deposed(of *watched, term uint64) {
	p := &of.replica
	if term > p.term {
		sawDeposedTail.When(w.marks, p.end > p.written.Commit)
		return
	}
	sawSteppedDown.When(w.marks, isVoter(&p.conf, of.id))
}
