package replica

import (
	"context"
	"errors"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Why a Replica does not do what it is asked for by hand.
var (
	ErrBusy       = errors.New("the disk of the replica is busy")
	ErrNothingNew = errors.New("the replica has applied nothing since its last snapshot")
	ErrNotJoint   = errors.New("the replica does not use a joint configuration")
	ErrLeads      = errors.New("the replica is the leader already")
	ErrRefused    = errors.New("the replica may not campaign now")
	ErrNoLeader   = errors.New("the replica knows no leader")
	ErrKept       = errors.New("the replica did not forget its leader")
	ErrNoTransfer = errors.New("the leader did not begin the transfer")
)

// Requests to a Replica that has a Node: each is followed by Pump.

// Reconfigure proposes a change of the configuration.
func (p *Replica) Reconfigure(cc pb.ConfChangeV2) error {
	if cc.LeaveJoint() && len(p.conf.VotersOutgoing) == 0 {
		return ErrNotJoint
	}
	return p.node.ProposeConfChange(context.Background(), cc)
}

// HandOver asks a leader to make another host lead. With itself it gives up what it had
// begun.
func (p *Replica) HandOver(to uint64) error {
	before := p.node.BasicStatus().LeadTransferee
	p.observer.TransferAsked(to)
	p.node.TransferLeadership(context.Background(), p.id, to)
	switch after := p.node.BasicStatus().LeadTransferee; {
	case after != to && to != p.id:
		return ErrNoTransfer
	case to == p.id && before == raft.None:
		return ErrLeads
	}
	return nil // it began, or gave up what it had begun
}

// Campaign makes a host start an election.
func (p *Replica) Campaign() error {
	before := p.node.BasicStatus()
	if before.RaftState == raft.StateLeader {
		return ErrLeads
	}
	p.observer.LeaderForgotten()
	if err := p.node.Campaign(context.Background()); err != nil {
		return err
	}
	if after := p.node.BasicStatus(); after.RaftState == raft.StateFollower && after.Term == before.Term {
		return ErrRefused
	}
	return nil
}

// ForgetLeader makes a host forget who leads.
func (p *Replica) ForgetLeader() error {
	if before := p.node.BasicStatus(); before.Lead == raft.None || before.RaftState == raft.StateLeader {
		return ErrNoLeader
	}
	p.observer.LeaderForgotten()
	if err := p.node.ForgetLeader(context.Background()); err != nil {
		return err
	}
	if p.node.BasicStatus().Lead != raft.None {
		return ErrKept
	}
	return nil
}

// TakeSnapshot takes a snapshot, and drops the log before it.
func (p *Replica) TakeSnapshot() error {
	if p.stage != idle {
		return ErrBusy
	}
	last := p.snapshotted
	if p.snapshot(); p.snapshotted == last {
		return ErrNothingNew
	}
	return nil
}

// ReportUnreachable says that a message could not be sent to a peer.
func (p *Replica) ReportUnreachable(peer uint64) {
	if p.node != nil {
		p.node.ReportUnreachable(peer)
		p.Pump()
	}
}

// ReportSnapshot says whether a snapshot that was sent to a peer has arrived.
func (p *Replica) ReportSnapshot(peer uint64, arrived bool) {
	if p.node == nil {
		return
	}
	status := raft.SnapshotFailure
	if arrived {
		status = raft.SnapshotFinish
	}
	p.node.ReportSnapshot(peer, status)
	p.Pump()
}

// Close ends the Node and closes the log, for another Replica to open it. Nothing may be
// asked of this one afterwards.
func (p *Replica) Close() error {
	p.Stop()
	if p.log == nil {
		return nil
	}
	return p.log.Close()
}

// Stop ends the Node, as at the end of the process. Nothing may be asked of the Replica
// afterwards.
func (p *Replica) Stop() {
	if p.node != nil {
		p.node.Stop()
	}
}
