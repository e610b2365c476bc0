package raft_test

import (
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
)

// Whatever a bad peer sends, no node panics. As long as what it sends is refused, or
// is a genuine message that comes late, twice, or to the wrong node, every
// invariant holds, and what is refused changes nothing.
func playHostile(t require.TestingT, c random.Chooser, steps int) *liveGroup {
	g := newLiveGroup(t, c)
	lies := random.Pick(c, "lies", false, true)
	for range steps {
		if !g.hostileStep(lies) {
			// A lie was believed: from now on only a panic is a failure.
			for range steps {
				g.hostileStep(lies)
			}
			return g
		}
		if v := g.watch.First(); v != nil {
			t.Errorf("%s", v)
			t.FailNow()
		}
	}
	return g
}

// hostileStep makes one thing happen. It returns false if a node believed what is
// not true.
func (g *liveGroup) hostileStep(lies bool) (honest bool) {
	n := g.nodes[g.c.Choose("node", mostLiveNodes)]
	switch g.c.Choose("step", 24) {
	case 0, 1, 2, 3, 4:
		for range 1 + g.c.Choose("messages", 4) {
			if m, ok := g.take(); ok {
				g.deliver(m)
			}
		}
	case 5, 6, 7:
		g.settle()
	case 8, 9:
		for _, n := range g.nodes {
			g.tick(n)
		}
	case 10:
		for range 1 + g.c.Choose("ticks", 12) {
			g.tick(n)
		}
	case 11, 12, 13:
		g.request(n)
	case 14:
		if m, ok := g.take(); ok && g.c.Choose("fate", 2) == 1 {
			g.deliver(m)
			g.deliver(m)
		}
	case 15:
		if len(g.past) > 0 {
			g.deliver(g.past[g.c.Choose("late", uint64(len(g.past)))])
		}
	case 16:
		g.save(n)
		g.applyNext(n)
	case 17:
		g.compact(n)
	case 18:
		if g.c.Choose("crash", 4) == 3 {
			g.crash(n)
		} else {
			g.save(n)
		}
	default:
		return g.attack(n, lies)
	}
	return true
}

// attack sends a node a genuine message that was changed.
func (g *liveGroup) attack(n *liveNode, lies bool) (honest bool) {
	m := g.genuine()
	if m.To == 0 {
		return true // none of this type yet
	}
	if !lies {
		if g.c.Choose("misdeliver", 3) == 0 {
			if m.To != n.id {
				g.refused(n, m)
			}
			return true
		}
		m.To = n.id
		if g.makeImpossible(&m) {
			g.refused(n, m)
		}
		return true
	}
	m.To = n.id
	for range 1 + g.c.Choose("mutations", 3) {
		g.mutate(&m, g.genuine())
	}
	before := describeNode(n)
	err := n.raw.Step(m)
	if errors.Is(err, raft.ErrInvalidMessage) && m.Type != pb.MsgHeartbeat {
		require.Equal(g.t, before, describeNode(n), "%v is refused (%v) and changes n%d", m, err, n.id)
		return true
	}
	g.work(n)
	return err != nil && m.Type != pb.MsgHeartbeat
}

// genuine is a copy of a message that was sent: one of the last ones, or the last one
// of a type.
func (g *liveGroup) genuine() pb.Message {
	recent := len(g.bag) + len(g.past)
	if recent == 0 || g.c.Choose("by type", 2) == 0 {
		return cloneMessage(g.latest[g.c.Choose("type", uint64(len(g.latest)))])
	}
	i := int(g.c.Choose("recent", uint64(recent)))
	if i < len(g.bag) {
		return cloneMessage(g.bag[i])
	}
	return cloneMessage(g.past[i-len(g.bag)])
}

// refused steps a message that must be refused and change nothing.
func (g *liveGroup) refused(n *liveNode, m pb.Message) {
	before := describeNode(n)
	err := n.raw.Step(m)
	g.refusals++
	require.Error(g.t, err, "n%d takes %s", n.id, raft.DescribeMessage(m, nil))
	require.Equal(g.t, before, describeNode(n), "%s is refused (%v) and changes n%d", raft.DescribeMessage(m, nil), err, n.id)
}

func describeNode(n *liveNode) string {
	text := n.raw.Status().String()
	if n.raw.HasReady() {
		text += " ready"
	}
	return text
}

func cloneMessage(m pb.Message) pb.Message {
	m.Entries = slices.Clone(m.Entries)
	if m.Snapshot != nil {
		s := *m.Snapshot
		s.Metadata.ConfState.Voters = slices.Clone(s.Metadata.ConfState.Voters)
		m.Snapshot = &s
	}
	return m
}

// makeImpossible changes a message to one that no correct peer sends. It returns
// false if that change is none for this message.
func (g *liveGroup) makeImpossible(m *pb.Message) bool {
	unsigned := m.Type == pb.MsgProp || m.Type == pb.MsgReadIndex
	switch g.c.Choose("impossible", 16) {
	case 0:
		m.To = m.To%mostLiveNodes + 1
	case 1:
		m.From = raft.None
		return !unsigned
	case 2:
		m.From = random.Pick(g.c, "thread", raft.LocalAppendThread, raft.LocalApplyThread)
	case 3:
		m.From = m.To
		return !unsigned && m.Type != pb.MsgTransferLeader && !(g.setup.AsyncStorageWrites && raft.IsResponseMsg(m.Type))
	case 4:
		m.Type = pb.MessageType(random.Pick[int32](g.c, "type", 24, -1, math.MaxInt32, math.MinInt32))
	case 5:
		m.Type = random.Pick(g.c, "local", pb.MsgHup, pb.MsgBeat, pb.MsgUnreachable, pb.MsgSnapStatus, pb.MsgCheckQuorum, pb.MsgStorageAppend,
			pb.MsgStorageAppendResp, pb.MsgStorageApply, pb.MsgStorageApplyResp)
	case 6:
		m.Term = 0
		return !unsigned && m.Type != pb.MsgTransferLeader && !(m.Type == pb.MsgPreVoteResp && m.Reject)
	case 7:
		m.Term = math.MaxUint64 - g.c.Choose("from the end", 3)
		return g.nodes[m.To-1].raw.BasicStatus().Term > 0 || unsigned
	case 8:
		m.Index = 1<<63 + g.c.Choose("beyond", 3)
		return m.Type == pb.MsgApp || m.Type == pb.MsgAppResp || m.Type == pb.MsgVote || m.Type == pb.MsgPreVote || m.Type == pb.MsgReadIndexResp
	case 9:
		m.LogTerm = m.Term + 1
		return m.Type == pb.MsgApp || m.Type == pb.MsgVote || m.Type == pb.MsgPreVote || m.Type == pb.MsgAppResp && m.Reject
	case 10:
		m.RejectHint = m.Index + 1
		return m.Type == pb.MsgAppResp && m.Reject
	case 11:
		m.Entries = append(m.Entries, m.Entries...)
		return len(m.Entries) > 0 && !(m.Type == pb.MsgProp)
	case 12:
		return m.Type == pb.MsgApp && g.spoilEntry(m)
	case 13:
		if len(m.Entries) > 0 {
			m.Entries[0].Type = 3
		}
		return m.Type == pb.MsgProp && len(m.Entries) > 0
	case 14:
		return m.Type == pb.MsgSnap && g.spoilSnapshot(m)
	default:
		m.Type = random.Pick(g.c, "of another leader", pb.MsgApp, pb.MsgHeartbeat, pb.MsgTimeoutNow)
		status := g.nodes[m.To-1].raw.BasicStatus()
		m.Term, m.From = status.Term, status.Lead%mostLiveNodes+1
		return status.Lead != raft.None
	}
	return true
}

func (g *liveGroup) spoilEntry(m *pb.Message) bool {
	if len(m.Entries) == 0 {
		return false
	}
	e := &m.Entries[g.c.Choose("entry", uint64(len(m.Entries)))]
	switch g.c.Choose("spoilt", 3) {
	case 0:
		e.Index += 1 + g.c.Choose("gap", 3)
	case 1:
		e.Term = m.Term + 1
	default:
		e.Term = 0
	}
	return true
}

func (g *liveGroup) spoilSnapshot(m *pb.Message) bool {
	meta := &m.Snapshot.Metadata
	switch g.c.Choose("spoilt", 6) {
	case 0:
		m.Snapshot = nil
	case 1:
		meta.Term = 0
	case 2:
		meta.Term = m.Term + 1
	case 3:
		meta.Index = random.Pick[uint64](g.c, "at", 0, 1<<63, math.MaxUint64)
	case 4:
		meta.ConfState = pb.ConfState{}
	default:
		meta.ConfState.Voters = append(meta.ConfState.Voters, random.Pick(g.c, "voter", 0, raft.LocalAppendThread, meta.ConfState.Voters[0]))
	}
	return true
}

// mutate changes one field of a message, to what it is in another one, to what is
// near it, or to what is far from everything.
func (g *liveGroup) mutate(m *pb.Message, donor pb.Message) {
	number := func(field *uint64, other uint64) {
		switch g.c.Choose("number", 6) {
		case 0:
			*field = other
		case 1:
			*field++
		case 2:
			*field--
		case 3:
			*field = g.c.Choose("small", 12)
		case 4:
			*field += g.c.Choose("further", 1<<20)
		default:
			*field = math.MaxUint64 >> g.c.Choose("shift", 64)
		}
	}
	switch g.c.Choose("field", 16) {
	case 0:
		m.Type = donor.Type
	case 1:
		m.Type = pb.MessageType(g.c.Choose("type", 25))
	case 2:
		m.From = 1 + g.c.Choose("from", mostLiveNodes+1)
	case 3:
		number(&m.Term, donor.Term)
	case 4:
		m.Term = g.nodes[m.To-1].raw.BasicStatus().Term
	case 5:
		number(&m.LogTerm, donor.LogTerm)
	case 6:
		number(&m.Index, donor.Index)
	case 7:
		number(&m.Commit, donor.Commit)
	case 8:
		number(&m.RejectHint, donor.RejectHint)
	case 9:
		m.Reject = !m.Reject
	case 10:
		m.Context = random.Pick(g.c, "context", donor.Context, []byte("CampaignTransfer"), nil, []byte{0})
	case 11:
		m.Entries = donor.Entries
	case 12:
		if len(m.Entries) > 0 {
			m.Entries = m.Entries[g.c.Choose("skipped", uint64(len(m.Entries))):]
		}
	case 13:
		if len(m.Entries) > 0 {
			e := &m.Entries[g.c.Choose("entry", uint64(len(m.Entries)))]
			number(&e.Term, m.Term)
			e.Type = pb.EntryType(g.c.Choose("entry type", 4))
			e.Data = random.Pick(g.c, "data", e.Data, nil, []byte{0xff, 0xff}, []byte("12345678"))
		}
	case 14:
		if m.Snapshot = donor.Snapshot; m.Snapshot == nil {
			m.Snapshot = &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: m.Index, Term: m.Term, ConfState: pb.ConfState{Voters: []uint64{1, 2, 3}}}}
		}
		m.Type = pb.MsgSnap
	case 15:
		if m.Snapshot != nil {
			meta := &m.Snapshot.Metadata
			number(&meta.Index, donor.Index)
			number(&meta.Term, donor.Term)
			if g.c.Choose("voters", 3) == 2 {
				meta.ConfState = pb.ConfState{Voters: []uint64{1 + g.c.Choose("voter", mostLiveNodes)}, Learners: []uint64{1 + g.c.Choose("learner", mostLiveNodes)}}
			}
		}
	}
}

func TestNoPeerBreaksALiveGroup(t *testing.T) {
	var refusals uint64
	var sent [pb.MsgForgetLeader + 1]bool
	for seed := range random.Seed(1000) {
		g := playHostile(t, seed.Chooser(), 600)
		refusals += g.refusals
		for i := range g.latest {
			sent[i] = sent[i] || g.latest[i].To != 0
		}
	}
	// Without these the test has shown little.
	require.Greater(t, refusals, uint64(10000))
	for i, found := range sent {
		kind := pb.MessageType(i)
		require.True(t, found || raft.IsLocalMsg(kind) || kind == pb.MsgForgetLeader, kind)
	}
}

func FuzzMessagesIntoALiveGroup(f *testing.F) {
	for seed := range random.Seed(8) {
		r := seed.Key("corpus").Rand(0)
		input := make([]byte, 1500)
		for i := range input {
			input[i] = byte(r.Uint64())
		}
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		const bytesOfStep = 3
		playHostile(t, random.BytesChooser(input), min(len(input)/bytesOfStep, 1000))
	})
}
