package history

import (
	"cmp"
	"slices"

	"raftsim/random"
)

// search judges a partition of any workload. It goes through the history as it
// happened and keeps every state that the object could be in, together with the
// operations under way that have taken effect in it. An operation that returns
// must have taken effect by then: those ways of getting there are tried, and
// when there is none the history is illegal from there on.
//
// Its cost is linear in the length of the history and exponential in what is
// under way, which a Ranker cuts down.
func (j *judge) search(part []event) Result {
	f := &frontier{judge: j, causes: newCauses(j, part), part: part}
	f.configs = []*possibility{{state: j.model.Init()}}
	for _, in := range instants(part) {
		if !in.returns {
			f.call(in.op)
		} else if f.complete(in.op); len(f.configs) == 0 && j.left > 0 {
			return f.condemn(in.op)
		}
		if j.left <= 0 {
			return Result{Verdict: Inconclusive, Method: ByFrontier}
		}
	}
	if !j.explains(part, f.configs[0].order()) {
		return j.whole(part) // the model's Equal takes different states for one
	}
	return Result{Verdict: Legal, Method: ByFrontier}
}

// instant is a call or a return.
type instant struct {
	at      int64
	returns bool
	op      int
}

// instants lists calls and returns in order of time. At one instant calls come
// first: operations that touch are concurrent.
func instants(part []event) []instant {
	list := make([]instant, 0, 2*len(part))
	for i := range part {
		list = append(list, instant{part[i].call, false, i})
		if part[i].known {
			list = append(list, instant{part[i].ret, true, i})
		}
	}
	slices.SortFunc(list, func(a, b instant) int {
		if c := cmp.Compare(a.at, b.at); c != 0 {
			return c
		}
		if a.returns != b.returns {
			if b.returns {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.op, b.op)
	})
	return list
}

// possibility is one state that the object may be in.
type possibility struct {
	state any
	// done has a bit for each slot whose operation has taken effect.
	done []uint64
	// used has a bit for each operation of unknown outcome that has. It is
	// shared between possibilities and never changed.
	used     []uint64
	usedHash uint64
	// way leads back through the operations that took effect.
	way *way
}

// way is a list of operations, the last one first. Ways share their tails.
type way struct {
	op     int
	before *way
}

func (p *possibility) order() (order []int) {
	for w := p.way; w != nil; w = w.before {
		order = append(order, w.op)
	}
	slices.Reverse(order)
	return order
}

func has(bits []uint64, i int) bool { return i/64 < len(bits) && bits[i/64]&(1<<(i%64)) != 0 }

// with returns a copy of bits with one more set.
func with(bits []uint64, i int) []uint64 {
	set := make([]uint64, max(len(bits), i/64+1))
	copy(set, bits)
	set[i/64] |= 1 << (i % 64)
	return set
}

// frontier is the search at one instant.
type frontier struct {
	*judge
	*causes
	part    []event
	slots   []int // operations under way that will return, -1 where free
	unknown []int // operations under way that never will
	configs []*possibility
	next    set
	tried   set
	recent  []moment
}

// moment is the frontier as it was before a return.
type moment struct {
	at      int64
	configs []*possibility
	slots   []int
	unknown []int
}

// keptMoments bounds how far back a window can begin.
const keptMoments = 64

// call puts an operation under way. A read that fits is taken at once: that
// never closes a way.
func (f *frontier) call(op int) {
	if !f.part[op].known {
		f.unknown = append(f.unknown, op)
		f.guess(len(f.unknown) - 1)
		return
	}
	slot := slices.Index(f.slots, -1)
	if slot < 0 {
		slot = len(f.slots)
		f.slots = append(f.slots, -1)
	}
	f.slots[slot] = op
	for i, p := range f.configs {
		f.configs[i] = f.absorb(p, slot)
	}
}

// absorb lets the operation of a slot take effect if it fits and changes nothing.
func (f *frontier) absorb(p *possibility, slot int) *possibility {
	op := f.slots[slot]
	if op < 0 || has(p.done, slot) || !f.due(p, op) {
		return p
	}
	if ok, state := f.step(p, op); ok && f.model.Equal(state, p.state) {
		return &possibility{p.state, with(p.done, slot), p.used, p.usedHash, &way{op, p.way}}
	}
	return p
}

// due reports whether the counters that an operation tells are those of the
// state.
func (f *frontier) due(p *possibility, op int) bool {
	if f.ranker == nil {
		return true
	}
	e, rank := &f.part[op], f.ranker.Rank(p.state)
	return (!e.tells[0] || e.before[0] == rank[0]) && (!e.tells[1] || e.before[1] == rank[1])
}

func (f *frontier) step(p *possibility, op int) (bool, any) {
	f.left--
	e := &f.part[op]
	return f.model.Step(p.state, e.in, e.out)
}

// complete keeps the ways in which op has taken effect by its return.
func (f *frontier) complete(op int) {
	f.remember(f.part[op].ret)
	slot := slices.Index(f.slots, op)
	f.next.reset()
	f.tried.reset()
	for _, p := range f.configs {
		f.reach(p, slot)
		if f.left <= 0 {
			return
		}
	}
	f.slots[slot] = -1
	f.configs = slices.Clone(f.next.list)
}

// reach explores from p until the operation of slot has taken effect.
func (f *frontier) reach(p *possibility, slot int) {
	op := f.slots[slot]
	stack := []*possibility{p}
	push := func(next *possibility) {
		if next != nil && f.tried.add(f.judge, next) {
			stack = append(stack, next)
		}
	}
	for len(stack) > 0 && f.left > 0 {
		p := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if has(p.done, slot) {
			done := slices.Clone(p.done)
			done[slot/64] &^= 1 << (slot % 64)
			f.next.add(f.judge, &possibility{p.state, done, p.used, p.usedHash, p.way})
			continue
		}
		if f.part[op].tells == [2]bool{true, true} && f.due(p, op) {
			push(f.take(p, slot)) // anything else would raise a counter too far
			continue
		}
		f.guesses(p, func(i int) { push(f.takeUnknown(p, i)) })
		for s, o := range f.slots {
			if o >= 0 && !has(p.done, s) && f.due(p, o) {
				push(f.take(p, s))
			}
		}
	}
}

// take lets the operation of a slot take effect, if it fits, and then all reads
// that fit.
func (f *frontier) take(p *possibility, slot int) *possibility {
	op := f.slots[slot]
	ok, state := f.step(p, op)
	if !ok {
		return nil
	}
	return f.settle(&possibility{state, with(p.done, slot), p.used, p.usedHash, &way{op, p.way}})
}

// takeUnknown lets an operation of unknown outcome take effect, if that changes
// anything.
func (f *frontier) takeUnknown(p *possibility, i int) *possibility {
	op := f.unknown[i]
	ok, state := f.step(p, op)
	if !ok || f.model.Equal(state, p.state) || f.contradicts(op, state) {
		return nil
	}
	return f.settle(&possibility{state, p.done, with(p.used, i), p.usedHash + random.Mix(1, uint64(i)), &way{op, p.way}})
}

// settle takes all reads that fit a new state. It returns nil when an operation
// under way can never fit any more.
func (f *frontier) settle(p *possibility) *possibility {
	for s, op := range f.slots {
		if op < 0 || has(p.done, s) {
			continue
		}
		if f.overdue(p, op) {
			return nil
		}
		p = f.absorb(p, s)
	}
	return p
}

// overdue reports whether a counter has passed what an operation tells.
func (f *frontier) overdue(p *possibility, op int) bool {
	if f.ranker == nil {
		return false
	}
	e, rank := &f.part[op], f.ranker.Rank(p.state)
	return e.tells[0] && rank[0] > e.before[0] || e.tells[1] && rank[1] > e.before[1]
}

// remember keeps the frontier for condemn.
func (f *frontier) remember(at int64) {
	if len(f.recent) == keptMoments {
		f.recent = append(f.recent[:0], f.recent[keptMoments/2:]...)
	}
	f.recent = append(f.recent, moment{at, slices.Clone(f.configs), slices.Clone(f.slots), f.unknown[:len(f.unknown):len(f.unknown)]})
}
