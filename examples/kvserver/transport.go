package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

const (
	// queueMessages is how many messages to one server may wait. More are
	// dropped: Raft sends again what matters.
	queueMessages = 1024
	// batchMessages is how many of them one HTTP request carries at most.
	batchMessages = 64
)

// errGone is what a server answers to one that was removed.
var errGone = errors.New("this server was removed from the cluster")

// transport carries messages to the other servers, one queue and one HTTP
// request at a time for each of them, so that they arrive in order.
type transport struct {
	node   raft.Node
	client *http.Client
	// gone is closed when another server has said that this one was removed.
	gone chan struct{}
	once sync.Once

	mu      sync.Mutex
	peers   map[uint64]*peer
	running sync.WaitGroup
}

// peer is a server to send to, or one that was removed.
type peer struct {
	id      uint64
	address string
	removed bool
	queue   chan pb.Message
	stop    context.CancelFunc
}

// newTransport returns one without servers to send to. A request that takes
// longer than timeout has failed.
func newTransport(node raft.Node, timeout time.Duration) *transport {
	return &transport{
		node: node, gone: make(chan struct{}), peers: map[uint64]*peer{},
		client: &http.Client{Timeout: timeout, Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: timeout / 2}).DialContext,
			MaxIdleConnsPerHost: 1,
		}},
	}
}

// add begins to send to a server. One that was removed stays so.
func (t *transport) add(id uint64, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.peers[id]; old != nil {
		if old.removed || old.address == address {
			return
		}
		old.stop()
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &peer{id: id, address: address, queue: make(chan pb.Message, queueMessages), stop: stop}
	t.peers[id] = p
	t.running.Go(func() { t.run(ctx, p) })
}

// remove stops sending to a server, for good.
func (t *transport) remove(id uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if old := t.peers[id]; old != nil && !old.removed {
		old.stop()
	}
	t.peers[id] = &peer{id: id, removed: true, stop: func() {}}
}

// isRemoved says whether a server was removed.
func (t *transport) isRemoved(id uint64) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	p := t.peers[id]
	return p != nil && p.removed
}

// addresses returns those of all servers but the removed ones.
func (t *transport) addresses() map[uint64]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	all := map[uint64]string{}
	for id, p := range t.peers {
		if !p.removed {
			all[id] = p.address
		}
	}
	return all
}

// send takes messages, which are copied out of the slice, and never waits.
func (t *transport) send(messages []pb.Message) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, m := range messages {
		p := t.peers[m.To]
		if p == nil || p.removed {
			t.report(m, errors.New("no address"))
			continue
		}
		select {
		case p.queue <- m:
		default:
			t.report(m, errors.New("the queue is full"))
		}
	}
}

// run sends what is in a queue until ctx ends.
func (t *transport) run(ctx context.Context, p *peer) {
	for {
		select {
		case m := <-p.queue:
			batch := p.more([]pb.Message{m})
			err := t.post(ctx, p, batch)
			for _, m := range batch {
				t.report(m, err)
			}
		case <-ctx.Done():
			return
		}
	}
}

// more adds to a batch what else is waiting.
func (p *peer) more(batch []pb.Message) []pb.Message {
	for len(batch) < batchMessages {
		select {
		case m := <-p.queue:
			batch = append(batch, m)
		default:
			return batch
		}
	}
	return batch
}

// post delivers a batch, or fails: then some of it may have arrived.
func (t *transport) post(ctx context.Context, p *peer, batch []pb.Message) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.address+"/raft", bytes.NewReader(encodeBatch(batch)))
	if err != nil {
		return err
	}
	response, err := t.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	_, _ = io.Copy(io.Discard, response.Body) // so that the connection is used again
	switch response.StatusCode {
	case http.StatusNoContent:
		return nil
	case http.StatusGone:
		t.once.Do(func() { close(t.gone) })
		return errGone
	}
	return fmt.Errorf("server %d answers %s", p.id, response.Status)
}

// report tells the node what it wants to know of a message: whether a snapshot
// arrived, and that another message did not.
func (t *transport) report(m pb.Message, err error) {
	switch {
	case m.Type == pb.MsgSnap && err == nil:
		t.node.ReportSnapshot(m.To, raft.SnapshotFinish)
	case m.Type == pb.MsgSnap:
		t.node.ReportSnapshot(m.To, raft.SnapshotFailure)
	case err != nil:
		t.node.ReportUnreachable(m.To)
	}
}

// close ends all sending and waits for that.
func (t *transport) close() {
	t.mu.Lock()
	for _, p := range t.peers {
		p.stop()
	}
	t.mu.Unlock()
	t.running.Wait()
	t.client.CloseIdleConnections()
}
