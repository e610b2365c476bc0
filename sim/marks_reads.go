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
