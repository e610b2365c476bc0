package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	pb "raftsim/raft/raftpb"
	"raftsim/random"
	"raftsim/replica"
	"raftsim/workload"
)

// store is the replicated state: the keys with the sessions of their clients, and the
// addresses of the members, which are part of it because a server that joins by a
// snapshot learns them from there. It is a replica.Membership.
type store struct {
	*workload.Sessions
	// members has the address of each member, and no address of those that were
	// removed.
	members map[uint64]string
	// decided is told what became of a change of the members.
	decided func(change uint64, refusal error)
}

var _ replica.Membership = (*store)(nil)

func newStore(members map[uint64]string, decided func(uint64, error)) *store {
	return &store{Sessions: workload.NewSessions(workload.KV.NewStateMachine()), members: members, decided: decided}
}

var errUsedUp = errors.New("the server was removed: a new one takes another id")

// Reconfigure notes who comes and who goes. A server that was removed is never added
// again: it would come back with a log from before.
func (s *store) Reconfigure(cc pb.ConfChangeV2) error {
	change, address := changeOf(cc.Context)
	for _, c := range cc.Changes {
		if old, known := s.members[c.NodeID]; known && old == "" && c.Type != pb.ConfChangeRemoveNode {
			s.decided(change, errUsedUp)
			return errUsedUp
		}
	}
	for _, c := range cc.Changes {
		switch {
		case c.Type == pb.ConfChangeRemoveNode:
			s.members[c.NodeID] = ""
		case address != "":
			s.members[c.NodeID] = address
		}
	}
	s.decided(change, nil)
	return nil
}

// contextOf encodes the number of a change of the members, and the address of a new one.
func contextOf(change uint64, address string) []byte {
	return append(binary.BigEndian.AppendUint64(nil, change), address...)
}

func changeOf(context []byte) (change uint64, address string) {
	if len(context) < 8 {
		return 0, ""
	}
	return binary.BigEndian.Uint64(context), string(context[8:])
}

// Snapshot encodes everything: a line of JSON with the members, then the keys.
func (s *store) Snapshot() []byte { return append(append(s.roll(), '\n'), s.Sessions.Snapshot()...) }

func (s *store) roll() []byte {
	text, err := json.Marshal(s.members)
	if err != nil {
		panic(err) // a map of numbers and strings can be encoded
	}
	return text
}

// Restore replaces everything by what Snapshot encoded.
func (s *store) Restore(snapshot []byte) error {
	roll, keys, ok := bytes.Cut(snapshot, []byte("\n"))
	if !ok {
		return errors.New("the snapshot has no members")
	}
	members := map[uint64]string{}
	if err := json.Unmarshal(roll, &members); err != nil {
		return fmt.Errorf("members in the snapshot: %w", err)
	}
	if err := s.Sessions.Restore(keys); err != nil {
		return err
	}
	s.members = members
	return nil
}

// Digest fingerprints everything.
func (s *store) Digest() uint64 {
	digest := s.Sessions.Digest()
	for _, b := range s.roll() {
		digest = random.Mix(digest, uint64(b))
	}
	return digest
}
