package sim

import (
	"context"
	"errors"

	"raftsim/faults"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// doRaft does the faults that ask something of the protocol itself: ordinary
// requests, made at an inconvenient time. ok is false when the action is none
// of them.
func (s *Simulation) doRaft(p *plannedFault, action faults.Action) (void string, ok bool) {
	switch a := action.(type) {
	case faults.Reconfigure:
		void = s.reconfigure(a)
	case faults.Replace:
		void = s.reconfigure(faults.Reconfigure{Mode: faults.Joint, Changes: []faults.Change{
			{Op: faults.Remove, Hosts: faults.Group{a.Old}}, {Op: faults.Add, Hosts: faults.Group{a.New}},
		}})
	case faults.LeaveJoint:
		void = s.onLeader(func(r *raftHost) error {
			if len(r.conf.VotersOutgoing) == 0 {
				return errNotJoint
			}
			return r.node.ProposeConfChange(context.Background(), pb.ConfChangeV2{})
		})
	case faults.Transfer:
		void = s.onLeader(func(r *raftHost) error {
			s.protocol.TransferAsked(r.host.id)
			r.node.TransferLeadership(context.Background(), r.host.id, a.To.Host)
			return nil
		})
	case faults.Campaign:
		void = s.onHosts(a.Hosts, func(r *raftHost) error {
			s.protocol.LeaderForgotten(r.host.id)
			return r.node.Campaign(context.Background())
		})
	case faults.ForgetLeader:
		void = s.onHosts(a.Hosts, func(r *raftHost) error {
			s.protocol.LeaderForgotten(r.host.id)
			return r.node.ForgetLeader(context.Background())
		})
	case faults.Compact:
		void = s.onHosts(a.Hosts, func(r *raftHost) error {
			if r.stage != idle {
				return errBusy
			}
			last := r.snapshotted
			if r.snapshot(); r.snapshotted == last {
				return errNothingNew
			}
			return nil
		})
	case faults.Propose:
		void = s.burst(p, a.Hosts, a.Count, int(a.Bytes))
	case faults.Read:
		void = s.burstReads(p, a.Hosts, a.Count)
	default:
		return "", false
	}
	return void, true
}

// Why a host cannot do what a fault asks of it.
var (
	errBusy       = errors.New("its disk is busy")
	errNothingNew = errors.New("nothing was applied since its last snapshot")
	errNotJoint   = errors.New("its configuration is not joint")
)

// onLeader asks something of the leader.
func (s *Simulation) onLeader(ask func(*raftHost) error) string {
	leader := s.Leader()
	if leader == 0 {
		return "there is no leader"
	}
	return s.onHosts(faults.Hosts(leader), ask)
}

// onHosts asks something of hosts. It is void when all of them are down or refuse.
func (s *Simulation) onHosts(group faults.Group, ask func(*raftHost) error) string {
	asked, why := 0, "none of these hosts was up"
	for _, id := range group.IDs() {
		h := s.hosts[id-1]
		r := h.raft()
		if r == nil || h.state != up {
			continue
		}
		h.disk.At(s.now)
		if err := ask(r); err != nil {
			why = err.Error()
		} else {
			asked++
		}
		r.pump()
		h.settle()
	}
	if asked == 0 {
		return why
	}
	return ""
}

// reconfigure starts the hosts that a change adds, and proposes it to the leader.
func (s *Simulation) reconfigure(a faults.Reconfigure) string {
	leader := s.host(s.Leader())
	if leader == nil || leader.raft() == nil || leader.state != up {
		return "there is no leader"
	}
	for _, c := range a.Changes {
		for _, id := range c.Hosts.IDs() {
			if c.Op == faults.Add || c.Op == faults.Learn {
				s.join(id)
			}
		}
	}
	return s.onLeader(func(r *raftHost) error {
		return r.node.ProposeConfChange(context.Background(), confChange(a))
	})
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

// Leader is the running host that leads in the highest term, or 0.
func (s *Simulation) Leader() uint64 {
	leader, term := uint64(0), uint64(0)
	for _, h := range s.hosts {
		r := h.raft()
		if r == nil {
			continue
		}
		if st := r.node.BasicStatus(); st.RaftState == raft.StateLeader && st.Term >= term {
			leader, term = h.id, st.Term
		}
	}
	return leader
}
