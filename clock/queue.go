package clock

import (
	"cmp"
	"fmt"
	"slices"
)

// Queue holds events until their time comes and gives them back in order of
// time, and of insertion among those of the same instant. The zero value is an
// empty queue. It allocates only while it grows beyond its largest size so far,
// and holds at most 16,777,216 events at once.
//
// It is a heap with four children to a node. The nodes are 16 bytes, so that
// four siblings share a cache line; the events themselves stay where they were
// put and never move.
type Queue[E any] struct {
	heap   []node
	events []E
	free   []uint32 // places of events that are not in use
	pushes uint64
}

// node is an event in the heap: when, and in the high bits of rank how many
// were pushed before it, with its place in events in the low bits.
type node struct {
	at   Time
	rank uint64
}

const (
	slotBits  = 24
	maxSlots  = 1 << slotBits
	maxPushes = 1 << (64 - slotBits)
)

func (a node) before(b node) bool {
	return a.at < b.at || a.at == b.at && a.rank < b.rank
}

// Push adds the event e at an instant, which may be any, even one before those
// already taken. It panics when the queue is full.
func (q *Queue[E]) Push(at Time, e E) {
	if q.pushes == maxPushes {
		q.renumber()
	}
	slot := q.slot()
	q.events[slot] = e
	n := node{at, q.pushes<<slotBits | uint64(slot)}
	q.pushes++
	q.heap = append(q.heap, n)
	q.up(len(q.heap)-1, n)
}

// Pop takes the earliest event out and returns it with its time; ok is false
// when there is none.
func (q *Queue[E]) Pop() (at Time, e E, ok bool) {
	if len(q.heap) == 0 {
		return 0, e, false
	}
	first := q.heap[0]
	last := q.heap[len(q.heap)-1]
	q.heap = q.heap[:len(q.heap)-1]
	if len(q.heap) > 0 {
		q.down(last)
	}
	slot := uint32(first.rank % maxSlots)
	e = q.events[slot]
	var none E
	q.events[slot] = none // let go of what it points to
	q.free = append(q.free, slot)
	return first.at, e, true
}

// Peek returns the time of the earliest event; ok is false when there is none.
func (q *Queue[E]) Peek() (at Time, ok bool) {
	if len(q.heap) == 0 {
		return 0, false
	}
	return q.heap[0].at, true
}

// Len returns the number of events in the queue.
func (q *Queue[E]) Len() int { return len(q.heap) }

// slot finds a place for an event.
func (q *Queue[E]) slot() uint32 {
	if n := len(q.free); n > 0 {
		slot := q.free[n-1]
		q.free = q.free[:n-1]
		return slot
	}
	if len(q.events) == maxSlots {
		panic(fmt.Sprintf("clock: queue holds %d events, which is its limit", maxSlots))
	}
	var none E
	q.events = append(q.events, none)
	return uint32(len(q.events) - 1)
}

// up moves the hole at i towards the root until n fits into it.
func (q *Queue[E]) up(i int, n node) {
	for i > 0 {
		parent := (i - 1) / 4
		if !n.before(q.heap[parent]) {
			break
		}
		q.heap[i] = q.heap[parent]
		i = parent
	}
	q.heap[i] = n
}

// down moves the hole at the root towards the leaves until n fits into it.
func (q *Queue[E]) down(n node) {
	heap := q.heap
	i := 0
	for {
		first := 4*i + 1
		if first >= len(heap) {
			break
		}
		least := first
		for child := first + 1; child < min(first+4, len(heap)); child++ {
			if heap[child].before(heap[least]) {
				least = child
			}
		}
		if !heap[least].before(n) {
			break
		}
		heap[i] = heap[least]
		i = least
	}
	heap[i] = n
}

// renumber gives the events that are left the lowest numbers in the order they
// have. It is due once in 2^40 pushes. A sorted slice is a heap.
func (q *Queue[E]) renumber() {
	slices.SortFunc(q.heap, func(a, b node) int { return cmp.Compare(a.rank, b.rank) })
	for i := range q.heap {
		q.heap[i].rank = uint64(i)<<slotBits | q.heap[i].rank%maxSlots
	}
	q.pushes = uint64(len(q.heap))
	slices.SortFunc(q.heap, func(a, b node) int {
		return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.rank, b.rank))
	})
}
