package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"

	"golang.org/x/net/netutil"
)

// run is the life of a server: it ends when ctx does, or when it cannot go on.
func run(ctx context.Context, c config) error {
	sec, err := openSecurity(c.certificates, c.id)
	if err != nil {
		return err
	}
	for _, address := range append(slices.Collect(maps.Values(c.cluster)), c.listen) {
		if err := sec.allows(address); err != nil {
			return fmt.Errorf("kvserver: %w", err)
		}
	}
	listener, err := net.Listen("tcp", c.listen)
	if err != nil {
		return err
	}
	i, err := c.identify(ctx, sec)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	s, err := newServer(c, i, sec)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	web := s.web(listener)
	log.Printf("server %d of cluster %s serves on %s", i.Server, i.Cluster, listener.Addr())
	select {
	case <-ctx.Done():
		return s.stop(web)
	case <-s.world.done:
	}
	if err := errors.Join(s.close(), web.Close()); !errors.Is(err, errGone) {
		return err
	}
	log.Print(errGone)
	return nil
}

// identify finds out which server of which cluster this is, and makes it durable
// where it starts for the first time.
func (c *config) identify(ctx context.Context, sec *security) (identity, error) {
	kept, err := readIdentity(c.dir)
	switch {
	case err != nil:
		return identity{}, err
	case kept != nil && kept.Server != c.id:
		return identity{}, fmt.Errorf("kvserver: -id is %d, and %s is the directory of server %d of cluster %s", c.id, c.dir, kept.Server, kept.Cluster)
	case kept != nil:
		return *kept, nil
	}
	cluster := foundedID(c.cluster, c.token)
	if c.join {
		if cluster, err = joinedID(ctx, c, sec); err != nil {
			return identity{}, err
		}
	}
	i := identity{cluster.String(), c.id}
	return i, keepIdentity(c.dir, i)
}

// connections is how many connections a server holds at the same time.
const connections = 4096

// web serves HTTP. A client that is slow to say what it wants, or to take the answer, is
// cut off.
func (s *server) web(listener net.Listener) *http.Server {
	web := &http.Server{
		Handler: s.handler(), TLSConfig: s.security.serving(), MaxHeaderBytes: 1 << 14,
		ReadHeaderTimeout: requestTimeout, ReadTimeout: 2 * requestTimeout, WriteTimeout: 4 * requestTimeout, IdleTimeout: time.Minute,
	}
	listener = netutil.LimitListener(listener, connections)
	go func() {
		serve := web.Serve
		if s.security.on {
			serve = func(l net.Listener) error { return web.ServeTLS(l, "", "") }
		}
		if err := serve(listener); !errors.Is(err, http.ErrServerClosed) {
			log.Print(err)
		}
	}()
	return web
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
