package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"raftsim/raft"
)

// ticket names a proposal: the session and number of a command, or no session
// and the ID of a configuration change.
type ticket struct{ session, number uint64 }

// proposals are the requests that wait until what they proposed is applied.
type proposals struct {
	// retry is how long to wait before the same is proposed once more: it may
	// have been on its way to a leader that is no more. It takes effect once
	// however often it gets into the log.
	retry time.Duration

	mu      sync.Mutex
	waiting map[ticket][]chan []byte
}

func newProposals(retry time.Duration) *proposals {
	return &proposals{retry: retry, waiting: map[ticket][]chan []byte{}}
}

// do proposes and waits for what applying it answers; nil is the answer to a
// command that is older than its session. On an error nobody knows whether the
// proposal takes effect. It can be repeated under the same ticket.
func (p *proposals) do(ctx context.Context, t ticket, propose func(context.Context) error) ([]byte, error) {
	answer := p.wait(t)
	defer p.forget(t, answer)
	again := time.NewTicker(p.retry)
	defer again.Stop()
	for {
		if err := propose(ctx); err != nil && !errors.Is(err, raft.ErrProposalDropped) {
			return nil, err
		}
		select {
		case a := <-answer:
			return a, nil
		case <-again.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// wait registers a request. There may be several with the same ticket, when a
// client lost patience and asked again.
func (p *proposals) wait(t ticket) chan []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	answer := make(chan []byte, 1)
	p.waiting[t] = append(p.waiting[t], answer)
	return answer
}

func (p *proposals) forget(t ticket, answer chan []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	left := slices.DeleteFunc(p.waiting[t], func(c chan []byte) bool { return c == answer })
	if len(left) > 0 {
		p.waiting[t] = left
	} else {
		delete(p.waiting, t)
	}
}

// applied answers those who wait for a ticket on this server, if any.
func (p *proposals) applied(t ticket, answer []byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.waiting[t] {
		c <- answer
	}
	delete(p.waiting, t)
}
