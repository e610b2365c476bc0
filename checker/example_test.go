package checker_test

import (
	"fmt"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

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
