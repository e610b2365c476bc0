package workload

// The models once more, in place and without allocating, for histories whose
// order is known. What they say of an answer is what the models say; how they
// keep their state is not.

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

// NewReplay returns the model in its initial state.
func (lock) NewReplay() Replay { return &lockReplay{} }

type lockReplay struct{ objects[lockState] }

func (r *lockReplay) Step(command, answer []byte, known bool) bool {
	c, ok := decodeLock(command)
	if !ok {
		return !known
	}
	s := r.at(c.lock)
	next, status := lockStep(*s, c)
	*s = next
	if !known {
		return true
	}
	d := decoder{rest: answer}
	return d.byte() == status && d.lockState() == next && d.done()
}

// NewReplay returns the model in its initial state.
func (queue) NewReplay() Replay { return &queueReplay{} }

type queueReplay struct{ objects[queueLine] }

// queueLine is one queue: all items that it ever had, and how many were taken.
type queueLine struct {
	items []Mark
	taken int
}

func (r *queueReplay) Step(command, answer []byte, known bool) bool {
	c, ok := decodeQueue(command)
	if !ok {
		return !known
	}
	q := r.at(c.queue)
	d := decoder{rest: answer}
	status, position := d.byte(), d.uint()
	if c.op == queueEnqueue {
		q.items = append(q.items, c.mark)
		return !known || status == statusOK && position == uint64(len(q.items)) && d.done()
	}
	if q.taken == len(q.items) {
		return !known || status == statusRefused && position == uint64(q.taken) && d.done()
	}
	first := q.items[q.taken]
	right := status == statusOK && position == uint64(q.taken)+1 && d.mark() == first && d.done()
	if c.op == queueDequeue {
		q.taken++
	}
	return !known || right
}

// NewReplay returns the model in its initial state.
func (bank) NewReplay() Replay { return &bankReplay{} }

// bankReplay keeps what was moved to or from each account since it was opened.
type bankReplay struct {
	moved  objects[int64]
	ledger uint64
	last   Mark
}

func (r *bankReplay) balance(account uint64) uint64 {
	return uint64(BankOpening + *r.moved.at(account))
}

func (r *bankReplay) Step(command, answer []byte, known bool) bool {
	c, ok := decodeBank(command)
	if !ok {
		return !known
	}
	d := decoder{rest: answer}
	status, ledger, before := d.byte(), d.uint(), d.mark()
	right := before == r.last
	switch {
	case c.op == bankBalance:
		right = right && status == statusOK && ledger == r.ledger && d.uint() == r.balance(c.from)
	case c.op == bankAudit:
		right = right && status == statusOK && ledger == r.ledger
		for account := range c.to {
			right = right && d.uint() == r.balance(account)
		}
	case r.balance(c.from) < c.amount:
		right = right && status == statusRefused && ledger == r.ledger && d.uint() == r.balance(c.from)
	default:
		*r.moved.at(c.from) -= int64(c.amount)
		*r.moved.at(c.to) += int64(c.amount)
		r.ledger, r.last = r.ledger+1, c.mark
		right = right && status == statusOK && ledger == r.ledger && d.uint() == r.balance(c.from) && d.uint() == r.balance(c.to)
	}
	return !known || right && d.done()
}
