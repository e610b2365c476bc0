package history

import (
	"cmp"
	"fmt"
	"io"
	"slices"

	"github.com/anishathalye/porcupine"

	"raftsim/checker"
	"raftsim/internal/text"
	"raftsim/workload"
)

// condemn finds the shortest way to say that a search came to an end at op: it
// begins where few states were possible. What an answer after the end of the
// window tells of an operation that is open in it is not part of it, so Porcupine
// may find an order after all: then the window is taken a little further.
func (f *frontier) condemn(op int) Result {
	best := f.recent[len(f.recent)-1]
	for i := len(f.recent) - 2; i >= 0 && len(best.configs) > 1; i-- {
		if m := f.recent[i]; len(m.configs) < len(best.configs) {
			best = m
		}
	}
	flaw := &flaw{shape: "answer", detail: "no state that was possible gives an answer", ops: []int{op}}
	var result Result
	for _, more := range []int{0, 8, 32} {
		end := f.endAfter(f.part[op].ret, more)
		r := f.judgeWindow(best, f.relevant(best, f.windowTo(best, end), end), end, flaw)
		if more == 0 || r.Method == BySearch {
			result = r
		}
		if result.Method == BySearch || f.left <= 0 {
			break
		}
	}
	return result
}

// endAfter is an instant by which so many more operations have returned.
func (f *frontier) endAfter(end int64, more int) int64 {
	var later []int64
	for i := range f.part {
		if e := &f.part[i]; more > 0 && e.known && e.ret > end {
			later = append(later, e.ret)
		}
	}
	slices.Sort(later)
	if n := min(more, len(later)); n > 0 {
		return later[n-1]
	}
	return end
}

// windowTo lists the operations that matter from a moment to an instant.
func (f *frontier) windowTo(best moment, end int64) []int {
	window := []int{}
	for slot, i := range best.slots {
		if i >= 0 && !best.all(func(p *possibility) bool { return has(p.done, slot) }) {
			window = append(window, i)
		}
	}
	for n, i := range best.unknown {
		if !best.all(func(p *possibility) bool { return has(p.used, n) }) {
			window = append(window, i)
		}
	}
	for i := range f.part {
		if e := &f.part[i]; e.call > best.at && e.call <= end {
			window = append(window, i)
		}
	}
	return window
}

// all reports whether something holds in each state that was possible.
func (m *moment) all(test func(*possibility) bool) bool {
	return !slices.ContainsFunc(m.configs, func(p *possibility) bool { return !test(p) })
}

// taken reports whether an operation has taken effect in a state that was
// possible.
func (m *moment) taken(p *possibility, op int) bool {
	if slot := slices.Index(m.slots, op); slot >= 0 {
		return has(p.done, slot)
	}
	n := slices.Index(m.unknown, op)
	return n >= 0 && has(p.used, n)
}

// judgeWindow asks Porcupine about the window, once for each state in which it
// may have begun. What returned after its end is left open there.
func (f *frontier) judgeWindow(m moment, window []int, end int64, why *flaw) Result {
	confirmed := true
	var starts []any
	for _, p := range m.configs {
		var ops []event
		for _, i := range window {
			e := f.part[i]
			if m.taken(p, i) {
				continue
			}
			if e.known && e.ret > end {
				e = f.opened(e)
			}
			ops = append(ops, e)
		}
		starts = append(starts, p.state)
		confirmed = confirmed && f.porcupine(ops, p.state, confirmSteps) == porcupine.Illegal
	}
	method := ByFrontier
	if confirmed {
		method = BySearch
	}
	return f.illegal(f.part, window, starts, why, method)
}

// opened returns an operation as if its outcome had never become known.
func (j *judge) opened(e event) event {
	o := &j.history[e.source]
	e.in, e.out = j.w.Operation(o.Command, nil, false)
	e.known, e.ret = false, Open
	return e
}

// whole asks Porcupine about a whole partition.
func (j *judge) whole(part []event) Result {
	switch j.porcupine(part, j.model.Init(), j.left) {
	case porcupine.Ok:
		return Result{Verdict: Legal, Method: BySearch}
	case porcupine.Illegal:
		window := make([]int, len(part))
		for i := range window {
			window[i] = i
		}
		why := &flaw{shape: "answer", detail: "no order gives every answer", ops: window[len(window)-1:]}
		return j.illegal(part, window, []any{j.model.Init()}, why, BySearch)
	}
	return Result{Verdict: Inconclusive, Method: BySearch}
}

// condemn judges a window of operations that a register was found to contradict.
func (j *judge) condemn(part []event, window []int, starts []any, why *flaw, method Method) Result {
	ops := make([]event, len(window))
	for i, k := range window {
		ops[i] = part[k]
	}
	if j.porcupine(ops, starts[0], confirmSteps) == porcupine.Illegal {
		method = BySearch
	}
	return j.illegal(part, window, starts, why, method)
}

// confirmSteps bounds what Porcupine may spend on a window that is known to be
// illegal already.
const confirmSteps = 200_000

// porcupine runs Porcupine over operations from a state. Its steps count, and
// past the budget every step is refused, so that the search ends; its answer is
// worth nothing then. So is that of a search that would need too much memory.
func (j *judge) porcupine(ops []event, start any, most int64) porcupine.CheckResult {
	allowed := min(j.left, most, (256<<20)/int64(len(ops)/8+64))
	spent := int64(0)
	result := porcupine.CheckOperationsTimeout(windowModel(j.model, start, func() bool {
		spent++
		return spent <= allowed
	}), porcupineOperations(ops), 0)
	j.left -= min(spent, allowed)
	if spent > allowed {
		return porcupine.Unknown
	}
	return result
}

// windowModel is the model of one partition that begins in a state.
func windowModel(m porcupine.Model, start any, allow func() bool) porcupine.Model {
	step := m.Step
	m.Partition, m.PartitionEvent, m.StepContext = nil, nil, nil
	m.Init = func() any { return start }
	m.Step = func(state, input, output any) (bool, any) {
		if !allow() {
			return false, state
		}
		return step(state, input, output)
	}
	return m
}

func porcupineOperations(ops []event) []porcupine.Operation {
	list := make([]porcupine.Operation, len(ops))
	for i, e := range ops {
		list[i] = porcupine.Operation{Input: e.in, Output: e.out, Call: e.call, Return: e.ret}
	}
	return list
}

// illegal puts the verdict into words.
func (j *judge) illegal(part []event, window []int, starts []any, why *flaw, method Method) Result {
	slices.SortFunc(window, func(a, b int) int {
		return cmp.Or(cmp.Compare(part[a].call, part[b].call), cmp.Compare(a, b))
	})
	r := Result{Verdict: Illegal, Method: method, starts: starts}
	for _, i := range window {
		r.Window = append(r.Window, j.history[part[i].source])
	}
	object := "the history"
	if namer, ok := shortcut[workload.Namer](j.w); ok && len(r.Window) > 0 {
		r.Partition = namer.Object(r.Window[0].Command)
		object = r.Partition
	}
	v := checker.Linearizability.Unmet(j.w.Name()+": "+why.shape, object+": "+why.detail)
	for i := range r.Window[:min(len(r.Window), mostEvidence)] {
		v.Evidence = append(v.Evidence, describeOperation(j.w, &r.Window[i]))
	}
	for _, i := range why.ops {
		if o := &j.history[part[i].source]; o.Return != Open && uint64(o.Return) >= v.Event {
			v.At, v.Event = o.ReturnAt, uint64(o.Return)
		}
	}
	if method == ByFrontier {
		v.Detail += ", as later answers show of the operations under way"
	}
	if len(starts) == 1 && !j.model.Equal(starts[0], j.model.Init()) {
		v.Detail += ", from " + text.Quote(j.model.DescribeState(starts[0]))
	}
	v.Detail += "; no order explains " + text.Count(len(r.Window), "operation")
	r.Violation = v
	return r
}

// mostEvidence bounds the lines of a violation; the window has them all.
const mostEvidence = 24

// describeOperation is evidence of one operation, at its return if it has one.
func describeOperation(w workload.Workload, o *Operation) checker.Evidence {
	if o.Return == Open {
		return checker.Evidence{At: o.CallAt, Event: uint64(max(o.Call, 0)),
			Text: fmt.Sprintf("client %d: %s, called", o.Client, w.Describe(o.Command, nil))}
	}
	return checker.Evidence{At: o.ReturnAt, Event: uint64(max(o.Return, 0)),
		Text: fmt.Sprintf("client %d: %s, called at %s (event %d), answered", o.Client, w.Describe(o.Command, o.Answer), o.CallAt, o.Call)}
}

// WritePage writes Porcupine's page of the window of an Illegal result: one
// HTML file that needs nothing else. Porcupine lists partial orders in an order
// of its own, so two pages of one window may differ in that.
func WritePage(out io.Writer, w workload.Workload, r Result) error {
	if len(r.Window) == 0 {
		return fmt.Errorf("history: a %s history has no window to draw", r.Verdict)
	}
	model := fillModel(w.Model())
	start := model.Init()
	if len(r.starts) > 0 {
		start = r.starts[0]
	}
	var ops []porcupine.Operation
	rows := map[uint64]int{} // Porcupine wants clients counted from zero
	for i := range r.Window {
		o := &r.Window[i]
		if _, ok := rows[o.Client]; !ok {
			rows[o.Client] = len(rows)
		}
		in, output := w.Operation(o.Command, o.Answer, o.Return != Open)
		ops = append(ops, porcupine.Operation{ClientId: rows[o.Client], Input: in, Output: output, Call: o.Call, Return: o.Return,
			Metadata: fmt.Sprintf("client %d", o.Client)})
	}
	left := DefaultBudget
	m := windowModel(model, start, func() bool { left--; return left > 0 })
	_, info := porcupine.CheckOperationsVerbose(m, ops, 0)
	info.AddAnnotations([]porcupine.Annotation{{
		Tag: "the object", Start: r.Window[0].Call, End: r.Window[0].Call,
		Description: "begins as " + text.Quote(model.DescribeState(start)), Details: r.Violation.Detail,
	}})
	return porcupine.Visualize(m, info, out)
}
