package replica

import (
	"context"
	"encoding/binary"
	"slices"

	"raftsim/clock"
	"raftsim/host"
	"raftsim/raft"
)

// pendingRead is a read that waits for the state machine to reach its index. A
// linearizable one has to be told the index first.
type pendingRead struct {
	request *host.Request
	client  uint64
	attempt uint64     // the ReadIndex context, unique on this host for good; zero for a stale read
	index   uint64     // neverApplied until the leader has told it
	since   clock.Time // on the host's clock
}

// serve takes a client's request. A command is proposed, here or at the leader
// that the Node forwards it to, and answered when it is applied here. A read
// asks for the commit index first, unless it may be stale. Without a leader the
// client is told to go elsewhere, since Propose would wait for one.
func (p *Replica) serve(client uint64, r *host.Request) {
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
		p.dropped(err)
		p.refuse(client, r)
	}
}

func (p *Replica) refuse(client uint64, r *host.Request) {
	p.respond(client, host.Response{Session: r.Session, Number: r.Number, Read: r.Read, Status: host.Refused})
}

// beginRead asks the leader which index the read must see. The context names
// host, incarnation and attempt, so that no two reads ever share one.
func (p *Replica) beginRead(client uint64, r *host.Request) {
	p.readAttempts++
	attempt := uint64(p.config.Incarnation)<<32 | p.readAttempts
	p.reads = append(p.reads, pendingRead{request: r, client: client, attempt: attempt, index: neverApplied, since: p.env.Now()})
	var rctx [16]byte
	binary.BigEndian.PutUint64(rctx[:8], p.id)
	binary.BigEndian.PutUint64(rctx[8:], attempt)
	p.observer.ReadBegun(rctx[:])
	if err := p.node.ReadIndex(context.Background(), rctx[:]); err != nil {
		p.reads = p.reads[:len(p.reads)-1]
		p.refuse(client, r)
	}
}

// beginStaleRead asks nobody: whatever has been applied here will do, once that
// is no less than the client has seen.
func (p *Replica) beginStaleRead(client uint64, r *host.Request) {
	p.observer.StaleRead(r.Seen)
	p.reads = append(p.reads, pendingRead{request: r, client: client, index: r.Seen, since: p.env.Now()})
	p.serveDueReads()
}

// serveReads takes the indexes that the leader has told.
func (p *Replica) serveReads(states []raft.ReadState) {
	for _, state := range states {
		if len(state.RequestCtx) != 16 || binary.BigEndian.Uint64(state.RequestCtx) != p.id {
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
func (p *Replica) serveDueReads() {
	p.reads = slices.DeleteFunc(p.reads, func(r pendingRead) bool {
		if r.index > p.applied {
			return false
		}
		if p.watched && !r.request.Stale {
			p.observer.ReadServed(r.request.Read, p.applied)
		}
		answer := p.machine.Query(r.request.Command)
		p.respond(r.client, host.Response{Session: r.request.Session, Number: r.request.Number, Read: r.request.Read, Answer: answer, Index: p.applied})
		return true
	})
}

// expireReads forgets reads that have waited for so long that their client has
// asked elsewhere.
func (p *Replica) expireReads() {
	if len(p.reads) == 0 {
		return
	}
	oldest := p.env.Now().Add(-p.config.ReadTimeout)
	before := len(p.reads)
	p.reads = slices.DeleteFunc(p.reads, func(r pendingRead) bool { return r.since < oldest })
	if p.watched && len(p.reads) < before {
		p.observer.ReadsExpired()
	}
}

// neverApplied is later than any index.
const neverApplied = uint64(clock.Never)
