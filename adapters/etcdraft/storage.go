package etcdraft

import (
	etcd "go.etcd.io/raft/v3"
	etcdpb "go.etcd.io/raft/v3/raftpb"

	"raftsim/raft"
)

// storage is a raft.Storage as etcd's Raft reads it.
type storage struct{ raft.Storage }

var _ etcd.Storage = storage{}

// InitialState returns the persisted hard state and configuration.
func (s storage) InitialState() (etcdpb.HardState, etcdpb.ConfState, error) {
	hs, cs, err := s.Storage.InitialState()
	return etcdpb.HardState{Term: hs.Term, Vote: hs.Vote, Commit: hs.Commit}, ToConfState(&cs), toError(err)
}

// Entries returns a copy of the entries of [lo, hi), which may be appended to.
func (s storage) Entries(lo, hi, maxSize uint64) ([]etcdpb.Entry, error) {
	entries, err := s.Storage.Entries(lo, hi, maxSize)
	return toEntries(entries), toError(err)
}

// Term returns the term of entry i.
func (s storage) Term(i uint64) (uint64, error) {
	term, err := s.Storage.Term(i)
	return term, toError(err)
}

// LastIndex returns the index of the last entry.
func (s storage) LastIndex() (uint64, error) {
	i, err := s.Storage.LastIndex()
	return i, toError(err)
}

// FirstIndex returns the index of the first entry.
func (s storage) FirstIndex() (uint64, error) {
	i, err := s.Storage.FirstIndex()
	return i, toError(err)
}

// Snapshot returns the latest snapshot.
func (s storage) Snapshot() (etcdpb.Snapshot, error) {
	snap, err := s.Storage.Snapshot()
	return ToSnapshot(&snap), toError(err)
}
