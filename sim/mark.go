package sim

import (
	"raftsim/checker"
	"raftsim/mark"
)

// The marks of package mark, under the names that a test of a simulation uses. Code
// that also runs in a server imports package mark alone.
type (
	Mark          = mark.Mark
	Marks         = mark.Marks
	MarkKind      = mark.Kind
	ReachableMark = mark.ReachableMark
	SometimesMark = mark.SometimesMark
	AlwaysMark    = mark.AlwaysMark
)

// Reachable is mark.Reachable.
func Reachable(id, sentence string) ReachableMark { return mark.Reachable(id, sentence) }

// Sometimes is mark.Sometimes.
func Sometimes(id, sentence string) SometimesMark { return mark.Sometimes(id, sentence) }

// Always is mark.Always.
func Always(id, sentence string) AlwaysMark { return mark.Always(id, sentence) }

// marksOf takes the hits of a host, or with zero those of the simulation itself. An
// Always that does not hold ends the run.
func (s *Simulation) marksOf(host uint64) *Marks {
	return mark.NewMarks(s.hits, func(m *Mark, detail string) {
		v := checker.Violation{
			Property: m.ID(), Source: "always: " + m.About(), Detail: detail, Signature: "always: " + m.ID(),
		}
		if host != 0 {
			v.Detail, v.Hosts = name(host)+": "+detail, []uint64{host}
		}
		s.violate(v)
	})
}

// Marks takes hits that are not a host's own, such as those of a test that
// directs the run.
func (s *Simulation) Marks() *Marks { return s.marks }

// Reached lists the ids of the marks that the run has hit so far, in alphabetical order.
func (s *Simulation) Reached() []string {
	s.watcher.TakeSightings(s.protocol.Saw)
	return s.hits.IDs()
}
