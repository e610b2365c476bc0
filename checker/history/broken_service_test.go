package history_test

import (
	"cmp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/workload"
)

// breaks are the ways in which a service that forgets, confuses or repeats what
// it was told gives the answers of a history anew. Everything that follows from
// the mistake follows: later answers agree with each other. at is an index of the
// log. They return false where nothing came of it.
var breaks = []struct {
	name  string
	wrong func(v *service, ops []history.Operation, at uint64) bool
}{
	{"corrupted answer", func(v *service, ops []history.Operation, _ uint64) bool {
		return corrupt(v.w, ops, v.draw) >= 0
	}},
	{"stale read", func(v *service, ops []history.Operation, at uint64) bool {
		order := logOrder(ops)
		then := slices.IndexFunc(order, func(i int) bool { return ops[i].Applied >= at })
		old, reads := v.w.NewStateMachine(), 0
		for k, i := range order {
			o := &ops[i]
			switch {
			case k < then:
				old.Apply(o.Command)
			case o.ReadOnly && o.Return != history.Open && k > 2*then && reads == 0:
				if answer := old.Query(o.Command); !slices.Equal(answer, o.Answer) {
					o.Answer = answer
					reads++
				}
			}
		}
		return reads > 0
	}},
	{"lost write", func(v *service, ops []history.Operation, at uint64) bool {
		return replayed(v.w, ops, at, func(order []int, at uint64) []int {
			if k := writeAt(ops, order, at); k >= 0 {
				order = slices.Delete(order, k, k+1)
			}
			return order
		})
	}},
	{"write taken twice", func(v *service, ops []history.Operation, at uint64) bool {
		return replayed(v.w, ops, at, func(order []int, at uint64) []int {
			if k := writeAt(ops, order, at); k >= 0 {
				order = slices.Insert(order, min(k+100, len(order)), order[k])
			}
			return order
		})
	}},
	{"swapped order", func(v *service, ops []history.Operation, at uint64) bool {
		return replayed(v.w, ops, at, func(order []int, at uint64) []int {
			k, l := writeAt(ops, order, at), writeAt(ops, order, at+60) // long after
			if k >= 0 && l >= 0 {
				order[k], order[l] = order[l], order[k]
			}
			return order
		})
	}},
}

// logOrder lists the operations that took effect, as the log has them.
func logOrder(ops []history.Operation) (order []int) {
	for i := range ops {
		if ops[i].Applied > 0 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &ops[a], &ops[b]
		reads := 0
		if x.ReadOnly != y.ReadOnly {
			reads = 1
			if y.ReadOnly {
				reads = -1
			}
		}
		return cmp.Or(cmp.Compare(x.Applied, y.Applied), reads, cmp.Compare(x.Call, y.Call))
	})
	return order
}

// writeAt is the place in the order of the first answered write from an index on.
func writeAt(ops []history.Operation, order []int, at uint64) int {
	return slices.IndexFunc(order, func(i int) bool {
		return !ops[i].ReadOnly && ops[i].Applied >= at && ops[i].Return != history.Open
	})
}

// replay answers all operations as a machine does that takes them in another
// order. An operation that is taken twice keeps its first answer.
func replay(w workload.Workload, ops []history.Operation, change func([]int) []int) (changed bool) {
	m, taken := w.NewStateMachine(), map[int]bool{}
	for _, i := range change(logOrder(ops)) {
		answer := m.Apply(ops[i].Command)
		if !taken[i] && ops[i].Return != history.Open && !slices.Equal(answer, ops[i].Answer) {
			ops[i].Answer, changed = answer, true
		}
		taken[i] = true
	}
	return changed
}

// replayed tries one index of the log after the other until the change shows.
func replayed(w workload.Workload, ops []history.Operation, at uint64, change func([]int, uint64) []int) bool {
	for n := range uint64(40) {
		if replay(w, ops, func(order []int) []int { return change(order, at+n) }) {
			return true
		}
	}
	return false
}

// Whatever a service does wrong, in whichever machine and however many outcomes
// are unknown: there is a verdict, soon, and a window that Porcupine confirms.
func TestEveryBrokenServiceGetsAVerdict(t *testing.T) {
	for _, name := range workload.Names() {
		w, err := workload.Lookup(name)
		require.NoError(t, err)
		illegal, confirmed := map[string]int{}, 0
		for _, lost := range []int{0, 5, 20} {
			v := crowded(w, 2000, lost)
			for _, b := range breaks {
				for _, at := range []uint64{300, 600} {
					ops := slices.Clone(v.ops)
					if !b.wrong(v, ops, at) {
						continue
					}
					verdict := history.Legal
					for i, h := range [][]history.Operation{ops, withoutHints(ops)} {
						r := history.Linearizable(w, h, 0)
						require.NotEqual(t, history.Inconclusive, r.Verdict, "%s, %s", name, b.name)
						require.Less(t, r.Steps, int64(1_500_000), "%s, %s", name, b.name)
						require.True(t, i == 0 || r.Verdict == verdict, "%s, %s: the log's order is a hint only", name, b.name)
						verdict = r.Verdict
						if verdict == history.Illegal {
							require.NotEmpty(t, r.Window)
							illegal[b.name]++
							confirmed += flag(r.Method == history.BySearch)
						}
					}
				}
			}
		}
		for _, b := range breaks {
			require.NotZero(t, illegal[b.name], "%s: a %s leads to an order that explains it", name, b.name)
		}
		total := 0
		for _, n := range illegal {
			total += n
		}
		require.Greater(t, 10*confirmed, 9*total, "%s: Porcupine has the last word on the windows", name)
	}
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
