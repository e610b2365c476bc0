package mark

import "fmt"

// Hits are the marks that one run has hit. It is single-threaded.
type Hits struct {
	hit []bool // by the place of the mark
}

// NewHits returns the hits of a run that has not begun. Marks that are made later
// cannot be hit.
func NewHits() *Hits { return &Hits{make([]bool, len(all))} }

// IDs lists the ids of the marks that were hit, in alphabetical order.
func (h *Hits) IDs() []string {
	var ids []string
	for _, id := range IDs() {
		if h.has(all[id]) {
			ids = append(ids, id)
		}
	}
	return ids
}

func (h *Hits) has(m *Mark) bool { return m.place < len(h.hit) && h.hit[m.place] }

// Marks takes the hits of one process, for the run that it is part of. A nil Marks
// ignores them, so that code with marks in it also runs outside a simulation.
type Marks struct {
	hits   *Hits
	broken func(m *Mark, detail string)
}

// NewMarks returns what adds to hits, and calls broken when an Always does not hold:
// the evidence is what was given to Check.
func NewMarks(hits *Hits, broken func(m *Mark, detail string)) *Marks {
	return &Marks{hits, broken}
}

func (in *Marks) hit(m *Mark) {
	if in == nil {
		return
	}
	if m.place >= len(in.hits.hit) {
		panic(fmt.Sprintf("mark: %q was made after the run began: %d marks were known then", m.id, len(in.hits.hit)))
	}
	in.hits.hit[m.place] = true
}
