package history

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"

	"raftsim/checker"
	"raftsim/workload"
)

// StaleReads judges the reads of a history that were declared stale: they may
// see an old state, but together with the other operations of its client each
// fits into the one order in which the log applied everything (Lamport 1979).
// So a client never sees less than it has seen or written before. Nor does it
// see what nobody had asked for yet when it was answered. Linearizable leaves
// these reads out.
//
// judged is false when the history does not carry the order of the log, or when
// that order does not explain the other operations: nothing can be said then.
func StaleReads(w workload.Workload, history []Operation) (v *checker.Violation, judged bool) {
	order, ok := appliedOrder(history)
	if !ok || !replays(w, history, order) {
		return nil, false
	}
	s := staleReads{w: w, machine: w.NewStateMachine(), history: history, clients: map[uint64]*program{}}
	s.list()
	s.settle()
	for _, i := range order {
		if behind := s.execute(&history[i], int(i)); behind >= 0 {
			return s.violation(behind, int(i)), true
		}
		s.settle()
	}
	for _, p := range s.programs {
		if p.next < len(p.ops) {
			return s.violation(p.ops[p.next], -1), true
		}
	}
	return nil, true
}

// replays reports whether an order is in keeping with real time and a machine
// that executes the operations in it gives every answer.
func replays(w workload.Workload, history []Operation, order []int32) bool {
	machine, latest := w.NewStateMachine(), int64(-1)
	for _, i := range order {
		o := &history[i]
		answer := machine.Apply(o.Command)
		if o.Return < latest || o.Return != Open && !bytes.Equal(answer, o.Answer) {
			return false
		}
		latest = max(latest, o.Call)
	}
	return true
}

// program is what one client did, in its own order.
type program struct {
	ops  []int
	next int // the first that has no place in the order yet
}

// staleReads walks through the order of the log and gives each stale read the
// earliest place that its client's order and its answer allow. The earliest is
// best: it leaves most room to those that follow.
type staleReads struct {
	w        workload.Workload
	machine  workload.StateMachine
	history  []Operation
	clients  map[uint64]*program
	programs []*program // in the order of their first operation
	latest   int64      // the last call among what was executed
}

// list collects the programs. Operations that never took effect, and reads that
// were never answered, are no part of them.
func (s *staleReads) list() {
	for i := range s.history {
		o := &s.history[i]
		if stale := o.Stale && o.Return != Open; !stale && (o.Stale || !taken(o)) {
			continue
		}
		p := s.clients[o.Client]
		if p == nil {
			p = &program{}
			s.clients[o.Client] = p
			s.programs = append(s.programs, p)
		}
		p.ops = append(p.ops, i)
	}
	for _, p := range s.programs {
		slices.SortStableFunc(p.ops, func(a, b int) int { return cmp.Compare(s.history[a].Call, s.history[b].Call) })
	}
}

// settle places all stale reads that the state of now explains.
func (s *staleReads) settle() {
	for _, p := range s.programs {
		for p.next < len(p.ops) {
			o := &s.history[p.ops[p.next]]
			if !o.Stale || o.Return < s.latest || !bytes.Equal(s.machine.Query(o.Command), o.Answer) {
				break
			}
			p.next++
		}
	}
}

// execute takes the next operation of the log. It returns the stale read of the
// same client that should have come before and found no place, or -1.
func (s *staleReads) execute(o *Operation, i int) int {
	p := s.clients[o.Client]
	if p.next < len(p.ops) && p.ops[p.next] != i && s.history[p.ops[p.next]].Stale {
		return p.ops[p.next]
	}
	s.machine.Apply(o.Command)
	s.latest = max(s.latest, o.Call)
	p.next++
	return -1
}

// violation tells of a read that no state explains, and of the operation that
// it had to come before, if there is one.
func (s *staleReads) violation(read, before int) *checker.Violation {
	o := &s.history[read]
	v := checker.SequentialConsistency.Unmet(s.w.Name(),
		fmt.Sprintf("no state that client %d may have seen gives the answer of its stale read", o.Client))
	v.At, v.Event = o.ReturnAt, uint64(max(o.Return, 0))
	p := s.clients[o.Client]
	if at := slices.Index(p.ops, read); at > 0 {
		v.Evidence = append(v.Evidence, describeOperation(s.w, &s.history[p.ops[at-1]]))
	}
	v.Evidence = append(v.Evidence, describeOperation(s.w, o))
	if before >= 0 {
		v.Evidence = append(v.Evidence, describeOperation(s.w, &s.history[before]))
	}
	return v
}
