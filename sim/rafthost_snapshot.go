package sim

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// hostStorage is what the Node sees of the log: all of it in memory, except
// that a snapshot is made afresh when the leader needs one for a follower. A
// stored one may be older than the configuration that the follower must learn.
type hostStorage struct {
	*raft.MemoryStorage
	process *raftHost
}

func newHostStorage(p *raftHost) *hostStorage {
	return &hostStorage{MemoryStorage: raft.NewMemoryStorage(), process: p}
}

// Snapshot returns the state at the applied index, with its configuration.
func (s *hostStorage) Snapshot() (pb.Snapshot, error) {
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
	p.host.sim.protocol.Snapshotted(p.host.id, &snap, p.machine.Digest())
	return snap, nil
}

// housekeep does what is due between two Readys: it makes durable that a
// configuration is committed, and writes a snapshot once enough entries were
// applied since the last one. The log is compacted when that is durable.
func (p *raftHost) housekeep() {
	if p.stage != idle || len(p.async.appends) > 0 {
		return
	}
	every := p.options.SnapshotEvery
	switch {
	case every > 0 && p.applied-p.snapshotted >= every:
		p.snapshot()
	case p.confIndex > p.durable.Commit && p.hardState.Commit >= p.confIndex:
		p.commit()
	}
}

// commit makes the commit index durable. A member that forgot in a crash that a
// configuration was committed could need the vote of a host that was removed.
func (p *raftHost) commit() {
	if err := p.log.Save(p.hardState, nil, true); err != nil {
		p.host.Fail(err)
		return
	}
	p.asked()
	p.stage = committing
	if p.host.AfterDisk(commitToken) {
		p.commitDone()
	}
}

func (p *raftHost) commitDone() {
	p.stage, p.durable = idle, p.hardState
	p.host.sim.protocol.Persisted(p.host.id, p.durable, nil, nil)
	p.host.sim.retireRemoved()
}

// snapshot writes a snapshot at the applied index, with a hard state that
// commits it: without it a restart would find a snapshot past its commit index.
func (p *raftHost) snapshot() {
	if len(p.async.appends) > 0 || p.applied == p.snapshotted {
		return // the log is being written: later
	}
	snap, err := p.storage.CreateSnapshot(p.applied, &p.conf, p.machine.Snapshot())
	if err != nil {
		p.host.Fail(err)
		return
	}
	s := p.host.sim
	s.protocol.Snapshotted(p.host.id, &snap, p.machine.Digest())
	s.record(Record{Verb: Snapshot, Host: p.host.id, Fields: [4]uint64{snap.Metadata.Index, snap.Metadata.Term, uint64(len(snap.Data))}})
	if p.hardState.Commit > p.durable.Commit {
		if err := p.log.Save(p.hardState, nil, true); err != nil {
			p.host.Fail(err)
			return
		}
	}
	if err := p.log.SaveSnapshot(snap); err != nil {
		p.host.Fail(err)
		return
	}
	p.asked()
	p.snapshotted, p.stage = p.applied, compacting
	if p.host.AfterDisk(snapshotToken) {
		p.snapshotDone()
	}
}

// snapshotDone drops what the snapshot has made needless.
func (p *raftHost) snapshotDone() {
	s := p.host.sim
	p.stage, p.durable = idle, p.hardState
	s.protocol.Persisted(p.host.id, p.durable, nil, nil)
	if err := p.log.Compact(p.snapshotted); err != nil {
		p.host.Fail(err)
		return
	}
	p.asked()
	keep := p.options.KeepEntries
	if p.snapshotted <= keep {
		return
	}
	if to := p.snapshotted - keep; to > p.compactTo {
		if err := p.storage.Compact(to); err != nil && err != raft.ErrCompacted {
			p.host.Fail(err)
			return
		}
		p.compactTo = to
		s.protocol.Compacted(p.host.id, to)
		s.record(Record{Verb: Compacted, Host: p.host.id, Fields: [4]uint64{to}})
	}
}
