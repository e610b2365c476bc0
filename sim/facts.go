package sim

import (
	"raftsim/checker"
	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/sim/internal/coverage"
	"raftsim/trace"
)

// facts is the Observer of a host: it hands each fact to the checker, to the trace and
// to what sees marks, in this order, and last to the simulation where that acts on it.
type facts struct {
	sim       *Simulation
	host      *Host
	of        *coverage.Host
	entry     *pb.Entry // that is being applied
	installed bool      // and the log not shown since
}

var _ host.Observer = (*facts)(nil)

// The checker has names of its own for what it needs of a fact.
var _ checker.Terms = host.Terms(nil)

func (f *facts) record(verb Verb, fields ...uint64) {
	r := Record{Verb: verb, Host: f.host.id}
	copy(r.Fields[:], fields)
	f.sim.record(r)
}

func (f *facts) Started(found *host.Found) {
	s, id, hs, snap := f.sim, f.host.id, found.HardState, &found.Snapshot
	f.entry, f.installed = nil, false
	s.protocol.Started(id, hs, *snap, found.Entries)
	last := snap.Metadata.Index
	if n := len(found.Entries); n > 0 {
		last = found.Entries[n-1].Index
	}
	f.record(trace.Recovered, hs.Term, hs.Commit, snap.Metadata.Index+1, last)
	s.watcher.Started(f.of, found)
	f.host.disk.Forgive() // what it has recovered is the new measure
	s.protocol.ConfChanged(id, snap.Metadata.Index, snap.Metadata.ConfState)
}

func (f *facts) Stored(before, last uint64, log host.Terms) {
	f.sim.protocol.Stored(f.host.id, before, last, log)
	f.of.Replica.End, f.of.Replica.Log = last, log
	if f.installed {
		f.installed = false
		f.host.probeCrash(unusualBytes)
	}
}

func (f *facts) Ticked() {
	f.sim.protocol.Ticked(f.host.id)
	f.sim.watcher.Ticked(f.of)
}

func (f *facts) HandsOver(to uint64) {
	f.sim.protocol.HandsOver(f.host.id, to)
	f.sim.watcher.HandsOver(f.of, to)
}

func (f *facts) Received(m *pb.Message) {
	f.sim.protocol.Received(f.host.id, m)
	f.sim.watcher.Received(f.of, m)
}

func (f *facts) Dropped(err error, transferee uint64) { f.sim.watcher.Refused(f.of, err, transferee) }

func (f *facts) TransferAsked(to uint64) { f.sim.protocol.TransferAsked(f.host.id, to) }

func (f *facts) LeaderForgotten() { f.sim.protocol.LeaderForgotten(f.host.id) }

func (f *facts) Offered(rd *raft.Ready) {
	s, id, p := f.sim, f.host.id, &f.of.Replica
	s.protocol.Offered(id, rd.SoftState, rd.HardState, rd.Entries, rd.CommittedEntries, &rd.Snapshot, rd.MustSync)
	for i := range rd.ReadStates {
		s.protocol.ReadConfirmed(id, rd.ReadStates[i].RequestCtx, rd.ReadStates[i].Index)
	}
	s.watcher.Offered(f.of, rd)
	if hs := rd.HardState; hs.Term != 0 && hs.Term != p.Term {
		p.Term = hs.Term
		f.record(trace.TermChanged, hs.Term, hs.Vote)
	}
	if soft := rd.SoftState; soft != nil {
		was := p.Leading
		p.Lead, p.Leading = soft.Lead, soft.RaftState == raft.StateLeader
		if p.Leading && !was {
			f.record(trace.BecameLeader, p.Term)
			s.members.leaders[p.Term] = id
		}
	}
}

func (f *facts) Progress(peer, match, next uint64, full bool) {
	f.sim.protocol.Progress(f.host.id, peer, match, next)
	f.sim.watcher.Progress(full)
}

func (f *facts) Writes(w *host.Write) {
	if n := len(w.Entries); n > 0 {
		last := &w.Entries[n-1]
		f.record(trace.Wrote, last.Index, uint64(n), last.Term, flag(w.Sync))
	}
	f.sim.watcher.Writes(f.of, w)
}

func (f *facts) Persisted(state pb.HardState, w *host.Write) {
	was, known := f.sim.watcher.Persisted(f.of, state, w)
	where := "in a Ready"
	if f.sim.options.Raft.AsyncStorage {
		where = "in a storage append"
	}
	if known && !f.sim.unchanged(f.host.id, w.Entries, was, where) {
		panic(runOver{}) // nothing good can come of entries that have changed
	}
	f.sim.protocol.Persisted(f.host.id, state, w.Entries, w.Snapshot)
	f.host.asked() // for what a durable snapshot has made needless
}

func (f *facts) Settled(uint64) { f.sim.retireRemoved() }

func (f *facts) Sent(m *pb.Message) {
	f.sim.protocol.Sent(f.host.id, m)
	f.sim.watcher.Sent(f.of, m)
}

func (f *facts) Applied(e *pb.Entry) {
	f.sim.protocol.Applied(f.host.id, e)
	f.entry = e
	f.of.Replica.Applied = e.Index
}

func (f *facts) Executed(index, session, number uint64, duplicate bool) {
	f.sim.protocol.Executed(f.host.id, index, session, number, duplicate)
	f.sim.watcher.Executed(duplicate)
	f.sim.clients.History.Executed(session, number, index, duplicate)
}

func (f *facts) AppliedState(index, digest uint64) {
	f.sim.protocol.AppliedState(f.host.id, index, digest)
	if f.entry != nil {
		f.record(trace.Applied, index, f.entry.Term, digest)
		f.entry = nil
	}
}

func (f *facts) Reconfigured(index uint64, conf *pb.ConfState) {
	s := f.sim
	s.protocol.ConfChanged(f.host.id, index, *conf)
	s.record(Record{Verb: trace.Reconfigured, Host: f.host.id, Fields: [4]uint64{index}, Text: describeConf(conf)})
	s.watcher.Reconfigured(f.of, conf, f.entry)
	s.confChanged(index, conf, f.entry)
}

func (f *facts) Installed(snap *pb.Snapshot) {
	s := f.sim
	s.protocol.Installed(f.host.id, snap)
	f.record(trace.Installed, snap.Metadata.Index, snap.Metadata.Term, uint64(len(snap.Data)))
	s.watcher.Installed(f.of, snap)
	f.entry, f.installed = nil, true
}

func (f *facts) Snapshotted(snap *pb.Snapshot, digest uint64, keep bool) {
	f.sim.protocol.Snapshotted(f.host.id, snap, digest)
	if keep {
		f.record(trace.Snapshot, snap.Metadata.Index, snap.Metadata.Term, uint64(len(snap.Data)))
	}
}

func (f *facts) Compacted(index uint64) {
	f.sim.protocol.Compacted(f.host.id, index)
	f.record(trace.Compacted, index)
}

func (f *facts) ReadBegun(context []byte) {
	f.sim.protocol.ReadBegun(f.host.id, context)
	f.sim.watcher.Reading(f.of)
}

func (f *facts) ReadServed(read, index uint64) {
	f.sim.protocol.ReadServed(f.host.id, read, index)
	f.sim.watcher.Served(f.of)
}

func (f *facts) StaleRead(seen uint64) { f.sim.watcher.ReadingStale(f.of, seen) }

func (f *facts) ReadsExpired() { f.sim.watcher.ReadsExpired() }
