package scenarios

import (
	"slices"
	"time"

	"raftsim/faults"
	"raftsim/sim"
	"raftsim/workload"
)

// fault is one line of a schedule with its place.
type fault struct {
	faults.Fault
	at *node
}

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
	total := 0
	for _, m := range o.Workload.Shape.Mix {
		total += m.Weight
		if !slices.Contains(w.Ops(), m.Op) {
			r.fail(r.at["workload.mix."+m.Op], "workload %s has no operation %s, %s", w.Name(), shown(m.Op), suggestion(m.Op, w.Ops()))
		}
	}
	if n := r.at["workload.mix"]; n != nil && n.kind == mapping && total == 0 && len(n.entries) == len(o.Workload.Shape.Mix) {
		r.fail(n, "workload.mix has no weight above 0")
	}
}

// checkFaults looks at each fault in the light of the whole schedule: the
// hosts it names must be there from the start or be added by it.
func (r *reader) checkFaults(o sim.Options) {
	all := make(faults.Schedule, len(r.faults))
	for i, f := range r.faults {
		all[i] = f.Fault
	}
	hosts := make([]uint64, 0, o.Nodes+o.Learners)
	for id := range uint64(max(0, o.Nodes+o.Learners)) {
		hosts = append(hosts, id+1)
	}
	for _, id := range all.Joining() {
		if !slices.Contains(hosts, id) {
			hosts = append(hosts, id)
		}
	}
	slices.Sort(hosts)
	for _, f := range r.faults {
		if err := (faults.Schedule{f.Fault}).Validate(hosts); err != nil {
			r.failFault(f.at, err)
		} else if time.Duration(f.At) >= o.Run {
			r.fail(f.at, "fault %s comes at %v, must come before the first act ends (run: %v)", shown(f.at.text), f.At, o.Run)
		}
	}
	all.Sort()
	r.scenario.Plan.Schedule = all
}
