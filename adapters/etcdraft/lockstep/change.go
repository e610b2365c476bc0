package lockstep

import (
	"raftsim/raft/confchange"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// drawChange makes a configuration change of two bytes: its form and its content.
func drawChange(form, content uint8, hosts int) pb.ConfChangeI {
	kinds := []pb.ConfChangeType{pb.ConfChangeAddNode, pb.ConfChangeRemoveNode, pb.ConfChangeAddLearnerNode, pb.ConfChangeAddNode,
		pb.ConfChangeRemoveNode, pb.ConfChangeAddLearnerNode, pb.ConfChangeUpdateNode}
	bits := uint64(content)<<8 | uint64(form)
	single := func(n uint64) pb.ConfChangeSingle {
		mixed := (bits + n*0x9e37) * 0x9e3779b97f4a7c15 >> 40
		id := 1 + mixed/uint64(len(kinds))%uint64(hosts)
		if mixed>>16&15 == 0 {
			id = 0 // void
		}
		return pb.ConfChangeSingle{Type: kinds[mixed%uint64(len(kinds))], NodeID: id}
	}
	switch form % 8 {
	case 0, 1, 2:
		s := single(0)
		return pb.ConfChange{Type: s.Type, NodeID: s.NodeID, Context: []byte{form}, ID: bits}
	case 3, 4:
		return pb.ConfChangeV2{Context: []byte("leave")} // of a joint configuration
	}
	v2 := pb.ConfChangeV2{Transition: pb.ConfChangeTransition(form / 8 % 3)}
	for n := range 1 + uint64(content%3) {
		v2.Changes = append(v2.Changes, single(n))
	}
	return v2
}

// decode reads the change that an entry carries.
func decode(e *pb.Entry) pb.ConfChangeI {
	if e.Type == pb.EntryConfChange {
		var cc pb.ConfChange
		mustUnmarshal(cc.Unmarshal(e.Data))
		return cc
	}
	var cc pb.ConfChangeV2
	mustUnmarshal(cc.Unmarshal(e.Data))
	return cc
}

func mustUnmarshal(err error) {
	if err != nil {
		panic(err)
	}
}

// possible says whether a change can be made to a configuration.
func possible(cs *pb.ConfState, cc pb.ConfChangeI) bool {
	empty := confchange.Changer{Tracker: tracker.MakeProgressTracker(1, 0), LastIndex: 1}
	config, progress, err := confchange.Restore(empty, *cs)
	if err != nil {
		panic(err)
	}
	t := tracker.MakeProgressTracker(1, 0)
	t.SetConfig(config, progress)
	changer, v2 := confchange.Changer{Tracker: t, LastIndex: 1}, cc.AsV2()
	if v2.LeaveJoint() {
		_, _, err = changer.LeaveJoint()
	} else if auto, joint := v2.EnterJoint(); joint {
		_, _, err = changer.EnterJoint(auto, v2.Changes...)
	} else {
		_, _, err = changer.Simple(v2.Changes...)
	}
	return err == nil
}
