package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"raftsim/host"
	"raftsim/workload"
)

const (
	// requestTimeout is how long a server tries to answer a client.
	requestTimeout = 5 * time.Second
	// bodyBytes limits what a client may send.
	bodyBytes = 1 << 20
	// clients is how many requests of clients are served at the same time.
	clients = 1024
)

// The headers that name a command, with numbers from 1 on: a client that has no answer repeats the command under the same numbers, and it
// takes effect once. A client has one command of a session under way at a time.
const (
	sessionHeader = "Session"
	numberHeader  = "Number"
)

// handler serves clients, people and the other servers.
//
//	PUT, POST, DELETE, GET /kv/{key}   set, append to, delete, read a key
//	POST /command, /query              the same in the encoding of workload.KV
//	PUT, DELETE /members/{id}          add and remove a server
//	GET /status                        what this server knows
//	POST /raft, /raft/chunk            messages and snapshots of the other servers
//	GET /raft/identity                 whose server this is
func (s *server) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /kv/{key}", s.write(putCommand))
	mux.HandleFunc("POST /kv/{key}", s.write(appendCommand))
	mux.HandleFunc("DELETE /kv/{key}", s.write(func(key uint64, m workload.Mark, _ []byte) []byte {
		return workload.KVDelete(key, m).Bytes
	}))
	mux.HandleFunc("GET /kv/{key}", s.get)
	mux.HandleFunc("POST /command", s.command)
	mux.HandleFunc("POST /query", s.query)
	mux.HandleFunc("PUT /members/{id}", s.addMember)
	mux.HandleFunc("DELETE /members/{id}", s.removeMember)
	mux.HandleFunc("GET /status", s.status)
	mux.HandleFunc("POST /raft", s.receive)
	mux.HandleFunc("POST /raft/chunk", s.receiveChunk)
	mux.HandleFunc("GET /raft/identity", s.identify)
	return mux
}

// write serves a command on a key. Without numbers of the client's it gets a
// session of its own, which the answer names, so that it can be repeated too.
func (s *server) write(encode func(key uint64, m workload.Mark, value []byte) []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		key, ok := pathNumber(w, r, "key")
		if !ok {
			return
		}
		t := ticket{session: randomNumber(), number: 1}
		if r.Header.Get(sessionHeader) != "" {
			if t, ok = ticketOf(w, r); !ok {
				return
			}
		}
		w.Header().Set(sessionHeader, strconv.FormatUint(t.session, 10))
		w.Header().Set(numberHeader, strconv.FormatUint(t.number, 10))
		value, ok := body(w, r, bodyBytes)
		if !ok {
			return
		}
		command := encode(key, workload.Mark{Client: t.session, Number: t.number}, value)
		if _, ok := s.propose(w, r, t, command); ok {
			w.WriteHeader(http.StatusNoContent)
		}
	}
}

// get serves a linearizable read of a key.
func (s *server) get(w http.ResponseWriter, r *http.Request) {
	key, ok := pathNumber(w, r, "key")
	if !ok {
		return
	}
	answer, ok := s.read(w, r, workload.KVGet(key).Bytes)
	if !ok {
		return
	}
	switch value, exists, err := valueOf(answer); {
	case err != nil:
		http.Error(w, err.Error(), http.StatusInternalServerError)
	case !exists:
		http.Error(w, fmt.Sprintf("key %d has no value", key), http.StatusNotFound)
	default:
		_, _ = w.Write(value)
	}
}

// command serves an encoded command, with the answer of the state machine.
func (s *server) command(w http.ResponseWriter, r *http.Request) {
	t, ok := ticketOf(w, r)
	if !ok {
		return
	}
	command, ok := body(w, r, bodyBytes)
	if !ok {
		return
	}
	if answer, ok := s.propose(w, r, t, command); ok {
		_, _ = w.Write(answer)
	}
}

// query serves an encoded command that only reads.
func (s *server) query(w http.ResponseWriter, r *http.Request) {
	query, ok := body(w, r, bodyBytes)
	if !ok {
		return
	}
	if answer, ok := s.read(w, r, query); ok {
		_, _ = w.Write(answer)
	}
}

// propose puts a command through the log. It has answered the client if it
// returns false.
func (s *server) propose(w http.ResponseWriter, r *http.Request, t ticket, command []byte) ([]byte, bool) {
	ctx, cancel, ok := s.admit(w, r)
	if !ok {
		return nil, false
	}
	defer cancel()
	request := workload.EncodeRequest(nil, t.session, t.number, command)
	a, err := s.request(ctx, t, func() {
		s.serve(&host.Request{Session: t.session, Number: t.number, Command: request})
	})
	switch {
	case err != nil:
		unavailable(w, err)
		return nil, false
	case a.superseded:
		http.Error(w, fmt.Sprintf("command %d of session %d is not the last one", t.number, t.session), http.StatusConflict)
		return nil, false
	}
	return a.bytes, true
}

// read is propose for a linearizable read.
func (s *server) read(w http.ResponseWriter, r *http.Request, query []byte) ([]byte, bool) {
	ctx, cancel, ok := s.admit(w, r)
	if !ok {
		return nil, false
	}
	defer cancel()
	t := ticket{read: randomNumber()}
	a, err := s.request(ctx, t, func() { s.serve(&host.Request{Read: t.read, Command: query}) })
	if err != nil {
		unavailable(w, err)
		return nil, false
	}
	return a.bytes, true
}

// admit makes room for a request of a client and bounds its time, or has answered
// that there is no room.
func (s *server) admit(w http.ResponseWriter, r *http.Request) (ctx context.Context, done func(), ok bool) {
	select {
	case s.admitted <- struct{}{}:
	default:
		w.Header().Set("Retry-After", "1")
		http.Error(w, fmt.Sprintf("%d requests are under way, the most there may be", clients), http.StatusServiceUnavailable)
		return nil, nil, false
	}
	ctx, cancel := context.WithTimeout(r.Context(), requestTimeout)
	return ctx, func() { cancel(); <-s.admitted }, true
}

// unavailable says that the client should try again, here or elsewhere: nobody
// knows yet what becomes of its request.
func unavailable(w http.ResponseWriter, err error) {
	w.Header().Set("Retry-After", "1")
	http.Error(w, "outcome unknown, try again with the same numbers: "+err.Error(), http.StatusServiceUnavailable)
}

// body reads the body of a request, of at most limit bytes.
func body(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, bool) {
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, limit))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil, false
	}
	return b, true
}

func pathNumber(w http.ResponseWriter, r *http.Request, name string) (uint64, bool) {
	n, err := strconv.ParseUint(r.PathValue(name), 10, 64)
	if err != nil {
		http.Error(w, fmt.Sprintf("%s is %q, must be a number", name, r.PathValue(name)), http.StatusBadRequest)
	}
	return n, err == nil
}

func ticketOf(w http.ResponseWriter, r *http.Request) (ticket, bool) {
	session, err1 := strconv.ParseUint(r.Header.Get(sessionHeader), 10, 64)
	number, err2 := strconv.ParseUint(r.Header.Get(numberHeader), 10, 64)
	if err1 != nil || err2 != nil || session == 0 || number == 0 {
		http.Error(w, "the headers Session and Number must be numbers from 1 on", http.StatusBadRequest)
		return ticket{}, false
	}
	return ticket{session: session, number: number}, true
}
