// Package replica is the production driver of a raft.Node: the loop over its Readys, its
// write-ahead log, the replicated state machine with its sessions, reads, snapshots and
// changes of the membership. A server runs a Replica over a real disk, network and clock,
// and the simulator runs the same code over its own: both are a host.Env.
package replica

import (
	"context"
	"fmt"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
	"raftsim/raft/wal"
	"raftsim/vfs"
)

// Replica is a raft.Node with its log, its state machine, and the loop between them. It
// is a host.Process: single-threaded, it does something when it is handed a message or a
// timer, or when one of its methods is called, and never waits. What happens is told to
// the Observer of its Env.
//
// It handles one Ready at a time. What a Ready asks to be written is written
// at once, takes its time on the disk, and only when that is over are its
// messages sent, its entries applied, and the Node advanced. Meanwhile the
// Node goes on taking messages and ticks.
type Replica struct {
	config   Config
	env      host.Env
	id       uint64
	observer host.Observer // host.Nobody in the place of nil
	watched  bool          // there is an observer: what only it needs is worth working out
	node     driven
	log      *wal.WAL
	storage  *storage
	machine  Machine

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
	write        host.Write // what was asked of the log for it, or for a commit index
	async        asyncQueue
	reads        []pendingRead
	snapshots    snapshots
	waiting      map[waiter]uint64 // client that waits for a command
	believes     func(peer uint64, _ raft.ProgressType, pr tracker.Progress)
	readAttempts uint64
	failed       bool
}

// stage is what a Replica waits for.
type stage uint8

const (
	recovering stage = iota // the disk, during the boot
	idle                    // nothing
	persisting              // the disk, for the Ready in hand
	compacting              // the disk, for a snapshot of its own
	committing              // the disk, for a configuration to be known as committed
)

// The tokens of a Replica's timers.
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

// Directory is where the write-ahead log is, on the disk of the host.
const Directory = "wal"

// New returns a Replica that has not started.
func New(c Config) *Replica {
	if c.Raft == nil {
		c.Raft = func(c *raft.Config) (raft.Node, error) { return raft.RestartNode(c), nil }
	}
	p := &Replica{config: c, waiting: map[waiter]uint64{}}
	p.snapshots.begin(p)
	p.believes = func(peer uint64, _ raft.ProgressType, pr tracker.Progress) {
		p.observer.Progress(peer, pr.Match, pr.Next, pr.State == tracker.StateReplicate && pr.MsgAppFlowPaused)
	}
	return p
}

// Start reads the log, and founds the cluster where there is none yet.
func (p *Replica) Start(env host.Env) error {
	p.env, p.id, p.observer = env, env.ID(), env.Observe()
	if p.watched = p.observer != nil; !p.watched {
		p.observer = host.Nobody{}
	}
	log, state, err := Open(env.FS(), p.config.SegmentBytes)
	if err != nil {
		return err
	}
	p.log, p.recovered = log, state
	if raft.IsEmptySnap(state.Snapshot) && p.config.Founding != nil {
		if err := p.found(); err != nil {
			return err
		}
	}
	if env.AfterDisk(bootToken) {
		return p.begin()
	}
	return nil
}

// Open opens the log of a Replica, and returns what it would start with.
func Open(fs vfs.FS, segmentBytes int64) (*wal.WAL, wal.State, error) {
	return wal.Open(fs, Directory, wal.Options{SegmentBytes: segmentBytes})
}

// found writes the first configuration: a snapshot at index 1 that every
// founding member has, and with which each of them starts.
func (p *Replica) found() error {
	p.recovered.HardState = pb.HardState{Term: 1, Commit: 1}
	p.recovered.Snapshot = pb.Snapshot{
		Data:     p.config.Machine().Snapshot(),
		Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: *p.config.Founding},
	}
	return p.log.Install(p.recovered.Snapshot, p.recovered.HardState, nil)
}

// begin makes a Node of what was recovered from the disk.
func (p *Replica) begin() error {
	if p.watched {
		r := &p.recovered
		p.observer.Started(&host.Found{HardState: r.HardState, Snapshot: r.Snapshot, Entries: r.Entries, TornBytes: r.TornBytes})
	}
	if err := p.load(&p.recovered); err != nil {
		return err
	}
	p.recovered = wal.State{}
	p.stored()
	made, err := p.config.Raft(p.raftConfig())
	if err != nil {
		return err
	}
	if p.node, err = drive(made); err != nil {
		return err
	}
	p.stage = idle
	p.env.SetTimer(p.config.Tick, tickToken)
	p.tickedAt = p.env.Now()
	p.Pump()
	return nil
}

// load fills the volatile state from what the log holds.
func (p *Replica) load(state *wal.State) error {
	p.machine = p.config.Machine()
	p.storage = newStorage(p)
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
func (p *Replica) restore(snap *pb.Snapshot) error {
	if err := p.machine.Restore(snap.Data); err != nil {
		return fmt.Errorf("replica: snapshot at index %d: %w", snap.Metadata.Index, err)
	}
	p.applied, p.conf = snap.Metadata.Index, snap.Metadata.ConfState
	return nil
}

// Timer handles a tick, or goes on when the disk is done.
func (p *Replica) Timer(token uint64) {
	switch token {
	case tickToken:
		p.ticked()
		p.expireReads()
	case bootToken:
		if err := p.begin(); err != nil {
			p.fail(err)
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
	p.Pump()
}

// Receive hands a message to the Node, or serves a client.
func (p *Replica) Receive(from uint64, m *host.Message) {
	if p.node == nil {
		return // still reading its log: nobody listens yet
	}
	p.catchUp()
	switch m.Kind {
	case host.RaftMessage:
		p.step(&m.Raft)
	case host.RaftBytes:
		r := new(pb.Message)
		if err := r.Unmarshal(m.Payload); err == nil {
			p.step(r)
		}
	case host.ChunkMessage:
		p.receiveChunk(from, m.Chunk)
	case host.ChunkAckMessage:
		p.snapshots.acknowledged(from, m.ChunkAck)
	case host.RequestMessage:
		p.serve(from, m.Request)
	}
	p.Pump()
}

// step gives a message to the Node. What it refuses (a response from a host
// that it does not know, say) is as if it had been lost.
func (p *Replica) step(m *pb.Message) {
	if m.Type == pb.MsgSnap && m.Snapshot != nil && !p.validate(m.From, m.Snapshot) {
		return
	}
	p.observer.Received(m)
	if m.Type == pb.MsgProp && p.node.BasicStatus().Lead == raft.None {
		p.dropped(raft.ErrProposalDropped) // Step would wait, and hold up what elects a leader
		return
	}
	if err := p.node.Step(context.Background(), *m); err != nil {
		p.dropped(err)
	}
}

// dropped tells what the Node has refused.
func (p *Replica) dropped(err error) {
	if p.watched {
		p.observer.Dropped(err, p.node.BasicStatus().LeadTransferee)
	}
}

// fail ends the process.
func (p *Replica) fail(err error) {
	p.failed = true
	p.env.Fail(err)
}
