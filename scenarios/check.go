package scenarios

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"raftsim/faults"
	"raftsim/internal/text"
	"raftsim/sim"
	"raftsim/workload"
)

// maxMistakes is how many mistakes of one file are reported.
const maxMistakes = 20

// defaultSeeds are those of a file that names none.
var defaultSeeds = Seeds{{1, 10}}

// check finds the mistakes that no single key shows, once all are read, and
// completes the scenario. Whatever passes it makes a run that sim accepts.
func (r *reader) check(tree *node) {
	s := r.scenario
	if s.Name == "" && r.at["name"] == nil && tree.kind == mapping {
		r.fail(tree, "the scenario has no name, add a line such as name: leader crash")
	}
	if s.Seeds == nil {
		s.Seeds = defaultSeeds
	}
	o := s.Plan.Defaults()
	r.checkRaft(o)
	r.checkWorkload(o)
	r.checkFaults(o)
	if len(r.errors) > 0 {
		return
	}
	o.Schedule = s.Plan.Schedule
	if r.checkOccurrences(o) {
		r.checkMemory(o)
	}
	if len(r.errors) > 0 {
		return
	}
	// Whatever is left is about the whole: its place is the start of the file.
	if _, err := s.Options(s.Seeds[0].First); err != nil {
		r.fail(tree, "%v", err)
	}
}

// fails reports a mistake between keys at the first of them that the file gives.
func (r *reader) fails(paths []string, format string, args ...any) {
	for _, path := range paths {
		if n := r.at[path]; n != nil {
			r.fail(n, format, args...)
			return
		}
	}
	r.fail(nil, format, args...)
}

func (r *reader) checkRaft(o sim.Options) {
	if o.Nodes+o.Learners > sim.MaxHosts {
		r.fails([]string{"cluster.learners", "cluster.nodes"}, "cluster.nodes is %d and cluster.learners %d, must be at most %d together", o.Nodes, o.Learners, sim.MaxHosts)
	}
	if o.Raft.ElectionTicks <= o.Raft.HeartbeatTicks {
		r.fails([]string{"cluster.raft.election_ticks", "cluster.raft.heartbeat_ticks"},
			"cluster.raft.election_ticks is %d, must be greater than heartbeat_ticks (%d)", o.Raft.ElectionTicks, o.Raft.HeartbeatTicks)
	}
	if o.Raft.LeaseReads && !o.Raft.CheckQuorum {
		r.fails([]string{"cluster.raft.lease_reads"}, "cluster.raft.lease_reads needs check_quorum: yes")
	}
	if !o.Raft.ApplyTakes.Zero() && !o.Raft.AsyncStorage {
		r.fails([]string{"cluster.raft.apply_takes"}, "cluster.raft.apply_takes needs async_storage: yes")
	}
	if b := o.Raft.SegmentBytes; b > 0 && b < sim.MinSegmentBytes {
		r.fails([]string{"cluster.raft.segment_bytes"}, "cluster.raft.segment_bytes is %d, must be 0 or at least 4KB", b)
	}
	if b := o.Raft.SnapshotChunk; b > 0 && b < sim.MinSnapshotChunk {
		r.fails([]string{"cluster.raft.snapshot_chunk"}, "cluster.raft.snapshot_chunk is %d, must be 0 or at least 64B", b)
	}
	if b := o.Raft.MaxInflightBytes; b > 0 && b < o.Raft.MaxSizePerMessage {
		r.fails([]string{"cluster.raft.max_inflight_bytes"}, "cluster.raft.max_inflight_bytes is %d, must be 0 or at least max_size_per_message (%d)", b, o.Raft.MaxSizePerMessage)
	}
}

func (r *reader) checkWorkload(o sim.Options) {
	if o.Workload.Attempt > o.Workload.Timeout {
		r.fails([]string{"workload.attempt", "workload.timeout"}, "workload.attempt is %v, must be at most timeout (%v)", o.Workload.Attempt, o.Workload.Timeout)
	}
	w, err := workload.Lookup(o.Workload.Kind)
	if err != nil {
		return // reported where it stands
	}
	r.checkMix("workload.mix", w, o.Workload.Shape.Mix)
	for i, stage := range o.Workload.Stages {
		r.checkMix(fmt.Sprintf("workload.stages[%d].mix", i), w, stage.Mix)
	}
}

func (r *reader) checkMix(path string, w workload.Workload, mix []workload.Weight) {
	total := 0
	for _, m := range mix {
		total += m.Weight
		if !slices.Contains(w.Ops(), m.Op) {
			r.fail(r.at[path+"."+m.Op], "workload %s has no operation %s, %s", w.Name(), text.Quote(m.Op), text.Suggestion(m.Op, w.Ops()))
		}
	}
	if n := r.at[path]; n != nil && n.kind == mapping && total == 0 && len(n.entries) == len(mix) {
		r.fail(n, "%s has no weight above 0", path)
	}
}

// checkFaults looks at each fault in the light of the whole schedule: the
// hosts it names must be there from the start or be added by it.
func (r *reader) checkFaults(o sim.Options) {
	hosts := make([]uint64, 0, sim.MaxHosts)
	for id := range min(o.Nodes+o.Learners, sim.MaxHosts) {
		hosts = append(hosts, uint64(id+1))
	}
	for _, n := range r.faults {
		if f, err := faults.ParseFault(n.text); err == nil && time.Duration(f.At) >= o.Run {
			r.fail(n, "fault %s comes at %v, must come before the fault phase ends (run: %v)", text.Quote(n.text), f.At, o.Run)
		}
	}
	lines := r.faults
	for len(r.errors) < maxMistakes {
		var text strings.Builder
		for _, n := range lines {
			text.WriteString(n.text + "\n")
		}
		all, err := faults.ParseFor(text.String(), hosts)
		var e *faults.Error
		if !errors.As(err, &e) {
			r.scenario.Plan.Schedule = all
			return
		}
		if e.Line < 1 || e.Line > len(lines) {
			r.fails([]string{"faults"}, "%v", err)
			return
		}
		r.failFault(lines[e.Line-1], err)
		lines = slices.Delete(slices.Clone(lines), e.Line-1, e.Line)
	}
}
