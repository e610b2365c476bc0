package faults

import (
	"fmt"
	"slices"
	"time"

	"raftsim/clock"
	"raftsim/random"
)

// Profile is a style of generated trouble.
type Profile uint8

// The profiles.
const (
	// Swarm draws a random subset of all kinds for each seed, each with an
	// intensity of its own (swarm testing: leaving features out finds more).
	Swarm Profile = iota
	// Lite draws few faults of the everyday kinds.
	Lite
	// Safety draws many faults that may last to the end, and asks nothing of
	// progress: schedules are at best SafetyOnly.
	Safety
	// Perf draws no faults.
	Perf

	profileEnd
)

var profileNames = [...]string{Swarm: "swarm", Lite: "lite", Safety: "safety", Perf: "perf"}

// String is "swarm", "lite", "safety" or "perf".
func (p Profile) String() string {
	if p < profileEnd {
		return profileNames[p]
	}
	return fmt.Sprintf("profile(%d)", int(p))
}

// ParseProfile returns the profile of this name.
func ParseProfile(name string) (Profile, error) {
	if i := slices.Index(profileNames[:], name); i >= 0 {
		return Profile(i), nil
	}
	return 0, fmt.Errorf("faults: %s", unknown("a profile", name, profileNames[:]))
}

// liteKinds are the kinds of Lite.
var liteKinds = []string{
	"crash", "isolate", "link delays", "link duplicates", "link loses", "link reorders", "partition", "pause",
	"skew", "transfer",
}

// GeneratorOptions says what Generate may do.
type GeneratorOptions struct {
	Profile Profile
	// Class is the worst class that the schedule may have.
	Class Class
	// Voters and Learners are the hosts at the start, at least one voter.
	Voters, Learners []uint64
	// Spare are hosts that may be added. Without any, none is added.
	Spare []uint64
	// Start and End bound the fault phase: no fault starts before Start, and
	// all have ended by End, but for those of Safety. A millisecond at least
	// lies between them, else the schedule is empty.
	Start, End clock.Time
	// ElectionTimeout is the least election timeout; times are drawn around
	// it. Zero means DefaultElectionTimeout.
	ElectionTimeout time.Duration
	// Leases and LeaseDriftPPM are as in Budget.
	Leases        bool
	LeaseDriftPPM int64
	// Pace is how fast the cluster works off operations: bursts are bounded by it.
	Pace Pace
	// Only, when it is not empty, names the kinds that may be drawn; Never
	// names kinds that may not.
	Only, Never []string
}

// Validate looks whether the kinds that the options name exist and can be
// drawn, and whether there is a voter.
func (o GeneratorOptions) Validate() error {
	var names []string
	for _, k := range Kinds() {
		if k.Draw != nil {
			names = append(names, k.Name)
		}
	}
	for _, name := range slices.Concat(o.Only, o.Never) {
		if !slices.Contains(names, name) {
			return fmt.Errorf("faults: %s", unknown("a kind that can be drawn", name, names))
		}
	}
	if len(o.Voters) == 0 {
		return fmt.Errorf("faults: a generated schedule needs at least one voter")
	}
	return nil
}

// Bounds of a generated schedule.
const (
	// maxOfKind is how many faults of one kind are drawn at most.
	maxOfKind = 3
	// MaxGenerated is how many faults a generated schedule has at most.
	MaxGenerated = 60
)

// draft is a fault whose action is not drawn yet.
type draft struct {
	kind  Kind
	fault Fault
	draw  Draw
}

// Generate draws a schedule. Each choice has the kind and the number of its
// fault in its name, so that a new kind moves none of the others' choices.
// When every choice is 0 the schedule is empty.
//
// Faults that would make the schedule worse than o.Class, given the faults
// around them and the configurations that its own changes may lead to, are
// left out.
func Generate(c random.Chooser, o GeneratorOptions) Schedule {
	if o.ElectionTimeout == 0 {
		o.ElectionTimeout = DefaultElectionTimeout
	}
	if o.Profile == Safety {
		o.Class = max(o.Class, SafetyOnly)
	}
	if o.Profile == Perf || o.End.Sub(o.Start) < time.Millisecond || len(o.Voters) == 0 {
		return nil
	}
	g := generator{options: o, members: newMembers(o)}
	drafts := g.drafts(c)
	var s Schedule
	for _, d := range drafts[:min(len(drafts), MaxGenerated)] {
		s = g.admit(s, d)
	}
	s.Sort()
	return s
}

// generator draws one schedule.
type generator struct {
	options    GeneratorOptions
	members    members
	workRounds int64 // that the bursts so far take to be worked off
	burstBytes int64 // of the bursts so far
}

// drafts draws which kinds there are, how many of each, and when; sorted by
// time.
func (g *generator) drafts(c random.Chooser) []*draft {
	var drafts []*draft
	drawn := g.themes(c)
	for _, t := range drawn {
		drafts = append(drafts, g.rounds(c, t)...)
	}
	for _, k := range kinds.Values() {
		if !g.allows(k) {
			continue
		}
		for n := range g.howMany(c, k.Name, len(drawn) > 0) {
			d := &draft{kind: k}
			d.draw = Draw{chooser: c, prefix: fmt.Sprintf("fault %s %d ", k.Name, n), generator: g}
			d.fault = d.draw.times(k.Lasting)
			drafts = append(drafts, d)
		}
	}
	slices.SortStableFunc(drafts, func(a, b *draft) int {
		return int(min(1, max(-1, a.fault.At-b.fault.At)))
	})
	return drafts
}

// allows reports that faults of a kind may be drawn.
func (g *generator) allows(k Kind) bool {
	o := g.options
	switch {
	case k.Draw == nil, slices.Contains(o.Never, k.Name):
		return false
	case len(o.Only) > 0:
		return slices.Contains(o.Only, k.Name)
	case o.Profile == Lite:
		return slices.Contains(liteKinds, k.Name)
	}
	return true
}

// howMany draws how many faults of a kind there are: most kinds are left out,
// more of them when there is a theme.
func (g *generator) howMany(c random.Chooser, name string, themed bool) int {
	const sides = 16
	with := uint64(3)
	switch {
	case themed:
		with = 1
	case g.options.Profile == Safety || g.options.Profile == Lite:
		with = 5
	case len(g.options.Only) > 0:
		with = 12
	}
	v := c.Choose("fault "+name, sides)
	if v < sides-with {
		return 0
	}
	return 1 + int(v-(sides-with))%maxOfKind
}

// admit draws the action of a draft and adds the fault, unless it is too bad.
func (g *generator) admit(s Schedule, d *draft) Schedule {
	g.members.at = d.fault.At
	d.fault.Action = d.kind.Draw(&d.draw)
	if d.fault.Action == nil {
		return s
	}
	if a, ok := d.fault.Action.(Propose); ok {
		d.fault.Action = g.bounded(a, d.fault)
	}
	with := append(s, d.fault)
	if newTimeline(with, g.budget()).class(len(s)) > g.options.Class {
		return s
	}
	g.members.follow(d.fault.Action)
	if a, ok := d.fault.Action.(Reconfigure); ok && a.Mode == Explicit {
		return g.leave(with, d)
	}
	return with
}

// leave ends the joint configuration that a change has entered, some time later.
// Without room for that before the end it is left joint.
func (g *generator) leave(s Schedule, d *draft) Schedule {
	f := Fault{At: d.fault.At.Add(d.draw.Time("leaving", 20, 500)), Every: d.fault.Every, Action: LeaveJoint{}}
	if f.At >= g.options.End || f.Every.Until > 0 && f.Every.Until < f.At {
		return s
	}
	g.members.jointUntil = f.At
	return append(s, f)
}

// budget is the situation at the start.
func (g *generator) budget() Budget {
	o := g.options
	return Budget{
		Voters: o.Voters, ElectionTimeout: o.ElectionTimeout,
		Leases: o.Leases, LeaseDriftPPM: o.LeaseDriftPPM,
	}
}
