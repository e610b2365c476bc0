package sim

import (
	"slices"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Reads.
var (
	sawEarlyRead    = Sometimes("a read before the leader's first commit", "A leader is asked for a read index and has committed nothing in its term.")
	sawReadBatch    = Sometimes("a read confirmed by a later round", "One answer to a heartbeat confirms several reads.")
	sawLeaseRead    = Sometimes("a lease read served", "A leader serves a read under its lease.")
	sawFollowerRead = Sometimes("a read served by a follower", "A follower serves a read at the index that its leader told.")
	sawReadExpired  = Sometimes("a read without an answer", "A host forgets a read whose index it was never told, or did not come to.")
	sawStaleRead    = Sometimes("a stale read of an old state", "A host answers a read that is declared stale, and another has applied more.")
	sawStaleWait    = Sometimes("a stale read that waits", "A host is asked for a stale read and has applied less than the client has seen.")
)

// reading sees a host asked for a read index.
func (w *watcher) reading(p *raftHost) {
	if !p.leading {
		return
	}
	term, err := p.storage.Term(p.hardState.Commit)
	sawEarlyRead.When(w.marks, err == nil && term < p.term)
}

// offered sees a Ready, before the host has looked at it.
func (w *watcher) offered(p *raftHost, rd *raft.Ready) {
	of := w.host(p.host.id)
	if p.leading && rd.SoftState != nil && rd.SoftState.RaftState != raft.StateLeader {
		w.deposed(p, rd.HardState.Term)
	}
	if p.leading && of.steps == 1 && !p.options.LeaseReads {
		reads := len(rd.ReadStates)
		for i := range rd.Messages {
			if rd.Messages[i].Type == pb.MsgReadIndexResp {
				reads++
			}
		}
		sawReadBatch.When(w.marks, reads > 1)
	}
	of.steps = 0
}

// served sees a host answer a read.
func (w *watcher) served(p *raftHost) {
	sawLeaseRead.When(w.marks, p.leading && p.options.LeaseReads)
	sawFollowerRead.When(w.marks, !p.leading)
}

// readingStale sees a host asked for a stale read.
func (w *watcher) readingStale(p *raftHost, r *Request) {
	sawStaleWait.When(w.marks, p.applied < r.Seen)
	sawStaleRead.When(w.marks, p.applied >= r.Seen && slices.ContainsFunc(p.host.sim.hosts, func(h *Host) bool { return h.Applied() > p.applied }))
}
