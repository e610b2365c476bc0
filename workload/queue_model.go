package workload

import (
	"fmt"
	"strings"

	"github.com/anishathalye/porcupine"

	"raftsim/random"
)

// queueOutput is an answer taken apart. Of a refusal (the queue is empty)
// position is that of the last item taken.
type queueOutput struct {
	known    bool
	status   byte
	position uint64
	mark     Mark
}

// queueState is one queue: how many items were taken, and those that wait as a
// list that shares its tail, so that a step costs the same whatever waits.
type queueState struct {
	taken, added uint64
	hash         uint64      // sum over the items that wait
	newest       *queuedItem // nil when none was ever added
}

// queuedItem links back to the item before it. Links lead past items that were
// taken; position tells where to stop.
type queuedItem struct {
	mark     Mark
	position uint64
	before   *queuedItem
}

func (queue) Operation(command, answer []byte, known bool) (input, output any) {
	var c queueCommand
	if !c.decode(command) {
		c = queueCommand{op: 255}
	}
	out := queueOutput{known: known}
	if known {
		d := decoder{rest: answer}
		out.status, out.position = d.byte(), d.uint()
		if out.status == statusOK && c.op != queueEnqueue {
			out.mark = d.mark()
		}
		if !d.done() {
			out.status = statusMalformed
		}
	}
	return c, out
}

func (queue) Model() porcupine.Model {
	return porcupine.Model{
		Partition: func(history []porcupine.Operation) [][]porcupine.Operation {
			return partition(history, func(input any) uint64 { return input.(queueCommand).queue })
		},
		Init: func() any { return queueState{} },
		Step: func(state, input, output any) (bool, any) {
			return queueStep(state.(queueState), input.(queueCommand), output.(queueOutput))
		},
		Equal: func(a, b any) bool { return a.(queueState).equal(b.(queueState)) },
		Hash: func(state any) uint64 {
			s := state.(queueState)
			return random.Mix(random.Mix(s.hash, s.taken), s.added)
		},
		DescribeOperation: func(input, output any) string {
			return input.(queueCommand).describe(output.(queueOutput))
		},
		DescribeState: func(state any) string { return state.(queueState).String() },
	}
}

func queueStep(s queueState, in queueCommand, out queueOutput) (bool, any) {
	if in.op == queueEnqueue {
		s.added++
		s.newest = &queuedItem{in.mark, s.added, s.newest}
		s.hash += itemDigest(0, s.added, in.mark)
		return !out.known || out == queueOutput{known: true, status: statusOK, position: s.added}, s
	}
	if in.op > queuePeek {
		return !out.known, s
	}
	want := queueOutput{known: out.known, status: statusRefused, position: s.taken}
	if s.taken < s.added {
		first := s.first()
		want.status, want.position, want.mark = statusOK, first.position, first.mark
		if in.op == queueDequeue {
			s.taken++
			s.hash -= itemDigest(0, first.position, first.mark)
		}
	}
	return !out.known || out == want, s
}

// first returns the item at the head. Its cost is the number that wait.
func (s queueState) first() *queuedItem {
	item := s.newest
	for item.position > s.taken+1 {
		item = item.before
	}
	return item
}

func (s queueState) equal(o queueState) bool {
	if s.taken != o.taken || s.added != o.added || s.hash != o.hash {
		return false
	}
	a, b := s.newest, o.newest
	for a != b && a.position > s.taken {
		if a.mark != b.mark {
			return false
		}
		a, b = a.before, b.before
		if a == nil || b == nil {
			break
		}
	}
	return true
}

// String renders the state as "2 taken, waiting [c1.4 c2.1]".
func (s queueState) String() string {
	waiting := make([]string, s.added-s.taken)
	for i, item := len(waiting)-1, s.newest; i >= 0; i, item = i-1, item.before {
		waiting[i] = item.mark.String()
	}
	return fmt.Sprintf("%d taken, waiting %v", s.taken, waiting)
}

func (queue) Describe(command, answer []byte) string {
	in, out := Queue.Operation(command, answer, answer != nil)
	return in.(queueCommand).describe(out.(queueOutput))
}

func (c queueCommand) describe(out queueOutput) string {
	var b strings.Builder
	if c.op > queuePeek {
		b.WriteString("malformed command")
	} else {
		fmt.Fprintf(&b, "%s q%d", queueOps[c.op], c.queue)
	}
	if c.op == queueEnqueue {
		fmt.Fprintf(&b, " %s", c.mark)
	}
	switch {
	case !out.known:
		b.WriteString(" -> unknown")
	case out.status == statusOK && c.op == queueEnqueue:
		fmt.Fprintf(&b, " -> position %d", out.position)
	case out.status == statusOK:
		fmt.Fprintf(&b, " -> %s at position %d", out.mark, out.position)
	case out.status == statusRefused:
		fmt.Fprintf(&b, " -> empty after position %d", out.position)
	default:
		fmt.Fprintf(&b, " -> malformed answer (status %d)", out.status)
	}
	return b.String()
}

// Object names the queue of a command, such as "q1".
func (queue) Object(command []byte) string {
	var c queueCommand
	c.decode(command)
	return fmt.Sprintf("q%d", c.queue)
}

// Rank counts the items added and the items taken.
func (queue) Rank(state any) [2]uint64 {
	s := state.(queueState)
	return [2]uint64{s.added, s.taken}
}

// RankBefore reads one of the counts out of the answer, both when the queue was
// empty.
func (queue) RankBefore(input, output any) (rank [2]uint64, tells [2]bool) {
	in, out := input.(queueCommand), output.(queueOutput)
	switch {
	case !out.known || out.status == statusMalformed || out.position == 0 && out.status == statusOK:
		return rank, tells
	case out.status == statusRefused:
		return [2]uint64{out.position, out.position}, [2]bool{true, true}
	case in.op == queueEnqueue:
		return [2]uint64{out.position - 1, 0}, [2]bool{true, false}
	}
	return [2]uint64{0, out.position - 1}, [2]bool{false, true}
}

// Effect distinguishes items by their marks, and all dequeues are alike.
func (queue) Effect(input any) Effect {
	if c := input.(queueCommand); c.op == queueEnqueue {
		return Effect{Counter: 0, Own: c.mark.hash(1), Kind: queueEnqueue}
	}
	return Effect{Counter: 1, Own: queueDequeue, Kind: queueDequeue}
}

// Reveals names the item at a position, and that a dequeue took it.
func (queue) Reveals(input, output any) []Cause {
	in, out := input.(queueCommand), output.(queueOutput)
	switch {
	case !out.known || out.status != statusOK:
		return nil
	case in.op == queueEnqueue:
		return []Cause{{0, out.position, in.mark.hash(1)}}
	case in.op == queueDequeue: // by the one that was answered, no other
		return []Cause{{0, out.position, out.mark.hash(1)}, {1, out.position, out.mark.hash(2)}}
	}
	return []Cause{{0, out.position, out.mark.hash(1)}}
}
