package scenarios

import (
	"slices"
	"time"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/raft"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/workload"
)

// Swarm says what each seed draws for itself, on top of what the file says.
// Leaving things out of a run at random finds more than always doing a little
// of everything (Groce et al., Swarm Testing, 2012).
type Swarm uint8

// The swarms.
const (
	// NoSwarm draws nothing: every seed runs the plan of the file.
	NoSwarm Swarm = iota
	// LiteSwarm adds a few everyday faults that a cluster tolerates.
	LiteSwarm
	// FullSwarm draws the options that the file leaves open, and faults of
	// all kinds that a cluster must survive; progress may stop until they end.
	FullSwarm
	// SafetySwarm draws as FullSwarm does, with more faults that may last to
	// the end, and has no recovery phase: it asks nothing of progress.
	SafetySwarm
	// PerfSwarm draws the options that the file leaves open, and no trouble.
	PerfSwarm
)

var swarmNames = [...]string{"none", "lite", "swarm", "safety", "perf"}

// String is the word that stands for s in a file.
func (s Swarm) String() string { return swarmNames[s] }

// profile is the style of the faults that s draws.
func (s Swarm) profile() faults.Profile {
	return [...]faults.Profile{faults.Perf, faults.Lite, faults.Swarm, faults.Safety, faults.Perf}[s]
}

// Drawn is the scenario with what its swarm leaves to chance drawn from c: a
// plain one, without a swarm. A scenario without one is returned as it is.
func (s *Scenario) Drawn(c random.Chooser) *Scenario {
	if s.Swarm == NoSwarm {
		return s
	}
	out := *s
	out.Swarm = NoSwarm
	d := drawing{c, s.Swarm, &out}
	if s.Swarm != LiteSwarm {
		d.cluster()
		d.workload()
		d.disk()
	}
	if s.Swarm == FullSwarm || s.Swarm == SafetySwarm {
		d.network()
	}
	if s.Swarm == SafetySwarm && !s.fixed["expect.recovers_within"] {
		out.Plan.Expect.RecoveryTimeouts = -1
	}
	d.faults(s.Swarm)
	return &out
}

// drawing draws what a scenario leaves open. The first option of each choice
// is the benign one, which is taken when a fuzz input has run out.
type drawing struct {
	chooser random.Chooser
	swarm   Swarm // out's own is gone
	*Scenario
}

// pick draws one option for a field, unless the file gives the key or a
// program has set the field. The draw is made in any case, so that giving one
// key moves no other.
func pick[T comparable](d drawing, path string, field *T, options ...T) {
	var open T
	drawn := random.Pick(d.chooser, path, options...)
	if !d.fixed[path] && *field == open {
		*field = drawn
	}
}

func (d drawing) cluster() {
	p, r := &d.Plan, &d.Plan.Raft
	pick(d, "cluster.nodes", &p.Nodes, 3, 3, 5, 5, 4, 2, 7, 1)
	pick(d, "cluster.learners", &p.Learners, 0, 0, 0, 1, 2)
	pick(d, "cluster.raft.tick", &r.Tick, 20*time.Millisecond, 10*time.Millisecond, 50*time.Millisecond)
	pick(d, "cluster.raft.election_ticks", &r.ElectionTicks, 10, 10, 5, 20)
	pick(d, "cluster.raft.heartbeat_ticks", &r.HeartbeatTicks, 2, 1, 3)
	pick(d, "cluster.raft.pre_vote", &r.PreVote, false, true)
	pick(d, "cluster.raft.check_quorum", &r.CheckQuorum, false, true)
	pick(d, "cluster.raft.lease_reads", &r.LeaseReads, false, false, true)
	if r.LeaseReads && !r.CheckQuorum { // leases rest on it
		r.CheckQuorum = !d.fixed["cluster.raft.check_quorum"]
		r.LeaseReads = r.CheckQuorum
	}
	pick(d, "cluster.raft.async_storage", &r.AsyncStorage, false, false, false, true)
	if r.AsyncStorage {
		pickDelay(d, "cluster.raft.apply_takes", &r.ApplyTakes, "0s", "1ms", "exp 5ms")
	}
	pick(d, "cluster.raft.disable_forwarding", &r.DisableForwarding, false, false, false, true)
	pick(d, "cluster.raft.step_down_on_removal", &r.LeadAfterRemoval, false, true)
	pick(d, "cluster.raft.max_inflight_messages", &r.MaxInflightMessages, 0, 0, 1, 4, 256)
	pick(d, "cluster.raft.max_inflight_bytes", &r.MaxInflightBytes, 0, 0, 0, 64<<10)
	pick(d, "cluster.raft.max_size_per_message", &r.MaxSizePerMessage, 0, 0, 1, 256, 4096)
	pick(d, "cluster.raft.max_uncommitted_bytes", &r.MaxUncommittedBytes, 0, 0, 4<<10, 64<<10)
	pick(d, "cluster.raft.snapshot_every", &r.SnapshotEvery, 0, 20, 5, 100)
	pick(d, "cluster.raft.keep_entries", &r.KeepEntries, 0, 1, 10)
	pick(d, "cluster.raft.snapshot_chunk", &r.SnapshotChunk, 0, 0, 512, 4096)
	pick(d, "cluster.raft.max_committed_bytes", &r.MaxCommittedBytes, 0, 0, 1, 1024)
	pick(d, "cluster.raft.segment_bytes", &r.SegmentBytes, 64<<10, 4<<10, 4<<10, 16<<10)
	pick(d, "cluster.raft.poison", &r.Poison, false, true)
	if r.HeartbeatTicks >= r.ElectionTicks && r.ElectionTicks > 0 {
		r.HeartbeatTicks = 1
	}
	d.length(r.ElectionTimeout())
	// Messages of an entry each carry less than the clients of a slow network
	// offer. A bound on what waits lets the recovery phase work it off.
	const small, backlog = 256, 16 << 10
	if s := r.MaxSizePerMessage; s > 0 && s <= small && r.MaxUncommittedBytes == 0 && !d.fixed["cluster.raft.max_uncommitted_bytes"] {
		r.MaxUncommittedBytes = backlog
	}
}

// length draws how long the fault phase is, in election timeouts: that is what most
// trouble is measured in. Seconds bound it, because clients and disks count in those.
func (d drawing) length(timeout time.Duration) {
	const shortest, longest = 3 * time.Second, 15 * time.Second
	if d.swarm == PerfSwarm {
		pick(d, "run", &d.Plan.Run, 10*time.Second, 5*time.Second, 20*time.Second)
		return
	}
	length := func(timeouts time.Duration) time.Duration { return min(max(timeouts*timeout, shortest), longest) }
	pick(d, "run", &d.Plan.Run, length(40), length(20), length(80))
}

func (d drawing) workload() {
	w := &d.Plan.Workload
	mixed := func(stage sim.Stage) bool { return len(stage.Mix) > 0 }
	if len(w.Shape.Mix) > 0 || slices.ContainsFunc(w.Stages, mixed) {
		w.Kind = d.Plan.Defaults().Workload.Kind // that of the operations that are named
	}
	pick(d, "workload.kind", &w.Kind, "kv", "kv", "kv", "lock", "queue")
	pick(d, "workload.clients", &w.Clients, 4, 1, 2, 6, 8)
	pick(d, "workload.keys", &w.Shape.Keys, 0, 1, 2, 5, 20)
	pick(d, "workload.skew", &w.Shape.Skew, 0, 0, 1, 2)
	pick(d, "workload.value_bytes", &w.Shape.ValueBytes, 0, 0, 100, 1000)
	rates := []int{100, 50, 200, 400}
	if d.swarm == PerfSwarm {
		rates = []int{1000, 200, 5000}
	}
	pick(d, "workload.rate", &w.PerSecond, rates...)
	d.mix()
}

// mix leaves some of the workload's usual operations out, or makes them rare.
func (d drawing) mix() {
	w, err := workload.Lookup(d.Plan.Workload.Kind)
	if err != nil || d.fixed["workload.mix"] || len(d.Plan.Workload.Shape.Mix) > 0 || d.chooser.Choose("workload.mix", 2) == 0 {
		return
	}
	var mix []workload.Weight
	total := 0
	for _, op := range workload.Usual(w) {
		weight := random.Pick(d.chooser, "workload.mix."+op, 4, 2, 1, 0)
		mix = append(mix, workload.Weight{Op: op, Weight: weight})
		total += weight
	}
	if total > 0 {
		d.Plan.Workload.Shape.Mix = mix
	}
}

func (d drawing) network() {
	n := &d.Plan.Network
	pickDelay(d, "network.latency", &n.Latency, "median 5ms p99 40ms", "1ms", "1ms..10ms", "exp 10ms", "heavy median 5ms p99 200ms", "50ms")
	pick(d, "network.loss", &n.Loss, random.Ratio{}, random.Ratio{}, random.PerMille(1), random.Percent(1), random.Percent(5))
	pick(d, "network.duplicate", &n.Duplicate, random.Ratio{}, random.Ratio{}, random.Percent(1), random.Percent(10))
	pick(d, "network.reorder", &n.Reorder, random.Ratio{}, random.Ratio{}, random.Percent(1), random.Percent(20))
	pick(d, "network.corrupt", &n.Corrupt, random.Ratio{}, random.Ratio{}, random.Ratio{}, random.Percent(1))
	pick(d, "network.replay", &n.Replay, random.Ratio{}, random.Ratio{}, random.Ratio{}, random.Percent(1))
	pick(d, "access.loss", &d.Plan.Access.Loss, random.Ratio{}, random.Ratio{}, random.Percent(1))
}

func (d drawing) disk() {
	pickDelay(d, "disk.read", &d.Plan.Disk.Read, "0s", "0s", "100us", "2ms")
	pickDelay(d, "disk.write", &d.Plan.Disk.Write, "0s", "50us", "0s..1ms")
	pickDelay(d, "disk.sync", &d.Plan.Disk.Sync, "0s", "1ms", "median 2ms p99 20ms", "heavy median 2ms p99 100ms")
}

// pickDelay is pick for a distribution, whose zero value prints as "0s".
func pickDelay(d drawing, path string, field *random.Distribution, options ...string) {
	drawn := random.Pick(d.chooser, path, options...)
	if d.fixed[path] || field.String() != "0s" {
		return
	}
	delay, err := random.ParseDistribution(drawn)
	if err != nil {
		panic("scenarios: " + err.Error()) // a table of constants
	}
	*field = delay
}

// spareHosts is how many hosts a generated schedule may add.
const spareHosts = 3

// faults adds a generated schedule to that of the file.
func (d drawing) faults(s Swarm) {
	o := d.Plan.Defaults()
	g := faults.GeneratorOptions{
		Profile: s.profile(), Class: faults.SafetyOnly,
		Start: clock.Time(500 * time.Millisecond), End: clock.Time(o.Run),
		ElectionTimeout: o.Raft.ElectionTimeout(), Leases: o.Raft.LeaseReads, LeaseDriftPPM: raft.LeaseDriftPPM,
	}
	g.Pace = pace(&o)
	if s == LiteSwarm {
		g.Class = faults.Tolerable
	}
	g.Voters = hosts(0, o.Nodes)
	g.Learners = hosts(o.Nodes, o.Learners)
	g.Spare = hosts(o.Nodes+o.Learners, min(spareHosts, sim.MaxHosts-o.Nodes-o.Learners))
	drawn := faults.Generate(d.chooser, g)
	if len(drawn) == 0 {
		return
	}
	d.Plan.Schedule = append(d.Plan.Schedule[:len(d.Plan.Schedule):len(d.Plan.Schedule)], drawn...)
	d.Plan.Schedule.Sort()
	d.Plan.Expect.AllowNoEffect = true // a role may be empty when its fault comes
}

// pace is how fast the cluster of a plan without gaps works off operations.
func pace(o *sim.Options) faults.Pace {
	r := &o.Raft
	pace := faults.Pace{
		Bytes: r.MaxUncommittedBytes, Messages: uint64(r.MaxInflightMessages), MessageBytes: r.MaxSizePerMessage,
		Round: 2*mean(&o.Network.Latency) + 2*mean(&o.Disk.Write) + 2*mean(&o.Disk.Sync),
	}
	pace.Bytes = leastBound(pace.Bytes, r.MaxInflightBytes)
	if takes := mean(&r.ApplyTakes); takes > 0 {
		pace.Round += takes
		pace.Bytes = leastBound(leastBound(pace.Bytes, r.MaxSizePerMessage), r.MaxCommittedBytes)
	}
	return pace
}

// leastBound is the lesser of two bounds, of which zero is none.
func leastBound(a, b uint64) uint64 {
	if a == 0 || b > 0 && b < a {
		return b
	}
	return a
}

// mean is about the mean of a distribution, its far tail left out.
func mean(d *random.Distribution) time.Duration {
	const parts = 32
	var sum time.Duration
	for i := range uint64(parts) {
		sum += d.At((2*i + 1) << 58)
	}
	return sum / parts
}

// hosts are the ids of so many hosts after the first ones.
func hosts(after, count int) []uint64 {
	ids := make([]uint64, 0, max(count, 0))
	for i := range count {
		ids = append(ids, uint64(after+i+1))
	}
	return ids
}
