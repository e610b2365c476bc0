package raft

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// screen refuses messages from outside that no correct peer sends. Those that can
// only be judged by the state of the node are refused by their handlers.
func (r *raft) screen(m *pb.Message) error {
	fromThread := IsLocalMsgTarget(m.From)
	if IsLocalMsg(m.Type) && !(fromThread && r.AsyncStorageWrites) {
		return ErrStepLocalMsg
	}
	if IsResponseMsg(m.Type) && !fromThread && r.members.Get(m.From) == nil {
		return ErrStepPeerNotFound
	}
	switch m.Type {
	case pb.MsgApp:
		for i := range m.Entries {
			if want := m.Index + 1 + uint64(i); m.Entries[i].Index != want {
				return fmt.Errorf("raft: MsgApp from %x has entry %d at position %d after index %d, must be %d", m.From, m.Entries[i].Index, i, m.Index, want)
			}
		}
		fallthrough
	case pb.MsgHeartbeat, pb.MsgSnap, pb.MsgVote, pb.MsgPreVote, pb.MsgTimeoutNow:
		if m.From == r.ID {
			return ErrStepLocalMsg // would answer, or follow, itself
		}
	}
	return nil
}
