package sim

import (
	"slices"

	"raftsim/faults"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/replica"
)

// ofRaft are the faults that ask something of the protocol itself: ordinary requests,
// made at an inconvenient time.
func (d injectors) ofRaft() {
	doing(d, func(o occasion, a faults.Reconfigure) (Effect, string) { return o.reconfigure(a) })
	doing(d, func(o occasion, a faults.Replace) (Effect, string) {
		return o.reconfigure(faults.Reconfigure{Mode: faults.Joint, Changes: []faults.Change{
			{Op: faults.Remove, Hosts: faults.Group{a.Old}}, {Op: faults.Add, Hosts: faults.Group{a.New}},
		}})
	})
	doing(d, func(o occasion, _ faults.LeaveJoint) (Effect, string) { return o.proposeChange(pb.ConfChangeV2{}) })
	doing(d, func(o occasion, a faults.Transfer) (Effect, string) {
		return Effect{}, o.onLeader(func(r *replica.Replica) error { return r.HandOver(a.To.Host) })
	})
	doing(d, func(o occasion, a faults.Campaign) (Effect, string) {
		return Effect{}, o.onHosts(a.Hosts, (*replica.Replica).Campaign)
	})
	doing(d, func(o occasion, a faults.ForgetLeader) (Effect, string) {
		return Effect{}, o.onHosts(a.Hosts, (*replica.Replica).ForgetLeader)
	})
	doing(d, func(o occasion, a faults.Compact) (Effect, string) {
		return Effect{}, o.onHosts(a.Hosts, (*replica.Replica).TakeSnapshot)
	})
	doing(d, func(o occasion, a faults.Propose) (Effect, string) {
		return o.operate(o.plan, a.Hosts, a.Count, int(a.Bytes), false)
	})
	doing(d, func(o occasion, a faults.Read) (Effect, string) { return o.operate(o.plan, a.Hosts, a.Count, 0, true) })
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
func (s *Simulation) reconfigure(a faults.Reconfigure) (Effect, string) {
	leader := s.host(s.Leader())
	if leader == nil || leader.raft() == nil || leader.state != up {
		return Effect{}, "there is no leader"
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
func (s *Simulation) proposeChange(cc pb.ConfChangeV2) (Effect, string) {
	change := &wantedChange{change: cc}
	s.members.wanted = append(s.members.wanted, change) // a lone voter makes it at once
	skipped := s.onLeader(func(r *replica.Replica) error {
		return r.Reconfigure(cc)
	})
	if skipped != "" {
		s.members.wanted = slices.DeleteFunc(s.members.wanted, func(w *wantedChange) bool { return w == change })
		return Effect{}, skipped
	}
	return Effect{NoEffect: func() string {
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
