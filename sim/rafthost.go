package sim

import (
	"context"
	"fmt"

	"raftsim/clock"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
	"raftsim/raft/wal"
	"raftsim/workload"
)

// raftHost is the default process: a raft.Node with its write-ahead log, the
// replicated state machine, and the loop between them that a server would
// have. Everything it does is shown to the checker.
//
// It handles one Ready at a time. What a Ready asks to be written is written
// at once, takes its time on the disk, and only when that is over are its
// messages sent, its entries applied, and the Node advanced. Meanwhile the
// Node goes on taking messages and ticks.
type raftHost struct {
	host    *Host
	options *RaftOptions
	node    driven
	log     *wal.WAL
	storage *hostStorage
	machine *workload.Sessions

	applied      uint64       // last index given to the state machine
	conf         pb.ConfState // configuration at applied
	confIndex    uint64       // at which it was applied
	changing     bool         // the Node is being told of another; conf is the one before
	snapshotted  uint64       // index of the last snapshot
	lead         uint64       // as the last SoftState said
	leading      bool
	term         uint64
	hardState    pb.HardState // last one written
	durable      pb.HardState // last one synced
	compactTo    uint64
	tickedAt     clock.Time // on the host's clock, the last tick
	recovered    wal.State
	stage        stage
	ready        raft.Ready
	writes       uint64 // checksum of the entries of ready
	async        asyncQueue
	reads        []pendingRead
	waiting      map[waiter]uint64 // client that waits for a command
	believes     func(peer uint64, _ raft.ProgressType, pr tracker.Progress)
	readAttempts uint64
}

// stage is what a raftHost waits for.
type stage uint8

const (
	recovering stage = iota // the disk, during the boot
	idle                    // nothing
	persisting              // the disk, for the Ready in hand
	compacting              // the disk, for a snapshot of its own
	committing              // the disk, for a configuration to be known as committed
)

// The tokens of a raftHost's timers.
const (
	tickToken uint64 = iota
	bootToken
	readyToken
	snapshotToken
	appendToken // asynchronous storage: the oldest append is done
	commitToken
	applyToken // asynchronous storage: the oldest request to apply is done
)

type waiter struct{ session, number uint64 }

const walDirectory = "wal"

// newRaftHost makes the default process of a host.
func newRaftHost(h *Host) *raftHost {
	p := &raftHost{host: h, options: &h.sim.options.Raft, waiting: map[waiter]uint64{}}
	p.believes = func(peer uint64, _ raft.ProgressType, pr tracker.Progress) {
		h.sim.protocol.Progress(h.id, peer, pr.Match, pr.Next)
		h.sim.watcher.believes(&pr)
	}
	return p
}

// Start reads the log, and founds the cluster where there is none yet.
func (p *raftHost) Start(Env) error {
	log, state, err := wal.Open(p.host.disk, walDirectory, wal.Options{SegmentBytes: p.options.SegmentBytes})
	if err != nil {
		return err
	}
	p.log, p.recovered = log, state
	if raft.IsEmptySnap(state.Snapshot) && p.host.sim.members.founding(p.host.id) {
		if err := p.found(); err != nil {
			return err
		}
	}
	if p.host.AfterDisk(bootToken) {
		return p.begin()
	}
	return nil
}

// found writes the first configuration: a snapshot at index 1 that every
// founding member has, and with which each of them starts.
func (p *raftHost) found() error {
	p.recovered.HardState = pb.HardState{Term: 1, Commit: 1}
	p.recovered.Snapshot = pb.Snapshot{
		Data:     p.host.sim.newMachine().Snapshot(),
		Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: p.host.sim.members.genesis()},
	}
	return p.log.Install(p.recovered.Snapshot, p.recovered.HardState, nil)
}

// begin makes a Node of what was recovered from the disk.
func (p *raftHost) begin() error {
	sim := p.host.sim
	sim.watchStart(p.host, &p.recovered)
	if err := p.load(&p.recovered); err != nil {
		return err
	}
	p.recovered = wal.State{}
	made, err := sim.members.factory(p.host.id)(p.config())
	if err != nil {
		return err
	}
	if p.node, err = drive(made); err != nil {
		return err
	}
	p.stage = idle
	p.host.SetTimer(p.options.Tick, tickToken)
	p.tickedAt = p.host.Now()
	p.pump()
	return nil
}

// load fills the volatile state from what the log holds.
func (p *raftHost) load(state *wal.State) error {
	p.machine = p.host.sim.newMachine()
	p.storage = newHostStorage(p)
	if !raft.IsEmptySnap(state.Snapshot) {
		if err := p.storage.ApplySnapshot(state.Snapshot); err != nil {
			return err
		}
		if err := p.restore(&state.Snapshot); err != nil {
			return err
		}
		p.snapshotted = p.applied
	}
	p.hardState, p.durable, p.term = state.HardState, state.HardState, state.HardState.Term
	if err := p.storage.SetHardState(state.HardState); err != nil {
		return err
	}
	return p.storage.Append(state.Entries)
}

// restore replaces the state machine by a snapshot.
func (p *raftHost) restore(snap *pb.Snapshot) error {
	if err := p.machine.Restore(snap.Data); err != nil {
		return fmt.Errorf("sim: snapshot at index %d: %w", snap.Metadata.Index, err)
	}
	p.applied, p.conf = snap.Metadata.Index, snap.Metadata.ConfState
	return nil
}

func (p *raftHost) config() *raft.Config {
	o := p.options
	c := &raft.Config{
		ID:                        p.host.id,
		ElectionTick:              o.ElectionTicks,
		HeartbeatTick:             o.HeartbeatTicks,
		Storage:                   p.storage,
		Applied:                   p.applied,
		AsyncStorageWrites:        o.AsyncStorage,
		MaxSizePerMsg:             o.MaxSizePerMessage,
		MaxCommittedSizePerReady:  o.MaxCommittedBytes,
		MaxUncommittedEntriesSize: o.MaxUncommittedBytes,
		MaxInflightMsgs:           o.MaxInflightMessages,
		MaxInflightBytes:          o.MaxInflightBytes,
		CheckQuorum:               o.CheckQuorum,
		PreVote:                   o.PreVote,
		DisableProposalForwarding: o.DisableForwarding,
		StepDownOnRemoval:         o.StepDownOnRemoval,
		Logger:                    raft.DiscardLogger{},
		Rand:                      p.host.Random(),
		Poison:                    o.Poison,
	}
	if o.LeaseReads {
		c.ReadOnlyOption = raft.ReadOnlyLeaseBased
	}
	return c
}

// Timer handles a tick, or goes on when the disk is done.
func (p *raftHost) Timer(token uint64) {
	switch token {
	case tickToken:
		p.ticked()
		p.expireReads()
	case bootToken:
		if err := p.begin(); err != nil {
			p.host.Fail(err)
		}
		return
	case readyToken:
		p.complete()
	case snapshotToken:
		p.snapshotDone()
	case commitToken:
		p.commitDone()
	case appendToken:
		p.appendDone()
	case applyToken:
		p.applyDone()
	}
	p.pump()
}

// Receive hands a message to the Node, or serves a client.
func (p *raftHost) Receive(from uint64, m *Message) {
	if p.node == nil {
		return // still reading its log: nobody listens yet
	}
	p.catchUp()
	switch m.Kind {
	case RaftMessage:
		p.step(m.Raft)
	case RaftBytes:
		var r pb.Message
		if err := r.Unmarshal(m.Payload); err == nil {
			p.step(r)
		}
	case RequestMessage:
		p.serve(from, m.Request)
	}
	p.pump()
}

// step gives a message to the Node. What it refuses (a response from a host
// that it does not know, say) is as if it had been lost.
func (p *raftHost) step(m pb.Message) {
	p.host.sim.protocol.Received(p.host.id, &m)
	p.host.sim.watcher.received(p, &m)
	if err := p.node.Step(context.Background(), m); err != nil {
		p.host.sim.watcher.refused(p, err)
	}
}

// mostReadys is how many Readys a Node may offer one after the other while nothing
// else happens. A log that is applied an entry at a time has far fewer.
const mostReadys = 1 << 20

// pump takes and handles Readys until there is none, or the disk is busy.
func (p *raftHost) pump() {
	for n := 0; p.stage == idle && p.host.failure == nil; n++ {
		if n == mostReadys {
			p.host.sim.violate(offersWithoutEnd(p.host.id, n))
			return
		}
		var ok bool
		if p.ready, ok = p.node.TryReady(); !ok {
			p.housekeep()
			return
		}
		rd := &p.ready
		p.observe(rd)
		if p.options.AsyncStorage {
			p.dispatchAsync(rd)
			p.housekeep()
			continue
		}
		if err := p.persist(rd.HardState, rd.Entries, &rd.Snapshot, rd.MustSync); err != nil {
			p.host.Fail(err)
			return
		}
		p.asked()
		p.stage, p.writes = persisting, checksum(rd.Entries)
		if p.host.AfterDisk(readyToken) {
			p.complete()
		}
	}
}

// persist writes what a Ready asks for. It is durable when the disk is done.
func (p *raftHost) persist(hs pb.HardState, entries []pb.Entry, snap *pb.Snapshot, sync bool) error {
	if !raft.IsEmptyHardState(hs) {
		p.hardState = hs
	}
	if len(entries) > 0 {
		last := &entries[len(entries)-1]
		p.host.sim.record(Record{Verb: Wrote, Host: p.host.id, Fields: [4]uint64{last.Index, uint64(len(entries)), last.Term, flag(sync)}})
	}
	if !raft.IsEmptySnap(*snap) {
		return p.log.Install(*snap, hs, entries)
	}
	if raft.IsEmptyHardState(hs) && len(entries) == 0 {
		return nil
	}
	return p.log.Save(hs, entries, sync)
}

// complete does what a Ready allows once it is durable.
func (p *raftHost) complete() {
	rd := &p.ready
	p.stage = idle
	if !p.host.sim.unchanged(p.host.id, rd.Entries, p.writes, "in a Ready") {
		return
	}
	if err := p.store(rd.HardState, rd.Entries, &rd.Snapshot, rd.MustSync); err != nil {
		p.host.Fail(err)
		return
	}
	for i := range rd.Messages {
		p.send(&rd.Messages[i])
	}
	p.apply(rd.CommittedEntries)
	p.serveReads(rd.ReadStates)
	p.node.Advance()
	p.ready = raft.Ready{}
	p.housekeep()
}

// store tells the Node's storage, the state machine and the checker what has
// become durable.
func (p *raftHost) store(hs pb.HardState, entries []pb.Entry, snap *pb.Snapshot, sync bool) error {
	installed := !raft.IsEmptySnap(*snap)
	if sync || installed {
		p.durable = p.hardState
		p.host.sim.protocol.Persisted(p.host.id, p.durable, entries, snap)
	}
	if installed {
		if err := p.install(snap); err != nil {
			return err
		}
	}
	if !raft.IsEmptyHardState(hs) {
		if err := p.storage.SetHardState(hs); err != nil {
			return err
		}
	}
	if err := p.storage.Append(entries); err != nil {
		return err
	}
	if installed || len(entries) > 0 {
		p.checkStorage()
	}
	if installed {
		p.imagine(unusualBytes)
	}
	return nil
}

// checkStorage shows the checker what a Node reads of a log that has changed.
func (p *raftHost) checkStorage() {
	first, _ := p.storage.FirstIndex()
	last, _ := p.storage.LastIndex()
	p.host.sim.protocol.Stored(p.host.id, first-1, last, p.storage)
}

// install replaces state machine and log by a snapshot from the leader.
func (p *raftHost) install(snap *pb.Snapshot) error {
	if err := p.storage.ApplySnapshot(*snap); err != nil {
		return err
	}
	s := p.host.sim
	sawJoined.When(p.host.Marks(), p.applied == 0)
	if err := p.restore(snap); err != nil {
		return err
	}
	p.snapshotted = p.applied
	s.record(Record{Verb: Installed, Host: p.host.id, Fields: [4]uint64{p.applied, snap.Metadata.Term, uint64(len(snap.Data))}})
	s.protocol.Installed(p.host.id, snap)
	s.appliedState(p)
	s.confChanged(p)
	return nil
}

// send gives a protocol message to the network.
func (p *raftHost) send(m *pb.Message) {
	s := p.host.sim
	s.protocol.Sent(p.host.id, m)
	if !m.Reject && (m.Type == pb.MsgVoteResp || m.Type == pb.MsgPreVoteResp) {
		s.watcher.granted(p, m)
	}
	if s.members.mixed {
		bytes, err := m.Marshal()
		if err != nil {
			panic(fmt.Sprintf("sim: marshal %v: %v", m.Type, err))
		}
		s.outbox = Message{Kind: RaftBytes, Payload: bytes}
	} else {
		s.outbox = Message{Kind: RaftMessage, Raft: *m}
	}
	s.send(p.host.id, m.To, &s.outbox)
}

// observe shows a Ready to the trace and the checker.
func (p *raftHost) observe(rd *raft.Ready) {
	s, id := p.host.sim, p.host.id
	s.watcher.offered(p, rd)
	if rd.HardState.Term != 0 && rd.HardState.Term != p.term {
		p.term = rd.HardState.Term
		s.record(Record{Verb: TermChanged, Host: id, Fields: [4]uint64{p.term, rd.HardState.Vote}})
	}
	if rd.SoftState != nil {
		p.lead = rd.SoftState.Lead
		leading := rd.SoftState.RaftState == raft.StateLeader
		if leading && !p.leading {
			s.elected(id, p.term)
		}
		p.leading = leading
	}
	s.protocol.Offered(id, rd.SoftState, rd.HardState, rd.Entries, rd.CommittedEntries, &rd.Snapshot, rd.MustSync)
	for i := range rd.ReadStates {
		s.protocol.ReadConfirmed(id, rd.ReadStates[i].RequestCtx, rd.ReadStates[i].Index)
	}
	if p.leading && !s.protocol.Blind() {
		p.node.WithProgress(p.believes)
	}
}

func flag(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// neverApplied is later than any index.
const neverApplied = uint64(clock.Never)
