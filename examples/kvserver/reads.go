package main

import (
	"context"
	"encoding/binary"
	"sync"
	"time"

	"raftsim/raft"
)

// reads are the requests that wait for a linearizable read (dissertation §6.4):
// each asks the leader for its commit index, waits until the leader has made
// sure that it still leads and this server has applied that much, and is then
// answered from this server's own copy.
type reads struct {
	node raft.Node
	// retry is how long to wait before the leader is asked once more: the
	// question, or its answer, may have been lost.
	retry time.Duration
	// incarnation differs between servers and between starts of one server,
	// so that no context is ever used twice.
	incarnation uint64

	mu        sync.Mutex
	questions uint64
	asked     map[string]*read // by context; a read has several after retries
	ready     []*read          // confirmed, and waiting for their index
}

type read struct {
	query     []byte
	answer    chan []byte
	contexts  []string
	confirmed bool
	index     uint64 // to be applied first, once it is confirmed
}

func newReads(node raft.Node, retry time.Duration, incarnation uint64) *reads {
	return &reads{node: node, retry: retry, incarnation: incarnation, asked: map[string]*read{}}
}

// do answers a query as of some moment between the call and the return.
func (r *reads) do(ctx context.Context, query []byte) ([]byte, error) {
	q := &read{query: query, answer: make(chan []byte, 1)}
	defer r.forget(q)
	again := time.NewTicker(r.retry)
	defer again.Stop()
	for {
		if err := r.node.ReadIndex(ctx, []byte(r.register(q))); err != nil {
			return nil, err
		}
		select {
		case a := <-q.answer:
			return a, nil
		case <-again.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// register returns a new context for a read.
func (r *reads) register(q *read) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.questions++
	c := binary.BigEndian.AppendUint64(nil, r.incarnation)
	c = binary.BigEndian.AppendUint64(c, r.questions)
	q.contexts = append(q.contexts, string(c))
	r.asked[string(c)] = q
	return string(c)
}

func (r *reads) forget(q *read) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range q.contexts {
		delete(r.asked, c)
	}
}

// confirm takes the read states of a Ready.
func (r *reads) confirm(states []raft.ReadState) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, state := range states {
		q := r.asked[string(state.RequestCtx)]
		if q == nil || q.confirmed {
			continue // given up, or confirmed under another context
		}
		q.confirmed, q.index = true, state.Index
		r.ready = append(r.ready, q)
	}
}

// serve answers the confirmed reads that need no more than what is applied.
func (r *reads) serve(applied uint64, query func([]byte) []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	later := r.ready[:0]
	for _, q := range r.ready {
		if q.index > applied {
			later = append(later, q)
		} else {
			q.answer <- query(q.query)
		}
	}
	clear(r.ready[len(later):])
	r.ready = later
}
