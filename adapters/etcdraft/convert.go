package etcdraft

import (
	etcdpb "go.etcd.io/raft/v3/raftpb"

	pb "raftsim/raft/raftpb"
)

// The messages of both libraries have the same fields with the same meaning. A
// conversion copies values and slices of values: etcd's Raft keeps slices that it
// is given and appends to them, and so may an application. It shares the bytes that
// both libraries promise never to write: data of entries and snapshots, and
// contexts. Nil stays nil, and empty stays empty.

// ToMessage converts a message to etcd's type.
func ToMessage(m *pb.Message) etcdpb.Message {
	out := etcdpb.Message{
		Type:       etcdpb.MessageType(m.Type),
		To:         m.To,
		From:       m.From,
		Term:       m.Term,
		LogTerm:    m.LogTerm,
		Index:      m.Index,
		Entries:    toEntries(m.Entries),
		Commit:     m.Commit,
		Vote:       m.Vote,
		Reject:     m.Reject,
		RejectHint: m.RejectHint,
		Context:    m.Context,
		Responses:  toMessages(m.Responses),
	}
	if m.Snapshot != nil {
		s := ToSnapshot(m.Snapshot)
		out.Snapshot = &s
	}
	return out
}

// FromMessage converts a message of etcd's type.
func FromMessage(m *etcdpb.Message) pb.Message {
	out := pb.Message{
		Type:       pb.MessageType(m.Type),
		To:         m.To,
		From:       m.From,
		Term:       m.Term,
		LogTerm:    m.LogTerm,
		Index:      m.Index,
		Entries:    fromEntries(m.Entries),
		Commit:     m.Commit,
		Vote:       m.Vote,
		Reject:     m.Reject,
		RejectHint: m.RejectHint,
		Context:    m.Context,
		Responses:  fromMessages(m.Responses),
	}
	if m.Snapshot != nil {
		s := FromSnapshot(m.Snapshot)
		out.Snapshot = &s
	}
	return out
}

// ToEntry converts an entry to etcd's type.
func ToEntry(e *pb.Entry) etcdpb.Entry {
	return etcdpb.Entry{Term: e.Term, Index: e.Index, Type: etcdpb.EntryType(e.Type), Data: e.Data}
}

// FromEntry converts an entry of etcd's type.
func FromEntry(e *etcdpb.Entry) pb.Entry {
	return pb.Entry{Term: e.Term, Index: e.Index, Type: pb.EntryType(e.Type), Data: e.Data}
}

// ToSnapshot converts a snapshot to etcd's type.
func ToSnapshot(s *pb.Snapshot) etcdpb.Snapshot {
	return etcdpb.Snapshot{Data: s.Data, Metadata: etcdpb.SnapshotMetadata{
		ConfState: ToConfState(&s.Metadata.ConfState), Index: s.Metadata.Index, Term: s.Metadata.Term,
	}}
}

// FromSnapshot converts a snapshot of etcd's type.
func FromSnapshot(s *etcdpb.Snapshot) pb.Snapshot {
	return pb.Snapshot{Data: s.Data, Metadata: pb.SnapshotMetadata{
		ConfState: FromConfState(&s.Metadata.ConfState), Index: s.Metadata.Index, Term: s.Metadata.Term,
	}}
}

// ToConfState converts a configuration to etcd's type.
func ToConfState(cs *pb.ConfState) etcdpb.ConfState {
	return etcdpb.ConfState{
		Voters: clone(cs.Voters), Learners: clone(cs.Learners),
		VotersOutgoing: clone(cs.VotersOutgoing), LearnersNext: clone(cs.LearnersNext), AutoLeave: cs.AutoLeave,
	}
}

// FromConfState converts a configuration of etcd's type.
func FromConfState(cs *etcdpb.ConfState) pb.ConfState {
	return pb.ConfState{
		Voters: clone(cs.Voters), Learners: clone(cs.Learners),
		VotersOutgoing: clone(cs.VotersOutgoing), LearnersNext: clone(cs.LearnersNext), AutoLeave: cs.AutoLeave,
	}
}

// ToConfChange converts a change in its first form to etcd's type.
func ToConfChange(cc *pb.ConfChange) etcdpb.ConfChange {
	return etcdpb.ConfChange{Type: etcdpb.ConfChangeType(cc.Type), NodeID: cc.NodeID, Context: cc.Context, ID: cc.ID}
}

// ToConfChangeV2 converts a change in its second form to etcd's type.
func ToConfChangeV2(cc *pb.ConfChangeV2) etcdpb.ConfChangeV2 {
	out := etcdpb.ConfChangeV2{Transition: etcdpb.ConfChangeTransition(cc.Transition), Context: cc.Context}
	for _, c := range cc.Changes {
		out.Changes = append(out.Changes, etcdpb.ConfChangeSingle{Type: etcdpb.ConfChangeType(c.Type), NodeID: c.NodeID})
	}
	return out
}

func toEntries(entries []pb.Entry) []etcdpb.Entry       { return each(entries, ToEntry) }
func fromEntries(entries []etcdpb.Entry) []pb.Entry     { return each(entries, FromEntry) }
func toMessages(messages []pb.Message) []etcdpb.Message { return each(messages, ToMessage) }
func fromMessages(messages []etcdpb.Message) []pb.Message {
	return each(messages, FromMessage)
}

// each converts a slice.
func each[A, B any](in []A, convert func(*A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i := range in {
		out[i] = convert(&in[i])
	}
	return out
}

func clone(ids []uint64) []uint64 {
	if ids == nil {
		return nil
	}
	return append(make([]uint64, 0, len(ids)), ids...)
}
