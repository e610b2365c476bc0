package sim

import (
	"slices"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Reads.
var (
	sawEarlyRead    = Sometimes("read-before-first-commit", "A leader is asked for a read index and has not yet committed an entry of its term.")
	sawReadBatch    = Sometimes("reads-confirmed-together", "One heartbeat response confirms several reads.")
	sawLeaseRead    = Sometimes("lease-read", "A leader serves a read under its leader lease.")
	sawFollowerRead = Sometimes("follower-read", "A follower serves a read at the index that its leader gave it.")
	sawReadExpired  = Sometimes("read-abandoned", "A host drops a read because it did not get the read index, or did not apply it in time.")
	sawStaleRead    = Sometimes("stale-read", "A host answers a stale read while another host has applied more.")
	sawStaleWait    = Sometimes("stale-read-waits", "A host is asked for a stale read and has applied less than the client has seen.")
)

// reading sees a host asked for a read index.
func (w *watcher) reading(of *watched) {
	p := &of.replica
	if !p.leading {
		return
	}
	term, known := p.termAt(p.written.Commit)
	sawEarlyRead.When(w.marks, known && term < p.term)
}

// offered sees a Ready, before the host has done anything about it.
func (w *watcher) offered(of *watched, rd *raft.Ready) {
	p := &of.replica
	if p.leading && rd.SoftState != nil && rd.SoftState.RaftState != raft.StateLeader {
		w.deposed(of, rd.HardState.Term)
	}
	if p.leading && of.steps == 1 && !w.sim.options.Raft.LeaseReads {
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
func (w *watcher) served(of *watched) {
	leading := of.replica.leading
	sawLeaseRead.When(w.marks, leading && w.sim.options.Raft.LeaseReads)
	sawFollowerRead.When(w.marks, !leading)
}

// readingStale sees a host asked for a state that is not older than an index.
func (w *watcher) readingStale(of *watched, seen uint64) {
	applied := of.replica.applied
	sawStaleWait.When(w.marks, applied < seen)
	sawStaleRead.When(w.marks, applied >= seen && slices.ContainsFunc(w.hosts, func(h *watched) bool { return h.replica.applied > applied }))
}
