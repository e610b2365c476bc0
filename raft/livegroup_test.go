package raft_test

import (
	"encoding/binary"
	"hash/crc32"
	"slices"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
	"raftsim/random"
)

// liveGroup is a group of nodes that is watched by every invariant of the checker,
// while a network that does as it is told hands its messages around.
type liveGroup struct {
	t     require.TestingT
	c     random.Chooser
	watch *checker.Protocol
	setup raft.Config
	nodes []*liveNode // n1, n2, ...

	bag  []pb.Message // sent and not delivered, in order
	past []pb.Message // the last ones that left the bag
	// latest is the last message of each type, since some are rare.
	latest [pb.MsgForgetLeader + 1]pb.Message

	events, commands, reads, refusals uint64
}

// liveNode is a machine: a disk, a node, and a state machine that is a checksum.
type liveNode struct {
	id   uint64
	disk *raft.MemoryStorage
	raw  *raft.RawNode

	durable pb.HardState
	conf    pb.ConfState
	applied uint64
	state   uint32

	appends, applies []pb.Message // asynchronous storage: work of the threads
}

const mostLiveNodes = 5

// newLiveGroup founds a group whose size and options are chosen.
func newLiveGroup(t require.TestingT, c random.Chooser) *liveGroup {
	g := &liveGroup{t: t, c: c}
	size := random.Pick(c, "size", 3, 1, 2, 4)
	g.setup = raft.Config{
		ElectionTick: 6, HeartbeatTick: 1, Logger: raft.DiscardLogger{}, Poison: true,
		PreVote:                   random.Pick(c, "pre-vote", false, true),
		CheckQuorum:               random.Pick(c, "check-quorum", false, true),
		AsyncStorageWrites:        random.Pick(c, "async", false, true),
		MaxSizePerMsg:             random.Pick[uint64](c, "message bytes", 1<<20, 0, 40),
		MaxUncommittedEntriesSize: random.Pick[uint64](c, "uncommitted bytes", 0, 30),
		MaxInflightMsgs:           random.Pick(c, "inflight", 8, 1),
	}
	options := checker.Options{ReadRounds: true, TransferTicks: 6}
	if g.setup.CheckQuorum {
		options.LeaseTicks, options.PatienceTicks = 6, 12
	}
	g.watch = checker.NewProtocol(options)
	for id := range uint64(mostLiveNodes) {
		n := &liveNode{id: id + 1, disk: raft.NewMemoryStorage()}
		if n.id <= uint64(size) {
			g.found(n, uint64(size))
		}
		g.nodes = append(g.nodes, n)
		g.start(n)
	}
	if random.Pick(c, "elected", true, false) {
		g.watch.LeaderForgotten(1)
		_ = g.nodes[0].raw.Campaign()
		g.work(g.nodes[0])
		g.settle()
	}
	return g
}

// found gives a founding member the snapshot that the group begins with.
func (g *liveGroup) found(n *liveNode, size uint64) {
	meta := pb.SnapshotMetadata{Index: 1, Term: 1}
	for id := range size {
		meta.ConfState.Voters = append(meta.ConfState.Voters, id+1)
	}
	require.NoError(g.t, n.disk.ApplySnapshot(pb.Snapshot{Data: make([]byte, 4), Metadata: meta}))
	require.NoError(g.t, n.disk.SetHardState(pb.HardState{Term: 1, Commit: 1}))
}

// start makes a node of what is on its disk.
func (g *liveGroup) start(n *liveNode) {
	hs, _, _ := n.disk.InitialState()
	snap, _ := n.disk.Snapshot()
	first, _ := n.disk.FirstIndex()
	last, _ := n.disk.LastIndex()
	entries, _ := n.disk.Entries(first, last+1, 1<<62)
	g.event()
	g.watch.Started(n.id, hs, snap, entries)
	g.watch.ConfChanged(n.id, snap.Metadata.Index, snap.Metadata.ConfState)
	n.durable, n.conf, n.applied, n.state = hs, snap.Metadata.ConfState, snap.Metadata.Index, 0
	if len(snap.Data) == 4 {
		n.state = binary.BigEndian.Uint32(snap.Data)
	}
	n.appends, n.applies = nil, nil
	config := g.setup
	config.ID, config.Storage, config.Applied = n.id, n.disk, n.applied
	var err error
	n.raw, err = raft.NewRawNode(&config)
	require.NoError(g.t, err)
}

func (g *liveGroup) crash(n *liveNode) {
	g.watch.Crashed(n.id, false)
	g.start(n)
	g.work(n)
}

func (g *liveGroup) event() {
	g.events++
	g.watch.At(0, g.events)
}

// work takes all Readys of a node and does what they say.
func (g *liveGroup) work(n *liveNode) {
	for rounds := 0; n.raw.HasReady(); rounds++ {
		require.Less(g.t, rounds, 10_000, "n%d has something to do without end", n.id)
		g.event()
		rd := n.raw.Ready()
		g.watch.Offered(n.id, rd.SoftState, rd.HardState, rd.Entries, rd.CommittedEntries, &rd.Snapshot, rd.MustSync)
		for i := range rd.ReadStates {
			g.watch.ReadConfirmed(n.id, rd.ReadStates[i].RequestCtx, rd.ReadStates[i].Index)
		}
		if n.raw.BasicStatus().RaftState == raft.StateLeader {
			n.raw.WithProgress(func(id uint64, _ raft.ProgressType, pr tracker.Progress) {
				g.watch.Progress(n.id, id, pr.Match, pr.Next)
			})
		}
		if g.setup.AsyncStorageWrites {
			for _, m := range rd.Messages {
				g.dispatch(n, m)
			}
			continue
		}
		g.persist(n, rd.HardState, rd.Entries, &rd.Snapshot)
		for _, m := range rd.Messages {
			g.send(n, m)
		}
		g.apply(n, rd.CommittedEntries)
		n.raw.Advance(rd)
	}
}

// dispatch sends a message of a node with asynchronous storage.
func (g *liveGroup) dispatch(n *liveNode, m pb.Message) {
	switch m.To {
	case raft.LocalAppendThread:
		n.appends = append(n.appends, m)
	case raft.LocalApplyThread:
		n.applies = append(n.applies, m)
	default:
		g.send(n, m)
	}
}

// save works off the oldest message to the append thread.
func (g *liveGroup) save(n *liveNode) {
	if len(n.appends) == 0 {
		return
	}
	m := n.appends[0]
	n.appends = n.appends[1:]
	snap := &pb.Snapshot{}
	if m.Snapshot != nil {
		snap = m.Snapshot
	}
	g.persist(n, pb.HardState{Term: m.Term, Vote: m.Vote, Commit: m.Commit}, m.Entries, snap)
	g.respond(n, m.Responses)
}

// applyNext works off the oldest message to the apply thread.
func (g *liveGroup) applyNext(n *liveNode) {
	if len(n.applies) == 0 {
		return
	}
	m := n.applies[0]
	n.applies = n.applies[1:]
	g.apply(n, m.Entries)
	g.respond(n, m.Responses)
}

func (g *liveGroup) respond(n *liveNode, responses []pb.Message) {
	for _, m := range responses {
		if m.To == n.id {
			_ = n.raw.Step(m)
		} else {
			g.send(n, m)
		}
	}
	g.work(n)
}

func (g *liveGroup) persist(n *liveNode, hs pb.HardState, entries []pb.Entry, snap *pb.Snapshot) {
	if !raft.IsEmptyHardState(hs) {
		n.durable = hs
		require.NoError(g.t, n.disk.SetHardState(hs))
	}
	if !raft.IsEmptySnap(*snap) {
		require.NoError(g.t, n.disk.ApplySnapshot(*snap))
	}
	require.NoError(g.t, n.disk.Append(entries))
	g.watch.Persisted(n.id, n.durable, entries, snap)
	if !raft.IsEmptySnap(*snap) {
		n.applied, n.conf, n.state = snap.Metadata.Index, snap.Metadata.ConfState, 0
		if len(snap.Data) == 4 {
			n.state = binary.BigEndian.Uint32(snap.Data)
		}
		g.watch.Installed(n.id, snap)
		g.watch.AppliedState(n.id, n.applied, uint64(n.state))
		g.watch.ConfChanged(n.id, n.applied, n.conf)
	}
}

func (g *liveGroup) apply(n *liveNode, entries []pb.Entry) {
	for i := range entries {
		e := &entries[i]
		if e.Index <= n.applied {
			continue // a snapshot came before it
		}
		g.watch.Applied(n.id, e)
		n.applied = e.Index
		n.state = crc32.Update(n.state, crc32.IEEETable, e.Data)
		if cc := changeOrNil(e); cc != nil {
			n.conf = *n.raw.ApplyConfChange(cc)
			g.watch.ConfChanged(n.id, n.applied, n.conf)
		}
		g.watch.AppliedState(n.id, n.applied, uint64(n.state))
	}
}

// changeOrNil is the configuration change in an entry, nil if there is none that
// can be read.
func changeOrNil(e *pb.Entry) pb.ConfChangeI {
	switch e.Type {
	case pb.EntryConfChange:
		var cc pb.ConfChange
		if cc.Unmarshal(e.Data) == nil {
			return cc
		}
	case pb.EntryConfChangeV2:
		var cc pb.ConfChangeV2
		if cc.Unmarshal(e.Data) == nil {
			return cc
		}
	}
	return nil
}

func (g *liveGroup) send(n *liveNode, m pb.Message) {
	g.watch.Sent(n.id, &m)
	g.bag = append(g.bag, m)
	g.latest[m.Type] = m
	if len(g.bag) > 200 {
		g.bag = slices.Delete(g.bag, 0, 100)
	}
}

// take removes a message from the bag, the oldest in the benign case.
func (g *liveGroup) take() (pb.Message, bool) {
	if len(g.bag) == 0 {
		return pb.Message{}, false
	}
	i := g.c.Choose("message", uint64(min(len(g.bag), 8)))
	m := g.bag[i]
	g.bag = slices.Delete(g.bag, int(i), int(i)+1)
	g.past = append(g.past, m)
	if len(g.past) > 64 {
		g.past = slices.Delete(g.past, 0, 32)
	}
	return m, true
}

// deliver hands a message to the node that it is for.
func (g *liveGroup) deliver(m pb.Message) {
	if m.To == 0 || m.To > mostLiveNodes {
		return
	}
	n := g.nodes[m.To-1]
	g.event()
	g.watch.Received(n.id, &m)
	_ = n.raw.Step(m)
	g.work(n)
}

// settle delivers, saves and applies what there is, for a while: two nodes can talk
// without end.
func (g *liveGroup) settle() {
	for range 60 {
		m, ok := g.take()
		if ok {
			g.deliver(m)
		}
		for _, n := range g.nodes {
			g.save(n)
			g.applyNext(n)
		}
		if !ok {
			return
		}
	}
}

// request asks something of a node, as its application does.
func (g *liveGroup) request(n *liveNode) {
	g.event()
	switch g.c.Choose("request", 8) {
	case 0, 1, 2:
		g.commands++
		_ = n.raw.Propose(binary.BigEndian.AppendUint64(nil, g.commands))
	case 3:
		g.reads++
		context := binary.BigEndian.AppendUint64(nil, g.reads)
		g.watch.ReadBegun(n.id, context)
		n.raw.ReadIndex(context)
	case 4:
		_ = n.raw.ProposeConfChange(g.change())
	case 5:
		to := 1 + g.c.Choose("transferee", mostLiveNodes)
		g.watch.TransferAsked(n.id, to)
		n.raw.TransferLeader(to)
	case 6:
		g.watch.LeaderForgotten(n.id)
		if g.c.Choose("forget", 2) == 0 {
			_ = n.raw.Campaign()
		} else {
			_ = n.raw.ForgetLeader()
		}
	case 7:
		peer := 1 + g.c.Choose("peer", mostLiveNodes)
		switch g.c.Choose("report", 3) {
		case 0:
			n.raw.ReportUnreachable(peer)
		case 1:
			n.raw.ReportSnapshot(peer, raft.SnapshotFinish)
		default:
			n.raw.ReportSnapshot(peer, raft.SnapshotFailure)
		}
	}
	g.work(n)
}

func (g *liveGroup) change() pb.ConfChangeI {
	cc := pb.ConfChangeV2{Transition: random.Pick(g.c, "transition", pb.ConfChangeTransitionAuto, pb.ConfChangeTransitionJointImplicit)}
	// One that is removed and added in one change begins anew, as if it had no log.
	subject := g.c.Choose("subject", mostLiveNodes)
	for i := range 1 + g.c.Choose("operations", 2) {
		cc.Changes = append(cc.Changes, pb.ConfChangeSingle{
			Type:   random.Pick(g.c, "operation", pb.ConfChangeAddNode, pb.ConfChangeRemoveNode, pb.ConfChangeAddLearnerNode),
			NodeID: 1 + (subject+i)%mostLiveNodes,
		})
	}
	return cc
}

// compact makes a snapshot of what a node has applied, and drops its log.
func (g *liveGroup) compact(n *liveNode) {
	cs := n.conf
	snap, err := n.disk.CreateSnapshot(n.applied, &cs, binary.BigEndian.AppendUint32(nil, n.state))
	if err != nil {
		return // nothing new, or not on the disk yet
	}
	g.event()
	g.watch.Snapshotted(n.id, &snap, uint64(n.state))
	require.NoError(g.t, n.disk.Compact(n.applied))
	g.watch.Compacted(n.id, n.applied)
}

func (g *liveGroup) tick(n *liveNode) {
	g.event()
	g.watch.Ticked(n.id)
	n.raw.Tick()
	g.watch.HandsOver(n.id, n.raw.BasicStatus().LeadTransferee)
	g.work(n)
}
