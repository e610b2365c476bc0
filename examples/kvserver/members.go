package main

import (
	"context"
	"errors"
	"slices"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// changeMembers proposes a change of the configuration and waits until it is
// applied here. An error leaves the outcome open; asking again does no harm.
func (s *server) changeMembers(ctx context.Context, typ pb.ConfChangeType, id uint64, address string) error {
	cc := pb.ConfChange{ID: randomNumber(), Type: typ, NodeID: id, Context: []byte(address)}
	refusal, err := s.proposals.do(ctx, ticket{number: cc.ID}, func(ctx context.Context) error {
		return s.node.ProposeConfChange(ctx, cc)
	})
	if len(refusal) > 0 {
		return errors.New(string(refusal))
	}
	return err
}

// reconfigure puts a committed change into force. All members alike refuse to add
// a server that was removed: it would come back with a log from before.
func (s *server) reconfigure(cc pb.ConfChange) {
	address, known := s.store.members[cc.NodeID]
	if known && address == "" {
		s.proposals.applied(ticket{number: cc.ID}, []byte("the server was removed: a new one takes another id"))
		return
	}
	s.conf = *s.node.ApplyConfChange(cc)
	switch cc.Type {
	case pb.ConfChangeRemoveNode:
		s.store.members[cc.NodeID] = ""
		s.peers.remove(cc.NodeID)
		if cc.NodeID == s.id {
			s.linger = lingerTicks
		}
	case pb.ConfChangeAddNode, pb.ConfChangeAddLearnerNode:
		if address := string(cc.Context); address != "" {
			s.store.members[cc.NodeID] = address
			s.peers.add(cc.NodeID, address)
		}
	}
	s.proposals.applied(ticket{number: cc.ID}, nil)
}

// introduce tells the transport about members, and about those that were removed.
func (s *server) introduce(members map[uint64]string) {
	for id, address := range members {
		if address == "" {
			s.peers.remove(id)
		} else {
			s.peers.add(id, address)
		}
	}
}

// isMember says whether a configuration has a server in any role.
func isMember(cs pb.ConfState, id uint64) bool {
	return slices.Contains(cs.Voters, id) || slices.Contains(cs.Learners, id) ||
		slices.Contains(cs.VotersOutgoing, id) || slices.Contains(cs.LearnersNext, id)
}

// isDisowned says whether so many of the other voters, as far as this server knows
// them, say that it was removed that the rest can be no majority. One alone is not
// believed, and a stranger never.
func (s *server) isDisowned() bool {
	others, say := 0, 0
	for _, id := range s.conf.Voters {
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

// handOver asks the most advanced other voter to lead, if this server does, and
// waits until it no longer does.
func (s *server) handOver(ctx context.Context) {
	status := s.node.Status()
	if status.RaftState != raft.StateLeader {
		return
	}
	best := raft.None
	for id, progress := range status.Progress {
		if id != s.id && !progress.IsLearner && progress.RecentActive &&
			(best == raft.None || progress.Match > status.Progress[best].Match) {
			best = id
		}
	}
	if best == raft.None {
		return
	}
	s.node.TransferLeadership(ctx, s.id, best)
	for s.node.Status().RaftState == raft.StateLeader && sleep(ctx, s.tick) {
	}
}
