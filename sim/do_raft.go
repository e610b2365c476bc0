package sim

import (
	"slices"

	"raftsim/faults"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/replica"
)

// doRaft does the faults that ask something of the protocol itself: ordinary
// requests, made at an inconvenient time. ok is false when the action is none
// of them.
func (s *Simulation) doRaft(p *plannedFault, action faults.Action) (d effect, skipped string, ok bool) {
	switch a := action.(type) {
	case faults.Reconfigure:
		d, skipped = s.reconfigure(a)
	case faults.Replace:
		d, skipped = s.reconfigure(faults.Reconfigure{Mode: faults.Joint, Changes: []faults.Change{
			{Op: faults.Remove, Hosts: faults.Group{a.Old}}, {Op: faults.Add, Hosts: faults.Group{a.New}},
		}})
	case faults.LeaveJoint:
		d, skipped = s.proposeChange(pb.ConfChangeV2{})
	case faults.Transfer:
		skipped = s.onLeader(func(r *replica.Replica) error { return r.HandOver(a.To.Host) })
	case faults.Campaign:
		skipped = s.onHosts(a.Hosts, (*replica.Replica).Campaign)
	case faults.ForgetLeader:
		skipped = s.onHosts(a.Hosts, (*replica.Replica).ForgetLeader)
	case faults.Compact:
		skipped = s.onHosts(a.Hosts, (*replica.Replica).TakeSnapshot)
	case faults.Propose:
		d, skipped = s.operate(p, a.Hosts, a.Count, int(a.Bytes), false)
	case faults.Read:
		d, skipped = s.operate(p, a.Hosts, a.Count, 0, true)
	default:
		return effect{}, "", false
	}
	return d, skipped, true
}

// refused says why a host does not do what a fault asks of it.
func refused(id uint64, err error) string { return name(id) + ": " + err.Error() }

// onLeader asks something of the leader.
func (s *Simulation) onLeader(ask func(*replica.Replica) error) string {
	leader := s.Leader()
	if leader == 0 {
		return "there is no leader"
	}
	return s.onHosts(faults.Hosts(leader), ask)
}

// onHosts asks something of hosts. It is skipped when all of them are down or refuse.
func (s *Simulation) onHosts(group faults.Group, ask func(*replica.Replica) error) string {
	asked, why := 0, "none of these hosts was up"
	for _, id := range group.IDs() {
		h := s.hosts[id-1]
		r := h.raft()
		if r == nil || h.state != up {
			continue
		}
		h.disk.At(s.now)
		s.queue.receiver = id
		if err := ask(r); err != nil {
			why = refused(id, err)
		} else {
			asked++
		}
		r.Pump()
		h.settle()
	}
	if asked == 0 {
		return why
	}
	return ""
}

// reconfigure starts the hosts that a change adds, and proposes it to the leader.
func (s *Simulation) reconfigure(a faults.Reconfigure) (effect, string) {
	leader := s.host(s.Leader())
	if leader == nil || leader.raft() == nil || leader.state != up {
		return effect{}, "there is no leader"
	}
	for _, c := range a.Changes {
		for _, id := range c.Hosts.IDs() {
			if c.Op == faults.Add || c.Op == faults.Learn {
				s.join(id)
			}
		}
	}
	return s.proposeChange(confChange(a))
}

// proposeChange proposes a configuration change to the leader. It has had an
// effect once a host uses the configuration that it led to.
func (s *Simulation) proposeChange(cc pb.ConfChangeV2) (effect, string) {
	change := &wantedChange{change: cc}
	s.members.wanted = append(s.members.wanted, change) // a lone voter makes it at once
	skipped := s.onLeader(func(r *replica.Replica) error {
		return r.Reconfigure(cc)
	})
	if skipped != "" {
		s.members.wanted = slices.DeleteFunc(s.members.wanted, func(w *wantedChange) bool { return w == change })
		return effect{}, skipped
	}
	return effect{noEffect: func() string {
		if change.made {
			return ""
		}
		return "the change did not lead to another configuration"
	}}, ""
}

// wantedChange is a configuration change that a fault has asked for.
type wantedChange struct {
	change pb.ConfChangeV2
	made   bool
}

// changeMade notes that a change has led to another configuration.
func (m *members) changeMade(cc pb.ConfChangeV2) {
	for i, w := range m.wanted {
		if w.change.Transition == cc.Transition && slices.Equal(w.change.Changes, cc.Changes) {
			w.made = true
			m.wanted = slices.Delete(m.wanted, i, i+1)
			return
		}
	}
}

// join starts a host that is to become a member, if it was never started or has
// been switched off, and keeps it running until it is one.
func (s *Simulation) join(id uint64) {
	for uint64(len(s.hosts)) < id {
		s.addHost(uint64(len(s.hosts)) + 1)
	}
	h := s.hosts[id-1]
	h.joining = true
	if h.state == absent || h.state == retired {
		h.restart()
		s.core.Join(id)
	}
}

// confChange puts a reconfiguration into the words of the protocol.
func confChange(a faults.Reconfigure) pb.ConfChangeV2 {
	var cc pb.ConfChangeV2
	for _, c := range a.Changes {
		kind := pb.ConfChangeAddNode
		switch c.Op {
		case faults.Learn, faults.Demote:
			kind = pb.ConfChangeAddLearnerNode
		case faults.Remove:
			kind = pb.ConfChangeRemoveNode
		}
		for _, id := range c.Hosts.IDs() {
			cc.Changes = append(cc.Changes, pb.ConfChangeSingle{Type: kind, NodeID: id})
		}
	}
	switch a.Mode {
	case faults.Joint:
		cc.Transition = pb.ConfChangeTransitionJointImplicit
	case faults.Explicit:
		cc.Transition = pb.ConfChangeTransitionJointExplicit
	}
	return cc
}

// Leader is the running host that leads in the highest term, or 0. One that only
// can only send, outside the core, leads nobody.
func (s *Simulation) Leader() uint64 {
	leader, term := uint64(0), uint64(0)
	for _, h := range s.hosts {
		r := h.raft()
		if r == nil || s.core.OneWay(h.id) {
			continue
		}
		if st := r.BasicStatus(); st.RaftState == raft.StateLeader && st.Term >= term {
			leader, term = h.id, st.Term
		}
	}
	return leader
}
