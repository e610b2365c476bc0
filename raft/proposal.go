package raft

import (
	"slices"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
)

// propose appends entries to the log of this leader and sends them out.
func (r *raft) propose(entries []pb.Entry) error {
	switch {
	case len(entries) == 0:
		return ErrProposalDropped
	case r.members.Get(r.ID) == nil:
		return ErrProposalDropped // leads a group that it was removed from
	case r.transferee != None:
		return ErrProposalDropped // the next leader shall have the whole log
	}
	for i := range entries {
		if entries[i].Type != pb.EntryNormal {
			admitted, err := r.admitConfChanges(entries)
			if err != nil {
				return err
			}
			entries = admitted
			break
		}
	}
	if !r.reserve(r.log.last()+uint64(len(entries)), dataSize(entries)) {
		return ErrProposalDropped
	}
	r.appendEntries(entries)
	r.broadcastAppend()
	return nil
}

// proposeData is propose for one entry with data.
func (r *raft) proposeData(data []byte) error {
	if r.state != StateLeader {
		return r.step(&pb.Message{Type: pb.MsgProp, From: r.ID, Entries: r.oneEntry(pb.Entry{Data: data})})
	}
	index := r.log.last() + 1
	if r.members.Get(r.ID) == nil || r.transferee != None || !r.reserve(index, uint64(len(data))) {
		return ErrProposalDropped
	}
	r.log.unstable.extend(1)[0] = pb.Entry{Term: r.term, Index: index, Data: data}
	r.acknowledge(r.ID, r.term, index)
	r.broadcastAppend()
	return nil
}

// appendEmpty appends the entry that a leader begins with.
func (r *raft) appendEmpty() {
	index := r.log.last() + 1
	r.log.unstable.extend(1)[0] = pb.Entry{Term: r.term, Index: index}
	r.acknowledge(r.ID, r.term, index)
}

// appendEntries appends entries of the current term. Like any other member, the
// leader acknowledges them once they are durable.
func (r *raft) appendEntries(entries []pb.Entry) {
	last := r.log.last()
	tail := r.log.unstable.extend(len(entries))
	for i := range tail {
		last++
		tail[i] = entries[i]
		tail[i].Term, tail[i].Index = r.term, last
	}
	r.acknowledge(r.ID, r.term, last)
}

// admitConfChanges returns entries with each configuration change that may not
// enter the log now replaced by an empty entry. It returns an error if one of
// them cannot be read, or no configuration can take it.
func (r *raft) admitConfChanges(entries []pb.Entry) ([]pb.Entry, error) {
	entries = slices.Clone(entries) // they are the proposer's
	for i := range entries {
		if t := entries[i].Type; t != pb.EntryConfChange && t != pb.EntryConfChangeV2 {
			continue
		}
		change, err := decodeConfChange(&entries[i])
		if err == nil {
			err = confchange.Validate(change.Changes...)
		}
		if err != nil {
			r.Logger.Errorf("raft %x: drops a proposal: configuration change: %v", r.ID, err)
			return nil, ErrProposalDropped
		}
		if why := r.refuseConfChange(change); why != "" && !r.DisableConfChangeValidation {
			if !r.quiet {
				r.Logger.Infof("raft %x: ignores configuration change %v at %s: %s", r.ID, change, r.members.Config, why)
			}
			entries[i] = pb.Entry{}
			continue
		}
		r.pendingConfIndex = r.log.last() + uint64(i) + 1
	}
	return entries, nil
}

// refuseConfChange returns why a change may not enter the log now, or nothing.
// The checks are made against the configuration in force, which need not be the
// one that the change will be made to.
func (r *raft) refuseConfChange(cc pb.ConfChangeV2) string {
	joint := len(r.members.Voters[1]) > 0
	leaves := len(cc.Changes) == 0
	switch {
	case r.pendingConfIndex > r.log.applied:
		return "the one before may not have been applied"
	case joint && !leaves:
		return "the joint configuration must be left first"
	case !joint && leaves:
		return "there is no joint configuration to leave"
	}
	return ""
}

// decodeConfChange reads the configuration change in an entry.
func decodeConfChange(e *pb.Entry) (pb.ConfChangeV2, error) {
	if e.Type == pb.EntryConfChange {
		var cc pb.ConfChange
		err := cc.Unmarshal(e.Data)
		return cc.AsV2(), err
	}
	var cc pb.ConfChangeV2
	err := cc.Unmarshal(e.Data)
	return cc, err
}
