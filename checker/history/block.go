package history

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
)

// block is a run of versions that directly follow each other, with all who saw
// them: in any order of the operations a block stays in one piece. Where it may
// stand is told by two instants: its first return and its last call.
type block struct {
	first     int   // version it begins with
	from      int64 // the first return
	until     int64 // the last call
	returns   int   // operation that returns first, -1 for the initial version
	calls     int   // operation that is called last
	operation []int // all of it, in order
}

// spread reports whether the block spans the time between its first return and
// its last call: nothing else can be in force then.
func (b *block) spread() bool { return b.from < b.until }

// key sorts blocks into an order that keeps real time, if there is one.
func (b *block) key() int64 { return min(b.from, b.until) }

// mustPrecede reports whether something in b returned before something in o was
// called.
func (b *block) mustPrecede(o *block) bool { return b.from < o.until }

// buildBlocks walks each run of versions and checks it by itself.
func (g *register) buildBlocks() {
	visited := 0
	for v := range g.versions {
		w := &g.versions[v]
		if !w.seen && v != 0 {
			visited++ // an unknown write that nobody saw
			continue
		}
		if w.previous >= 0 {
			continue
		}
		b := block{first: v, from: Open, until: -1, returns: -1, calls: -1}
		latest := -1 // the operation with the latest call among versions before
		for ; v >= 0 && g.bad == nil; v = g.versions[v].next {
			latest = g.addVersion(&b, v, latest)
			visited++
		}
		g.blocks = append(g.blocks, b)
		if g.bad != nil {
			return
		}
	}
	if visited < len(g.versions) {
		g.fail("circular past", "versions follow each other in a circle", g.circle()...)
	}
}

// circle returns operations that show a circle of versions.
func (g *register) circle() (ops []int) {
	for v := range g.versions {
		if w := &g.versions[v]; w.seen && w.previous >= 0 {
			ops = append(ops, w.shows)
		}
	}
	return ops
}

// addVersion adds a version and its readers to a block. latest is the operation
// that was called last of all before; the new latest is returned. Nothing may
// have returned before something that stands before it was called.
func (g *register) addVersion(b *block, v, latest int) int {
	w := &g.versions[v]
	if w.writer < 0 {
		b.from = -1 // written before anybody asked
	} else {
		g.addOperation(b, w.writer, latest, "comes before what it follows")
		latest = g.later(latest, w.writer)
	}
	newest := latest
	slices.SortFunc(w.readers, func(a, b int) int { return cmp.Compare(g.part[a].call, g.part[b].call) })
	for _, i := range w.readers {
		g.addOperation(b, i, latest, "was answered before what it saw was asked for")
		newest = g.later(newest, i)
	}
	return newest
}

func (g *register) later(a, b int) int {
	if a < 0 || g.part[b].call > g.part[a].call {
		return b
	}
	return a
}

func (g *register) addOperation(b *block, i, latest int, what string) {
	e := &g.part[i]
	if latest >= 0 && e.ret < g.part[latest].call {
		g.fail("against time", "an operation "+what, i, latest)
	}
	b.operation = append(b.operation, i)
	if e.ret < b.from {
		b.from, b.returns = e.ret, i
	}
	if e.call > b.until {
		b.until, b.calls = e.call, i
	}
}

// checkBlocks looks for two blocks that would both have to be first. If there
// are none, sorting them by their key is an order that keeps real time.
func (g *register) checkBlocks() {
	slices.SortFunc(g.blocks, func(a, b block) int {
		if c := cmp.Compare(a.key(), b.key()); c != 0 {
			return c
		}
		switch {
		case a.spread() == b.spread():
			return cmp.Compare(a.first, b.first)
		case b.spread():
			return -1
		}
		return 1
	})
	var spread []*block
	for i := range g.blocks {
		if b := &g.blocks[i]; b.spread() {
			if n := len(spread); n > 0 && g.conflict(spread[n-1], b) {
				return
			}
			spread = append(spread, b)
		}
	}
	for i := range g.blocks {
		b := &g.blocks[i]
		if b.spread() {
			continue
		}
		// Of the blocks that spread, which do not overlap by now, only the last
		// that begins before b's last call can enclose b.
		n := sort.Search(len(spread), func(k int) bool { return spread[k].from >= b.until })
		if n > 0 && g.conflict(spread[n-1], b) {
			return
		}
	}
}

func (g *register) conflict(a, b *block) bool {
	if !a.mustPrecede(b) || !b.mustPrecede(a) {
		return false
	}
	var ops []int
	for _, i := range []int{a.returns, a.calls, b.returns, b.calls} {
		if i >= 0 && !slices.Contains(ops, i) {
			ops = append(ops, i)
		}
	}
	g.fail("stale read", fmt.Sprintf("%s is seen again after %s had replaced it", g.versions[a.first].mark, g.versions[b.first].mark), ops...)
	return true
}

// order returns the operations in an order that explains them, once judge has
// found no flaw.
func (g *register) order() (order []int) {
	for i := range g.blocks {
		order = append(order, g.blocks[i].operation...)
	}
	return order
}
