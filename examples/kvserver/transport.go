package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// queueBytes is how much to one server may wait on each of its two queues.
	// More is dropped: Raft sends again what matters.
	queueBytes = 16 << 20
	// queueParts is how many parts may wait on a queue.
	queueParts = 4096
)

// The headers of a request between servers.
const (
	clusterHeader = "Raft-Cluster"
	fromHeader    = "Raft-From"
	toHeader      = "Raft-To"
)

// errGone is what a server answers to one that was removed.
var errGone = errors.New("this server was removed from the cluster")

// transport carries bytes to the other servers. Each has two queues, one for
// batches of messages and one for chunks of snapshots, with a connection each, so
// that no heartbeat waits behind a snapshot. In a queue everything keeps its order.
type transport struct {
	identity identity
	security *security
	timeout  time.Duration // of one request
	// gone is told the servers that say that this one was removed.
	gone func(by uint64)

	mu      sync.Mutex
	peers   map[uint64]*peer
	running sync.WaitGroup
}

// peer is a server to send to, or one that was removed.
type peer struct {
	id       uint64
	address  string
	removed  bool
	client   *http.Client
	messages *queue
	chunks   *queue
	stop     context.CancelFunc
}

// part is something to send, and who is told what became of it: nil when it has
// arrived.
type part struct {
	bytes []byte
	sent  func(error)
}

// newTransport returns one without servers to send to. A request that takes
// longer than timeout has failed.
func newTransport(i identity, s *security, timeout time.Duration, gone func(by uint64)) *transport {
	return &transport{identity: i, security: s, timeout: timeout, gone: gone, peers: map[uint64]*peer{}}
}

// add begins to send to a server. One that was removed stays so.
func (t *transport) add(id uint64, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if id == t.identity.Server {
		return
	}
	if old := t.peers[id]; old != nil {
		if old.removed || old.address == address {
			return
		}
		old.stop()
	}
	ctx, stop := context.WithCancel(context.Background())
	p := &peer{id: id, address: address, client: t.newClient(id), messages: newQueue(), chunks: newQueue(), stop: stop}
	t.peers[id] = p
	t.running.Go(func() { t.run(ctx, p, p.messages, "/raft", batchMessages) })
	t.running.Go(func() { t.run(ctx, p, p.chunks, "/raft/chunk", 1) })
}

func (t *transport) newClient(id uint64) *http.Client {
	return &http.Client{Timeout: t.timeout, Transport: &http.Transport{
		DialContext:     (&net.Dialer{Timeout: t.timeout / 2}).DialContext,
		TLSClientConfig: t.security.calling(id), TLSHandshakeTimeout: t.timeout / 2,
		MaxIdleConnsPerHost: 2, MaxResponseHeaderBytes: 1 << 14,
	}}
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

// addresses returns those of all servers but this and the removed ones.
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

// send takes a message for a server and never waits.
func (t *transport) send(to uint64, p part) {
	t.enqueue(to, p, func(to *peer) *queue { return to.messages })
}

// sendChunk takes a chunk for a server and never waits.
func (t *transport) sendChunk(to uint64, p part) {
	t.enqueue(to, p, func(to *peer) *queue { return to.chunks })
}

func (t *transport) enqueue(to uint64, what part, choose func(*peer) *queue) {
	t.mu.Lock()
	p := t.peers[to]
	t.mu.Unlock()
	switch {
	case p == nil || p.removed:
		what.sent(errors.New("no address"))
	case !choose(p).put(what):
		what.sent(errors.New("the queue is full"))
	}
}

// run sends what is in a queue, at most so many parts in one request, until ctx
// ends.
func (t *transport) run(ctx context.Context, p *peer, q *queue, path string, most int) {
	for {
		batch, ok := q.take(ctx, most)
		if !ok {
			p.client.CloseIdleConnections()
			return
		}
		var body []byte
		for i := range batch {
			if most == 1 {
				body = batch[i].bytes
			} else {
				body = appendToBatch(body, batch[i].bytes)
			}
		}
		err := t.post(ctx, p, path, body)
		for i := range batch {
			batch[i].sent(err)
		}
	}
}

// post delivers a body, or fails: then some of it may have arrived.
func (t *transport) post(ctx context.Context, p *peer, path string, body []byte) error {
	response, err := t.request(ctx, p.client, http.MethodPost, p.id, p.address, path, body)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10)) // to the end, so that the connection is used again
	switch response.StatusCode {
	case http.StatusNoContent:
		return nil
	case http.StatusGone:
		t.gone(p.id)
		return errGone
	}
	return fmt.Errorf("server %d answers %s: %s", p.id, response.Status, bytes.TrimSpace(text))
}

// request asks a server something in the name of this one.
func (t *transport) request(ctx context.Context, client *http.Client, method string, id uint64, address, path string, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, t.security.scheme()+"://"+address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set(clusterHeader, t.identity.Cluster)
	request.Header.Set(fromHeader, strconv.FormatUint(t.identity.Server, 10))
	request.Header.Set(toHeader, strconv.FormatUint(id, 10))
	return client.Do(request)
}

// close ends all sending and waits for that.
func (t *transport) close() {
	t.mu.Lock()
	for _, p := range t.peers {
		p.stop()
	}
	t.mu.Unlock()
	t.running.Wait()
}
