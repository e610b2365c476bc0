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

	"raftsim/host"
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
	reports  reports

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

// reports are told what a transport finds out. They must not wait.
type reports struct {
	gone        func(by uint64) // a server says that this one was removed
	unreachable func(id uint64) // messages to a server were lost
}

// newTransport returns one without servers to send to. A request that takes
// longer than timeout has failed.
func newTransport(i identity, s *security, timeout time.Duration, r reports) *transport {
	return &transport{identity: i, security: s, timeout: timeout, reports: r, peers: map[uint64]*peer{}}
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
	t.running.Go(func() { t.run(ctx, p) })
	t.running.Go(func() { t.runChunks(ctx, p) })
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
func (t *transport) send(to uint64, m *host.Message) {
	t.mu.Lock()
	p := t.peers[to]
	t.mu.Unlock()
	switch {
	case p == nil || p.removed:
	case m.Kind == host.ChunkMessage:
		p.chunks.put(encode(m)) // what is lost is sent again
	case !p.messages.put(encode(m)):
		t.reports.unreachable(to)
	}
}

// run sends the messages to a server, in batches, until ctx ends.
func (t *transport) run(ctx context.Context, p *peer) {
	for {
		batch, ok := p.messages.take(ctx, batchMessages)
		if !ok {
			p.client.CloseIdleConnections()
			return
		}
		var body []byte
		for _, part := range batch {
			body = appendToBatch(body, part)
		}
		if t.post(ctx, p, "/raft", body) != nil {
			t.reports.unreachable(p.id)
		}
	}
}

// runChunks sends the chunks to a server, one by one, until ctx ends.
func (t *transport) runChunks(ctx context.Context, p *peer) {
	for {
		batch, ok := p.chunks.take(ctx, 1)
		if !ok {
			return
		}
		_ = t.post(ctx, p, "/raft/chunk", batch[0]) // what is lost is sent again
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
		t.reports.gone(p.id)
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
