package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"time"
)

// run is the life of a server: it ends when ctx does, or when it cannot go on.
func run(ctx context.Context, c config) error {
	listener, err := net.Listen("tcp", c.cluster[c.id])
	if err != nil {
		return err
	}
	s, err := newServer(c)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	web := &http.Server{Handler: s.handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		if err := web.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	log.Printf("serves on %s", listener.Addr())
	select {
	case <-ctx.Done():
		return s.stop(web)
	case <-s.done:
	}
	if err := errors.Join(s.close(), web.Close()); !errors.Is(err, errGone) {
		return err
	}
	log.Print(errGone)
	return nil
}

// stop ends a healthy server without trouble for its clients: another one leads,
// and the requests under way are answered.
func (s *server) stop(web *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), requestTimeout)
	defer cancel()
	patience, cancel := context.WithTimeout(ctx, 2*electionTicks*s.tick)
	defer cancel()
	s.handOver(patience)
	if err := web.Shutdown(ctx); err != nil {
		_ = web.Close() // what is left waits for a majority that is not there
	}
	return s.close()
}

// sleep waits and returns true, or false when ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
