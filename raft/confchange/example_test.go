package confchange_test

import (
	"fmt"

	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// Voter 3 is replaced by 4 by way of a joint configuration.
func ExampleChanger() {
	group := tracker.MakeProgressTracker(256, 0)
	config, progress, _ := confchange.Restore(confchange.Changer{Tracker: group}, pb.ConfState{Voters: []uint64{1, 2, 3}})
	group.SetConfig(config, progress)
	fmt.Println(group.Config)

	changes, _ := pb.ConfChangesFromString("v4 r3")
	_, _, err := confchange.Changer{Tracker: group}.Simple(changes...)
	fmt.Println(err)

	config, progress, _ = confchange.Changer{Tracker: group, LastIndex: 100}.EnterJoint(true, changes...)
	group.SetConfig(config, progress)
	fmt.Println(group.Config)

	config, progress, _ = confchange.Changer{Tracker: group}.LeaveJoint()
	group.SetConfig(config, progress)
	fmt.Println(group.Config)
	// Output:
	// voters=(1 2 3)
	// confchange: 2 voters change from (1 2 3) to (1 2 4), without a joint configuration at most 1 may
	// voters=(1 2 4)&&(1 2 3) autoleave
	// voters=(1 2 4)
}
