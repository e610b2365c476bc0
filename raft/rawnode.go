package raft

import (
	"fmt"

	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// RawNode is a member of a Raft group without locks or channels, to be driven by
// one thread. Its methods mean what those of [Node] do; they never wait.
type RawNode struct {
	raft *raft

	// What the last accepted Ready showed.
	softState SoftState
	hardState pb.HardState

	// owed is what Advance says about the Readys before it, and selfPromises
	// what the node promised itself in them.
	owed         []owed
	selfPromises []promise

	// lent is the memory of the messages of the last accepted Ready, free what
	// the one after the next can have.
	lent, free []pb.Message
}

// owed is what Advance says about one Ready: how many promises of the node to
// itself are due, that in this term the log became durable up to an entry, zero for
// none, or with a snapshot, and which entries were applied.
type owed struct {
	promises             int
	term, index, logTerm uint64
	snapshot             *pb.Snapshot
	applied              []pb.Entry
}

// NewRawNode returns a node with the state that Storage has, which may be none:
// then it waits to be told of a group by a leader, or by Bootstrap. It returns an
// error if config is not valid or Storage does not hold a state that a node can
// have.
func NewRawNode(config *Config) (*RawNode, error) {
	r, err := newRaft(config)
	if err != nil {
		return nil, err
	}
	return &RawNode{raft: r, softState: r.softState(), hardState: r.hardState()}, nil
}

// Bootstrap makes the node the member of a new group with the given peers, itself
// among them, by a log that adds one after the other, committed from the start.
// All members must do it with the same peers. It returns an error if Storage is
// not empty or there is no peer.
//
// An application can do without: it starts all members with a Storage that has a
// snapshot with the configuration at some index.
func (rn *RawNode) Bootstrap(peers []Peer) error {
	r := rn.raft
	if len(peers) == 0 {
		return fmt.Errorf("raft: bootstrap with %d peers, must be at least 1", len(peers))
	}
	last, err := r.Storage.LastIndex()
	if err != nil {
		return fmt.Errorf("raft: last index of storage: %w", err)
	}
	if last != 0 || r.log.last() != 0 {
		return fmt.Errorf("raft: bootstrap of a log that ends at %d, must be empty", max(last, r.log.last()))
	}
	entries := make([]pb.Entry, len(peers))
	for i, p := range peers {
		if p.ID == None || IsLocalMsgTarget(p.ID) {
			return fmt.Errorf("raft: bootstrap with a peer of id %#x, which no node can have", p.ID)
		}
		cc := pb.ConfChange{Type: pb.ConfChangeAddNode, NodeID: p.ID, Context: p.Context}
		data, err := cc.Marshal()
		if err != nil {
			return fmt.Errorf("raft: bootstrap with peer %x: %w", p.ID, err)
		}
		entries[i] = pb.Entry{Type: pb.EntryConfChange, Term: 1, Index: uint64(i + 1), Data: data}
	}
	rn.hardState = pb.HardState{} // the first Ready has one to persist
	r.becomeFollower(1, None)
	r.log.unstable.append(entries)
	r.log.commitTo(uint64(len(entries)))
	// The application will apply the entries as well. Until then the node
	// already knows its peers, so that it can campaign at once.
	for _, p := range peers {
		r.applyConfChange(pb.ConfChange{Type: pb.ConfChangeAddNode, NodeID: p.ID}.AsV2())
	}
	return nil
}

// Tick moves the node's clock by one tick.
func (rn *RawNode) Tick() { rn.raft.tick() }

// TickQuiesced moves the node's clock by one tick and does nothing else: a
// follower may campaign at its next Tick, a leader sends no heartbeat. It is for
// groups of which the application knows that all members rest.
//
// Deprecated: go.etcd.io/raft will remove it, and so may we.
func (rn *RawNode) TickQuiesced() {
	r := rn.raft
	r.electionElapsed++
	r.countLeaseTick()
}

// Campaign makes the node stand for election now.
func (rn *RawNode) Campaign() error {
	return rn.raft.step(&pb.Message{Type: pb.MsgHup})
}

// Propose asks for data to be appended to the log. It returns
// [ErrProposalDropped] if that will not happen.
func (rn *RawNode) Propose(data []byte) error { return rn.raft.proposeData(data) }

// ProposeConfChange asks for a change of the configuration. A nil cc asks to leave
// a joint one.
func (rn *RawNode) ProposeConfChange(cc pb.ConfChangeI) error {
	t, data, err := pb.MarshalConfChange(cc)
	if err != nil {
		return fmt.Errorf("raft: configuration change: %w", err)
	}
	return rn.raft.step(&pb.Message{Type: pb.MsgProp, Entries: rn.raft.oneEntry(pb.Entry{Type: t, Data: data})})
}

// ApplyConfChange puts a committed configuration change into force and returns
// the new configuration. A nil cc leaves a joint one.
func (rn *RawNode) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState {
	var change pb.ConfChangeV2
	if cc != nil {
		change = cc.AsV2()
	}
	cs := rn.raft.applyConfChange(change)
	return &cs
}

// Step takes a message from a peer, or with AsyncStorageWrites from a storage
// thread. It returns [ErrStepLocalMsg] for one that only the node itself may send
// to itself, [ErrStepPeerNotFound] for an answer of a node that is no member,
// [ErrProposalDropped] for a proposal that goes into no log, and an
// [ErrInvalidMessage] for one that no correct peer sends to this node, another's
// among them. None of them does anything. A To of [None] is taken for this node's.
//
// A node believes what From says. With AsyncStorageWrites that can be a storage
// thread, or the node itself: the transport must let no peer speak for them, or for
// another peer.
//
// The node may keep what m refers to, so nobody may write to that afterwards.
func (rn *RawNode) Step(m pb.Message) error {
	if err := rn.raft.validate(&m); err != nil {
		return err
	}
	return rn.raft.step(&m)
}

// HasReady reports whether there is work for the application.
func (rn *RawNode) HasReady() bool {
	r := rn.raft
	hs := r.hardState()
	return len(r.msgs) > 0 || len(r.promises) > 0 || len(r.readStates) > 0 ||
		r.log.unstable.inProgress <= r.log.last() || r.log.unstable.nextSnapshot() != nil ||
		r.log.hasNextCommitted(!r.AsyncStorageWrites) ||
		r.softState() != rn.softState || hs != rn.hardState && !IsEmptyHardState(hs)
}

// Ready returns all work there is for the application, which must do it and then
// call Advance.
func (rn *RawNode) Ready() (rd Ready) {
	rn.fillReady(&rd)
	rn.acceptReady(&rd)
	return rd
}

// Advance says that the work of all Readys so far is persisted and applied. With
// AsyncStorageWrites it does nothing: answers of the storage threads take its
// place. The argument is ignored.
func (rn *RawNode) Advance(Ready) {
	r := rn.raft
	promises := rn.selfPromises
	for i := range rn.owed {
		o := &rn.owed[i]
		for ; o.promises > 0; o.promises-- {
			m := promises[0].message(r.ID)
			_ = r.step(&m)
			promises = promises[1:]
		}
		r.saved(o.term, o.index, o.logTerm, o.snapshot)
		r.appliedEntries(o.applied)
		*o = owed{}
	}
	rn.owed, rn.selfPromises = rn.owed[:0], rn.selfPromises[:0]
	rn.takeBack()
}

// AsyncStorageWrites tells whether the node was configured so.
func (rn *RawNode) AsyncStorageWrites() bool { return rn.raft.AsyncStorageWrites }

// Status returns a copy of the node's state. It allocates; see BasicStatus and
// WithProgress.
func (rn *RawNode) Status() Status {
	r := rn.raft
	s := Status{BasicStatus: rn.BasicStatus(), Config: r.members.Config.Clone()}
	if r.state == StateLeader {
		s.Progress = make(map[uint64]tracker.Progress, len(r.members.Members()))
		for _, m := range r.members.Members() {
			pr := *m.Progress
			pr.Inflights = pr.Inflights.Clone()
			s.Progress[m.ID] = pr
		}
	}
	return s
}

// BasicStatus returns the node's state without configuration and progress.
func (rn *RawNode) BasicStatus() BasicStatus {
	r := rn.raft
	return BasicStatus{
		ID:             r.ID,
		HardState:      r.hardState(),
		SoftState:      r.softState(),
		Applied:        r.log.applied,
		LeadTransferee: r.transferee,
	}
}

// UncommittedBytes returns the bytes of entries that a leader counts as not
// committed yet, which Config.MaxUncommittedEntriesSize bounds. ok is true.
func (rn *RawNode) UncommittedBytes() (bytes uint64, ok bool) { return rn.raft.uncommitted.bytes, true }

// WithProgress calls visitor for each member, in ascending order of ids. What it
// gets is a copy, without Inflights.
func (rn *RawNode) WithProgress(visitor func(id uint64, typ ProgressType, pr tracker.Progress)) {
	for _, m := range rn.raft.members.Members() {
		typ := ProgressTypePeer
		if m.Progress.IsLearner {
			typ = ProgressTypeLearner
		}
		pr := *m.Progress
		pr.Inflights = nil
		visitor(m.ID, typ, pr)
	}
}

// ReportUnreachable says that the last message to id was not delivered.
func (rn *RawNode) ReportUnreachable(id uint64) {
	_ = rn.raft.step(&pb.Message{Type: pb.MsgUnreachable, From: id})
}

// ReportSnapshot says what became of a MsgSnap to id.
func (rn *RawNode) ReportSnapshot(id uint64, status SnapshotStatus) {
	_ = rn.raft.step(&pb.Message{Type: pb.MsgSnapStatus, From: id, Reject: status == SnapshotFailure})
}

// TransferLeader asks the leader to hand leadership to transferee.
func (rn *RawNode) TransferLeader(transferee uint64) {
	_ = rn.raft.step(&pb.Message{Type: pb.MsgTransferLeader, From: transferee})
}

// ForgetLeader makes a follower free to vote again; see [Node].
func (rn *RawNode) ForgetLeader() error {
	return rn.raft.step(&pb.Message{Type: pb.MsgForgetLeader})
}

// ReadIndex asks for a [ReadState] with rctx.
func (rn *RawNode) ReadIndex(rctx []byte) {
	_ = rn.raft.step(&pb.Message{Type: pb.MsgReadIndex, Entries: rn.raft.oneEntry(pb.Entry{Data: rctx})})
}
