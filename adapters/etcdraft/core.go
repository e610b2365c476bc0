package etcdraft

import (
	"fmt"

	etcd "go.etcd.io/raft/v3"
	etcdpb "go.etcd.io/raft/v3/raftpb"
	etcdtracker "go.etcd.io/raft/v3/tracker"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Core is a RawNode of go.etcd.io/raft/v3 as a [raft.Core]. It says and does what
// the RawNode does, bugs and panics included; only types are converted.
//
// Election timeouts come from Config.Rand. A Core with the same Config.Rand as a
// raft.RawNode draws the same timeouts from the same numbers.
type Core struct {
	node   *etcd.RawNode
	source source
	async  bool

	inflightMessages int
	inflightBytes    uint64
}

var _ raft.Core = (*Core)(nil)

// NewCore returns a Core with the state that c.Storage has, which may be none. A
// nil c.Rand stands for a generator seeded from c.ID; c.Poison and c.TraceLogger
// are ignored.
//
// The error is that of c.Validate. What v3.6.0 cannot start from besides, such as a
// hard state outside the log, makes it panic.
func NewCore(c *raft.Config) (*Core, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	core := &Core{
		source:           newSource(c),
		async:            c.AsyncStorageWrites,
		inflightMessages: c.MaxInflightMsgs,
		inflightBytes:    c.MaxInflightBytes,
	}
	defer core.enter().leave()
	node, err := etcd.NewRawNode(toConfig(c))
	if err != nil {
		return nil, fmt.Errorf("etcdraft: %w", err)
	}
	core.node = node
	return core, nil
}

// toConfig converts all settings that v3.6.0 has.
func toConfig(c *raft.Config) *etcd.Config {
	config := &etcd.Config{
		ID:                          c.ID,
		ElectionTick:                c.ElectionTick,
		HeartbeatTick:               c.HeartbeatTick,
		Storage:                     storage{c.Storage},
		Applied:                     c.Applied,
		AsyncStorageWrites:          c.AsyncStorageWrites,
		MaxSizePerMsg:               c.MaxSizePerMsg,
		MaxCommittedSizePerReady:    c.MaxCommittedSizePerReady,
		MaxUncommittedEntriesSize:   c.MaxUncommittedEntriesSize,
		MaxInflightMsgs:             c.MaxInflightMsgs,
		MaxInflightBytes:            c.MaxInflightBytes,
		CheckQuorum:                 c.CheckQuorum,
		PreVote:                     c.PreVote,
		ReadOnlyOption:              etcd.ReadOnlyOption(c.ReadOnlyOption),
		DisableProposalForwarding:   c.DisableProposalForwarding,
		DisableConfChangeValidation: c.DisableConfChangeValidation,
		StepDownOnRemoval:           !c.LeadAfterRemoval,
	}
	if c.Logger != nil {
		config.Logger = c.Logger // the same methods
	}
	return config
}

// enter makes this Core the one whose numbers etcd's Raft draws, until leave.
func (c *Core) enter() *lottery { return draws.enter(&c.source) }

// AsyncStorageWrites tells whether the node was configured so.
func (c *Core) AsyncStorageWrites() bool { return c.async }

// Bootstrap makes the node the member of a new group, as that of raft.RawNode does.
func (c *Core) Bootstrap(peers []raft.Peer) error {
	defer c.enter().leave()
	converted := make([]etcd.Peer, len(peers))
	for i, p := range peers {
		converted[i] = etcd.Peer{ID: p.ID, Context: p.Context}
	}
	return fromError(c.node.Bootstrap(converted))
}

// Tick moves the node's clock by one tick.
func (c *Core) Tick() {
	defer c.enter().leave()
	c.node.Tick()
}

// Campaign makes the node stand for election now.
func (c *Core) Campaign() error {
	defer c.enter().leave()
	return fromError(c.node.Campaign())
}

// Propose asks for data to be appended to the log.
func (c *Core) Propose(data []byte) error {
	defer c.enter().leave()
	return fromError(c.node.Propose(data))
}

// ProposeConfChange asks for a change of the configuration. A nil cc asks to leave
// a joint one.
func (c *Core) ProposeConfChange(cc pb.ConfChangeI) error {
	defer c.enter().leave()
	return fromError(c.node.ProposeConfChange(toConfChange(cc)))
}

// Step takes a message from a peer, or with AsyncStorageWrites from a storage
// thread.
func (c *Core) Step(m pb.Message) error {
	defer c.enter().leave()
	return fromError(c.node.Step(ToMessage(&m)))
}

// HasReady reports whether there is work for the application.
func (c *Core) HasReady() bool { return c.node.HasReady() }

// Ready returns all work there is for the application. Its slices are the
// application's for good.
func (c *Core) Ready() raft.Ready {
	rd := c.node.Ready()
	ready := raft.Ready{
		HardState:        pb.HardState{Term: rd.HardState.Term, Vote: rd.HardState.Vote, Commit: rd.HardState.Commit},
		Entries:          fromEntries(rd.Entries),
		CommittedEntries: fromEntries(rd.CommittedEntries),
		Snapshot:         FromSnapshot(&rd.Snapshot),
		Messages:         fromMessages(rd.Messages),
		MustSync:         rd.MustSync,
	}
	if rd.SoftState != nil {
		soft := fromSoftState(*rd.SoftState)
		ready.SoftState = &soft
	}
	for _, s := range rd.ReadStates {
		ready.ReadStates = append(ready.ReadStates, raft.ReadState{Index: s.Index, RequestCtx: s.RequestCtx})
	}
	return ready
}

// Advance says that the work of the last Ready is done. The argument is ignored.
func (c *Core) Advance(raft.Ready) {
	defer c.enter().leave()
	c.node.Advance(etcd.Ready{})
}

// ApplyConfChange puts a committed configuration change into force and returns the
// new configuration. A nil cc leaves a joint one.
func (c *Core) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState {
	defer c.enter().leave()
	cs := FromConfState(c.node.ApplyConfChange(toConfChange(cc)))
	return &cs
}

// TransferLeader asks the leader to hand leadership to transferee.
func (c *Core) TransferLeader(transferee uint64) {
	defer c.enter().leave()
	c.node.TransferLeader(transferee)
}

// ForgetLeader makes a follower free to vote again.
func (c *Core) ForgetLeader() error {
	defer c.enter().leave()
	return fromError(c.node.ForgetLeader())
}

// ReadIndex asks for a ReadState with rctx.
func (c *Core) ReadIndex(rctx []byte) {
	defer c.enter().leave()
	c.node.ReadIndex(rctx)
}

// ReportUnreachable says that the last message to id was not delivered.
func (c *Core) ReportUnreachable(id uint64) {
	defer c.enter().leave()
	c.node.ReportUnreachable(id)
}

// ReportSnapshot says what became of a MsgSnap to id.
func (c *Core) ReportSnapshot(id uint64, status raft.SnapshotStatus) {
	defer c.enter().leave()
	c.node.ReportSnapshot(id, etcd.SnapshotStatus(status))
}

// Status returns a copy of the node's state. What its Inflights hold is known by
// number only: their indexes and bytes are made up.
func (c *Core) Status() raft.Status {
	s := c.node.Status()
	status := raft.Status{BasicStatus: fromBasicStatus(&s.BasicStatus), Config: fromTrackerConfig(&s.Config)}
	if s.Progress != nil {
		status.Progress = make(map[uint64]tracker.Progress, len(s.Progress))
		for id, pr := range s.Progress {
			p := fromProgress(&pr)
			p.Inflights = c.fromInflights(pr.Inflights)
			status.Progress[id] = p
		}
	}
	return status
}

// BasicStatus returns the node's state without configuration and progress.
func (c *Core) BasicStatus() raft.BasicStatus {
	s := c.node.BasicStatus()
	return fromBasicStatus(&s)
}

// WithProgress calls visitor for each member, in ascending order of ids, with a
// copy that has no Inflights.
func (c *Core) WithProgress(visitor func(id uint64, typ raft.ProgressType, pr tracker.Progress)) {
	c.node.WithProgress(func(id uint64, typ etcd.ProgressType, pr etcdtracker.Progress) {
		visitor(id, raft.ProgressType(typ), fromProgress(&pr))
	})
}

// toConfChange keeps the form of a change; nil is the zero change.
func toConfChange(cc pb.ConfChangeI) etcdpb.ConfChangeI {
	if cc == nil {
		return etcdpb.ConfChangeV2{}
	}
	if v1, ok := cc.AsV1(); ok {
		return ToConfChange(&v1)
	}
	v2 := cc.AsV2()
	return ToConfChangeV2(&v2)
}
