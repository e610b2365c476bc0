package scenarios

import (
	"time"

	"raftsim/network"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/workload"
)

// root is the table of all keys: the loader, the printer and the schema are
// made from it. Limits are wide: they refuse slips of the pen, not ambition.
var root group

func init() {
	root = group{
		{"name", "A short title, unique among the files that are run together.",
			words(func(s *Scenario) *string { return &s.Name }, 100)},
		{"about", "What the scenario is about, in a sentence or two, and its source.",
			words(func(s *Scenario) *string { return &s.About }, 2000)},
		{"catches", "The planted bug (mutant) that the scenario was made to catch within its seeds: the name of a file in planted/bugs without .yaml.",
			words(func(s *Scenario) *string { return &s.Catches }, 100)},
		{"reaches", "The id of the mark that the scenario was made to hit: at least one of its seeds must hit it.", reached{}},
		{"cluster", "The hosts and their Raft.", clusterKeys},
		{"seeds", "The seeds to run: one, a range such as 1-200, or a list of these. Default: 1-10.", seedList{}},
		{"run", "Length of the fault phase, in which faults fire. Default: 10s.",
			span(func(s *Scenario) *time.Duration { return &s.Plan.Run }, time.Millisecond, 24*time.Hour)},
		{"workload", "What the clients do.", workloadKeys},
		{"network", "The links between hosts.", profileKeys(func(s *Scenario) *network.Profile { return &s.Plan.Network })},
		{"access", "The links between clients and hosts. Default: 1ms without faults.",
			profileKeys(func(s *Scenario) *network.Profile { return &s.Plan.Access })},
		{"disk", "Every host's disk. Default: a disk that answers at once.", diskKeys},
		{"faults", "What goes wrong: a list of lines such as \"5s crash leader for 800ms\".", schedule{}},
		{"swarm", "What each seed draws for itself: nothing, or faults and options in one of the profiles. Default: none.",
			choice(func(s *Scenario) *Swarm { return &s.Swarm }, swarmNames[:])},
		{"expect", "What a run must show in order to pass.", expectKeys},
		{"max_events", "The number of events after which a run is stopped and counts as endless. Default: 50000000.",
			whole(func(s *Scenario) *uint64 { return &s.Plan.MaxEvents }, 1, 1e12)},
		{"max_memory", "Most that a run may keep, at least 16MB: a plan that is expected to keep more is refused, a run that does is ended. Default: 1GB.",
			size(func(s *Scenario) *int64 { return &s.Plan.MaxMemory }, maxBytes)},
	}
}

var clusterKeys = group{
	{"nodes", "Voters that the cluster starts with, n1 to nN. Default: 3.",
		whole(func(s *Scenario) *int { return &s.Plan.Nodes }, 1, sim.MaxHosts)},
	{"learners", "Non-voting members after them. Default: 0.",
		whole(func(s *Scenario) *int { return &s.Plan.Learners }, 0, sim.MaxHosts-1)},
	{"rafts", "The Raft implementation of each host in turn, repeating when there are more hosts than names. Default: raftsim.",
		raftList{}},
	{"raft", "Settings of the protocol and of the host around it.", raftKeys},
}

var raftKeys = group{
	{"tick", "Time between two ticks, on the host's own clock. Default: 20ms.",
		span(func(s *Scenario) *time.Duration { return &s.Plan.Raft.Tick }, time.Millisecond, time.Minute)},
	{"election_ticks", "Election timeout: the least number of ticks without a leader before a host campaigns, greater than heartbeat_ticks. Default: 10.",
		whole(func(s *Scenario) *int { return &s.Plan.Raft.ElectionTicks }, 2, 10_000)},
	{"heartbeat_ticks", "Ticks between two heartbeats of a leader. Default: 2.",
		whole(func(s *Scenario) *int { return &s.Plan.Raft.HeartbeatTicks }, 1, 10_000)},
	{"pre_vote", "Ask whether an election could be won before starting one. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Raft.PreVote })},
	{"check_quorum", "A leader that does not hear from a quorum steps down. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Raft.CheckQuorum })},
	{"lease_reads", "Serve reads under a leader lease; needs check_quorum. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Raft.LeaseReads })},
	{"async_storage", "Write to disk and apply entries asynchronously, outside the protocol's own loop. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Raft.AsyncStorage })},
	{"apply_takes", "How long it takes to apply the entries of one request; needs async_storage. Default: 0s.",
		latency{func(s *Scenario) *random.Distribution { return &s.Plan.Raft.ApplyTakes }, false}},
	{"disable_forwarding", "Followers refuse proposals instead of passing them to the leader. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Raft.DisableForwarding })},
	{"step_down_on_removal", "A leader that removes itself steps down. Default: yes.",
		inverted(func(s *Scenario) *bool { return &s.Plan.Raft.LeadAfterRemoval })},
	{"max_size_per_message", "Most bytes of entries in one message. Default: 64KB.",
		size(func(s *Scenario) *uint64 { return &s.Plan.Raft.MaxSizePerMessage }, maxBytes)},
	{"max_inflight_messages", "Most messages of entries under way to one follower. Default: 64.",
		whole(func(s *Scenario) *int { return &s.Plan.Raft.MaxInflightMessages }, 1, 1_000_000)},
	{"max_inflight_bytes", "Most bytes of entries under way to one follower, at least max_size_per_message; 0 is no bound. Default: 0.",
		size(func(s *Scenario) *uint64 { return &s.Plan.Raft.MaxInflightBytes }, maxBytes)},
	{"max_uncommitted_bytes", "Most bytes of uncommitted entries before a leader refuses proposals; 0 is no bound. Default: 0.",
		size(func(s *Scenario) *uint64 { return &s.Plan.Raft.MaxUncommittedBytes }, maxBytes)},
	{"max_committed_bytes", "Most bytes of committed entries applied at once; 0 is max_size_per_message. Default: 0.",
		size(func(s *Scenario) *uint64 { return &s.Plan.Raft.MaxCommittedBytes }, maxBytes)},
	{"snapshot_every", "Applied entries between two snapshots, after which the log is compacted; 0 is never. Default: 0.",
		whole(func(s *Scenario) *uint64 { return &s.Plan.Raft.SnapshotEvery }, 0, 1e9)},
	{"keep_entries", "Entries before a snapshot that stay in the log for followers that are a little behind. Default: 0.",
		whole(func(s *Scenario) *uint64 { return &s.Plan.Raft.KeepEntries }, 0, 1e9)},
	{"snapshot_chunk", "Most bytes of a snapshot in one packet, from 64B; chunks that are lost are sent again. 0 sends a snapshot as one packet. Default: 0.",
		size(func(s *Scenario) *int { return &s.Plan.Raft.SnapshotChunk }, sim.MaxSnapshotChunk)},
	{"segment_bytes", "Size of one file of the write-ahead log, from 4KB; 0 is 64KB. Default: 64KB.",
		size(func(s *Scenario) *int64 { return &s.Plan.Raft.SegmentBytes }, sim.MaxSegmentBytes)},
	{"poison", "Overwrite all memory that the library may reuse, to find uses of it that come too late. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Raft.Poison })},
}

var workloadKeys = group{
	{"kind", "The state machine and its clients, such as kv. Default: kv.", workloadKind{}},
	{"clients", "Number of clients; 0 is none. Default: 4.",
		orNone(func(s *Scenario) *int { return &s.Plan.Workload.Clients }, 1000)},
	{"keys", "Number of independent objects that the operations spread over. Default: the workload's own.",
		whole(func(s *Scenario) *int { return &s.Plan.Workload.Shape.Keys }, 0, workload.MaxKeys)},
	{"skew", "How unevenly the objects are chosen: 0 is evenly, 2 is Zipf's law. Default: 0.",
		whole(func(s *Scenario) *int { return &s.Plan.Workload.Shape.Skew }, 0, workload.MaxSkew)},
	{"rate", "Operations that all clients together begin each second while none waits. Default: 100/s.",
		rate(func(s *Scenario) *int { return &s.Plan.Workload.PerSecond }, 1_000_000)},
	{"mix", "Weights of the operations, such as {put: 4, get: 4}. Default: the workload's own, without stale-get of kv.", mixture{func(s *Scenario) *[]workload.Weight { return &s.Plan.Workload.Shape.Mix }}},
	{"stages", "Parts of the fault phase in which the clients behave differently, in order. Each has an end (until) and the settings that differ.",
		stages{stageKeys()}},
	{"value_bytes", "Least size of a written value; 0 is as small as it can be. Default: 0.",
		size(func(s *Scenario) *int { return &s.Plan.Workload.Shape.ValueBytes }, workload.MaxValueBytes)},
	{"timeout", "How long a client tries one operation before it gives up. Default: 2s.",
		span(func(s *Scenario) *time.Duration { return &s.Plan.Workload.Timeout }, time.Millisecond, time.Hour)},
	{"attempt", "How long it waits for one host before it tries another, at most timeout. Default: 300ms.",
		span(func(s *Scenario) *time.Duration { return &s.Plan.Workload.Attempt }, time.Millisecond, time.Hour)},
}

func profileKeys(of func(*Scenario) *network.Profile) group {
	ratio := func(field func(*network.Profile) *random.Ratio) value {
		return share(func(s *Scenario) *random.Ratio { return field(of(s)) })
	}
	delay := func(positive bool, field func(*network.Profile) *random.Distribution) value {
		return latency{func(s *Scenario) *random.Distribution { return field(of(s)) }, positive}
	}
	return group{
		{"latency", "Time in flight of each packet. Default: median 5ms p99 40ms between hosts, 1ms for clients.",
			delay(true, func(p *network.Profile) *random.Distribution { return &p.Latency })},
		{"loss", "Share of packets that are dropped. Default: 0%.",
			ratio(func(p *network.Profile) *random.Ratio { return &p.Loss })},
		{"duplicate", "Share of packets that arrive twice. Default: 0%.",
			ratio(func(p *network.Profile) *random.Ratio { return &p.Duplicate })},
		{"replay", "Share of packets of which another copy arrives much later. Default: 0%.",
			ratio(func(p *network.Profile) *random.Ratio { return &p.Replay })},
		{"replay_by", "How much later. Default: 500ms..10s.",
			delay(true, func(p *network.Profile) *random.Distribution { return &p.ReplayBy })},
		{"reorder", "Share of packets that leave the order of their link. Default: 0%.",
			ratio(func(p *network.Profile) *random.Ratio { return &p.Reorder })},
		{"reorder_by", "How much later a reordered packet arrives. Default: the latency, drawn once more.",
			delay(true, func(p *network.Profile) *random.Distribution { return &p.ReorderBy })},
		{"corrupt", "Share of packets that arrive with a wrong checksum. Default: 0%.",
			ratio(func(p *network.Profile) *random.Ratio { return &p.Corrupt })},
		{"bandwidth", "Bytes a second that a link carries; 0 is no limit. Default: 0.",
			bandwidth(func(s *Scenario) *int64 { return &of(s).BytesPerSecond })},
		{"queue", "Most bytes that may wait for bandwidth; 0 is no limit. Default: 0.",
			size(func(s *Scenario) *int64 { return &of(s).QueueBytes }, maxBytes)},
		{"queue_drops", "Which packet a full queue drops. Default: newest.",
			choice(func(s *Scenario) *network.DropPolicy { return &of(s).Full }, []string{"newest", "oldest"})},
	}
}

var diskKeys = group{
	{"read", "Time of a read. Default: 0s.",
		latency{field: func(s *Scenario) *random.Distribution { return &s.Plan.Disk.Read }}},
	{"write", "Time of a write, which is not durable yet. Default: 0s.",
		latency{field: func(s *Scenario) *random.Distribution { return &s.Plan.Disk.Write }}},
	{"sync", "Time of a sync, which makes writes durable. Default: 0s.",
		latency{field: func(s *Scenario) *random.Distribution { return &s.Plan.Disk.Sync }}},
	{"bandwidth", "Bytes a second of reads and syncs on top of that; 0 is no limit. Default: 0.",
		bandwidth(func(s *Scenario) *int64 { return &s.Plan.Disk.BytesPerSecond })},
	{"capacity", "Bytes that fit; 0 is no limit. Default: 0.",
		size(func(s *Scenario) *int64 { return &s.Plan.Disk.Capacity }, maxBytes)},
}

var expectKeys = group{
	{"linearizable", "The clients' history must be linearizable, and its stale reads sequentially consistent with it. Default: yes.",
		inverted(func(s *Scenario) *bool { return &s.Plan.Expect.SkipLinearizable })},
	{"invariants", "The invariants of Raft that are checked: always all.", allInvariants{}},
	{"recovers_within", "Bound of the recovery phase, such as \"10 election timeouts\", or no for a run without one. Default: 30 election timeouts.",
		recovery{}},
	{"core_only", "The recovery phase heals only a core, a smallest set of hosts that can make progress; the others stay off, or can only send (see one_way). Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Expect.CoreOnly })},
	{"one_way", "With pre_vote and check_quorum some hosts outside a core run on: they can send and cannot receive. With no all of them stay off. Default: yes.",
		inverted(func(s *Scenario) *bool { return &s.Plan.Expect.SkipOneWay })},
	{"check_steps", "Steps of the linearizability search after which it is inconclusive; each may take 200 bytes of max_memory. Default: 5000000.",
		whole(func(s *Scenario) *uint64 { return &s.Plan.Expect.CheckSteps }, 1, 1e12)},
	{"min_operations", "Operations that must complete. Default: 0.",
		whole(func(s *Scenario) *int { return &s.Plan.Expect.MinOperations }, 0, 1e9)},
	{"min_leaders", "Terms that must have had a leader. Default: 0.",
		whole(func(s *Scenario) *int { return &s.Plan.Expect.MinLeaders }, 0, 1e6)},
	{"allow_no_effect", "Accept faults that were skipped or had no effect. Default: no.",
		flag(func(s *Scenario) *bool { return &s.Plan.Expect.AllowNoEffect })},
	{"marks", "Ids of marks that every run must hit, such as [leader-change]; simrun marks lists them.", required{}},
	{"violation", "A property that the run is expected to break, such as \"linearizability\": the run passes when that one, and nothing before it, is broken.", violated{}},
}
