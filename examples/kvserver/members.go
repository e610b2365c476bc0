package main

import (
	"context"
	"errors"
	"maps"
	"slices"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// changeMembers proposes a change of the configuration and waits until it is applied
// here. An error leaves the outcome open; asking again does no harm.
func (s *server) changeMembers(ctx context.Context, typ pb.ConfChangeType, id uint64, address string) error {
	t := ticket{change: randomNumber()}
	cc := pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: typ, NodeID: id}}, Context: contextOf(t.change, address)}
	a, err := s.request(ctx, t, func() {
		_ = s.replica.Reconfigure(cc) // what is refused now is asked again
		s.replica.Pump()
	})
	if len(a.bytes) > 0 {
		return errors.New(string(a.bytes))
	}
	return err
}

// decided answers the clients that wait for a change.
func (s *server) decided(change uint64, refusal error) {
	var a answer
	if refusal != nil {
		a.bytes = []byte(refusal.Error())
	}
	s.requests.settle(ticket{change: change}, a)
}

// settle follows the configuration that the replica uses, after each event.
func (s *server) settle() {
	if at := s.replica.ConfIndex(); at != s.confIndex {
		s.confIndex = at
		s.follow()
	}
	if s.isRemoved() && s.linger == 0 {
		s.linger = lingerTicks
	}
	if s.isDisowned() {
		s.world.Fail(errGone)
	}
}

// follow introduces what is new among the members. For the others an address of the
// command line may have taken the place of the replicated one.
func (s *server) follow() {
	members := s.store().members
	for id, address := range members {
		if old, known := s.followed[id]; !known || old != address {
			s.introduce(map[uint64]string{id: address})
		}
	}
	s.followed = maps.Clone(members)
}

// introduce tells the transport about members, and about those that were removed.
func (s *server) introduce(members map[uint64]string) {
	for _, id := range slices.Sorted(maps.Keys(members)) {
		if address := members[id]; address == "" {
			s.peers.remove(id)
		} else {
			s.peers.add(id, address)
		}
	}
}

// isRemoved says whether this server was removed, as far as it has applied the log.
func (s *server) isRemoved() bool {
	address, known := s.store().members[s.id]
	return known && address == ""
}

// isDisowned says whether so many of the other voters, as far as this server knows
// them, say that it was removed that the rest can be no majority. One alone is not
// believed, and a stranger never.
func (s *server) isDisowned() bool {
	if len(s.disowned) == 0 {
		return false
	}
	others, say := 0, 0
	for _, id := range s.replica.ConfState().Voters {
		if id == s.id {
			continue
		}
		others++
		if s.disowned[id] {
			say++
		}
	}
	return say > others/2
}

// handOver makes the most advanced other voter lead, if this server does, and waits
// until it no longer does.
func (s *server) handOver(ctx context.Context) {
	var err error
	if stopped := s.world.call(ctx, func() {
		if err = raft.ErrStopped; s.leads() {
			err = s.replica.HandOver(s.replica.Successor())
			s.replica.Pump()
		}
	}); err != nil || stopped != nil {
		return
	}
	for leads := true; leads && sleep(ctx, s.tick); {
		if s.world.call(ctx, func() { leads = s.leads() }) != nil {
			return
		}
	}
}

func (s *server) leads() bool { return s.replica.BasicStatus().RaftState == raft.StateLeader }
