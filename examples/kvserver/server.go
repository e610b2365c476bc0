package main

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"log"
	"maps"
	"slices"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/replica"
)

const (
	electionTicks = 10
	// lingerTicks is how long a server stays after it has applied its own
	// removal, so that the others learn that it is committed.
	lingerTicks = 2 * electionTicks
	// mostSnapshotBytes is the largest snapshot that a server takes.
	mostSnapshotBytes = 1 << 30
)

// server is one member: a replica, and the world that it runs in.
type server struct {
	config
	identity identity
	security *security
	peers    *transport
	world    *world
	bodies   chan struct{} // a token for each body of another server that is being read
	admitted chan struct{} // a token for each request of a client under way

	// What follows belongs to the loop.
	replica   *replica.Replica
	requests  *requests
	disowned  map[uint64]bool   // the servers that say that this one was removed
	confIndex uint64            // of the configuration that the transport follows
	followed  map[uint64]string // the members then
	linger    int               // ticks until a removed server ends; zero is forever
}

// newServer recovers a member from its directory, or makes a new one, and starts its
// loop.
func newServer(c config, i identity, sec *security) (*server, error) {
	s := &server{
		config: c, identity: i, security: sec, requests: newRequests(), disowned: map[uint64]bool{},
		bodies: make(chan struct{}, receiving), admitted: make(chan struct{}, clients),
	}
	s.peers = newTransport(i, sec, lingerTicks*c.tick, reports{
		gone:        func(by uint64) { s.world.try(func() { s.disowned[by] = true }) },
		unreachable: func(id uint64) { s.world.try(func() { s.replica.ReportUnreachable(id) }) },
	})
	s.replica = replica.New(s.replicaConfig())
	s.world = newWorld(c.id, c.dir, s.peers)
	s.world.process, s.world.answer, s.world.settle = s.replica, s.requests.answered, s.settle
	if err := s.start(); err != nil {
		s.peers.close()
		return nil, err
	}
	log.Printf("log in %s, applied up to %d", c.dir, s.replica.Applied())
	s.ticked()
	go s.world.loop()
	return s, nil
}

// start starts the replica. A server that was removed does not come back.
func (s *server) start() error {
	err := s.replica.Start(s.world)
	switch {
	case err != nil:
		return err
	case s.world.err != nil:
		return s.world.err
	case s.isRemoved():
		return fmt.Errorf("server %d was removed: a new one takes another id and an empty directory", s.id)
	}
	s.follow()
	s.confIndex = s.replica.ConfIndex()
	s.introduce(s.cluster)
	return nil
}

func (s *server) replicaConfig() replica.Config {
	c := replica.Config{
		Machine:     func() replica.Machine { return newStore(map[uint64]string{}, s.decided) },
		Incarnation: uint32(randomNumber()),
		Tick:        s.tick, ElectionTicks: electionTicks, HeartbeatTicks: 1,
		PreVote: true, CheckQuorum: true,
		MaxSizePerMessage: 1 << 20, MaxInflightMessages: 256, MaxUncommittedBytes: 64 << 20,
		SegmentBytes: s.segmentBytes, SnapshotEvery: s.snapshotEvery, KeepEntries: s.snapshotEvery / 2,
		SnapshotChunk: chunkBytes, MaxSnapshotBytes: mostSnapshotBytes,
		ReadTimeout: electionTicks * s.tick, // then it is asked again
		Logger:      &raft.DefaultLogger{Logger: log.Default()},
	}
	if !s.join {
		c.Founding = &pb.ConfState{Voters: slices.Sorted(maps.Keys(s.cluster))}
		c.Machine = func() replica.Machine { return newStore(maps.Clone(s.cluster), s.decided) }
	}
	return c
}

// store is the replicated state, as far as it is applied here.
func (s *server) store() *store { return s.replica.Machine().(*store) }

// ticked lets the time of waiting requests pass, and that of a server that was removed.
func (s *server) ticked() {
	s.world.after(s.tick, s.ticked)
	s.requests.tick()
	if s.linger > 0 {
		if s.linger--; s.linger == 0 {
			s.world.Fail(errGone)
		}
	}
}

// close ends the loop, the replica and the transport. It returns why the loop had ended
// before, if it had.
func (s *server) close() error {
	s.world.end()
	err := s.replica.Close()
	s.peers.close()
	if s.world.err != nil {
		return s.world.err
	}
	return err
}

// randomNumber returns a number from 1 on that nobody else is likely to draw.
func randomNumber() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])>>1 + 1
}
