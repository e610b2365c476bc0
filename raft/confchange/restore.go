package confchange

import (
	"fmt"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Restore returns the configuration that cs describes, with new progress for
// every member. The Changer's configuration must be empty.
//
// A ConfState that no sequence of changes could have produced is an error: ids
// that are zero, listed twice or both voter and learner, learners without
// voters, and joint parts without an outgoing half. The empty ConfState is fine.
func Restore(chg Changer, cs pb.ConfState) (tracker.Config, tracker.ProgressMap, error) {
	d, err := chg.draft()
	if err != nil {
		return refuse(err)
	}
	if len(d.progress) > 0 {
		return refuse(fmt.Errorf("restore starts from %s, not from an empty configuration", d.Config))
	}
	if err := d.restore(cs); err != nil {
		return refuse(fmt.Errorf("restore %+v: %w", cs, err))
	}
	if err := d.confState().Equivalent(cs); err != nil {
		return refuse(fmt.Errorf("restore: %w", err))
	}
	return d.finish()
}

// restore replays how cs may have come about: first the outgoing voters, if it
// is joint, then a step to the incoming half.
func (d *draft) restore(cs pb.ConfState) error {
	incoming := changes(nil, pb.ConfChangeAddNode, cs.Voters)
	incoming = changes(incoming, pb.ConfChangeAddLearnerNode, cs.Learners)
	incoming = changes(incoming, pb.ConfChangeAddLearnerNode, cs.LearnersNext)
	if len(cs.VotersOutgoing) == 0 {
		if len(incoming) == 0 {
			return nil
		}
		return d.apply(incoming)
	}
	if err := d.apply(changes(nil, pb.ConfChangeAddNode, cs.VotersOutgoing)); err != nil {
		return err
	}
	removals := changes(nil, pb.ConfChangeRemoveNode, cs.VotersOutgoing)
	return d.enterJoint(cs.AutoLeave, append(removals, incoming...))
}

// changes appends an operation of one type for each id.
func changes(ccs []pb.ConfChangeSingle, t pb.ConfChangeType, ids []uint64) []pb.ConfChangeSingle {
	for _, id := range ids {
		ccs = append(ccs, pb.ConfChangeSingle{Type: t, NodeID: id})
	}
	return ccs
}

// confState returns the draft's configuration as data.
func (d *draft) confState() pb.ConfState {
	t := tracker.ProgressTracker{Config: d.Config}
	return t.ConfState()
}
