package raft_test

import (
	"context"
	"fmt"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// exampleConfig is that of a member of a group in the examples.
func exampleConfig(id uint64, s raft.Storage) *raft.Config {
	return &raft.Config{
		ID: id, ElectionTick: 10, HeartbeatTick: 1, Storage: s,
		MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256, Logger: raft.DiscardLogger{},
	}
}

// A group of one, so that nothing need be sent. In a server, the loop runs in a
// goroutine of its own, next to a ticker and whatever receives messages.
func ExampleNode() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	storage := raft.NewMemoryStorage()
	node := raft.StartNode(exampleConfig(1, storage), []raft.Peer{{ID: 1}})
	defer node.Stop()

	var send func([]pb.Message) // to the node's peers
	for {
		select {
		case rd := <-node.Ready():
			_ = storage.Append(rd.Entries) // and to a disk, synced if rd.MustSync
			_ = storage.SetHardState(rd.HardState)
			if send != nil {
				send(rd.Messages)
			}
			for _, e := range rd.CommittedEntries {
				switch {
				case e.Type == pb.EntryConfChange:
					var cc pb.ConfChange
					if cc.Unmarshal(e.Data) == nil {
						node.ApplyConfChange(cc)
					}
				case len(e.Data) > 0:
					fmt.Printf("apply %d: %s\n", e.Index, e.Data)
					cancel()
				}
			}
			if rd.SoftState != nil && rd.RaftState == raft.StateLeader {
				_ = node.Propose(ctx, []byte("hello"))
			}
			node.Advance()
		case <-ctx.Done():
			return
		default:
			node.Tick() // from a time.Ticker in a server
		}
	}
	// Output:
	// apply 3: hello
}

// A member is replaced in one step by way of a joint configuration, which the
// leader leaves by itself.
func ExampleRawNode_ProposeConfChange() {
	storage := raft.NewMemoryStorage()
	_ = storage.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{
		Index: 1, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1}, Learners: []uint64{2}},
	}})
	node, err := raft.NewRawNode(exampleConfig(1, storage))
	if err != nil {
		fmt.Println(err)
		return
	}
	work := func() {
		for node.HasReady() {
			rd := node.Ready()
			_ = storage.Append(rd.Entries)
			for _, e := range rd.CommittedEntries {
				if e.Type == pb.EntryConfChangeV2 {
					var cc pb.ConfChangeV2
					if cc.Unmarshal(e.Data) == nil {
						fmt.Println(raft.DescribeConfState(*node.ApplyConfChange(cc)))
					}
				}
			}
			for _, m := range rd.Messages {
				if m.Type == pb.MsgApp { // member 2 stores everything and says so
					_ = node.Step(pb.Message{Type: pb.MsgAppResp, From: m.To, To: m.From, Term: m.Term, Index: m.Index + uint64(len(m.Entries))})
				}
			}
			node.Advance(rd)
		}
	}
	_ = node.Campaign()
	work()
	_ = node.ProposeConfChange(pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{
		{Type: pb.ConfChangeAddNode, NodeID: 2},
		{Type: pb.ConfChangeAddLearnerNode, NodeID: 3},
	}})
	work()
	// Output:
	// Voters:[1 2] VotersOutgoing:[1] Learners:[3] LearnersNext:[] AutoLeave:true
	// Voters:[1 2] VotersOutgoing:[] Learners:[3] LearnersNext:[] AutoLeave:false
}

// A linearizable read: the application remembers what was asked under a context
// that it uses once, and answers when it has applied the log up to the index that
// comes back.
func ExampleRawNode_ReadIndex() {
	storage := raft.NewMemoryStorage()
	_ = storage.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{
		Index: 1, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1}},
	}})
	node, err := raft.NewRawNode(exampleConfig(1, storage))
	if err != nil {
		fmt.Println(err)
		return
	}
	state := map[string]string{}
	waiting := map[string]string{} // key to read, by context
	var confirmed []raft.ReadState
	_ = node.Campaign()
	for asked := false; node.HasReady(); {
		rd := node.Ready()
		_ = storage.Append(rd.Entries)
		for _, e := range rd.CommittedEntries {
			if len(e.Data) > 0 {
				state["x"] = string(e.Data)
			}
		}
		node.Advance(rd)
		confirmed = append(confirmed, rd.ReadStates...)
		for len(confirmed) > 0 && confirmed[0].Index <= node.BasicStatus().Applied {
			key := waiting[string(confirmed[0].RequestCtx)]
			fmt.Printf("%s = %s\n", key, state[key])
			delete(waiting, string(confirmed[0].RequestCtx))
			confirmed = confirmed[1:]
		}
		if !asked && node.BasicStatus().RaftState == raft.StateLeader {
			asked = true
			_ = node.Propose([]byte("1"))
			waiting["read 1"] = "x"
			node.ReadIndex([]byte("read 1"))
		}
	}
	// Output:
	// x = 1
}
