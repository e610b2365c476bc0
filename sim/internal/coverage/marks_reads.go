package coverage

import (
	"slices"

	"raftsim/mark"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Reads.
var (
	sawEarlyRead    = mark.Sometimes("read-before-first-commit", "A leader is asked for a read index and has not yet committed an entry of its term.")
	sawReadBatch    = mark.Sometimes("reads-confirmed-together", "One heartbeat response confirms several reads.")
	sawLeaseRead    = mark.Sometimes("lease-read", "A leader serves a read under its leader lease.")
	sawFollowerRead = mark.Sometimes("follower-read", "A follower serves a read at the index that its leader gave it.")
	sawReadExpired  = mark.Sometimes("read-abandoned", "A host drops a read because it did not get the read index, or did not apply it in time.")
	sawStaleRead    = mark.Sometimes("stale-read", "A host answers a stale read while another host has applied more.")
	sawStaleWait    = mark.Sometimes("stale-read-waits", "A host is asked for a stale read and has applied less than the client has seen.")
)

// Reading sees a host asked for a read index.
func (w *Watcher) Reading(of *Host) {
	p := &of.Replica
	if !p.Leading {
		return
	}
	term, known := p.termAt(p.written.Commit)
	sawEarlyRead.When(w.marks, known && term < p.Term)
}

// Offered sees a Ready, before the host has done anything about it.
func (w *Watcher) Offered(of *Host, rd *raft.Ready) {
	p := &of.Replica
	if p.Leading && rd.SoftState != nil && rd.SoftState.RaftState != raft.StateLeader {
		w.deposed(of, rd.HardState.Term)
	}
	if p.Leading && of.steps == 1 && !w.options.LeaseReads {
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

// Served sees a host answer a read.
func (w *Watcher) Served(of *Host) {
	leading := of.Replica.Leading
	sawLeaseRead.When(w.marks, leading && w.options.LeaseReads)
	sawFollowerRead.When(w.marks, !leading)
}

// ReadingStale sees a host asked for a state that is not older than an index.
func (w *Watcher) ReadingStale(of *Host, seen uint64) {
	applied := of.Replica.Applied
	sawStaleWait.When(w.marks, applied < seen)
	sawStaleRead.When(w.marks, applied >= seen && slices.ContainsFunc(w.hosts, func(h *Host) bool { return h.Replica.Applied > applied }))
}

// ReadsExpired sees a host drop reads.
func (w *Watcher) ReadsExpired() { sawReadExpired.When(w.marks, true) }
