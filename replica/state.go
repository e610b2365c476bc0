package replica

import (
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Node is the raft.Node, nil until the log has been read. It also offers
// raft.TryReadier and raft.StatusViewer.
func (p *Replica) Node() raft.Node {
	if p.node == nil {
		return nil
	}
	return p.node
}

// Recovering says whether the log has not been read yet: there is no Node.
func (p *Replica) Recovering() bool { return p.node == nil }

// BasicStatus is that of the Node.
func (p *Replica) BasicStatus() raft.BasicStatus { return p.node.BasicStatus() }

// WithProgress shows what a leader knows of the members, each in turn.
func (p *Replica) WithProgress(visitor func(id uint64, typ raft.ProgressType, pr tracker.Progress)) {
	p.node.WithProgress(visitor)
}

// Term is the term that the last Ready said.
func (p *Replica) Term() uint64 { return p.term }

// Lead is who leads, as the last Ready said; zero for nobody.
func (p *Replica) Lead() uint64 { return p.lead }

// Applied is the index of the last entry that the state machine was given.
func (p *Replica) Applied() uint64 { return p.applied }

// Durable is the hard state as it is on the disk.
func (p *Replica) Durable() pb.HardState { return p.durable }

// ConfState is the configuration at Applied. It is not to be changed.
func (p *Replica) ConfState() *pb.ConfState { return &p.conf }

// LogEnd is the last entry of the log in memory.
func (p *Replica) LogEnd() (index, term uint64) {
	index, _ = p.storage.LastIndex()
	term, _ = p.storage.Term(index)
	return index, term
}

// Unapplied are the entries of the log in memory after Applied.
func (p *Replica) Unapplied() []pb.Entry {
	last, err := p.storage.LastIndex()
	if err != nil || last <= p.applied {
		return nil
	}
	entries, err := p.storage.Entries(p.applied+1, last+1, ^uint64(0))
	if err != nil {
		return nil
	}
	return entries
}

// Snapshotted is the index of the last snapshot in the log.
func (p *Replica) Snapshotted() uint64 { return p.snapshotted }

// ConfIndex is the index at which the configuration changed last since the start, by an
// entry or by a snapshot; zero when it has not.
func (p *Replica) ConfIndex() uint64 { return p.confIndex }

// Machine is the state machine at Applied, which a snapshot may replace by another one.
func (p *Replica) Machine() Machine { return p.machine }

// Successor is the voter whom a leader best hands over to: of those that were heard of
// lately the one that has most of the log. Zero when there is none.
func (p *Replica) Successor() uint64 {
	best, match := raft.None, uint64(0)
	p.node.WithProgress(func(id uint64, typ raft.ProgressType, pr tracker.Progress) {
		if id != p.id && typ == raft.ProgressTypePeer && pr.RecentActive && (best == raft.None || pr.Match > match) {
			best, match = id, pr.Match
		}
	})
	return best
}

// Query asks the state machine, which may be behind.
func (p *Replica) Query(query []byte) []byte { return p.machine.Query(query) }

// Digest is that of the state machine.
func (p *Replica) Digest() uint64 { return p.machine.Digest() }
