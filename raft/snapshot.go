package raft

import (
	"fmt"
	"slices"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// sendSnapshot sends a follower the latest snapshot, because the log does not go
// back to what it needs (InstallSnapshot, Raft §7). It returns false if it sent
// nothing.
func (r *raft) sendSnapshot(to uint64, pr *tracker.Progress) bool {
	if !pr.RecentActive {
		return false // would go to waste
	}
	s, err := r.log.snapshot()
	if err == ErrSnapshotTemporarilyUnavailable {
		return false
	}
	mustRead(err, "snapshot")
	if IsEmptySnap(s) {
		r.Logger.Errorf("raft %x: storage begins at %d and has no snapshot to send to %x", r.ID, r.log.first(), to)
		return false
	}
	pr.BecomeSnapshot(s.Metadata.Index)
	r.post(pb.MsgSnap, to, r.term).Snapshot = &s
	if !r.quiet {
		r.Logger.Infof("raft %x: sends %x the snapshot at %d, term %d", r.ID, to, s.Metadata.Index, s.Metadata.Term)
	}
	return true
}

// handleSnapshotStatus goes on with a follower after a snapshot. If it was sent,
// the follower answers it like an append; if not, there is a pause before the
// next one.
func (r *raft) handleSnapshotStatus(m *pb.Message, pr *tracker.Progress) {
	if pr.State != tracker.StateSnapshot {
		return
	}
	if m.Reject {
		pr.PendingSnapshot = 0 // or probing would begin after it
	}
	pr.BecomeProbe()
	pr.MsgAppFlowPaused = true
}

// handleSnapshot takes over a snapshot from the leader.
func (r *raft) handleSnapshot(m *pb.Message) {
	if r.restore(m.Snapshot) {
		r.acknowledge(m.From, r.term, r.log.last())
		return
	}
	r.acknowledge(m.From, r.term, r.log.committed)
}

// restore replaces log and configuration by those of a snapshot. It returns false
// if the node has no use for it.
func (r *raft) restore(s *pb.Snapshot) bool {
	meta := &s.Metadata
	if meta.Index <= r.log.committed {
		return false
	}
	cs := &meta.ConfState
	if !slices.Contains(cs.Voters, r.ID) && !slices.Contains(cs.Learners, r.ID) && !slices.Contains(cs.VotersOutgoing, r.ID) {
		r.Logger.Warningf("raft %x: ignores the snapshot at %d: not a member of %s", r.ID, meta.Index, DescribeConfState(*cs))
		return false
	}
	if r.log.matches(meta.Index, meta.Term) {
		// The log has it all. It only did not know that it is committed.
		r.log.commitTo(meta.Index)
		return false
	}
	if r.log.changing > r.log.applied {
		// The application is about to apply a change to the configuration
		// before the snapshot. It would change the one of the snapshot.
		r.Logger.Infof("raft %x: ignores the snapshot at %d: the configuration change at %d is being applied", r.ID, meta.Index, r.log.changing)
		return false
	}
	members := tracker.MakeProgressTracker(r.MaxInflightMsgs, r.MaxInflightBytes)
	config, progress, err := confchange.Restore(confchange.Changer{Tracker: members, LastIndex: meta.Index}, *cs)
	if err != nil {
		panic(fmt.Sprintf("raft: snapshot at %d was let in with a configuration that is none: %v", meta.Index, err))
	}
	snapshot := *s
	r.log.unstable.restore(&snapshot)
	r.log.committed = meta.Index
	r.members = members
	r.enterConfig(config, progress)
	if !r.quiet {
		r.Logger.Infof("raft %x: restored the snapshot at %d, term %d, %s", r.ID, meta.Index, meta.Term, config)
	}
	return true
}
