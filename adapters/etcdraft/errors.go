package etcdraft

import (
	"errors"

	etcd "go.etcd.io/raft/v3"

	"raftsim/raft"
)

// counterparts are the errors that both libraries have. Callers compare them with
// ==, so each is turned into the other.
var counterparts = []struct{ ours, theirs error }{
	{raft.ErrCompacted, etcd.ErrCompacted},
	{raft.ErrUnavailable, etcd.ErrUnavailable},
	{raft.ErrSnapOutOfDate, etcd.ErrSnapOutOfDate},
	{raft.ErrSnapshotTemporarilyUnavailable, etcd.ErrSnapshotTemporarilyUnavailable},
	{raft.ErrProposalDropped, etcd.ErrProposalDropped},
	{raft.ErrStepLocalMsg, etcd.ErrStepLocalMsg},
	{raft.ErrStepPeerNotFound, etcd.ErrStepPeerNotFound},
	{raft.ErrStopped, etcd.ErrStopped},
}

// toError turns an error of ours into etcd's; others pass.
func toError(err error) error {
	if err == nil {
		return nil
	}
	for _, c := range counterparts {
		if errors.Is(err, c.ours) {
			return c.theirs
		}
	}
	return err
}

// fromError turns an error of etcd's Raft into ours; others pass.
func fromError(err error) error {
	if err == nil {
		return nil
	}
	for _, c := range counterparts {
		if errors.Is(err, c.theirs) {
			return c.ours
		}
	}
	return err
}
