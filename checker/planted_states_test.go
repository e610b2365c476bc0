package checker_test

import (
	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// plantedStates break what is said of states, snapshots, configurations and clients.
var plantedStates = []planted{
	{checker.StateMachineSafety, "a host applies another entry", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.tick().Applied(3, &pb.Entry{Index: 5, Term: 2, Data: []byte("x")})
	}},
	{checker.StateMachineSafety, "equal logs give different states", 3, func(r *run) {
		r.tick().AppliedState(3, 4, 99)
	}},
	{checker.ApplyOrder, "a host applies an entry twice", 3, func(r *run) {
		r.apply(2, &r.hosts[2].entries[3])
	}},
	{checker.ApplyOrder, "a host skips an entry", 3, func(r *run) {
		r.propose(1, "c", "d")
		r.replicate(1, 2)
		r.commit(6, 1)
		r.apply(2, &r.hosts[2].entries[5])
	}},
	{checker.ApplyOrder, "a host applies what is not committed", 3, func(r *run) {
		r.propose(1, "c")
		r.apply(1, &r.hosts[1].entries[4])
	}},
	{checker.ApplyOrder, "a host is told to apply past its commit index", 3, func(r *run) {
		r.propose(1, "c")
		r.tick().Offered(1, nil, nobody, nil, r.hosts[1].entries[4:5], nil, false)
	}},
	{checker.SnapshotState, "a snapshot of what is not committed", 3, func(r *run) {
		r.propose(1, "c")
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 5, Term: 2, ConfState: r.conf}}
		r.sent(1, pb.Message{Type: pb.MsgSnap, To: 3, Term: 2, Snapshot: snap})
	}},
	{checker.SnapshotState, "a snapshot with the wrong term", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 1, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, r.hosts[2].state)
	}},
	{checker.SnapshotState, "a snapshot with a stale configuration", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4}})
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, r.hosts[2].state)
	}},
	{checker.SnapshotState, "a snapshot of another state", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 4, Term: 2, ConfState: r.conf}}
		r.tick().Snapshotted(2, snap, 77)
	}},
	{checker.SnapshotState, "a snapshot that moves a host back", 3, func(r *run) {
		snap := &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 3, Term: 2, ConfState: r.conf}}
		r.tick().Offered(2, nil, nobody, nil, nil, snap, true)
	}},
	{checker.SnapshotState, "a snapshot installed below what is applied", 3, func(r *run) {
		r.tick().Installed(2, &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 3, Term: 2, ConfState: r.conf}})
	}},
	{checker.StateOrder, "a log is compacted past its snapshot", 3, func(r *run) {
		r.tick().Compacted(2, 3)
	}},
	{checker.StateOrder, "a snapshot of what is not applied", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2)
		r.commit(5, 1)
		r.tick().Snapshotted(2, &pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 5, Term: 2, ConfState: r.conf}}, r.hosts[1].state)
	}},
	{checker.ConfigAgreement, "two hosts use different configurations", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
		r.tick().ConfChanged(2, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 5}})
	}},
	{checker.ConfigAgreement, "a configuration is not what its entry says", 3, func(r *run) {
		r.change(1, 5, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeAddLearnerNode, NodeID: 4}}})
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
	}},
	{checker.ConfigAgreement, "a demoted voter vanishes", 3, func(r *run) {
		r.change(1, 5, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{
			{Type: pb.ConfChangeAddLearnerNode, NodeID: 3}, {Type: pb.ConfChangeAddNode, NodeID: 4},
		}})
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 4}, VotersOutgoing: []uint64{1, 2, 3}, LearnersNext: []uint64{3}, AutoLeave: true})
		r.change(1, 6, pb.ConfChangeV2{})
		r.tick().ConfChanged(1, 6, pb.ConfState{Voters: []uint64{1, 2, 4}})
	}},
	{checker.ConfigAgreement, "a configuration that is not committed", 3, func(r *run) {
		r.tick().ConfChanged(1, 5, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
	}},
	{checker.ConfigStep, "two voters change at once", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 4, 5}})
	}},
	{checker.ConfigStep, "a joint configuration forgets where it came from", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{3, 4, 5}, VotersOutgoing: []uint64{1, 2}})
	}},
	{checker.ConfigStep, "a joint configuration is left for another half", 5, func(r *run) {
		r.tick().ConfChanged(1, 3, pb.ConfState{Voters: []uint64{1, 2, 3}, VotersOutgoing: []uint64{1, 2, 3, 4, 5}})
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 4}})
	}},
	{checker.ConfigStep, "a host is voter and learner", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{3}})
	}},
	{checker.ConfigInFlight, "two changes in flight", 3, func(r *run) {
		change := func(index uint64) []pb.Entry {
			return []pb.Entry{{Index: index, Term: 2, Type: pb.EntryConfChange, Data: []byte{byte(index)}}}
		}
		r.tick().Offered(1, nil, nobody, change(5), nil, nil, true)
		r.tick().Offered(1, nil, nobody, change(6), nil, nil, true)
	}},
	{checker.ReadIndex, "a read misses what was committed before it", 3, func(r *run) {
		r.propose(1, "c")
		r.replicate(1, 2, 3)
		r.commit(5, 1)
		r.tick().ReadRequested(1)
		r.tick().ReadServed(3, 1, 4)
	}},
	{checker.ReadIndex, "a read is served ahead of the state", 3, func(r *run) {
		r.tick().ReadRequested(1)
		r.tick().ReadServed(3, 1, 5)
	}},
	{checker.ReadIndex, "a read that nobody has confirmed", 3, func(r *run) {
		r.tick().ReadConfirmed(1, []byte("read"), 4)
	}},
	{checker.ReadIndex, "a read that answers from before it began confirm", 3, func(r *run) {
		r.round(1, "earlier", 2, 3)
		r.sent(1, pb.Message{Type: pb.MsgHeartbeat, To: 2, Term: 2, Context: []byte("read")})
		r.sent(1, pb.Message{Type: pb.MsgReadIndexResp, To: 3, Term: 2, Index: 4, Entries: []pb.Entry{{Data: []byte("read")}}})
	}},
	{checker.ReadIndex, "a read that learners confirm", 3, func(r *run) {
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2}, Learners: []uint64{3}})
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.tick().Offered(1, nil, nobody, nil, nil, nil, false)
		r.round(1, "read", 3)
		r.tick().ReadConfirmed(1, []byte("read"), 4)
	}},
	{checker.ReadIndex, "a new leader answers before it has committed anything", 3, func(r *run) {
		r.elect(2, 3, 3)
		r.round(2, "read", 1, 3)
		r.tick().ReadConfirmed(2, []byte("read"), 4)
	}},
	{checker.Session, "a command takes effect twice", 3, func(r *run) {
		r.tick().Executed(1, 3, 7, 1, false)
		r.tick().Executed(1, 4, 7, 1, false)
	}},
	{checker.Session, "commands of a session take effect out of order", 3, func(r *run) {
		r.tick().Executed(1, 3, 7, 2, false)
		r.tick().Executed(1, 4, 7, 1, false)
	}},
	{checker.Session, "a command is acknowledged and never took effect", 3, func(r *run) {
		r.tick().Executed(1, 3, 7, 1, false)
		r.tick().Acknowledged(7, 2)
	}},
}
