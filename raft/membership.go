package raft

import (
	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// applyConfChange puts a change into force and returns the configuration. It is
// called when the change is applied, not when it is appended as in Raft §6: two
// consecutive configurations still have a node in common in any two quorums, and
// there is never more than one change in the log that is not applied.
//
// A change that is not possible changes nothing. All members apply it to the same
// configuration, so they agree on that.
func (r *raft) applyConfChange(cc pb.ConfChangeV2) pb.ConfState {
	changer := confchange.Changer{Tracker: r.members, LastIndex: r.log.last()}
	var (
		config   tracker.Config
		progress tracker.ProgressMap
		err      error
	)
	if cc.LeaveJoint() {
		config, progress, err = changer.LeaveJoint()
	} else if autoLeave, joint := cc.EnterJoint(); joint {
		config, progress, err = changer.EnterJoint(autoLeave, cc.Changes...)
	} else {
		config, progress, err = changer.Simple(cc.Changes...)
	}
	if err != nil {
		r.Logger.Errorf("raft %x: keeps the configuration: %v", r.ID, err)
		return r.members.ConfState()
	}
	return r.enterConfig(config, progress)
}

// enterConfig puts a configuration into force and returns it.
func (r *raft) enterConfig(config tracker.Config, progress tracker.ProgressMap) pb.ConfState {
	before := r.members.Members()
	r.members.SetConfig(config, progress)
	r.reads.moveAcks(before, r.members.Members())
	r.recount = true
	cs := r.members.ConfState()
	if !r.quiet {
		r.Logger.Infof("raft %x: configuration is %s", r.ID, config)
	}
	if r.state != StateLeader {
		return cs
	}
	if pr := r.members.Get(r.ID); pr == nil || pr.IsLearner {
		// Its removal is committed, which it had to lead for (thesis §4.2.2). To
		// lead on would leave a group that has a leader and takes no proposals.
		if !r.LeadAfterRemoval {
			r.becomeFollower(r.term, None)
		}
		return cs
	}
	if r.maybeCommit(0) {
		// A smaller quorum may have what a larger one had not.
		r.broadcastAppend()
	} else {
		// New members need not wait for the next heartbeat.
		for _, m := range r.members.Members() {
			if m.ID != r.ID {
				r.sendAppend(m.ID, m.Progress, false)
			}
		}
	}
	if r.transferee != None && !r.votes(r.transferee) {
		r.transferee = None
	}
	return cs
}
