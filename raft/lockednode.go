package raft

import (
	"context"
	"sync"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// StartNode starts a node of a new group with the given members, this one among
// them. If Storage is not empty, the node goes on with what it has, like one of
// RestartNode, after a warning to its logger.
//
// It panics if the configuration is not valid, Storage cannot be read, or there
// are no peers; NewRawNode, Bootstrap and NewNode do the same with errors.
func StartNode(c *Config, peers []Peer) Node {
	if len(peers) == 0 {
		panic("raft: StartNode with 0 peers, must be at least 1; RestartNode needs none")
	}
	rn, err := NewRawNode(c)
	if err != nil {
		panic(err.Error())
	}
	if err := rn.Bootstrap(peers); err != nil {
		rn.raft.Logger.Warningf("raft %x: %v", c.ID, err)
	}
	return NewNode(rn)
}

// RestartNode starts a node with the state that Storage has.
//
// It panics if the configuration is not valid or Storage cannot be read; NewRawNode
// and NewNode do the same with errors.
func RestartNode(c *Config) Node {
	rn, err := NewRawNode(c)
	if err != nil {
		panic(err.Error())
	}
	return NewNode(rn)
}

// NewNode returns a Node over core, which must not be used otherwise from then on.
// It starts no goroutine. It also is a [TryReadier] and a [StatusViewer].
func NewNode(core Core) Node {
	return &lockedNode{slot: newSlot(core), done: make(chan struct{})}
}

// lockedNode is a core with a lock and a slot.
type lockedNode struct {
	mu sync.Mutex
	slot
	stopped bool
	done    chan struct{} // closed by Stop
	// leader is closed when there is a leader; nil if nobody waits for that.
	leader chan struct{}
}

var (
	_ Node         = (*lockedNode)(nil)
	_ TryReadier   = (*lockedNode)(nil)
	_ StatusViewer = (*lockedNode)(nil)

	_ UncommittedViewer = (*lockedNode)(nil)
	_ UncommittedViewer = (*RawNode)(nil)
)

// enter takes the lock and settles the offer. It returns false, without the lock,
// if the node is stopped.
func (n *lockedNode) enter() bool {
	n.mu.Lock()
	if n.stopped {
		n.mu.Unlock()
		return false
	}
	n.settle()
	return true
}

// enterWithin is enter with the errors of a context and of a stopped node.
func (n *lockedNode) enterWithin(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !n.enter() {
		return ErrStopped
	}
	return nil
}

// leave wakes those who wait for a leader, makes an offer and returns the lock. It
// is deferred, so that a panic of the core leaves no lock behind.
func (n *lockedNode) leave() {
	if n.leader != nil && n.core.BasicStatus().Lead != None {
		close(n.leader)
		n.leader = nil
	}
	n.renew()
	n.mu.Unlock()
}

// enterWithLeader is enterWithin once there is a leader.
func (n *lockedNode) enterWithLeader(ctx context.Context) error {
	for {
		if err := n.enterWithin(ctx); err != nil {
			return err
		}
		if n.core.BasicStatus().Lead != None {
			return nil
		}
		if n.leader == nil {
			n.leader = make(chan struct{})
		}
		leader := n.leader
		n.leave()
		select {
		case <-leader:
		case <-ctx.Done():
			return ctx.Err()
		case <-n.done:
			return ErrStopped
		}
	}
}

func (n *lockedNode) Tick() {
	if n.enter() {
		defer n.leave()
		n.core.Tick()
	}
}

func (n *lockedNode) Campaign(ctx context.Context) error {
	if err := n.enterWithin(ctx); err != nil {
		return err
	}
	defer n.leave()
	return n.core.Campaign()
}

func (n *lockedNode) Propose(ctx context.Context, data []byte) error {
	if err := n.enterWithLeader(ctx); err != nil {
		return err
	}
	defer n.leave()
	return n.core.Propose(data)
}

func (n *lockedNode) ProposeConfChange(ctx context.Context, cc pb.ConfChangeI) error {
	if err := n.enterWithLeader(ctx); err != nil {
		return err
	}
	defer n.leave()
	return n.core.ProposeConfChange(cc)
}

func (n *lockedNode) Step(ctx context.Context, m pb.Message) error {
	enter := n.enterWithin
	if m.Type == pb.MsgProp {
		enter = n.enterWithLeader
	}
	if err := enter(ctx); err != nil {
		return err
	}
	defer n.leave()
	switch err := n.core.Step(m); err {
	case ErrStepLocalMsg, ErrStepPeerNotFound:
		return nil // as go.etcd.io/raft does: a transport need not know
	default:
		return err
	}
}

func (n *lockedNode) Ready() <-chan Ready {
	if n.enter() {
		defer n.leave()
		n.watched = true
	}
	return n.c
}

func (n *lockedNode) TryReady() (Ready, bool) {
	if !n.enter() {
		return Ready{}, false
	}
	defer n.leave()
	return n.take()
}

func (n *lockedNode) Advance() {
	if n.enter() {
		defer n.leave()
		n.advance()
	}
}

func (n *lockedNode) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState {
	if !n.enter() {
		return &pb.ConfState{}
	}
	defer n.leave()
	return n.core.ApplyConfChange(cc)
}

func (n *lockedNode) TransferLeadership(ctx context.Context, _, transferee uint64) {
	if n.enterWithin(ctx) == nil {
		defer n.leave()
		n.core.TransferLeader(transferee)
	}
}

func (n *lockedNode) ForgetLeader(ctx context.Context) error {
	if err := n.enterWithin(ctx); err != nil {
		return err
	}
	defer n.leave()
	return n.core.ForgetLeader()
}

func (n *lockedNode) ReadIndex(ctx context.Context, rctx []byte) error {
	if err := n.enterWithin(ctx); err != nil {
		return err
	}
	defer n.leave()
	n.core.ReadIndex(rctx)
	return nil
}

func (n *lockedNode) ReportUnreachable(id uint64) {
	if n.enter() {
		defer n.leave()
		n.core.ReportUnreachable(id)
	}
}

func (n *lockedNode) ReportSnapshot(id uint64, status SnapshotStatus) {
	if n.enter() {
		defer n.leave()
		n.core.ReportSnapshot(id, status)
	}
}

// Status, BasicStatus and WithProgress change nothing, so they leave an offer
// where it is. A stopped node shows the zero Status.

func (n *lockedNode) Status() Status {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return Status{}
	}
	return n.core.Status()
}

func (n *lockedNode) BasicStatus() BasicStatus {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.stopped {
		return BasicStatus{}
	}
	return n.core.BasicStatus()
}

func (n *lockedNode) WithProgress(visitor func(id uint64, typ ProgressType, pr tracker.Progress)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.stopped {
		n.core.WithProgress(visitor)
	}
}

func (n *lockedNode) UncommittedBytes() (bytes uint64, ok bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if core, can := n.core.(UncommittedViewer); can && !n.stopped {
		return core.UncommittedBytes()
	}
	return 0, false
}

// Stop withdraws the offer, so that nothing is received after it returned.
func (n *lockedNode) Stop() {
	if n.enter() {
		n.stopped = true
		close(n.done)
		n.mu.Unlock()
	}
}
