package history

import (
	"slices"

	"raftsim/workload"
)

// causes is what the answers of a history tell about operations of unknown
// outcome: which of them took effect, and where. It keeps a search from trying
// them where they cannot have been. Without a Ranker nothing is told.
type causes struct {
	// told maps a counter and a value to what raised it to that.
	told map[raised]uint64
	// place maps what took effect to the value it raised its counter to.
	place map[uint64]uint64
	// effects holds the effect of each operation of unknown outcome.
	effects map[int]workload.Effect
	// ready maps the operations under way whose place is told to their number
	// among those of unknown outcome.
	ready map[uint64]int
	// kinds lists the others under way, those that are alike together.
	kinds  []alike
	byKind map[uint64]int
}

// raised is a counter with a value that it had.
type raised struct {
	counter int
	value   uint64
}

// alike lists operations of which one is as good as another.
type alike struct {
	counter int
	members []int // numbers among the operations of unknown outcome
}

func newCauses(j *judge, part []event) *causes {
	c := &causes{ready: map[uint64]int{}, byKind: map[uint64]int{}}
	if j.ranker == nil {
		return c
	}
	c.told, c.place, c.effects = map[raised]uint64{}, map[uint64]uint64{}, map[int]workload.Effect{}
	for i := range part {
		e := &part[i]
		if !e.known {
			c.effects[i] = j.ranker.Effect(e.in)
			continue
		}
		for _, k := range j.ranker.Reveals(e.in, e.out) {
			c.told[raised{k.Counter, k.Value}] = k.Own
			c.place[k.Own] = k.Value
		}
	}
	return c
}

// guess puts the nth operation of unknown outcome among those that may have
// taken effect.
func (f *frontier) guess(n int) {
	effect, ranked := f.effects[f.unknown[n]]
	if _, told := f.place[effect.Own]; ranked && told {
		f.ready[effect.Own] = n
		return
	}
	if !ranked {
		effect.Kind = uint64(n)
	}
	k, known := f.byKind[effect.Kind]
	if !known {
		k = len(f.kinds)
		f.byKind[effect.Kind] = k
		f.kinds = append(f.kinds, alike{counter: effect.Counter})
	}
	f.kinds[k].members = append(f.kinds[k].members, n)
}

// guesses calls try for the operations of unknown outcome that could be next:
// those that are told to be, and of all others the first of each kind, unless
// the next value of their counter is told to be somebody else's.
func (f *frontier) guesses(p *possibility, try func(n int)) {
	var taken [2]bool
	if f.ranker != nil {
		for counter, value := range f.ranker.Rank(p.state) {
			for by := uint64(1); by <= 2; by++ {
				own, told := f.told[raised{counter, value + by}]
				taken[counter] = taken[counter] || told && by == 1
				if n, ok := f.ready[own]; ok && told && !has(p.used, n) {
					try(n)
				}
			}
		}
	}
	for i := range f.kinds {
		k := &f.kinds[i]
		if taken[k.counter] {
			continue
		}
		for _, n := range k.members {
			if !has(p.used, n) {
				try(n)
				break
			}
		}
	}
}

// contradicts reports whether an answer tells that it was not op that led to a
// state.
func (f *frontier) contradicts(op int, state any) bool {
	effect, ok := f.effects[op]
	if !ok {
		return false
	}
	value := f.ranker.Rank(state)[effect.Counter]
	own, told := f.told[raised{effect.Counter, value}]
	place, placed := f.place[effect.Own]
	return told && own != effect.Own || placed && place != value
}

// farthest is how many values of a counter a window may span for relevant to
// look at each.
const farthest = 1 << 12

// relevant leaves out of a window the operations of unknown outcome that answers
// outside of it place elsewhere, and of those that are alike all that are more
// than there is room for.
func (f *frontier) relevant(m moment, window []int, end int64) []int {
	if f.ranker == nil {
		return window
	}
	var room [2]int // values that nobody is told to have reached
	low, high := f.ranker.Rank(m.configs[0].state), f.reached(end)
	for counter := range low {
		for _, p := range m.configs {
			low[counter] = min(low[counter], f.ranker.Rank(p.state)[counter])
		}
		if high[counter] > low[counter]+farthest {
			return window
		}
		for value := low[counter] + 1; value <= high[counter]; value++ {
			if _, told := f.told[raised{counter, value}]; !told {
				room[counter]++
			}
		}
	}
	used := map[uint64]int{}
	return slices.DeleteFunc(window, func(i int) bool {
		if f.part[i].known {
			return false
		}
		e := f.effects[i]
		if value, told := f.place[e.Own]; told {
			return value <= low[e.Counter] || value > high[e.Counter]
		}
		used[e.Kind]++
		return used[e.Kind] > room[e.Counter]
	})
}

// reached returns the most that the counters can have come to by an instant:
// what operations that were called later found.
func (f *frontier) reached(end int64) (high [2]uint64) {
	high = [2]uint64{1 << 63, 1 << 63}
	for i := range f.part {
		e := &f.part[i]
		for counter := range high {
			if e.known && e.call > end && e.tells[counter] {
				high[counter] = min(high[counter], e.before[counter])
			}
		}
	}
	return high
}
