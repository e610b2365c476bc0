package sim

import (
	"fmt"
	"slices"
	"strings"

	"raftsim/clock"
	"raftsim/disk"
	"raftsim/faults"
	"raftsim/trace"
)

// A fault that fires may still make no difference: nothing met the link that it
// cut, nobody read the clock that it moved. Each effect says afterwards whether it
// did; this file counts what they said. Counting never changes a run.

// occurrences is what became of the occurrences of one line of the schedule.
type occurrences struct {
	some bool   // an occurrence made a difference
	why  string // the first that did not, with its time and the reason
}

// note takes the reason why an occurrence made no difference, empty if it did.
func (e *occurrences) note(at clock.Time, f faults.Fault, why string) {
	switch {
	case why == "":
		e.some = true
	case e.why == "":
		e.why = fmt.Sprintf("at %s, %s: %s", at, describeFault(f), why)
	}
}

// skip notes a fault that found no target, or could not be done.
func (s *Simulation) skip(line int, f faults.Fault, why string) {
	s.count(f.Action.Kind()).Skipped++
	s.hadNoEffect(line, s.now, f, why)
}

// hadNoEffect notes a fault that made no difference.
func (s *Simulation) hadNoEffect(line int, at clock.Time, f faults.Fault, why string) {
	s.trouble.planned[line].occurred.note(at, f, why)
	s.record(Record{Verb: trace.FaultHadNoEffect, Text: describeFault(f) + ": " + why})
}

// ended notes what a fault that is over has done.
func (s *Simulation) ended(a *activeFault) {
	why := ""
	if a.effect.NoEffect != nil {
		why = a.effect.NoEffect()
	}
	if why == "" {
		s.trouble.planned[a.line].occurred.some = true
		return
	}
	s.count(a.fault.Action.Kind()).NoEffect++
	s.hadNoEffect(a.line, a.fault.At, a.fault, why)
}

// reckon counts the faults by kind, and says of the first line of the schedule
// that made no difference whatsoever why not. What is still going on is asked
// for what it has done so far. A line that repeats has no effect only if none of
// its occurrences had one.
func (s *Simulation) reckon() (counts []FaultCount, noEffect string) {
	t := trouble{counts: slices.Clone(s.trouble.counts)}
	lines := make([]occurrences, len(s.trouble.planned))
	for i := range s.trouble.planned {
		p := &s.trouble.planned[i]
		lines[i] = p.occurred
		if p.waiting != clock.Never {
			lines[i].note(s.now, p.fault, p.missing)
		}
	}
	for i := range s.trouble.active {
		a := &s.trouble.active[i]
		why := ""
		if a.effect.NoEffect != nil {
			why = a.effect.NoEffect()
		}
		if why != "" {
			t.count(a.fault.Action.Kind()).NoEffect++
		}
		lines[a.line].note(a.fault.At, a.fault, why)
	}
	for i := range lines {
		if !lines[i].some && lines[i].why != "" {
			return t.counts, lines[i].why
		}
	}
	return t.counts, ""
}

// count is the counter of a kind.
func (s *Simulation) count(kind string) *FaultCount { return s.trouble.count(kind) }

func (t *trouble) count(kind string) *FaultCount {
	i, found := slices.BinarySearchFunc(t.counts, kind, func(c FaultCount, kind string) int { return strings.Compare(c.Kind, kind) })
	if !found {
		t.counts = slices.Insert(t.counts, i, FaultCount{Kind: kind})
	}
	return &t.counts[i]
}

// describeFault is the fault without its time, which the record has.
func describeFault(f faults.Fault) string {
	if f.For > 0 {
		return fmt.Sprintf("%s for %v", f.Action, f.For)
	}
	return f.Action.String()
}

// losses is what the crashes of one fault took.
type losses struct {
	losing  faults.Losing // what the line says, and
	tear    bool          // whether it wants a write torn
	crashes int
	atStake int
	torn    bool
}

// crash is what happens to a disk.
func (t *losses) crash() disk.Crash {
	return disk.Crash{Losing: map[faults.Losing]disk.Losing{
		faults.Unsynced: disk.Unsynced, faults.Suffix: disk.Suffix, faults.Subset: disk.Subset, faults.Nothing: disk.Nothing,
	}[t.losing], Torn: t.tear}
}

// note adds a crash.
func (t *losses) note(loss disk.Loss) {
	t.crashes++
	t.torn = t.torn || loss.Torn
}

// noEffect says why the crashes did not do what their line says, empty if they did.
func (t *losses) noEffect() string {
	switch {
	case t.crashes == 0:
		return "none of these hosts was up"
	case t.losing != faults.Plain && t.losing != faults.Nothing && t.atStake == 0:
		return "these hosts had no unsynced writes to lose"
	case t.tear && !t.torn:
		return "no write was in progress that could be torn"
	}
	return ""
}

// tried is what a host has done so far of what a fault can disturb.
type tried struct {
	handled  uint64 // events
	busied   uint64 // events that kept it busy for longer than no time
	missed   uint64 // events that came while it was paused
	clockUse uint64 // timers of its own clock set or fired, and readings
}

// since is what these hosts have done since now, by one of the counts.
func (s *Simulation) since(ids []uint64, count func(*tried) uint64) func() uint64 {
	sum := func() (n uint64) {
		for _, id := range ids {
			n += count(&s.hosts[id-1].tried)
		}
		return n
	}
	before := sum()
	return func() uint64 { return sum() - before }
}

// orElse makes the noEffect of an effect that has none of what it counts.
func orElse(count func() uint64, why string) func() string {
	return func() string {
		if count() == 0 {
			return why
		}
		return ""
	}
}
