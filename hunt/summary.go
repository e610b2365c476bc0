package hunt

import (
	"slices"
	"strings"
	"time"

	"raftsim/random"
	"raftsim/sim"
)

// Summary is what the results of a sweep come to. It depends on the results
// and their order alone. Its zero value is empty.
type Summary struct {
	// Runs is the number of results, Failed those that did not pass.
	Runs, Failed int64
	// Outcomes counts the runs of each outcome.
	Outcomes [sim.MemoryBound + 1]int64
	// Diverged counts the runs that were made twice and differed, Refused
	// those that could not be made.
	Diverged, Refused int64
	// Events and Simulated are sums over all runs.
	Events    uint64
	Simulated time.Duration
	// Invoked and Completed are the clients' operations.
	Invoked, Completed int64
	// Leaders is the number of terms that had a leader.
	Leaders int64
	// Faults counts the faults of each kind, in order of kind.
	Faults []FaultTotal
	// Marks counts the runs that hit each mark, in order of the ids.
	Marks []MarkTotal
	// Unchecked lists the properties that some run did not watch, with the capability
	// that a foreign Raft or process lacks, in alphabetical order.
	Unchecked []string `json:",omitempty"`
	// Fingerprint digests the name, seed and fingerprint of each run in turn.
	Fingerprint uint64
	// Bugs are the failures, those of one signature together, in the order in
	// which they were first seen.
	Bugs []*Bug
	// Unlisted counts the failures of signatures beyond the first MaxBugs.
	Unlisted int64 `json:",omitempty"`
}

// MaxBugs bounds the signatures that a summary keeps apart: each keeps two results.
const MaxBugs = 200

// FaultTotal says how often a kind of fault fired in a sweep, and how often it had
// no effect: see sim.FaultCount.
type FaultTotal struct {
	Kind                     string
	Fired, Skipped, NoEffect int64
	// Runs is the number of runs in which it had an effect at least once.
	Runs int64
}

// MarkTotal says how many runs of a sweep hit a mark, and which one did first.
type MarkTotal struct {
	ID   string
	Runs int64
	// File and Seed are those of the first run, in the order of the sweep.
	File string
	Seed random.Seed
}

// Bug is all failures that carry the same signature.
type Bug struct {
	// Signature is that of the violation, or the outcome where there is none.
	Signature string
	// Count is the number of runs that failed so.
	Count int64
	// Lowest is the first of them in the order of the sweep, Shortest the one
	// of fewest events: the easiest to look at.
	Lowest, Shortest Result
}

// ToleratedInconclusive is the share of a sweep that may be inconclusive: one run
// in so many. Such a run is never a pass, but it is no failure of what was tested
// either, and of very many runs a few exceed any bound on the search.
const ToleratedInconclusive = 1000

// TooInconclusive reports whether more runs than that have no verdict.
func (s *Summary) TooInconclusive() bool {
	return s.Outcomes[sim.Inconclusive]*ToleratedInconclusive > s.Runs
}

// Add counts one more result.
func (s *Summary) Add(r Result) {
	s.Runs++
	v := &r.Verdict
	switch {
	case r.Err != nil:
		s.Refused++
	case r.Divergence != nil:
		s.Diverged++
	default:
		s.Outcomes[v.Outcome]++
	}
	s.Events += v.Events
	s.Simulated += time.Duration(v.Simulated)
	s.Invoked += int64(v.Operations.Invoked)
	s.Completed += int64(v.Operations.Completed)
	s.Leaders += int64(v.Leaders)
	for _, f := range v.Faults {
		s.addFault(f)
	}
	for _, id := range v.Marks {
		s.addMark(id, &r.Unit)
	}
	for _, property := range v.Unchecked {
		if i, found := slices.BinarySearch(s.Unchecked, property); !found {
			s.Unchecked = slices.Insert(s.Unchecked, i, property)
		}
	}
	for _, b := range []byte(r.Scenario.Title()) {
		s.Fingerprint = random.Mix(s.Fingerprint, uint64(b))
	}
	s.Fingerprint = random.Mix(s.Fingerprint, uint64(r.Seed))
	s.Fingerprint = random.Mix(s.Fingerprint, v.Fingerprint)
	if r.Failed() {
		s.Failed++
		s.addBug(r)
	}
}

func (s *Summary) addFault(f sim.FaultCount) {
	i, found := slices.BinarySearchFunc(s.Faults, f.Kind, func(t FaultTotal, kind string) int { return strings.Compare(t.Kind, kind) })
	if !found {
		s.Faults = slices.Insert(s.Faults, i, FaultTotal{Kind: f.Kind})
	}
	t := &s.Faults[i]
	t.Fired += int64(f.Fired)
	t.Skipped += int64(f.Skipped)
	t.NoEffect += int64(f.NoEffect)
	if f.Fired > f.NoEffect {
		t.Runs++
	}
}

func (s *Summary) addMark(id string, u *Unit) {
	i, found := s.findMark(id)
	if !found {
		s.Marks = slices.Insert(s.Marks, i, MarkTotal{ID: id, File: u.Scenario.File, Seed: u.Seed})
	}
	s.Marks[i].Runs++
}

func (s *Summary) findMark(id string) (int, bool) {
	return slices.BinarySearchFunc(s.Marks, id, func(t MarkTotal, id string) int { return strings.Compare(t.ID, id) })
}

// Hit says whether some run hit a mark.
func (s *Summary) Hit(mark string) bool {
	_, found := s.findMark(mark)
	return found
}

// NeverHit are the marks of a list that no run hit, in the order of the list.
func (s *Summary) NeverHit(marks []string) []string {
	return slices.DeleteFunc(slices.Clone(marks), s.Hit)
}

func (s *Summary) addBug(r Result) {
	signature := Signature(r)
	for _, b := range s.Bugs {
		if b.Signature == signature {
			b.Count++
			if r.Verdict.Events < b.Shortest.Verdict.Events {
				b.Shortest = r
			}
			return
		}
	}
	if len(s.Bugs) == MaxBugs {
		s.Unlisted++
		return
	}
	s.Bugs = append(s.Bugs, &Bug{Signature: signature, Count: 1, Lowest: r, Shortest: r})
}

// Signature is equal for failures that look like the same bug: that of the
// first violation, or a word for a failure without one. A run that showed too
// little is the fault of its scenario, and alike only within it.
func Signature(r Result) string {
	switch v := r.Verdict.Violation(); {
	case r.Err != nil:
		return "refused: " + r.Err.Error()
	case r.Divergence != nil:
		return r.Divergence.Signature
	case v == nil || r.Verdict.Outcome == sim.Vacuous:
		return r.Verdict.Outcome.String() + ": " + r.Scenario.Title()
	case v.Signature != "":
		return v.Signature
	default:
		return v.Property
	}
}
