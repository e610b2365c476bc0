package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"log"
	"slices"
	"time"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/workload"
)

const (
	electionTicks = 10
	// lingerTicks is how long a server stays after it has applied its own
	// removal, so that the others learn that it is committed.
	lingerTicks = 2 * electionTicks
)

// server is one member: the node, and what the node's Readys are carried out
// with. Storage, store and the fields below them belong to the loop.
type server struct {
	config
	identity  identity
	security  *security
	node      raft.Node
	peers     *transport
	proposals *proposals
	reads     *reads
	recvc     chan inbound
	goneBy    chan uint64   // servers that say that this one was removed
	bodies    chan struct{} // a token for each body of another server that is being read
	admitted  chan struct{} // a token for each request of a client under way
	closing   chan struct{} // closed when the loop is to end
	done      chan struct{} // closed when the loop has ended

	storage   *storage
	store     *store
	snapshots *snapshots
	disowned  map[uint64]bool // the servers that have said so
	conf      pb.ConfState
	applied   uint64
	changed   uint64 // index of the last configuration change
	linger    int    // ticks until a removed server ends; zero is forever
	err       error  // why the loop ended, nil if it was told to; read after done
}

// newServer recovers a member from its directory, or makes a new one, and
// starts its loop.
func newServer(c config, i identity, sec *security) (*server, error) {
	s := &server{
		config: c, identity: i, security: sec, store: newStore(), disowned: map[uint64]bool{},
		recvc: make(chan inbound, 256), goneBy: make(chan uint64, 1),
		bodies: make(chan struct{}, receiving), admitted: make(chan struct{}, clients),
		closing: make(chan struct{}), done: make(chan struct{}),
	}
	var err error
	if s.storage, err = openStorage(c.dir, c.segmentBytes, c.snapshotEvery/2); err != nil {
		return nil, err
	}
	if err := s.restore(); err != nil {
		return nil, err
	}
	if err := s.startNode(); err != nil {
		return nil, err
	}
	s.peers = newTransport(i, sec, lingerTicks*c.tick, func(by uint64) {
		select {
		case s.goneBy <- by:
		default: // it will say so again
		}
	})
	s.snapshots = newSnapshots(s.node, s.peers)
	s.introduce(s.store.members)
	s.introduce(c.cluster)
	s.proposals = newProposals(electionTicks * c.tick)
	s.reads = newReads(s.node, electionTicks*c.tick, randomNumber())
	log.Printf("log in %s, snapshot at %d", c.dir, s.applied)
	go func() {
		defer close(s.done)
		s.err = s.loop()
	}()
	return s, nil
}

func (s *server) startNode() error {
	c := &raft.Config{
		ID:                        s.id,
		ElectionTick:              electionTicks,
		HeartbeatTick:             1,
		Storage:                   s.storage,
		Applied:                   s.applied,
		MaxSizePerMsg:             1 << 20,
		MaxInflightMsgs:           256,
		MaxUncommittedEntriesSize: 64 << 20,
		CheckQuorum:               true,
		PreVote:                   true,
	}
	switch {
	case !s.storage.empty:
		if s.applied > 0 && !isMember(s.conf, s.id) {
			return fmt.Errorf("server %d was removed: a new one takes another id and an empty directory", s.id)
		}
		s.node = raft.RestartNode(c)
	case s.join:
		s.node = raft.RestartNode(c) // what it has to know comes from the leader
	default:
		var peers []raft.Peer
		for id, address := range s.cluster {
			peers = append(peers, raft.Peer{ID: id, Context: []byte(address)})
		}
		slices.SortFunc(peers, func(a, b raft.Peer) int { return cmp.Compare(a.ID, b.ID) })
		s.node = raft.StartNode(c, peers)
	}
	return nil
}

// loop drives the node until it is told to end or cannot go on.
func (s *server) loop() error {
	ticker := time.NewTicker(s.tick)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			s.node.Tick()
			s.snapshots.sender.Tick()
			if s.linger > 0 {
				if s.linger--; s.linger == 0 {
					return errGone
				}
			}
		case rd := <-s.node.Ready():
			if err := s.storage.save(rd); err != nil {
				return err
			}
			s.send(rd)
			if err := s.publish(rd); err != nil {
				return err
			}
			s.node.Advance()
		case in := <-s.recvc:
			s.take(in)
		case by := <-s.goneBy:
			if s.disowned[by] = true; s.isDisowned() {
				return errGone
			}
		case <-s.closing:
			return nil
		}
	}
}

// send gives the messages of a Ready to the transport, and snapshots to theirs.
func (s *server) send(rd raft.Ready) {
	if rd.SoftState != nil && rd.SoftState.RaftState != raft.StateLeader {
		s.snapshots.sender.ForgetAll()
	}
	for i := range rd.Messages {
		m := &rd.Messages[i]
		if m.Type == pb.MsgSnap {
			s.snapshots.sender.Send(m)
			continue
		}
		to := m.To
		s.peers.send(to, part{encodeMessage(m), func(err error) {
			if err != nil {
				s.node.ReportUnreachable(to)
			}
		}})
	}
}

// take handles what another server has said. What the node refuses is lost, as in
// a network.
func (s *server) take(in inbound) {
	m := in.message
	switch {
	case in.ack != nil:
		s.snapshots.sender.Acknowledged(in.from, *in.ack)
	case in.chunk != nil:
		m = s.snapshots.receive(in.from, in.chunk)
	}
	if m == nil || m.Type == pb.MsgProp && s.node.Status().Lead == raft.None {
		return // Step would wait for a leader, and hold up what elects one
	}
	_ = s.node.Step(context.Background(), *m)
}

// publish brings the store up to date and answers those who wait for that.
func (s *server) publish(rd raft.Ready) error {
	if !raft.IsEmptySnap(rd.Snapshot) {
		if err := s.restore(); err != nil {
			return err
		}
		s.introduce(s.store.members)
	}
	for _, e := range rd.CommittedEntries {
		if err := s.apply(e); err != nil {
			return fmt.Errorf("entry %d: %w", e.Index, err)
		}
	}
	s.reads.confirm(rd.ReadStates)
	s.reads.serve(s.applied, s.store.sessions.Query)
	return s.compact()
}

// restore replaces the store by the latest snapshot, if there is one.
func (s *server) restore() error {
	snapshot, err := s.storage.Snapshot()
	if err != nil || raft.IsEmptySnap(snapshot) {
		return err
	}
	if err := s.store.restore(snapshot.Data); err != nil {
		return err
	}
	s.applied, s.conf = snapshot.Metadata.Index, snapshot.Metadata.ConfState
	return nil
}

// apply carries out one committed entry.
func (s *server) apply(e pb.Entry) error {
	s.applied = e.Index
	switch e.Type {
	case pb.EntryNormal:
		session, number, _, ok := workload.DecodeRequest(e.Data)
		if !ok {
			return nil // a new leader's empty entry
		}
		answer, _ := s.store.sessions.Apply(e.Data)
		s.proposals.applied(ticket{session, number}, answer)
		return nil
	case pb.EntryConfChange:
		var cc pb.ConfChange
		if err := cc.Unmarshal(e.Data); err != nil {
			log.Printf("entry %d has no effect: %v", e.Index, err)
			return nil
		}
		s.changed = e.Index
		s.reconfigure(cc)
		return nil
	default:
		// A later version may propose what this one does not know. It has no
		// effect, here and on all servers of this version alike; to stop would
		// stop all of them for good.
		log.Printf("entry %d has no effect: its type is %v", e.Index, e.Type)
		return nil
	}
}

// compact takes a snapshot when the log has grown enough, and after each change
// of the configuration: a snapshot is of use to a new member only if it knows
// the member.
func (s *server) compact() error {
	last := s.storage.snapshotIndex()
	if s.applied < last+s.snapshotEvery && s.changed <= last {
		return nil
	}
	state, err := s.store.snapshot()
	if err != nil {
		return err
	}
	return s.storage.compact(s.applied, s.conf, state)
}

// close ends the loop, the node and the transport, and closes the log.
func (s *server) close() error {
	close(s.closing)
	<-s.done
	s.node.Stop()
	s.peers.close()
	if err := s.storage.wal.Close(); s.err == nil {
		return err
	}
	return s.err
}

// randomNumber returns a number from 1 on that nobody else is likely to draw.
func randomNumber() uint64 {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return binary.LittleEndian.Uint64(b[:])>>1 + 1
}
