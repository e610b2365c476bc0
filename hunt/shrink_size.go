package hunt

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"raftsim/sim"
)

// Size is how much there is in a plan. A shrink makes none of it larger.
type Size struct {
	// Faults is the number of lines of the schedule, Repeated how many of
	// them come back, Roles how many name hosts by a role.
	Faults, Repeated, Roles int
	// Hosts is the number of members that the cluster starts with.
	Hosts int
	// Clients is the number of clients, Rate how many operations they begin
	// each second.
	Clients, Rate int
	// Settings is the number of options that are not at their default.
	Settings int
	// Run is the length of the fault phase.
	Run time.Duration
}

// size measures a candidate.
func (t *trial) size() Size {
	p := &t.plan
	s := Size{Faults: len(p.Schedule), Hosts: p.Nodes + p.Learners, Settings: len(settings(p)), Run: p.Run}
	if p.Workload.Clients > 0 {
		s.Clients, s.Rate = p.Workload.Clients, p.Workload.PerSecond
	}
	for _, f := range p.Schedule {
		if isRepeated(f) {
			s.Repeated++
		}
		if hasRoles(f.Action) {
			s.Roles++
		}
	}
	return s
}

// Changes says what is smaller in after, "faults 17 -> 3, run 20s -> 4.2s".
// It is empty when nothing is.
func (s Size) Changes(after Size) string {
	var parts []string
	add := func(what string, before, after any) {
		if before != after {
			parts = append(parts, fmt.Sprintf("%s %v -> %v", what, before, after))
		}
	}
	add("faults", s.Faults, after.Faults)
	add("repeated", s.Repeated, after.Repeated)
	add("roles", s.Roles, after.Roles)
	add("run", s.Run, after.Run)
	add("hosts", s.Hosts, after.Hosts)
	add("clients", s.Clients, after.Clients)
	add("rate", s.Rate, after.Rate)
	add("settings", s.Settings, after.Settings)
	return strings.Join(parts, ", ")
}

// sized are the fields of a plan that are not settings: passes of their own
// make them smaller, or they are what the failure is judged by.
var sized = map[string]bool{
	"Name": true, "Seed": true, "Overrides": true, "Nodes": true, "Learners": true, "Run": true, "Schedule": true,
	"Process": true, "Trace": true, "Workload.Clients": true, "Workload.PerSecond": true,
	"Workload.Shape.Keys": true, "Workload.Shape.Mix": true,
	"Expect.RecoveryTimeouts": true, "Expect.SkipLinearizable": true, "Expect.AllowVoid": true, "Expect.Violation": true,
}

// settings lists the options of a plan that are not at their default, by path,
// in the order of their fields.
func settings(plan *sim.Options) []string {
	var off []string
	walkSettings(reflect.ValueOf(plan).Elem(), reflect.ValueOf(sim.Options{}.Defaults()), "", func(path string, _, _ reflect.Value) {
		off = append(off, path)
	})
	return off
}

// reset puts settings back to their defaults.
func reset(plan *sim.Options, paths []string) {
	chosen := map[string]bool{}
	for _, path := range paths {
		chosen[path] = true
	}
	walkSettings(reflect.ValueOf(plan).Elem(), reflect.ValueOf(sim.Options{}.Defaults()), "", func(path string, v, ordinary reflect.Value) {
		if chosen[path] {
			v.Set(ordinary)
		}
	})
}

// walkSettings visits the settings that are not at their default.
func walkSettings(v, ordinary reflect.Value, path string, visit func(path string, v, ordinary reflect.Value)) {
	if sized[path] {
		return
	}
	if isGroup(v) {
		for i := range v.NumField() {
			walkSettings(v.Field(i), ordinary.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, "."), visit)
		}
		return
	}
	if !reflect.DeepEqual(v.Interface(), ordinary.Interface()) {
		visit(path, v, ordinary)
	}
}
