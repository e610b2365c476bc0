package raft_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// figure2 is the receiver of AppendEntries, word for word from Figure 2 of the
// paper: a log of terms, of which terms[0] stands for what is before the first
// entry.
type figure2 struct {
	term   uint64
	terms  []uint64
	commit uint64
}

func (f *figure2) last() uint64 { return uint64(len(f.terms)) - 1 }

// handle returns the answer, and false if there is none.
func (f *figure2) handle(m pb.Message) (pb.Message, bool) {
	if m.Term < f.term {
		return pb.Message{}, false
	}
	f.term = m.Term
	answer := pb.Message{Type: pb.MsgAppResp, To: m.From, From: 1, Term: f.term, Index: m.Index + uint64(len(m.Entries))}
	if m.Index < f.commit {
		answer.Index = f.commit
		return answer, true
	}
	if m.Index > f.last() || f.terms[m.Index] != m.LogTerm {
		answer.Index, answer.Reject = m.Index, true
		answer.RejectHint = min(m.Index, f.last())
		for answer.RejectHint > 0 && f.terms[answer.RejectHint] > m.LogTerm {
			answer.RejectHint--
		}
		answer.LogTerm = f.terms[answer.RejectHint]
		return answer, true
	}
	for _, e := range m.Entries {
		if e.Index <= f.last() && f.terms[e.Index] != e.Term {
			f.terms = f.terms[:e.Index]
		}
		if e.Index > f.last() {
			f.terms = append(f.terms, e.Term)
		}
	}
	f.commit = max(f.commit, min(m.Commit, answer.Index))
	return answer, true
}

// leaders makes the messages of leaders that follow one another. Each begins with a
// log that a quorum could have elected: it has all that is committed.
type leaders struct {
	term   uint64
	log    []uint64 // of the leader, as in figure2
	past   [][]uint64
	commit uint64 // by any leader so far
	sent   []pb.Message
}

func (l *leaders) elect(t *rapid.T) {
	l.term += rapid.Uint64Range(1, 2).Draw(t, "terms")
	var able [][]uint64
	for _, log := range append(l.past, l.log) {
		if uint64(len(log)) > l.commit && slices.Equal(log[:l.commit+1], l.log[:l.commit+1]) {
			able = append(able, log)
		}
	}
	l.past = append(l.past, l.log)
	log := rapid.SampledFrom(able).Draw(t, "log")
	length := rapid.IntRange(int(l.commit)+1, min(len(log), int(l.commit)+5)).Draw(t, "length")
	l.log = slices.Clone(log[:length])
}

func (l *leaders) append(t *rapid.T) {
	for range rapid.IntRange(1, 3).Draw(t, "entries") {
		l.log = append(l.log, l.term)
	}
}

// agree commits an entry of the leader's term, and all before it.
func (l *leaders) agree(t *rapid.T) {
	last := uint64(len(l.log)) - 1
	index := rapid.Uint64Range(l.commit, min(last, l.commit+2)).Draw(t, "commit")
	if l.log[index] == l.term && rapid.Bool().Draw(t, "quorum") {
		l.commit = index
	}
}

// send makes a message, which may be about anything the leader has.
func (l *leaders) send(t *rapid.T) {
	last := uint64(len(l.log)) - 1
	prev := rapid.Uint64Range(0, last).Draw(t, "prev")
	end := rapid.Uint64Range(prev, last).Draw(t, "end")
	m := pb.Message{Type: pb.MsgApp, To: 1, From: 2 + l.term%2, Term: l.term, Index: prev, LogTerm: l.log[prev], Commit: l.commit}
	for i := prev + 1; i <= end; i++ {
		m.Entries = append(m.Entries, pb.Entry{Index: i, Term: l.log[i], Data: fmt.Appendf(nil, "%d/%d", l.log[i], i)})
	}
	l.sent = append(l.sent, m)
}

func TestAFollowerKeepsTheLogOfFigure2(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := raft.NewMemoryStorage()
		n, err := raft.NewRawNode(quietConfig(1, s))
		require.NoError(t, err)
		model := &figure2{terms: []uint64{0}}
		l := &leaders{term: 1, log: []uint64{0}}
		var applied uint64
		var want []pb.Message
		k := &keeper{}
		work := func(t *rapid.T) {
			rd := n.Ready()
			k.keep(rd.Entries)
			require.NoError(t, s.Append(rd.Entries))
			for _, e := range rd.CommittedEntries {
				applied++
				require.Equal(t, applied, e.Index)
				require.Equal(t, model.terms[applied], e.Term)
			}
			require.Equal(t, len(want), len(rd.Messages))
			for i := range want {
				require.Equal(t, want[i], rd.Messages[i])
			}
			want = nil
		}
		actions := map[string]func(*rapid.T){
			"elect":  l.elect,
			"append": l.append,
			"send":   l.send,
			"send2":  l.send,
			"agree":  l.agree,
			"deliver": func(t *rapid.T) { // again, or out of order, but mostly what is new
				if len(l.sent) == 0 {
					return
				}
				late := rapid.IntRange(0, min(len(l.sent)-1, 5)).Draw(t, "late")
				m := l.sent[len(l.sent)-1-late]
				if answer, ok := model.handle(m); ok {
					want = append(want, answer)
				}
				require.NoError(t, n.Step(m))
			},
			"work":    work,
			"advance": func(*rapid.T) { n.Advance(raft.Ready{}) }, // much may have come since
		}
		for range 10 {
			t.Repeat(actions)
		}
		for range 3 {
			work(t)
			n.Advance(raft.Ready{})
		}
		require.Equal(t, model.commit, applied)
		for i := uint64(1); i <= model.last(); i++ {
			term, err := s.Term(i)
			require.NoError(t, err)
			require.Equal(t, model.terms[i], term)
		}
		last, _ := s.LastIndex()
		require.Equal(t, model.last(), last)
		k.check(t)
	})
}

// appendFrom steps an AppendEntries of a leader with entries of its term.
func appendFrom(t *testing.T, n *raft.RawNode, term, prev, prevTerm uint64, count int) {
	m := pb.Message{Type: pb.MsgApp, From: 2, To: 1, Term: term, Index: prev, LogTerm: prevTerm}
	for i := range count {
		m.Entries = append(m.Entries, pb.Entry{Term: term, Index: prev + 1 + uint64(i)})
	}
	require.NoError(t, n.Step(m))
}

func TestEntriesThatReplaceOnesInProgressAreHandedOut(t *testing.T) {
	n, err := raft.NewRawNode(quietConfig(1, raft.NewMemoryStorage()))
	require.NoError(t, err)
	appendFrom(t, n, 2, 0, 0, 5)
	first := n.Ready()
	require.Len(t, first.Entries, 5)
	appendFrom(t, n, 3, 2, 2, 2)
	require.Equal(t, []pb.Entry{{Term: 3, Index: 3}, {Term: 3, Index: 4}}, n.Ready().Entries)
	require.Equal(t, pb.Entry{Term: 2, Index: 3}, first.Entries[2], "what was handed out stays")
}

func TestProposalsAreCopiedIntoTheLog(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	leave := []pb.Entry{{Type: pb.EntryConfChangeV2}, {Data: []byte("x")}} // refused: there is nothing to leave
	require.NoError(t, c.nodes[1].Step(pb.Message{Type: pb.MsgProp, From: 2, Entries: leave}))
	require.Equal(t, []pb.Entry{{Type: pb.EntryConfChangeV2}, {Data: []byte("x")}}, leave)
	rd := c.nodes[1].Ready()
	require.Equal(t, []pb.Entry{{Term: 2, Index: 5}, {Term: 2, Index: 6, Data: []byte("x")}}, rd.Entries)
}

// An entry of an earlier term on a majority can still be replaced (Raft §5.4.2 and
// Figure 8).
func TestLeaderCommitsOnlyFromItsOwnTerm(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	commit := c.nodes[1].BasicStatus().Commit
	c.drop = func(m pb.Message) bool { return m.Type == pb.MsgAppResp } // all have x, and nobody knows
	require.NoError(t, c.nodes[1].Propose([]byte("x")))
	c.settle()
	require.NoError(t, c.nodes[2].Campaign())
	c.settle()
	require.Equal(t, raft.StateLeader, c.state(2))
	ack := func(index uint64) {
		require.NoError(t, c.nodes[2].Step(pb.Message{Type: pb.MsgAppResp, From: 3, To: 2, Term: c.nodes[2].BasicStatus().Term, Index: index}))
	}
	ack(commit + 1)
	require.Equal(t, commit, c.nodes[2].BasicStatus().Commit, "x is on a majority, but of another term")
	ack(commit + 2)
	require.Equal(t, commit+2, c.nodes[2].BasicStatus().Commit)
}

func TestNobodyCampaignsBeforeApplyingACommittedConfigurationChange(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	require.NoError(t, c.nodes[1].ProposeConfChange(pb.ConfChange{Type: pb.ConfChangeAddLearnerNode, NodeID: 4}))
	c.settleBut(3)
	require.NoError(t, c.nodes[3].Campaign())
	require.Equal(t, raft.StateFollower, c.state(3))
	c.settle()
	require.NoError(t, c.nodes[3].Campaign())
	require.Equal(t, raft.StateCandidate, c.state(3))
}
