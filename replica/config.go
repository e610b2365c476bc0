package replica

import (
	"time"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Config is what a Replica is made of. The fields without a default must be set.
type Config struct {
	// Raft makes the Node, on the first start and on every other one: the Node uses
	// what is in raft.Config.Storage. Nil means raft.RestartNode. What it returns must
	// offer raft.TryReadier and raft.StatusViewer, as raft.NewNode does for any core.
	Raft func(*raft.Config) (raft.Node, error)
	// Machine makes the replicated state machine, in its initial state.
	Machine func() Machine
	// Founding is the first configuration of the cluster, on a host that is one of its
	// members and finds an empty log: it founds the cluster, together with the others.
	// Nil on a host that joins later.
	Founding *pb.ConfState
	// Incarnation is a number that no earlier start on the same log had. Reads carry it.
	Incarnation uint32

	// Tick is the time between two calls of Node.Tick on the host's clock.
	Tick time.Duration
	// ElectionTicks and HeartbeatTicks are raft.Config's.
	ElectionTicks, HeartbeatTicks int
	PreVote, CheckQuorum          bool
	// LeaseReads serves reads from the leader's lease (needs CheckQuorum).
	LeaseReads bool
	// DisableForwarding makes followers refuse proposals instead of passing them to the
	// leader.
	DisableForwarding bool
	// LeadAfterRemoval makes a leader that removes itself lead on until another is
	// elected; otherwise it steps down.
	LeadAfterRemoval bool
	// MaxSizePerMessage and MaxInflightMessages bound replication; MaxInflightBytes does
	// too, zero is no bound.
	MaxSizePerMessage   uint64
	MaxInflightMessages int
	MaxInflightBytes    uint64
	// MaxUncommittedBytes bounds the leader's uncommitted tail; zero is no bound.
	MaxUncommittedBytes uint64
	// MaxCommittedBytes bounds the entries of one Ready; zero means MaxSizePerMessage.
	MaxCommittedBytes uint64
	// Logger is the Node's. Nil discards what it says.
	Logger raft.Logger
	// Poison scribbles over all memory that the raft library may reuse.
	Poison bool

	// AsyncStorage writes to the disk and applies beside the protocol's own loop.
	AsyncStorage bool
	// ApplyDelay is how long the apply queue of asynchronous storage keeps its request of
	// a number, counted from zero, before it is applied. Nil applies at once.
	ApplyDelay func(request uint64) time.Duration
	// SegmentBytes is the size of a segment of the write-ahead log; zero means wal's own
	// default.
	SegmentBytes int64
	// SnapshotEvery takes a snapshot and compacts the log after that many applied
	// entries; zero never does.
	SnapshotEvery uint64
	// KeepEntries is how many entries before a snapshot stay in the log for followers
	// that are a little behind.
	KeepEntries uint64
	// SnapshotChunk is how many bytes of a snapshot one message carries to a follower, at
	// most. Chunks that are lost are sent again, beside everything else. Zero sends a
	// snapshot as one message, and the one that carries messages calls ReportSnapshot.
	SnapshotChunk int
	// MaxSnapshotBytes is the largest snapshot that is taken in chunks; zero is no bound.
	MaxSnapshotBytes uint64
	// ReadTimeout is how long a read waits for its index on the host's clock, before it
	// is forgotten without an answer.
	ReadTimeout time.Duration
}

// Machine is a replicated state machine with its table of sessions: workload.Sessions
// makes one of any state machine. Equal sequences of requests must lead to equal states.
type Machine interface {
	// Apply executes a request of the log. The answer is nil where there is none for
	// a client that waits; duplicate says that the request had no effect, because it had
	// one before.
	Apply(request []byte) (answer []byte, duplicate bool)
	// Identify names the command of a request by the session of its client and its
	// number there. ok is false where the bytes are no request.
	Identify(request []byte) (session, number uint64, ok bool)
	// Query answers a command that only reads, and changes nothing.
	Query(query []byte) []byte
	// Snapshot encodes the whole state, Restore replaces it by an encoded one.
	Snapshot() []byte
	Restore(snapshot []byte) error
	// Digest fingerprints the state, however it was reached.
	Digest() uint64
}

// Membership is a Machine that keeps something about the members, such as their
// addresses, in the replicated state, or has a say in who may become one.
type Membership interface {
	Machine
	// Reconfigure is given each committed change of the configuration, in its place in
	// the log, before the change takes effect. With an error the change has none. It
	// depends on the state and on cc alone, as Apply does: all replicas decide alike.
	Reconfigure(cc pb.ConfChangeV2) error
}

// raftConfig is the configuration of the Node.
func (p *Replica) raftConfig() *raft.Config {
	o := &p.config
	c := &raft.Config{
		ID:                        p.id,
		ElectionTick:              o.ElectionTicks,
		HeartbeatTick:             o.HeartbeatTicks,
		Storage:                   p.storage,
		Applied:                   p.applied,
		AsyncStorageWrites:        o.AsyncStorage,
		MaxSizePerMsg:             o.MaxSizePerMessage,
		MaxCommittedSizePerReady:  o.MaxCommittedBytes,
		MaxUncommittedEntriesSize: o.MaxUncommittedBytes,
		MaxInflightMsgs:           o.MaxInflightMessages,
		MaxInflightBytes:          o.MaxInflightBytes,
		CheckQuorum:               o.CheckQuorum,
		PreVote:                   o.PreVote,
		DisableProposalForwarding: o.DisableForwarding,
		LeadAfterRemoval:          o.LeadAfterRemoval,
		Logger:                    o.Logger,
		Rand:                      p.env.Random(),
		Poison:                    o.Poison,
	}
	if c.Logger == nil {
		c.Logger = raft.DiscardLogger{}
	}
	if o.LeaseReads {
		c.ReadOnlyOption = raft.ReadOnlyLeaseBased
	}
	return c
}
