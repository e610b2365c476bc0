package history_test

import (
	"fmt"

	"raftsim/checker/history"
	"raftsim/workload"
)

// A put has returned, and a later get does not see it.
func ExampleLinearizable() {
	put, get := workload.KVPut(1, workload.Mark{Client: 1, Number: 1}), workload.KVGet(1)
	store, empty := workload.KV.NewStateMachine(), workload.KV.NewStateMachine()
	ops := []history.Operation{
		{Client: 1, Command: put.Bytes, Answer: store.Apply(put.Bytes), Call: 1, Return: 2, CallAt: 5e6, ReturnAt: 9e6},
		{Client: 2, Command: get.Bytes, Answer: empty.Query(get.Bytes), ReadOnly: true, Call: 3, Return: 4, CallAt: 12e6, ReturnAt: 13e6},
	}
	r := history.Linearizable(workload.KV, ops, 0)
	fmt.Println(r.Verdict)
	fmt.Println(r.Violation)
	// Output:
	// not linearizable
	// linearizability (Herlihy and Wing 1990): k1: nothing is seen again after c1.1 had replaced it; no order explains 2 operations
	//   client 1: put k1 c1.1 -> ok, called at 0.005s (event 1), answered at 0.009s (event 2)
	//   client 2: get k1 -> nothing, called at 0.012s (event 3), answered at 0.013s (event 4)
}
