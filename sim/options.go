package sim

import (
	"fmt"
	"time"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/faults"
	"raftsim/mark"
	"raftsim/network"
	"raftsim/random"
	"raftsim/workload"
)

// Options is the whole plan of one run, as data: the same options and the same
// build give the same bytes of trace on every machine. The zero value of each
// field means the default that Defaults fills in, unless its comment says
// otherwise.
type Options struct {
	// Name is printed in verdicts and traces. It does not influence the run.
	Name string
	// Seed decides every fate below the plan: latencies, losses, torn
	// sectors, election timeouts, the clients' choices.
	Seed random.Seed
	// Overrides replaces single fates of the seed; nil replaces none.
	Overrides *random.Overrides

	// Nodes is the number of voters the cluster starts with, n1 to nN.
	Nodes int
	// Learners is the number of non-voting members that follow them.
	Learners int
	// Rafts names the Raft implementation of each host in turn, repeating
	// when there are more hosts than names. Empty means ours. See Register.
	Rafts []string
	// Raft holds the protocol's own settings.
	Raft RaftOptions

	// Run is the length of the fault phase, in which faults fire. The recovery
	// phase begins when it ends, and lasts until the cluster has recovered.
	Run time.Duration
	// Network is the profile of the links between hosts.
	Network network.Profile
	// Access is the profile of the links between clients and hosts. Its zero
	// value means one millisecond and no faults.
	Access network.Profile
	// Disk is the profile of every host's disk. Its zero value is a disk
	// that answers at once.
	Disk disk.Profile
	// Workload says what the clients do.
	Workload WorkloadOptions
	// Schedule is what goes wrong, and when.
	Schedule faults.Schedule
	// Expect says what the run must show in order to pass.
	Expect Expect

	// MaxEvents ends a run that does not end by itself.
	MaxEvents uint64
	// MaxMemory bounds what the run keeps, in bytes as MemoryUse counts them, at
	// least MinMaxMemory: a run that keeps more is ended, and the search for a linear
	// order is when it has come so far.
	MaxMemory int64
	// Process makes a host's process; nil means a replica.Replica. It is code,
	// not data: a run with a process of the user's own is repeated by the
	// program that made it.
	Process func(id uint64) Process
	// Trace is shown every record as it happens; nil is silence. Tracing
	// never changes a run.
	Trace func(*Record)
}

// RaftOptions are the settings of the protocol and of the host around it.
// Durations of the protocol are counted in ticks, as in raft.Config.
type RaftOptions struct {
	// Tick is the time between two calls of Node.Tick on a host's own clock.
	Tick time.Duration
	// ElectionTicks and HeartbeatTicks are raft.Config's.
	ElectionTicks, HeartbeatTicks int
	PreVote, CheckQuorum          bool
	// LeaseReads serves reads from the leader's lease (needs CheckQuorum).
	LeaseReads bool
	// AsyncStorage writes to disk and applies beside the protocol's own loop.
	AsyncStorage bool
	// DisableForwarding makes followers refuse proposals instead of passing
	// them to the leader.
	DisableForwarding bool
	// ApplyTakes is how long the apply thread of asynchronous storage takes for
	// what it is handed at once, on the host's clock.
	ApplyTakes random.Distribution
	// LeadAfterRemoval makes a leader that removes itself lead on until another is
	// elected; otherwise it steps down.
	LeadAfterRemoval bool
	// MaxSizePerMessage and MaxInflightMessages bound replication; zero
	// means 64 KiB and 64.
	MaxSizePerMessage   uint64
	MaxInflightMessages int
	MaxInflightBytes    uint64
	// MaxUncommittedBytes bounds the leader's uncommitted tail; 0 is no bound.
	MaxUncommittedBytes uint64
	// MaxCommittedBytes bounds the entries of one Ready; 0 is MaxSizePerMessage.
	MaxCommittedBytes uint64
	// SnapshotEvery takes a snapshot and compacts the log after that many
	// applied entries; 0 never does.
	SnapshotEvery uint64
	// KeepEntries is how many entries before a snapshot stay in the log for
	// followers that are a little behind.
	KeepEntries uint64
	// SnapshotChunk is how many bytes of a snapshot one packet carries; 0 sends a
	// snapshot as one packet.
	SnapshotChunk int
	// SegmentBytes is the size of a segment of the write-ahead log; 0 means 64 KiB.
	SegmentBytes int64
	// Poison scribbles over all memory that the raft library may reuse.
	Poison bool
}

// ElectionTimeout is the least time a follower waits for a leader: the unit
// in which recovery is measured.
func (o RaftOptions) ElectionTimeout() time.Duration {
	return time.Duration(o.ElectionTicks) * o.Tick
}

// WorkloadOptions say what the clients do.
type WorkloadOptions struct {
	// Kind is the name of a registered workload; empty means kv.
	Kind string
	// Clients is the number of clients; negative means none.
	Clients int
	// Shape is the number of keys and the mix of operations.
	Shape workload.Shape
	// PerSecond is how many operations all clients together begin each
	// simulated second while none waits for an answer.
	PerSecond int
	// Timeout is how long a client tries one operation before it gives up.
	Timeout time.Duration
	// Attempt is how long it waits for one host's answer before it tries another.
	Attempt time.Duration
	// Stages are parts of the fault phase in which the clients behave otherwise,
	// in order. Nil means that there are none.
	Stages []Stage
}

// Expect says what a run must show in order to pass.
type Expect struct {
	// RecoveryTimeouts bounds the recovery phase in election timeouts; negative
	// means that the run has no recovery phase.
	RecoveryTimeouts int
	// CoreOnly heals only a core in the recovery phase, chosen at random: a
	// smallest set of hosts that contains a quorum of every configuration that
	// could be in force. All others are switched off for good, or with pre-vote
	// and check-quorum some of them run on and are heard, but hear nothing.
	CoreOnly bool
	// SkipOneWay switches off all hosts outside a core: none of them runs on and can
	// only send, whatever the options.
	SkipOneWay bool
	// SkipLinearizable leaves the clients' history unjudged, stale reads too.
	SkipLinearizable bool
	// CheckSteps bounds the model steps of the linearizability search.
	CheckSteps uint64
	// MinOperations is the least number of completed operations.
	MinOperations int
	// MinLeaders is the least number of terms that must have had a leader.
	MinLeaders int
	// Marks are the ids of marks that the run must hit.
	Marks []string
	// AllowNoEffect accepts faults that found no target or took no effect.
	AllowNoEffect bool
	// Violation names a property that the run is expected to break: the run
	// passes when that, and nothing before it, is violated.
	Violation string
}

// Defaults returns o with every zero field filled in.
func (o Options) Defaults() Options {
	def(&o.Nodes, 3)
	def(&o.Run, 10*time.Second)
	def(&o.MaxEvents, 50_000_000)
	def(&o.MaxMemory, DefaultMaxMemory)
	o.Raft = o.Raft.defaults()
	o.Workload = o.Workload.defaults()
	def(&o.Expect.RecoveryTimeouts, 30)
	def(&o.Expect.CheckSteps, 5_000_000)
	if o.Network.Latency.Zero() {
		o.Network.Latency = random.LogNormal(5*time.Millisecond, 40*time.Millisecond)
	}
	if o.Access.Latency.Zero() {
		o.Access.Latency = random.Constant(time.Millisecond)
	}
	return o
}

func (o RaftOptions) defaults() RaftOptions {
	def(&o.Tick, 20*time.Millisecond)
	def(&o.ElectionTicks, 10)
	def(&o.HeartbeatTicks, 2)
	def(&o.MaxSizePerMessage, 64<<10)
	def(&o.MaxInflightMessages, 64)
	def(&o.SegmentBytes, 64<<10)
	return o
}

func (o WorkloadOptions) defaults() WorkloadOptions {
	def(&o.Kind, "kv")
	def(&o.Clients, 4)
	def(&o.PerSecond, 100)
	def(&o.Timeout, 2*time.Second)
	def(&o.Attempt, 300*time.Millisecond)
	return o
}

func def[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// MinSegmentBytes is the smallest segment that the write-ahead log takes, and
// MaxSegmentBytes the largest one here: each recovery reads a segment to its end.
const (
	MinSegmentBytes = 4 << 10
	MaxSegmentBytes = 64 << 20
)

// MinSnapshotChunk and MaxSnapshotChunk bound RaftOptions.SnapshotChunk.
const (
	MinSnapshotChunk = 64
	MaxSnapshotChunk = 64 << 20
)

// MaxHosts is the largest number of hosts of one run.
const MaxHosts = 101

// Validate says what is wrong with o, after Defaults, or nil. It changes
// nothing.
func (o Options) Validate() error {
	switch {
	case o.Nodes < 1 || o.Nodes+o.Learners > MaxHosts:
		return fmt.Errorf("sim: Nodes is %d and Learners %d, must be at least 1 and 0, together at most %d", o.Nodes, o.Learners, MaxHosts)
	case o.Learners < 0:
		return fmt.Errorf("sim: Learners is %d, must not be negative", o.Learners)
	case o.MaxMemory < MinMaxMemory:
		return fmt.Errorf("sim: MaxMemory is %d, must be at least %d", o.MaxMemory, MinMaxMemory)
	case o.Run <= 0:
		return fmt.Errorf("sim: Run is %v, must be positive", o.Run)
	case o.Raft.Tick < time.Millisecond:
		return fmt.Errorf("sim: Raft.Tick is %v, must be at least 1ms", o.Raft.Tick)
	case o.Raft.HeartbeatTicks < 1 || o.Raft.ElectionTicks <= o.Raft.HeartbeatTicks:
		return fmt.Errorf("sim: Raft.ElectionTicks is %d, must be greater than HeartbeatTicks (%d), which must be at least 1", o.Raft.ElectionTicks, o.Raft.HeartbeatTicks)
	case o.Raft.SegmentBytes != 0 && (o.Raft.SegmentBytes < MinSegmentBytes || o.Raft.SegmentBytes > MaxSegmentBytes):
		return fmt.Errorf("sim: Raft.SegmentBytes is %d, must be 0 or from %d to %d", o.Raft.SegmentBytes, MinSegmentBytes, MaxSegmentBytes)
	case o.Raft.SnapshotChunk != 0 && (o.Raft.SnapshotChunk < MinSnapshotChunk || o.Raft.SnapshotChunk > MaxSnapshotChunk):
		return fmt.Errorf("sim: Raft.SnapshotChunk is %d, must be 0 or from %d to %d", o.Raft.SnapshotChunk, MinSnapshotChunk, MaxSnapshotChunk)
	case o.Raft.LeaseReads && !o.Raft.CheckQuorum:
		return fmt.Errorf("sim: Raft.LeaseReads needs Raft.CheckQuorum")
	case o.Workload.PerSecond < 1 || o.Workload.PerSecond > 1_000_000:
		return fmt.Errorf("sim: Workload.PerSecond is %d, must be 1 to 1000000", o.Workload.PerSecond)
	case o.Workload.Clients > 1000:
		return fmt.Errorf("sim: Workload.Clients is %d, must be at most 1000", o.Workload.Clients)
	case o.Workload.Attempt <= 0 || o.Workload.Timeout < o.Workload.Attempt:
		return fmt.Errorf("sim: Workload.Timeout is %v, must be at least Workload.Attempt (%v), which must be positive", o.Workload.Timeout, o.Workload.Attempt)
	}
	if err := o.Workload.validateStages(); err != nil {
		return err
	}
	for _, name := range o.Rafts {
		if _, err := LookupRaft(name); err != nil {
			return err
		}
	}
	for _, id := range o.Expect.Marks {
		if _, err := mark.Lookup(id); err != nil {
			return err
		}
	}
	if err := o.Schedule.Validate(o.hostIDs()); err != nil {
		return err
	}
	return o.validateSize()
}

// hostIDs lists the hosts of the run: the first members, and those that the
// schedule adds later.
func (o Options) hostIDs() []uint64 {
	n := o.Nodes + o.Learners
	for _, id := range o.Schedule.Hosts() {
		n = max(n, int(id))
	}
	ids := make([]uint64, n)
	for i := range ids {
		ids[i] = uint64(i + 1)
	}
	return ids
}

// end of the fault phase.
func (o Options) horizon() clock.Time { return clock.Time(o.Run) }
