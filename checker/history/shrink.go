package history

import (
	"slices"

	"raftsim/workload"
)

// shrinkRegister finds a small set of operations that contradict each other by
// themselves. Leaving out a read, or a write that none of the others saw,
// changes none of the other answers: what is left of a legal history is legal.
func (j *judge) shrinkRegister(part []event, g *register, why *flaw) []int {
	window := g.close(g.paths(why.ops))
	illegal := func(window []int) bool {
		sub := make([]event, len(window))
		for i, k := range window {
			sub[i] = part[k]
		}
		s := newRegister(j, sub)
		return s != nil && s.judge() != nil
	}
	if len(window) > 300 || !illegal(window) {
		return window
	}
	for again := true; again; {
		again = false
		for i := len(window) - 1; i >= 0; i-- {
			less := slices.Delete(slices.Clone(window), i, i+1)
			if len(g.close(less)) == len(less) && illegal(less) {
				window, again = less, true
			}
		}
	}
	return window
}

// versionOf returns the version that an operation read or made, -1 if none.
func (g *register) versionOf(i int) int {
	a := &g.access[i]
	mark := a.Write
	if n := len(a.Value); n > 0 {
		mark = a.Value[n-1].Mark
	}
	if v, ok := g.byMark[mark]; ok && (a.Reads || a.Write != (workload.Mark{})) {
		return v
	}
	return -1
}

// paths adds the operations that show how the versions of ops follow each other
// and, where one of them does, the initial version.
func (g *register) paths(ops []int) []int {
	set := slices.Clone(ops)
	versions := []int{0}
	for _, i := range ops {
		if v := g.versionOf(i); v >= 0 && !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
	}
	for _, from := range versions {
		for _, to := range versions {
			set = append(set, g.path(from, to)...)
		}
	}
	slices.Sort(set)
	return slices.Compact(set)
}

// path lists the operations that show how one version leads to another, nothing
// when it does not.
func (g *register) path(from, to int) (shown []int) {
	for hops := 0; from != to; hops++ {
		if from = g.versions[from].next; from < 0 || hops > len(g.versions) {
			return nil
		}
		shown = append(shown, g.versions[from].shows)
	}
	return shown
}

// close adds the writers of all that the operations of a set saw.
func (g *register) close(ops []int) []int {
	in := map[int]bool{}
	for _, i := range ops {
		in[i] = true
	}
	queue := slices.Clone(ops)
	add := func(m workload.Mark) {
		if v, ok := g.byMark[m]; ok && v > 0 && !in[g.versions[v].writer] {
			in[g.versions[v].writer] = true
			queue = append(queue, g.versions[v].writer)
		}
	}
	for n := 0; n < len(queue); n++ {
		a := &g.access[queue[n]]
		if a.Conditional {
			add(a.After)
		}
		for _, piece := range a.Value {
			add(piece.Mark)
		}
	}
	slices.Sort(queue)
	return slices.Compact(queue)
}
