package replica

import (
	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// storage is what the Node sees of the log: all of it in memory, except
// that a snapshot is made afresh when the leader needs one for a follower. A
// stored one may be older than the configuration that the follower must learn.
type storage struct {
	*raft.MemoryStorage
	process *Replica
}

func newStorage(p *Replica) *storage {
	return &storage{MemoryStorage: raft.NewMemoryStorage(), process: p}
}

// Snapshot returns the state at the applied index, with its configuration.
func (s *storage) Snapshot() (pb.Snapshot, error) {
	p := s.process
	if p.applied == p.snapshotted {
		return s.MemoryStorage.Snapshot()
	}
	term, err := s.Term(p.applied)
	if err != nil || p.changing {
		return pb.Snapshot{}, raft.ErrSnapshotTemporarilyUnavailable
	}
	snap := pb.Snapshot{
		Data:     p.machine.Snapshot(),
		Metadata: pb.SnapshotMetadata{Index: p.applied, Term: term, ConfState: p.conf},
	}
	p.tellSnapshot(&snap, false)
	return snap, nil
}

// housekeep does what is due between two Readys: it makes durable that a
// configuration is committed, and writes a snapshot once enough entries were
// applied since the last one. The log is compacted when that is durable.
func (p *Replica) housekeep() {
	if p.stage != idle || len(p.async.appends) > 0 {
		return
	}
	every := p.config.SnapshotEvery
	switch {
	case every > 0 && p.applied-p.snapshotted >= every:
		p.snapshot()
	case p.confIndex > p.durable.Commit && p.hardState.Commit >= p.confIndex:
		p.commit()
	}
}

// commit makes the commit index durable. A member that forgot in a crash that a
// configuration was committed could need the vote of a host that was removed.
func (p *Replica) commit() {
	p.writesState()
	if err := p.log.Save(p.hardState, nil, true); err != nil {
		p.fail(err)
		return
	}
	p.stage = committing
	if p.env.AfterDisk(commitToken) {
		p.commitDone()
	}
}

func (p *Replica) commitDone() {
	p.stage, p.durable = idle, p.hardState
	p.observer.Persisted(p.durable, &p.write)
	p.observer.Settled(p.confIndex)
}

// writesState tells that the hard state is about to be written for itself.
func (p *Replica) writesState() {
	p.write = host.Write{HardState: p.hardState, Sync: true}
	p.observer.Writes(&p.write)
}

// snapshot writes a snapshot at the applied index, with a hard state that
// commits it: without it a restart would find a snapshot past its commit index.
func (p *Replica) snapshot() {
	if len(p.async.appends) > 0 || p.applied == p.snapshotted {
		return // the log is being written: later
	}
	snap, err := p.storage.CreateSnapshot(p.applied, &p.conf, p.machine.Snapshot())
	if err != nil {
		p.fail(err)
		return
	}
	p.tellSnapshot(&snap, true)
	p.writesState()
	if p.hardState.Commit > p.durable.Commit {
		if err := p.log.Save(p.hardState, nil, true); err != nil {
			p.fail(err)
			return
		}
	}
	if err := p.log.SaveSnapshot(snap); err != nil {
		p.fail(err)
		return
	}
	p.snapshotted, p.stage = p.applied, compacting
	if p.env.AfterDisk(snapshotToken) {
		p.snapshotDone()
	}
}

// snapshotDone drops what the snapshot has made needless.
func (p *Replica) snapshotDone() {
	p.stage, p.durable = idle, p.hardState
	if err := p.log.Compact(p.snapshotted); err != nil {
		p.fail(err)
		return
	}
	p.observer.Persisted(p.durable, &p.write)
	keep := p.config.KeepEntries
	if p.snapshotted <= keep {
		return
	}
	if to := p.snapshotted - keep; to > p.compactTo {
		if err := p.storage.Compact(to); err != nil && err != raft.ErrCompacted {
			p.fail(err)
			return
		}
		p.compactTo = to
		p.observer.Compacted(to)
	}
}

// tellSnapshot tells of a snapshot that was made, to keep it or to send it.
func (p *Replica) tellSnapshot(snap *pb.Snapshot, keep bool) {
	if p.watched {
		p.observer.Snapshotted(snap, p.machine.Digest(), keep)
	}
}
