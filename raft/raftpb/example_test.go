package raftpb_test

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

// A configuration change travels in the data of an entry.
func ExampleMarshalConfChange() {
	changes, _ := pb.ConfChangesFromString("v4 r1")
	kind, data, _ := pb.MarshalConfChange(pb.ConfChangeV2{Changes: changes})
	entry := pb.Entry{Term: 3, Index: 17, Type: kind, Data: data}

	// And this is how it is read when the entry is applied.
	var change pb.ConfChangeV2
	if entry.Type == pb.EntryConfChangeV2 {
		if err := change.Unmarshal(entry.Data); err != nil {
			panic(err)
		}
	}
	_, joint := change.EnterJoint()
	fmt.Println(entry.Type, pb.ConfChangesToString(change.Changes), "joint:", joint)
	// Output: EntryConfChangeV2 v4 r1 joint: true
}
