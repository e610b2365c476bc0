package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"raftsim/workload"
)

// store is the replicated state: the keys with the sessions of their clients,
// and the addresses of the members, which are part of it because a server that
// joins by a snapshot learns them from there. It belongs to the loop.
type store struct {
	sessions *workload.Sessions
	// members has the address of each member, and no address of those that
	// were removed.
	members map[uint64]string
}

func newStore() *store {
	return &store{sessions: workload.NewSessions(workload.KV.NewStateMachine()), members: map[uint64]string{}}
}

// snapshot encodes everything: a line of JSON with the members, then the keys.
func (s *store) snapshot() ([]byte, error) {
	members, err := json.Marshal(s.members)
	if err != nil {
		return nil, err
	}
	return append(append(members, '\n'), s.sessions.Snapshot()...), nil
}

// restore replaces everything by what snapshot encoded.
func (s *store) restore(data []byte) error {
	for i, b := range data {
		if b != '\n' {
			continue
		}
		members := map[uint64]string{}
		if err := json.Unmarshal(data[:i], &members); err != nil {
			return fmt.Errorf("members in the snapshot: %w", err)
		}
		s.members = members
		return s.sessions.Restore(data[i+1:])
	}
	return errors.New("the snapshot has no members")
}
