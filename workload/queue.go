package workload

import (
	"encoding/binary"
	"errors"
	"maps"
	"slices"

	"raftsim/random"
)

// Queue is a set of first-in, first-out queues: enqueue, dequeue and peek. It
// is partitioned by queue. An enqueue is answered with the position that its
// item got, counted from one over all time, a dequeue with the item and its
// position: a lost item is a gap, and one taken twice has its position twice.
var Queue Workload = queue{}

func init() { Register(Queue) }

type queue struct{}

const (
	queueEnqueue = iota
	queueDequeue
	queuePeek
)

var (
	queueOps = []string{"enqueue", "dequeue", "peek"}
	queueMix = []Weight{{"enqueue", 4}, {"dequeue", 4}, {"peek", 1}}
)

const queueKeys = 3

func (queue) Name() string                  { return "queue" }
func (queue) Ops() []string                 { return slices.Clone(queueOps) }
func (queue) NewStateMachine() StateMachine { return &queueMachine{queues: map[uint64]*queueItems{}} }

// queueCommand is a decoded command.
type queueCommand struct {
	op    byte
	queue uint64
	mark  Mark // of an enqueue
}

func (c queueCommand) append(dst []byte) []byte {
	dst = append(dst, c.op)
	dst = binary.AppendUvarint(dst, c.queue)
	if c.op == queueEnqueue {
		dst = c.mark.append(dst)
	}
	return dst
}

// decode takes an encoded command apart into c, which is zero before.
func (c *queueCommand) decode(command []byte) (ok bool) {
	d := decoder{rest: command}
	c.op, c.queue = d.byte(), d.uint()
	if c.op == queueEnqueue {
		if c.mark = d.mark(); c.mark == (Mark{}) {
			return false
		}
	}
	return d.done() && c.op <= queuePeek
}

// queueItems is one queue. Items before head have been taken.
type queueItems struct {
	items []Mark // those still queued, the first at items[head]
	head  int
	taken uint64 // items taken over all time: the position of the last one
}

func (q *queueItems) waiting() []Mark {
	if q == nil {
		return nil
	}
	return q.items[q.head:]
}

func (q *queueItems) put(m Mark) (position uint64) {
	q.items = append(q.items, m)
	return q.taken + uint64(len(q.waiting()))
}

func (q *queueItems) take() {
	q.taken++
	if q.head++; q.head*2 >= len(q.items) {
		q.items = append(q.items[:0], q.items[q.head:]...)
		q.head = 0
	}
}

type queueMachine struct {
	queues map[uint64]*queueItems // queues that ever had an item
	digest uint64                 // sum over the items queued and the counts taken
}

func itemDigest(queue, position uint64, m Mark) uint64 {
	return m.hash(random.Mix(queue, position))
}

func takenDigest(queue, taken uint64) uint64 { return random.Mix(^queue, taken) }

func (m *queueMachine) Apply(command []byte) []byte {
	var c queueCommand
	if !c.decode(command) {
		return malformed()
	}
	q := m.queues[c.queue]
	switch c.op {
	case queueEnqueue:
		if q == nil {
			q = &queueItems{}
			m.queues[c.queue] = q
			m.digest += takenDigest(c.queue, 0)
		}
		position := q.put(c.mark)
		m.digest += itemDigest(c.queue, position, c.mark)
		return binary.AppendUvarint([]byte{statusOK}, position)
	case queueDequeue:
		answer := q.first()
		if waiting := q.waiting(); len(waiting) > 0 {
			m.digest -= itemDigest(c.queue, q.taken+1, waiting[0]) + takenDigest(c.queue, q.taken)
			q.take()
			m.digest += takenDigest(c.queue, q.taken)
		}
		return answer
	default:
		return q.first()
	}
}

// first answers with the item at the head and its position, or refuses with
// the position of the last item that was taken.
func (q *queueItems) first() []byte {
	waiting := q.waiting()
	if len(waiting) > 0 {
		return waiting[0].append(binary.AppendUvarint([]byte{statusOK}, q.taken+1))
	}
	taken := uint64(0)
	if q != nil {
		taken = q.taken
	}
	return binary.AppendUvarint([]byte{statusRefused}, taken)
}

func (m *queueMachine) Query(query []byte) []byte {
	var c queueCommand
	if !c.decode(query) || c.op != queuePeek {
		return malformed()
	}
	return m.queues[c.queue].first()
}

func (m *queueMachine) Digest() uint64 { return m.digest }

func (m *queueMachine) Snapshot() []byte {
	dst := binary.AppendUvarint(nil, uint64(len(m.queues)))
	for _, id := range slices.Sorted(maps.Keys(m.queues)) {
		q := m.queues[id]
		dst = binary.AppendUvarint(dst, id)
		dst = binary.AppendUvarint(dst, q.taken)
		dst = binary.AppendUvarint(dst, uint64(len(q.waiting())))
		for _, mark := range q.waiting() {
			dst = mark.append(dst)
		}
	}
	return dst
}

func (m *queueMachine) Restore(snapshot []byte) error {
	d := decoder{rest: snapshot}
	next := queueMachine{queues: map[uint64]*queueItems{}}
	for range d.count() {
		id := d.uint()
		q := &queueItems{taken: d.uint()}
		if next.queues[id] != nil {
			d.bad = true
			break
		}
		next.queues[id] = q
		next.digest += takenDigest(id, q.taken)
		for range d.count() {
			mark := d.mark()
			next.digest += itemDigest(id, q.put(mark), mark)
		}
	}
	if !d.done() {
		return errors.New("workload: queue: the snapshot is damaged")
	}
	*m = next
	return nil
}
