package sim

import (
	"context"
	"encoding/binary"
	"slices"

	"raftsim/clock"
	"raftsim/raft"
)

// pendingRead is a read that waits for the state machine to reach its index. A
// linearizable one has to be told the index first.
type pendingRead struct {
	request *Request
	client  uint64
	attempt uint64     // the ReadIndex context, unique on this host for good; zero for a stale read
	index   uint64     // neverApplied until the leader has told it
	since   clock.Time // on the host's clock
}

// serve takes a client's request. A command is proposed, here or at the leader
// that the Node forwards it to, and answered when it is applied here. A read
// asks for the commit index first, unless it may be stale. Without a leader the
// client is told to go elsewhere, since Propose would wait for one.
func (p *raftHost) serve(client uint64, r *Request) {
	if r.Stale {
		p.beginStaleRead(client, r)
		return
	}
	if p.node.BasicStatus().Lead == raft.None {
		p.refuse(client, r)
		return
	}
	if r.Read != 0 {
		p.beginRead(client, r)
		return
	}
	p.waiting[waiter{r.Session, r.Number}] = client
	if err := p.node.Propose(context.Background(), r.Command); err != nil {
		delete(p.waiting, waiter{r.Session, r.Number})
		p.host.sim.watcher.refused(p, err)
		p.refuse(client, r)
	}
}

func (p *raftHost) refuse(client uint64, r *Request) {
	p.respond(client, Response{Session: r.Session, Number: r.Number, Read: r.Read, Status: Refused})
}

// beginRead asks the leader which index the read must see. The context names
// host, incarnation and attempt, so that no two reads ever share one.
func (p *raftHost) beginRead(client uint64, r *Request) {
	p.host.sim.watcher.reading(p)
	p.readAttempts++
	attempt := uint64(p.host.incarnation)<<32 | p.readAttempts
	p.reads = append(p.reads, pendingRead{request: r, client: client, attempt: attempt, index: neverApplied, since: p.host.Now()})
	var rctx [16]byte
	binary.BigEndian.PutUint64(rctx[:8], p.host.id)
	binary.BigEndian.PutUint64(rctx[8:], attempt)
	p.host.sim.protocol.ReadBegun(p.host.id, rctx[:])
	if err := p.node.ReadIndex(context.Background(), rctx[:]); err != nil {
		p.reads = p.reads[:len(p.reads)-1]
		p.refuse(client, r)
	}
}

// beginStaleRead asks nobody: whatever has been applied here will do, once that
// is no less than the client has seen.
func (p *raftHost) beginStaleRead(client uint64, r *Request) {
	p.host.sim.watcher.readingStale(p, r)
	p.reads = append(p.reads, pendingRead{request: r, client: client, index: r.Seen, since: p.host.Now()})
	p.serveDueReads()
}

// serveReads takes the indexes that the leader has told.
func (p *raftHost) serveReads(states []raft.ReadState) {
	for _, state := range states {
		if len(state.RequestCtx) != 16 || binary.BigEndian.Uint64(state.RequestCtx) != p.host.id {
			continue
		}
		attempt := binary.BigEndian.Uint64(state.RequestCtx[8:])
		for i := range p.reads {
			if p.reads[i].attempt == attempt {
				p.reads[i].index = state.Index
			}
		}
	}
	if len(states) > 0 {
		p.serveDueReads()
	}
}

// serveDueReads answers the reads whose index has been applied.
func (p *raftHost) serveDueReads() {
	p.reads = slices.DeleteFunc(p.reads, func(r pendingRead) bool {
		if r.index > p.applied {
			return false
		}
		if !r.request.Stale {
			p.host.sim.protocol.ReadServed(p.host.id, r.request.Read, p.applied)
			p.host.sim.watcher.served(p)
		}
		answer := p.machine.Query(r.request.Command)
		p.respond(r.client, Response{Session: r.request.Session, Number: r.request.Number, Read: r.request.Read, Answer: answer, Index: p.applied})
		return true
	})
}

// expireReads forgets reads that have waited for so long that their client has
// asked elsewhere.
func (p *raftHost) expireReads() {
	if len(p.reads) == 0 {
		return
	}
	oldest := p.host.Now().Add(-p.host.sim.options.Workload.Attempt)
	before := len(p.reads)
	p.reads = slices.DeleteFunc(p.reads, func(r pendingRead) bool { return r.since < oldest })
	sawReadExpired.When(p.host.Marks(), len(p.reads) < before)
}
