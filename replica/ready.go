package replica

import (
	"fmt"

	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// mostReadys is how many Readys a Node may offer one after the other while nothing
// else happens. A log that is applied an entry at a time has far fewer.
const mostReadys = 1 << 20

// EndlessError says that a Node always has one more Ready.
type EndlessError struct {
	Host   uint64
	Readys int // that it has offered at one instant
}

func (e *EndlessError) Error() string {
	return fmt.Sprintf("replica: the Node of n%d offers a Ready after %d others, all at one instant", e.Host, e.Readys)
}

// Pump takes and handles Readys until there is none, or the disk is busy. A caller of
// methods of Node calls Pump afterwards.
func (p *Replica) Pump() {
	for n := 0; p.stage == idle && !p.failed; n++ {
		if n == mostReadys {
			p.fail(&EndlessError{p.id, n})
			return
		}
		var ok bool
		if p.ready, ok = p.node.TryReady(); !ok {
			p.housekeep()
			return
		}
		rd := &p.ready
		p.offered(rd)
		if p.config.AsyncStorage {
			p.dispatchAsync(rd)
			p.housekeep()
			continue
		}
		p.write = host.Write{HardState: rd.HardState, Entries: rd.Entries, Sync: rd.MustSync}
		if !raft.IsEmptySnap(rd.Snapshot) {
			p.write.Snapshot = &rd.Snapshot
		}
		if err := p.persist(&p.write); err != nil {
			p.fail(err)
			return
		}
		p.stage = persisting
		if p.env.AfterDisk(readyToken) {
			p.complete()
		}
	}
}

// offered notes what a Ready says, and tells it.
func (p *Replica) offered(rd *raft.Ready) {
	p.observer.Offered(rd)
	if rd.HardState.Term != 0 {
		p.term = rd.HardState.Term
	}
	if rd.SoftState != nil {
		p.lead, p.leading = rd.SoftState.Lead, rd.SoftState.RaftState == raft.StateLeader
		p.snapshots.led(p.leading)
	}
	if p.watched && p.leading {
		p.node.WithProgress(p.believes)
	}
}

// persist writes what a Ready asks for. It is durable when the disk is done.
func (p *Replica) persist(w *host.Write) error {
	hs := w.HardState
	if !raft.IsEmptyHardState(hs) {
		p.hardState = hs
	}
	p.observer.Writes(w)
	if w.Snapshot != nil {
		return p.log.Install(*w.Snapshot, hs, w.Entries)
	}
	if raft.IsEmptyHardState(hs) && len(w.Entries) == 0 {
		return nil
	}
	return p.log.Save(hs, w.Entries, w.Sync)
}

// complete does what a Ready allows once it is durable.
func (p *Replica) complete() {
	rd := &p.ready
	p.stage = idle
	if err := p.store(&p.write); err != nil {
		p.fail(err)
		return
	}
	for i := range rd.Messages {
		p.send(&rd.Messages[i])
	}
	p.apply(rd.CommittedEntries)
	p.serveReads(rd.ReadStates)
	p.node.Advance()
	p.ready, p.write = raft.Ready{}, host.Write{}
	p.housekeep()
}

// store tells the Node's storage, the state machine and the observer what has
// become durable.
func (p *Replica) store(w *host.Write) error {
	if w.Sync || w.Snapshot != nil {
		p.durable = p.hardState
		p.observer.Persisted(p.durable, w)
	}
	if w.Snapshot != nil {
		if err := p.install(w.Snapshot); err != nil {
			return err
		}
	}
	if !raft.IsEmptyHardState(w.HardState) {
		if err := p.storage.SetHardState(w.HardState); err != nil {
			return err
		}
	}
	if err := p.storage.Append(w.Entries); err != nil {
		return err
	}
	if w.Snapshot != nil || len(w.Entries) > 0 {
		p.stored()
	}
	return nil
}

// stored tells what the Node reads of a log that has changed.
func (p *Replica) stored() {
	if p.watched {
		first, _ := p.storage.FirstIndex()
		last, _ := p.storage.LastIndex()
		p.observer.Stored(first-1, last, p.storage)
	}
}

// install replaces state machine and log by a snapshot from the leader.
func (p *Replica) install(snap *pb.Snapshot) error {
	if err := p.storage.ApplySnapshot(*snap); err != nil {
		return err
	}
	if err := p.takeOver(snap); err != nil {
		return err
	}
	p.snapshotted = p.applied
	if p.watched {
		p.observer.Installed(snap)
		p.observer.AppliedState(p.applied, p.machine.Digest())
	}
	p.reconfigured()
	return nil
}

// send gives a protocol message to the network, and a snapshot to the sender of its
// chunks where there is one.
func (p *Replica) send(m *pb.Message) {
	p.observer.Sent(m)
	if m.Type == pb.MsgSnap && p.snapshots.sender != nil {
		p.snapshots.sender.Send(m)
		return
	}
	p.env.Send(m.To, host.Message{Kind: host.RaftMessage, Raft: *m})
}
