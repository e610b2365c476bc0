package sim

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Terms, votes and leaders.
var (
	sawLeaderChange   = Sometimes("a change of leaders", "Two terms had a leader.")
	sawLostElection   = Sometimes("a term without a leader", "A host campaigns after a term in which one did and nobody won.")
	sawSplitVote      = Sometimes("a split vote", "A host campaigns after a term in which several did and nobody won.")
	sawTwoLeaders     = Sometimes("two leaders at once", "A host is elected while another, the leader of an older term, is up and knows of no newer one.")
	sawElectedJoint   = Sometimes("a leader elected while joint", "A host that goes by a joint configuration is elected.")
	sawSteppedDown    = Sometimes("a leader without a quorum steps down", "A leader that hears from no quorum gives up its term (check-quorum).")
	sawDeposedTail    = Sometimes("a leader deposed with uncommitted entries", "A leader follows a later term and has entries that it did not commit.")
	sawDeposedAnswer  = Sometimes("a leader deposed by an answer", "A leader learns of a later term from an answer to what it sent.")
	sawYielded        = Sometimes("a candidate that yields", "A candidate hears from the leader of its term.")
	sawStaleCandidate = Sometimes("a vote refused for a stale log", "A host is asked for its vote by one whose log lacks entries that it has.")
	sawVoteGiven      = Sometimes("a vote given already", "A host is asked for its vote and has given it to another in that term.")
	sawVoteAgain      = Sometimes("a vote asked for twice", "A host is asked again for a vote that it has given.")
	sawOldVote        = Sometimes("a vote of an old term", "An answer to a request for votes arrives when the asker is in a later term.")
	sawVoteIgnored    = Reachable("a vote refused under a leader", "A host that hears from a leader ignores a candidate of a later term (check-quorum).")
	sawPreVoteRefused = Reachable("a pre-vote refused under a leader", "A host that hears from a leader refuses the pre-vote to one whose log is good enough.")
	sawTransfer       = Reachable("a transfer of leadership", "A host is told to campaign at once.")
	sawTransferred    = Sometimes("a transfer completed", "A host is elected that was told to campaign.")
	sawTransferEnded  = Sometimes("a transfer given up", "A leader stays one that was handing over.")
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
	if p := w.sim.hosts[r.Host-1].raft(); p != nil {
		sawElectedJoint.When(w.marks, len(p.conf.VotersOutgoing) > 0)
	}
}

// askedForVote sees a request for a vote reach a host.
func (w *watcher) askedForVote(p *raftHost, m *pb.Message) {
	last, _ := p.storage.LastIndex()
	lastTerm, err := p.storage.Term(last)
	stale := err == nil && (m.LogTerm < lastTerm || m.LogTerm == lastTerm && m.Index < last)
	if m.Type == pb.MsgVote {
		sawStaleCandidate.When(w.marks, stale && m.Term >= p.term)
		given := m.Term == p.hardState.Term && p.hardState.Vote != 0
		sawVoteGiven.When(w.marks, given && p.hardState.Vote != m.From)
		sawVoteAgain.When(w.marks, given && p.hardState.Vote == m.From)
	}
	if p.lead != raft.None && m.Term > p.term && !stale {
		w.host(p.host.id).asked = asked{kind: m.Type, from: m.From, term: p.term, lead: p.lead}
	}
}

// granted sees a vote, or a pre-vote, leave a host.
func (w *watcher) granted(p *raftHost, m *pb.Message) {
	if of := w.host(p.host.id); of.asked.from == m.To {
		of.asked = asked{}
	}
}

// ticking sees a host before its clock moves. Whatever it was asked before it has
// answered by now, unless it waits for its disk.
func (w *watcher) ticking(p *raftHost) {
	of := w.host(p.host.id)
	if a := of.asked; a.from != 0 && p.stage == idle && len(p.async.appends) == 0 {
		if p.term == a.term && p.lead == a.lead {
			if a.kind == pb.MsgVote {
				sawVoteIgnored.Hit(w.marks)
			} else {
				sawPreVoteRefused.Hit(w.marks)
			}
		}
		of.asked = asked{}
	}
	if p.leading {
		to := p.node.BasicStatus().LeadTransferee
		sawTransferEnded.When(w.marks, of.transferee != 0 && to == 0 && of.transferTerm == p.term)
		of.transferee, of.transferTerm = to, p.term
	}
}

// deposed sees a leader that leads no longer, in the term that it had or, if that
// is not 0, in a later one.
func (w *watcher) deposed(p *raftHost, term uint64) {
	if term > p.term {
		last, _ := p.storage.LastIndex()
		sawDeposedTail.When(w.marks, last > p.hardState.Commit)
		return
	}
	sawSteppedDown.When(w.marks, isVoter(&p.conf, p.host.id))
}
