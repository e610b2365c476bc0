package history

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"

	"raftsim/workload"
)

// certified reports whether the order in which the log applied the operations
// explains the whole history. It takes one pass over an order that needs no
// trust: it is in keeping with real time, and a replay of the model gives every
// answer. Operations of unknown outcome count where the log has them, and not
// at all where it has them not.
func certified(w workload.Workload, history []Operation) bool {
	replayer, ok := shortcut[workload.Replayer](w)
	if !ok {
		return false
	}
	order, ok := appliedOrder(history)
	if !ok {
		return false
	}
	replay, latest := replayer.NewReplay(), int64(-1)
	for _, i := range order {
		o := &history[i]
		if o.Return < latest {
			return false
		}
		answer := replay.Step(o.Command)
		if o.Return != Open && (answer == nil || !bytes.Equal(answer, o.Answer)) {
			return false
		}
		latest = max(latest, o.Call)
	}
	return true
}

// appliedOrder sorts a history by the index at which it was applied. At one
// index the command of the log comes first, then reads in the order of their
// calls. ok is false when an operation that was answered has no index.
func appliedOrder(history []Operation) (order []int32, ok bool) {
	// Slots are two to an index, for the command and for the reads. An index
	// above the limit has none, lest its slot wrap around or take up gigabytes.
	slots, last, limit := make([]uint64, len(history)), uint64(0), 8*uint64(len(history))+1024
	dense, called := true, int64(math.MinInt64)
	for i := range history {
		o := &history[i]
		dense = dense && o.Applied <= limit && called <= o.Call
		called = o.Call
		switch {
		case taken(o):
			slots[i] = 2 * o.Applied
			if o.ReadOnly {
				slots[i]++
			}
			last = max(last, slots[i])
		case o.Return != Open && !o.Stale:
			return nil, false
		}
	}
	if dense {
		return countingOrder(slots, last), true
	}
	for i := range history {
		if taken(&history[i]) {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return compareApplied(history, a, b) })
	return order, true
}

// taken reports whether an operation is part of the log's order.
func taken(o *Operation) bool {
	return o.Applied != 0 && !o.Stale && (o.Return != Open || !o.ReadOnly)
}

// countingOrder sorts a history by its slots, of which last is the highest, and
// leaves out slot zero. It is linear, which is what makes long histories cheap,
// and keeps the order of the history within a slot.
func countingOrder(slots []uint64, last uint64) []int32 {
	starts := make([]int32, last+2)
	for _, slot := range slots {
		starts[slot+1]++
	}
	outside := starts[1]
	for slot := range last {
		starts[slot+1] += starts[slot]
	}
	order := make([]int32, len(slots))
	for i, slot := range slots {
		order[starts[slot]] = int32(i)
		starts[slot]++
	}
	return order[outside:]
}

func compareApplied(history []Operation, a, b int32) int {
	x, y := &history[a], &history[b]
	if c := cmp.Compare(x.Applied, y.Applied); c != 0 {
		return c
	}
	if x.ReadOnly != y.ReadOnly {
		if y.ReadOnly {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(x.Call, y.Call), cmp.Compare(a, b))
}

// logOrderOf is appliedOrder for one partition.
func logOrderOf(part []event) (order []int, ok bool) {
	for i := range part {
		switch e := &part[i]; {
		case e.appliedIndex > 0:
			order = append(order, i)
		case e.known:
			return nil, false
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, y := &part[a], &part[b]
		if c := cmp.Compare(x.appliedIndex, y.appliedIndex); c != 0 {
			return c
		}
		if x.readOnly != y.readOnly {
			if y.readOnly {
				return -1
			}
			return 1
		}
		return cmp.Compare(x.call, y.call)
	})
	return order, true
}

// explains reports whether an order of a partition's operations is a
// linearization: it keeps real time, no answer is left out, and the model gives
// each of them.
func (j *judge) explains(part []event, order []int) bool {
	answered, latest := 0, int64(-1)
	state := j.model.Init()
	for _, i := range order {
		e := &part[i]
		if e.ret < latest {
			return false
		}
		latest = max(latest, e.call)
		if e.known {
			answered++
		}
		ok, next := j.model.Step(state, e.in, e.out)
		if !ok {
			return false
		}
		state = next
	}
	for i := range part {
		if part[i].known {
			answered--
		}
	}
	return answered == 0
}

// inOrder puts the operations of each partition, and the partitions, in the
// order of the history, whatever order the model's Partition gave them.
func inOrder(parts [][]event) {
	for _, part := range parts {
		slices.SortFunc(part, func(a, b event) int { return cmp.Compare(a.source, b.source) })
	}
	slices.SortFunc(parts, func(a, b []event) int {
		switch {
		case len(a) == 0 || len(b) == 0:
			return cmp.Compare(len(a), len(b))
		}
		return cmp.Compare(a[0].source, b[0].source)
	})
}

// fillModel completes a model so that the searches need not ask.
func fillModel(m porcupine.Model) porcupine.Model {
	if m.Equal == nil {
		m.Equal = func(a, b any) bool { return a == b }
	}
	if m.Hash == nil {
		m.Hash = func(any) uint64 { return 0 }
	}
	if m.DescribeState == nil {
		m.DescribeState = func(any) string { return "" }
	}
	return m
}
