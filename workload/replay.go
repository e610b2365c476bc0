package workload

import "encoding/binary"

// The models once more, in place and without allocating, for histories whose
// order is known. They give the one answer that the models accept; how they keep
// their state, and how they encode it, is their own.

// smallKeys is how many objects of a replay are looked up in a slice: the keys
// of most runs are small numbers.
const smallKeys = 64

// objects holds the states of a replay by object.
type objects[T any] struct {
	small [smallKeys]T
	large map[uint64]*T
}

func (o *objects[T]) at(key uint64) *T {
	if key < smallKeys {
		return &o.small[key]
	}
	s := o.large[key]
	if s == nil {
		if o.large == nil {
			o.large = map[uint64]*T{}
		}
		s = new(T)
		o.large[key] = s
	}
	return s
}

// words is the answer that a replay gives, in memory that is used again.
type words struct{ answer []byte }

// say makes an answer of a status and the numbers that follow it.
func (w *words) say(status byte, numbers ...uint64) []byte {
	answer := append(w.answer[:0], status)
	for _, n := range numbers {
		answer = binary.AppendUvarint(answer, n)
	}
	w.answer = answer
	return answer
}

// NewReplay returns the model in its initial state.
func (kv) NewReplay() Replay { return &kvReplay{} }

type kvReplay struct{ objects[kvHeld] }

// kvHeld is one key.
type kvHeld struct {
	answer []byte // a status and the value: what a read says
	last   Mark
}

func (r *kvReplay) Step(command []byte) []byte {
	var c kvCommand
	if !c.decode(command) {
		return nil
	}
	h := r.at(c.key)
	if h.answer == nil {
		h.answer = make([]byte, 1)
	}
	h.answer[0] = statusOK
	switch {
	case c.reads():
		return h.answer
	case c.op == kvCAS && h.last != c.expect:
		h.answer[0] = statusRefused
		return h.answer
	case c.op != kvAppend:
		h.answer = h.answer[:1]
	}
	h.answer, h.last = append(h.answer, c.piece...), c.mark
	return h.answer[:1]
}

// NewReplay returns the model in its initial state.
func (lock) NewReplay() Replay { return &lockReplay{} }

type lockReplay struct{ objects[lockHeld] }

// lockHeld is one lock and the last answer, which tells its state.
type lockHeld struct {
	words
	state lockState
}

func (r *lockReplay) Step(command []byte) []byte {
	var c lockCommand
	if !c.decode(command) {
		return nil
	}
	l := r.at(c.lock)
	status := l.state.step(c)
	if s := &l.state; l.answer == nil || status == statusOK && c.op != lockRead {
		l.say(status, s.token, s.holder.Client, s.holder.Number, s.fence, s.value.Client, s.value.Number, s.writes)
	}
	l.answer[0] = status
	return l.answer
}

// NewReplay returns the model in its initial state.
func (queue) NewReplay() Replay { return &queueReplay{} }

type queueReplay struct {
	objects[queueLine]
	words
}

// queueLine is one queue: all items that it ever had, and how many were taken.
type queueLine struct {
	items []Mark
	taken int
}

func (r *queueReplay) Step(command []byte) []byte {
	var c queueCommand
	if !c.decode(command) {
		return nil
	}
	q := r.at(c.queue)
	if c.op == queueEnqueue {
		q.items = append(q.items, c.mark)
		return r.say(statusOK, uint64(len(q.items)))
	}
	position := uint64(q.taken)
	if q.taken == len(q.items) {
		return r.say(statusRefused, position)
	}
	first := q.items[q.taken]
	if c.op == queueDequeue {
		q.taken++
	}
	return r.say(statusOK, position+1, first.Client, first.Number)
}

// NewReplay returns the model in its initial state.
func (bank) NewReplay() Replay { return &bankReplay{} }

// bankReplay keeps what was moved to or from each account since it was opened.
type bankReplay struct {
	words
	moved  objects[int64]
	ledger uint64
	last   Mark
}

func (r *bankReplay) balance(account uint64) uint64 {
	return uint64(BankOpening + *r.moved.at(account))
}

func (r *bankReplay) Step(command []byte) []byte {
	var c bankCommand
	if !c.decode(command) {
		return nil
	}
	before := r.last
	switch {
	case c.op == bankBalance:
		return r.say(statusOK, r.ledger, before.Client, before.Number, r.balance(c.from))
	case c.op == bankAudit:
		r.say(statusOK, r.ledger, before.Client, before.Number)
		for account := range c.to {
			r.answer = binary.AppendUvarint(r.answer, r.balance(account))
		}
		return r.answer
	case r.balance(c.from) < c.amount:
		return r.say(statusRefused, r.ledger, before.Client, before.Number, r.balance(c.from))
	}
	*r.moved.at(c.from) -= int64(c.amount)
	*r.moved.at(c.to) += int64(c.amount)
	r.ledger, r.last = r.ledger+1, c.mark
	return r.say(statusOK, r.ledger, before.Client, before.Number, r.balance(c.from), r.balance(c.to))
}
