package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"raftsim/host"
	"raftsim/raft"
	"raftsim/replica/snapstream"
)

// receiving is how many bodies of other servers are read at the same time, at most:
// what arrives takes no more than so many times mostBytes.
const receiving = 16

// receive serves POST /raft: it hands a batch of another server to the loop, and
// waits while the loop is busy.
func (s *server) receive(w http.ResponseWriter, r *http.Request) {
	from, ok := s.sender(w, r)
	if !ok {
		return
	}
	b, ok := s.peerBody(w, r)
	if !ok {
		return
	}
	batch, err := decodeBatch(from, b)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.handOn(w, r, batch)
}

// receiveChunk serves POST /raft/chunk, a piece of a snapshot.
func (s *server) receiveChunk(w http.ResponseWriter, r *http.Request) {
	from, ok := s.sender(w, r)
	if !ok {
		return
	}
	b, ok := s.peerBody(w, r)
	if !ok {
		return
	}
	chunk := new(snapstream.Chunk)
	if err := chunk.Unmarshal(b); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.handOn(w, r, []inbound{{from, host.Message{Kind: host.ChunkMessage, Chunk: chunk}}})
}

// handOn gives to the loop what was received, all of it or nothing that is not for
// this server.
func (s *server) handOn(w http.ResponseWriter, r *http.Request, batch []inbound) {
	for i := range batch {
		if err := batch[i].check(s.id); err != nil {
			http.Error(w, err.Error(), http.StatusMisdirectedRequest)
			return
		}
	}
	for i := range batch {
		in := &batch[i]
		if err := s.world.do(r.Context(), func() { s.replica.Receive(in.from, &in.message) }); err != nil {
			unavailable(w, err)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// sender is the server that sends a request, as far as its certificate proves it.
// It has answered if it returns false: to strangers, to those of other clusters, to
// those that look for another server, and to those that were removed.
func (s *server) sender(w http.ResponseWriter, r *http.Request) (uint64, bool) {
	from, err := strconv.ParseUint(r.Header.Get(fromHeader), 10, 64)
	switch cluster, to := r.Header.Get(clusterHeader), r.Header.Get(toHeader); {
	case err != nil || from == raft.None:
		http.Error(w, fmt.Sprintf("%s is %q, must be the number of a server", fromHeader, r.Header.Get(fromHeader)), http.StatusBadRequest)
	case !s.security.is(r.TLS, from):
		http.Error(w, fmt.Sprintf("no certificate of this cluster says that this is server %d", from), http.StatusForbidden)
	case cluster != s.identity.Cluster:
		http.Error(w, fmt.Sprintf("this is a server of cluster %s, not of %q", s.identity.Cluster, cluster), http.StatusMisdirectedRequest)
	case to != strconv.FormatUint(s.id, 10):
		http.Error(w, fmt.Sprintf("this is server %d, not %q", s.id, to), http.StatusMisdirectedRequest)
	case s.peers.isRemoved(from):
		http.Error(w, errGone.Error(), http.StatusGone)
	default:
		return from, true
	}
	return 0, false
}

// peerBody reads the body of a request of another server, when there is room.
func (s *server) peerBody(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	select {
	case s.bodies <- struct{}{}:
		defer func() { <-s.bodies }()
	case <-r.Context().Done():
		return nil, false
	}
	return body(w, r, mostBytes)
}

// identify serves GET /raft/identity: whose server this is.
func (s *server) identify(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(s.identity)
}

// identityAt asks who is at the address of a server.
func identityAt(ctx context.Context, sec *security, id uint64, address string) (identity, error) {
	t := newTransport(identity{}, sec, time.Second, reports{})
	client := t.newClient(id)
	defer client.CloseIdleConnections()
	response, err := t.request(ctx, client, http.MethodGet, id, address, "/raft/identity", nil)
	if err != nil {
		return identity{}, err
	}
	defer response.Body.Close()
	b, err := io.ReadAll(io.LimitReader(response.Body, 1<<10))
	var i identity
	switch {
	case err != nil:
		return i, err
	case response.StatusCode != http.StatusOK:
		return i, fmt.Errorf("%s answers %s", address, response.Status)
	case json.Unmarshal(b, &i) != nil:
		return i, fmt.Errorf("%s is no kvserver", address)
	}
	return i, nil
}

// checkMember says what is wrong with a server that is to be added, and the status
// code of that: it must run at its address, and belong to this cluster, before
// anything is sent there.
func (s *server) checkMember(ctx context.Context, id uint64, address string) (int, error) {
	if err := s.security.allows(address); err != nil {
		return http.StatusBadRequest, err
	}
	i, err := identityAt(ctx, s.security, id, address)
	switch {
	case err != nil:
		return http.StatusServiceUnavailable, fmt.Errorf("server %d must run before it is added: %w", id, err)
	case i.Server != id:
		return http.StatusConflict, fmt.Errorf("at %s is server %d, not %d", address, i.Server, id)
	case i.Cluster != s.identity.Cluster:
		return http.StatusConflict, fmt.Errorf("server %d belongs to cluster %s, this is cluster %s", id, i.Cluster, s.identity.Cluster)
	}
	return 0, nil
}

// joinedID asks the servers of a running cluster which cluster it is, until one
// answers. Two that disagree are an error.
func joinedID(ctx context.Context, c *config, sec *security) (clusterID, error) {
	for {
		found := map[string]uint64{}
		last := errors.New("-cluster names no other server")
		for id, address := range c.cluster {
			if id == c.id {
				continue
			}
			i, err := identityAt(ctx, sec, id, address)
			if err == nil && i.Server != id {
				err = fmt.Errorf("at %s is server %d, not %d", address, i.Server, id)
			}
			if err != nil {
				last = err
				continue
			}
			found[i.Cluster] = id
		}
		switch len(found) {
		case 0:
			if len(c.cluster) == 1 || !sleep(ctx, c.tick) {
				return 0, fmt.Errorf("kvserver: nobody says which cluster this is: %w", last)
			}
		case 1:
			for cluster := range found {
				return parseClusterID(cluster)
			}
		default:
			return 0, fmt.Errorf("kvserver: -cluster names servers of %d clusters: %v", len(found), found)
		}
	}
}
