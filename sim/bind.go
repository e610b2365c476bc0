package sim

import (
	"slices"

	"raftsim/faults"
	"raftsim/raft"
	"raftsim/replica"
)

// view shows the cluster to the faults that name roles.
type view struct{ s *Simulation }

var _ faults.View = view{}

// bind settles whom the action of a planned fault hits now. missing says who
// could not be found, if somebody could not.
func (s *Simulation) bind(p *plannedFault) (action faults.Action, missing string) {
	if faults.AsksLeader(p.fault.Action) {
		leader := s.host(s.Leader())
		if leader == nil {
			return nil, "there is no leader"
		}
		if _, leaves := p.fault.Action.(faults.LeaveJoint); leaves && len(leader.raft().ConfState().VotersOutgoing) == 0 {
			return nil, refused(leader.id, replica.ErrNotJoint)
		}
	}
	action, err := faults.Bind(p.fault.Action, view{s}, p.fate())
	if err != nil {
		return nil, err.Error()
	}
	return action, ""
}

// Hosts lists every host of the cluster, running or not.
func (v view) Hosts() []uint64 {
	return slices.DeleteFunc(v.s.hostIDs(), func(id uint64) bool { return v.s.hosts[id-1].state == retired })
}

// Leader is the running host that leads in the highest term, or zero.
func (v view) Leader() uint64 {
	if v.s.options.Process != nil {
		return v.s.watcher.Leader()
	}
	return v.s.Leader()
}

// Role is what a host is now. One that can only send counts as down.
func (v view) Role(id uint64) faults.Role {
	h := v.s.host(id)
	r := h.raft()
	if r == nil && v.s.options.Process != nil {
		if !h.Running() {
			return faults.Down
		}
		return v.s.watcher.Role(id)
	}
	if r == nil || v.s.core.OneWay(h.id) {
		return faults.Down
	}
	conf := &v.s.members.conf
	voter := isVoter(conf, id)
	switch {
	case !voter && (slices.Contains(conf.Learners, id) || slices.Contains(conf.LearnersNext, id)):
		return faults.Learner
	case !voter:
		return 0
	}
	switch r.BasicStatus().RaftState {
	case raft.StateLeader:
		return faults.Leader
	case raft.StateFollower:
		return faults.Follower
	}
	return faults.Candidate
}

// Voters lists the voters of the latest configuration that was applied.
func (v view) Voters() (incoming, outgoing []uint64) {
	return v.s.members.conf.Voters, v.s.members.conf.VotersOutgoing
}
