package history

import (
	"bytes"
	"fmt"

	"raftsim/workload"
)

// register judges a partition that is a register written with unique marks.
// Every version has one writer, every read tells its version, so what follows
// what is known and the order is a matter of real time alone (Gibbons and
// Korach 1997, extended to conditional writes and appends). decided is false
// when the marks are not unique after all.
//
// Writes of unknown outcome whose version nobody ever saw are left out: where
// such a write took effect nothing shows it, so leaving it out changes no
// answer. Those that were seen have taken effect.
func (j *judge) register(part []event) (result Result, decided bool) {
	g := newRegister(j, part)
	if g == nil {
		return Result{}, false
	}
	flaw := g.judge()
	if flaw == nil {
		if !j.explains(part, g.order()) {
			return Result{}, false // never seen; the search will tell
		}
		return Result{Verdict: Legal, Method: ByRegister}, true
	}
	window := j.shrinkRegister(part, g, flaw)
	return j.condemn(part, window, []any{j.model.Init()}, flaw, ByRegister), true
}

// flaw is why there is no order, with the operations that show it.
type flaw struct {
	shape, detail string
	ops           []int // places in the partition
}

// register is one partition, taken apart into versions.
type register struct {
	part     []event
	access   []workload.Access
	versions []version // the initial one first
	byMark   map[workload.Mark]int
	bad      *flaw // found while taking apart
	blocks   []block
}

// version is one value that the register had.
type version struct {
	mark     workload.Mark
	writer   int // place in the partition, -1 of the initial version
	seen     bool
	previous int // version, -1 when it is not known
	next     int // version, -1 when it is not known
	shows    int // the operation that shows what is previous
	readers  []int
}

// newRegister collects the versions. It returns nil when two writes share a
// mark.
func newRegister(j *judge, part []event) *register {
	g := &register{
		part: part, access: make([]workload.Access, len(part)),
		byMark: map[workload.Mark]int{{}: 0},
	}
	g.add(workload.Mark{}, -1)
	for i := range part {
		o := &j.history[part[i].source]
		a, ok := j.registers.Access(o.Command, o.Answer, part[i].known)
		if !ok {
			g.fail("impossible answer", "an answer that the operation never has", i)
		}
		g.access[i] = a
		if a.Write == (workload.Mark{}) {
			continue
		}
		if _, twice := g.byMark[a.Write]; twice {
			return nil
		}
		g.byMark[a.Write] = len(g.versions)
		g.add(a.Write, i)
	}
	return g
}

func (g *register) add(m workload.Mark, writer int) {
	g.versions = append(g.versions, version{mark: m, writer: writer, previous: -1, next: -1, shows: -1})
}

// fail keeps the first flaw that is found.
func (g *register) fail(shape, detail string, ops ...int) {
	if g.bad == nil {
		g.bad = &flaw{shape, detail, ops}
	}
}

// judge returns why there is no order, nil when there is one.
func (g *register) judge() *flaw {
	for i := range g.part {
		if g.bad == nil && g.part[i].known {
			g.observe(i)
		}
	}
	for v := 1; v < len(g.versions) && g.bad == nil; v++ {
		g.follow(v)
	}
	if g.bad == nil {
		g.link()
	}
	if g.bad == nil {
		g.buildBlocks()
	}
	if g.bad == nil {
		g.checkBlocks()
	}
	return g.bad
}

// observe takes in what an answered operation saw and did.
func (g *register) observe(i int) {
	a := &g.access[i]
	if a.Write != (workload.Mark{}) {
		g.versions[g.byMark[a.Write]].seen = true
	}
	if !a.Reads {
		return
	}
	at := 0
	for k, piece := range a.Value {
		v, ok := g.byMark[piece.Mark]
		if !ok || v == 0 {
			g.fail("value from nowhere", fmt.Sprintf("%s was read and nobody wrote it", piece.Mark), i)
			return
		}
		w := &g.versions[v]
		switch writes := &g.access[w.writer]; {
		case !bytes.Equal(writes.Piece, piece.Bytes):
			g.fail("damaged value", fmt.Sprintf("%s was read and is not what was written", piece.Mark), i, w.writer)
		case writes.Extends:
			g.after(v, at, i)
		case k > 0:
			g.fail("impossible value", fmt.Sprintf("%s was read after %s, which it replaces", piece.Mark, a.Value[k-1].Mark), i, w.writer)
		}
		if g.bad != nil {
			return
		}
		w.seen, at = true, v
	}
	g.versions[at].readers = append(g.versions[at].readers, i)
}

// after notes that a version directly follows another, as operation i shows.
func (g *register) after(v, previous, i int) {
	w := &g.versions[v]
	if w.previous >= 0 && w.previous != previous {
		g.fail("two pasts", fmt.Sprintf("%s was seen to follow %s and %s", w.mark, g.versions[w.previous].mark, g.versions[previous].mark), w.shows, i)
		return
	}
	if w.previous < 0 {
		w.previous, w.shows = previous, i
	}
	g.versions[previous].seen = true
}

// follow goes back from a version that was seen along the conditional writes:
// what they replaced must have been there.
func (g *register) follow(v int) {
	for v != 0 && g.versions[v].seen {
		w := &g.versions[v]
		a := &g.access[w.writer]
		if !a.Conditional || w.shows == w.writer {
			return
		}
		previous, ok := g.byMark[a.After]
		if !ok {
			g.fail("value from nowhere", fmt.Sprintf("%s replaced %s and nobody wrote that", w.mark, a.After), w.writer)
			return
		}
		g.after(v, previous, w.writer)
		if g.bad != nil {
			return
		}
		w.shows, v = w.writer, previous
	}
}

// link turns what follows what around: a version has one successor at most.
func (g *register) link() {
	for v := range g.versions {
		w := &g.versions[v]
		if !w.seen || w.previous < 0 {
			continue
		}
		p := &g.versions[w.previous]
		if p.next >= 0 {
			other := &g.versions[p.next]
			g.fail("lost update", fmt.Sprintf("both %s and %s directly follow %s", other.mark, w.mark, p.mark), other.shows, w.shows)
			return
		}
		p.next = v
	}
}
