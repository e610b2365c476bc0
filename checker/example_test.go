package checker_test

import (
	"fmt"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/workload"
)

// A put has returned, and a later get does not see it.
func ExampleLinearizable() {
	put, get := workload.KVPut(1, workload.Mark{Client: 1, Number: 1}), workload.KVGet(1)
	store, empty := workload.KV.NewStateMachine(), workload.KV.NewStateMachine()
	history := []checker.Operation{
		{Client: 1, Command: put.Bytes, Answer: store.Apply(put.Bytes), Call: 1, Return: 2, CallAt: 5e6, ReturnAt: 9e6},
		{Client: 2, Command: get.Bytes, Answer: empty.Query(get.Bytes), ReadOnly: true, Call: 3, Return: 4, CallAt: 12e6, ReturnAt: 13e6},
	}
	r := checker.Linearizable(workload.KV, history, 0)
	fmt.Println(r.Verdict)
	fmt.Println(r.Violation)
	// Output:
	// not linearizable
	// linearizability (Herlihy and Wing 1990): k1: nothing is seen again after c1.1 had replaced it; no order explains 2 operations
	//   client 1: put k1 c1.1 -> ok, called at 0.005s (event 1), answered at 0.009s (event 2)
	//   client 2: get k1 -> nothing, called at 0.012s (event 3), answered at 0.013s (event 4)
}

// A host sends its vote before it is on disk.
func ExampleProtocol() {
	c := checker.NewProtocol(checker.Options{})
	for id := uint64(1); id <= 3; id++ {
		c.Started(id, pb.HardState{Term: 1}, pb.Snapshot{}, nil)
	}
	c.At(clock.Time(40e6), 17)
	c.Sent(1, &pb.Message{Type: pb.MsgVote, From: 1, To: 2, Term: 1})
	c.Offered(2, &raft.SoftState{}, pb.HardState{Term: 1, Vote: 1}, nil, nil, nil, true)
	c.Sent(2, &pb.Message{Type: pb.MsgVoteResp, From: 2, To: 1, Term: 1})
	fmt.Println(c.First())
	// Output:
	// vote durability (Raft §5.2, Figure 2): n2 votes for n1 in term 1 before its vote is durable
	//   n2 sends its vote to n1; its disk has term 1 and no vote at 0.040s (event 17)
}
