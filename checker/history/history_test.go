package history_test

import (
	"fmt"
	"slices"

	"raftsim/checker/history"
	"raftsim/clock"
	"raftsim/random"
	"raftsim/workload"
)

// service is a linearizable system in miniature: clients call, their commands
// take effect at some instant, they return. It makes histories that are legal
// by construction.
type service struct {
	w       workload.Workload
	machine workload.StateMachine
	draw    func(n uint64) uint64 // below n
	clients []*caller
	ops     []history.Operation
	now     int64
	index   uint64
	lose    uint64 // one answer in so many is never heard of, zero for none
	shape   workload.Shape
	seed    random.Seed
	born    uint64
}

// caller is one client with the operation that it has under way.
type caller struct {
	workload.Client
	number uint64
	next   uint64
	open   int // place in the history, -1 when idle
	taken  bool
}

func newService(w workload.Workload, s workload.Shape, clients int, seed random.Seed, draw func(uint64) uint64) *service {
	v := &service{w: w, machine: w.NewStateMachine(), draw: draw, shape: s, seed: seed}
	for range clients {
		v.clients = append(v.clients, v.newCaller())
	}
	return v
}

func (v *service) newCaller() *caller {
	v.born++
	return &caller{Client: v.w.NewClient(v.seed.Key(fmt.Sprintf("client %d", v.born)), v.born, v.shape), number: v.born, open: -1}
}

// run makes a history of so many operations.
func (v *service) run(operations int) []history.Operation {
	lost := []*caller{} // gave up, and the command may still take effect
	for len(v.ops) < operations || v.busy() {
		v.now++
		if len(lost) > 0 && v.draw(8) == 0 {
			i := int(v.draw(uint64(len(lost))))
			v.take(lost[i])
			lost = slices.Delete(lost, i, i+1)
			continue
		}
		at := int(v.draw(uint64(len(v.clients))))
		c := v.clients[at]
		switch {
		case c.open < 0 && len(v.ops) < operations:
			k := c.Next(c.next)
			c.open, c.taken = len(v.ops), false
			v.ops = append(v.ops, history.Operation{Client: c.number, Command: k.Bytes, ReadOnly: k.ReadOnly,
				Call: v.now, CallAt: clock.Time(v.now * 1000), Return: history.Open})
		case c.open < 0:
		case v.lose > 0 && v.draw(2*v.lose) == 0:
			if !c.taken && v.draw(2) == 0 {
				lost = append(lost, c)
			}
			v.clients[at] = v.newCaller()
		case !c.taken:
			v.take(c)
		default:
			o := &v.ops[c.open]
			o.Return, o.ReturnAt = v.now, clock.Time(v.now*1000)
			c.Learn(c.next, o.Answer)
			c.open = -1
			c.next++
		}
	}
	return v.ops
}

func (v *service) busy() bool {
	return slices.ContainsFunc(v.clients, func(c *caller) bool { return c.open >= 0 })
}

// take lets a command take effect.
func (v *service) take(c *caller) {
	o := &v.ops[c.open]
	c.taken = true
	if !o.ReadOnly || v.index == 0 {
		v.index++
	}
	o.Applied = v.index
	o.Answer = v.machine.Apply(o.Command)
}

// scheduled draws a schedule from a seed.
func scheduled(seed random.Seed) func(uint64) uint64 {
	n, key := uint64(0), seed.Key("schedule")
	return func(below uint64) uint64 { n++; return key.Fate(1, n) % below }
}

// crowded is a history of 20 clients; so many answers in a hundred are lost.
func crowded(w workload.Workload, operations, lost int) *service {
	v := newService(w, workload.Shape{Keys: 10}, 20, 7, scheduled(5))
	if lost > 0 {
		v.lose = uint64(100 / lost)
	}
	v.run(operations)
	return v
}

// corrupt changes one answer, to that of another operation of the kind or to
// noise, and returns the place; -1 when there was nothing to change.
func corrupt(w workload.Workload, ops []history.Operation, draw func(uint64) uint64) int {
	i := int(draw(uint64(len(ops))))
	o := &ops[i]
	if o.Return == history.Open {
		return -1
	}
	was := o.Answer
	if draw(4) == 0 {
		o.Answer = slices.Clone(was)
		o.Answer[draw(uint64(len(was)))] ^= 1 << draw(8)
	} else {
		for range 20 {
			k := &ops[draw(uint64(len(ops)))]
			if k.Return != history.Open && k.Command[0] == o.Command[0] && object(w, k.Command) == object(w, o.Command) {
				o.Answer = k.Answer
			}
		}
	}
	if slices.Equal(was, o.Answer) {
		return -1
	}
	return i
}

func object(w workload.Workload, command []byte) string {
	if n, ok := w.(workload.Namer); ok {
		return n.Object(command)
	}
	return ""
}

// withoutHints forgets the order in which the log applied the operations.
func withoutHints(ops []history.Operation) []history.Operation {
	ops = slices.Clone(ops)
	for i := range ops {
		ops[i].Applied = 0
	}
	return ops
}

// plain hides all that a workload knows beyond its model.
type plain struct{ workload.Workload }

// ranked hides all but its counters.
type ranked struct {
	workload.Workload
	workload.Ranker
}

func ms(n int64) clock.Time { return clock.Time(n * 1_000_000) }
