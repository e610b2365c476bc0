package sim

import (
	"fmt"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/workload"
)

// freshCalls asks every member for a new operation of its own, one that writes
// or one that reads; of none where the workload has no such operation. They are
// judged with the rest of the history.
func (s *Simulation) freshCalls(read bool) []*Call {
	var calls []*Call
	for _, id := range s.core.Members() {
		if command, ok := s.freshCommand(read); ok {
			calls = append(calls, s.call(command, id))
		}
	}
	return calls
}

// freshTimeouts is how soon a fresh operation must be answered. Whether a process that is
// no raft host has recovered shows in its answers alone, so it has the time for that.
func (s *Simulation) freshTimeouts() int {
	if s.options.Process != nil {
		return s.options.Expect.RecoveryTimeouts
	}
	return FreshTimeouts
}

// freshCommand draws a command that no client has asked for.
func (s *Simulation) freshCommand(read bool) (command workload.Command, ok bool) {
	s.members.bursts++
	shape := s.options.Workload.Shape
	shape.Mix = nil // all operations that the workload has
	key := s.chance.Key(fmt.Sprintf("fresh operation %d", s.members.bursts))
	generator := s.members.workload.NewClient(key, burstClient+s.members.bursts, shape)
	for n := range uint64(64) {
		if command = generator.Next(n); command.ReadOnly == read {
			return command, true
		}
	}
	return command, false
}

// freshUnmet reports a fresh operation that has no answer yet, and by when it
// must have one.
func (s *Simulation) freshUnmet() (v *checker.Violation, by clock.Time) {
	for _, call := range s.recovery.fresh {
		if !call.Done() {
			waits := s.now.Sub(call.operation().CallAt)
			return checker.FreshOperations.Unmet("", fmt.Sprintf("%v has no answer after %v", call, waits), s.asked(call)), s.recovery.until
		}
	}
	return nil, s.recovery.until
}

// asked is evidence of when an operation was asked for.
func (s *Simulation) asked(call *Call) checker.Evidence {
	o := call.operation()
	return checker.Evidence{At: o.CallAt, Event: uint64(o.Call), Text: fmt.Sprintf("%v is asked for", call)}
}
