// Package readyloop is a Ready loop of one's own around a raft.RawNode, as a program that
// uses the interface of the etcd family has it, in the simulator. It tells a host.Observer
// what it does, and so is held to all that a Raft promises: see docs/your-own-server.md.
package readyloop

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"time"

	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
	"raftsim/workload"
)

// Loop is the process of one host: a node, its log and its state machine.
type Loop struct {
	Voters  []uint64 // of the first configuration
	env     host.Env
	tell    host.Observer
	log     *wal.WAL
	storage *raft.MemoryStorage
	node    *raft.RawNode
	machine *workload.Sessions
	conf    pb.ConfState
	state   pb.HardState // as it was last written
	applied uint64
	kept    uint64      // index of the last snapshot
	ready   *raft.Ready // in hand, while the disk writes
	write   host.Write
	busy    bool
	waiting map[uint64]request // commands, by session
	reads   []request
	asked   uint64 // number of the last read
}

type request struct {
	*host.Request
	client  uint64
	context []byte // of a read
	index   uint64 // that it must see, once that is known
}

const tick, disk, snapshotEvery = 0, 1, 20 // two timers; entries

// Start reads the log, or founds the cluster: all members begin with the same snapshot.
func (l *Loop) Start(env host.Env) error {
	l.env, l.tell, l.waiting, l.asked, l.busy = env, env.Observe(), map[uint64]request{}, env.Random().Uint64(), true
	if l.tell == nil {
		l.tell = host.Nobody{} // in a server
	}
	l.machine, l.storage = workload.NewSessions(workload.KV.NewStateMachine()), raft.NewMemoryStorage()
	log, found, err := wal.Open(env.FS(), "log", wal.Options{})
	if err == nil && raft.IsEmptySnap(found.Snapshot) {
		found.HardState = pb.HardState{Term: 1, Commit: 1}
		found.Snapshot = pb.Snapshot{Data: l.machine.Snapshot(), Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: pb.ConfState{Voters: l.Voters}}}
		err = log.Install(found.Snapshot, found.HardState, nil)
	}
	if err != nil {
		return err
	}
	l.log, l.state = log, found.HardState
	l.tell.Started(&host.Found{HardState: found.HardState, Snapshot: found.Snapshot, Entries: found.Entries})
	l.store(&host.Write{Entries: found.Entries, Snapshot: &found.Snapshot})
	l.node, err = raft.NewRawNode(&raft.Config{ID: env.ID(), ElectionTick: 10, HeartbeatTick: 2, Storage: l.storage, Applied: l.applied,
		MaxSizePerMsg: 1 << 16, MaxInflightMsgs: 64, Rand: env.Random(), Logger: raft.DiscardLogger{}})
	env.SetTimer(20*time.Millisecond, tick)
	if l.env.AfterDisk(disk) {
		l.finish()
	}
	return err
}

// store gives what is durable to the node's storage, and a snapshot to the machine.
func (l *Loop) store(w *host.Write) {
	if w.Snapshot != nil {
		_, _ = l.storage.ApplySnapshot(*w.Snapshot), l.machine.Restore(w.Snapshot.Data)
		l.applied, l.kept, l.conf = w.Snapshot.Metadata.Index, w.Snapshot.Metadata.Index, w.Snapshot.Metadata.ConfState
	}
	_, _ = l.storage.SetHardState(l.state), l.storage.Append(w.Entries)
	first, _ := l.storage.FirstIndex()
	last, _ := l.storage.LastIndex()
	l.tell.Stored(first-1, last, l.storage)
}

// Timer is a tick, or the disk that has done what it was asked for.
func (l *Loop) Timer(token uint64) {
	if token == disk {
		l.finish()
	} else {
		l.tell.Ticked()
		l.node.Tick()
		l.tell.HandsOver(l.node.BasicStatus().LeadTransferee)
		l.env.SetTimer(20*time.Millisecond, tick)
	}
	l.pump()
}

// Receive takes a message of another host, or a client's request.
func (l *Loop) Receive(from uint64, m *host.Message) {
	switch r := m.Request; {
	case m.Kind == host.RaftMessage:
		l.tell.Received(&m.Raft)
		_ = l.node.Step(m.Raft)
	case l.node.BasicStatus().Lead == raft.None:
		l.respond(request{Request: r, client: from}, host.Refused, nil)
	case r.Read == 0:
		l.waiting[r.Session] = request{Request: r, client: from}
		_ = l.node.Propose(r.Command)
	default:
		l.asked++
		context := binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, l.env.ID()), l.asked)
		l.reads = append(l.reads, request{Request: r, client: from, context: context})
		l.tell.ReadBegun(context)
		l.node.ReadIndex(context)
	}
	l.pump()
}

// Propose proposes a change of the configuration, as an operator would.
func (l *Loop) Propose(cc pb.ConfChangeV2) error { return l.node.ProposeConfChange(cc) }

// serve takes the indexes of reads, and answers those whose index has been applied.
func (l *Loop) serve(states []raft.ReadState) {
	for _, s := range states {
		if i := slices.IndexFunc(l.reads, func(r request) bool { return bytes.Equal(r.context, s.RequestCtx) }); i >= 0 {
			l.reads[i].index = s.Index
		}
	}
	l.reads = slices.DeleteFunc(l.reads, func(r request) bool {
		due := r.index > 0 && r.index <= l.applied
		if due {
			l.tell.ReadServed(r.Read, l.applied)
			l.respond(r, host.Done, l.machine.Query(r.Command))
		}
		return due
	})
}

// keep writes a snapshot of the state machine, with a hard state that commits it.
func (l *Loop) keep() {
	snap, err := l.storage.CreateSnapshot(l.applied, &l.conf, l.machine.Snapshot())
	l.tell.Snapshotted(&snap, l.machine.Digest(), true)
	l.kept, l.write = l.applied, host.Write{HardState: l.state, Sync: true}
	l.tell.Writes(&l.write)
	l.ask(errors.Join(err, l.log.Save(l.state, nil, true), l.log.SaveSnapshot(snap)))
}

// compact drops what a durable snapshot has made needless.
func (l *Loop) compact() {
	if err := l.log.Compact(l.kept); err != nil {
		l.env.Fail(err)
	}
	_ = l.storage.Compact(l.kept)
	l.tell.Compacted(l.kept)
}

func (l *Loop) respond(r request, status host.Status, answer []byte) {
	l.env.Send(r.client, host.Message{Kind: host.ResponseMessage, Response: &host.Response{
		Session: r.Session, Number: r.Number, Read: r.Read, Status: status, Answer: answer, Index: l.applied}})
}
