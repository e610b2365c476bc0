package raft

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// screen refuses messages from outside that no correct peer sends. Those that can
// only be judged by the state of the node are refused by their handlers.
func (r *raft) screen(m *pb.Message) error {
	if IsLocalMsgTarget(m.From) {
		// Nothing but an answer of a thread, which there are none of unless
		// storage is asynchronous. No thread leads or campaigns.
		if r.AsyncStorageWrites && (m.Type == pb.MsgStorageAppendResp || m.Type == pb.MsgStorageApplyResp) {
			return nil
		}
		return ErrStepLocalMsg
	}
	if IsLocalMsg(m.Type) {
		return ErrStepLocalMsg
	}
	if IsResponseMsg(m.Type) && r.members.Get(m.From) == nil {
		return ErrStepPeerNotFound
	}
	if m.From == r.ID {
		return r.screenOwn(m)
	}
	if m.Type == pb.MsgApp {
		for i := range m.Entries {
			if want := m.Index + 1 + uint64(i); m.Entries[i].Index != want {
				return fmt.Errorf("raft: MsgApp from %x has entry %d at position %d after index %d, must be %d", m.From, m.Entries[i].Index, i, m.Index, want)
			}
		}
	}
	return nil
}

// screenOwn refuses messages in the node's own name, but for what comes from it:
// requests that a follower passes on, and with asynchronous storage the promises
// that it made to itself.
func (r *raft) screenOwn(m *pb.Message) error {
	switch m.Type {
	case pb.MsgProp, pb.MsgReadIndex, pb.MsgTransferLeader, pb.MsgForgetLeader:
		return nil
	case pb.MsgAppResp, pb.MsgVoteResp, pb.MsgPreVoteResp:
		if r.AsyncStorageWrites && !m.Reject {
			return nil
		}
	}
	return ErrStepLocalMsg
}
