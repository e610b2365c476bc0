package raft_test

import (
	"context"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// spied is what the types below embed a RawNode with. Each of them overrides one method
// of Core, and notes that it was called.
type spied struct {
	*raft.RawNode
	calls *int
}

type (
	ownTick              struct{ spied }
	ownCampaign          struct{ spied }
	ownPropose           struct{ spied }
	ownProposeConfChange struct{ spied }
	ownStep              struct{ spied }
	ownHasReady          struct{ spied }
	ownReady             struct{ spied }
	ownAdvance           struct{ spied }
	ownApplyConfChange   struct{ spied }
	ownTransferLeader    struct{ spied }
	ownForgetLeader      struct{ spied }
	ownReadIndex         struct{ spied }
	ownStatus            struct{ spied }
	ownBasicStatus       struct{ spied }
	ownWithProgress      struct{ spied }
	ownReportUnreachable struct{ spied }
	ownReportSnapshot    struct{ spied }
	ownUncommittedBytes  struct{ spied }
	ownAsync             struct{ spied }
)

func (s ownTick) Tick()                     { *s.calls++; s.RawNode.Tick() }
func (s ownCampaign) Campaign() error       { *s.calls++; return s.RawNode.Campaign() }
func (s ownPropose) Propose(d []byte) error { *s.calls++; return s.RawNode.Propose(d) }
func (s ownProposeConfChange) ProposeConfChange(cc pb.ConfChangeI) error {
	*s.calls++
	return s.RawNode.ProposeConfChange(cc)
}
func (s ownStep) Step(m pb.Message) error            { *s.calls++; return s.RawNode.Step(m) }
func (s ownHasReady) HasReady() bool                 { *s.calls++; return s.RawNode.HasReady() }
func (s ownReady) Ready() raft.Ready                 { *s.calls++; return s.RawNode.Ready() }
func (s ownAdvance) Advance(rd raft.Ready)           { *s.calls++; s.RawNode.Advance(rd) }
func (s ownTransferLeader) TransferLeader(to uint64) { *s.calls++; s.RawNode.TransferLeader(to) }
func (s ownForgetLeader) ForgetLeader() error        { *s.calls++; return s.RawNode.ForgetLeader() }
func (s ownReadIndex) ReadIndex(rctx []byte)         { *s.calls++; s.RawNode.ReadIndex(rctx) }
func (s ownStatus) Status() raft.Status              { *s.calls++; return s.RawNode.Status() }
func (s ownApplyConfChange) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState {
	*s.calls++
	return s.RawNode.ApplyConfChange(cc)
}
func (s ownBasicStatus) BasicStatus() raft.BasicStatus {
	*s.calls++
	return s.RawNode.BasicStatus()
}
func (s ownWithProgress) WithProgress(visitor func(uint64, raft.ProgressType, tracker.Progress)) {
	*s.calls++
	s.RawNode.WithProgress(visitor)
}
func (s ownReportUnreachable) ReportUnreachable(id uint64) {
	*s.calls++
	s.RawNode.ReportUnreachable(id)
}
func (s ownReportSnapshot) ReportSnapshot(id uint64, status raft.SnapshotStatus) {
	*s.calls++
	s.RawNode.ReportSnapshot(id, status)
}
func (s ownUncommittedBytes) UncommittedBytes() (uint64, bool) {
	*s.calls++
	return s.RawNode.UncommittedBytes()
}
func (s ownAsync) AsyncStorageWrites() bool { *s.calls++; return s.RawNode.AsyncStorageWrites() }

// overriding has, for each method that a Node may call of a Core, a Core that overrides it.
var overriding = map[string]func(spied) raft.Core{
	"Tick":               func(s spied) raft.Core { return ownTick{s} },
	"Campaign":           func(s spied) raft.Core { return ownCampaign{s} },
	"Propose":            func(s spied) raft.Core { return ownPropose{s} },
	"ProposeConfChange":  func(s spied) raft.Core { return ownProposeConfChange{s} },
	"Step":               func(s spied) raft.Core { return ownStep{s} },
	"HasReady":           func(s spied) raft.Core { return ownHasReady{s} },
	"Ready":              func(s spied) raft.Core { return ownReady{s} },
	"Advance":            func(s spied) raft.Core { return ownAdvance{s} },
	"ApplyConfChange":    func(s spied) raft.Core { return ownApplyConfChange{s} },
	"TransferLeader":     func(s spied) raft.Core { return ownTransferLeader{s} },
	"ForgetLeader":       func(s spied) raft.Core { return ownForgetLeader{s} },
	"ReadIndex":          func(s spied) raft.Core { return ownReadIndex{s} },
	"Status":             func(s spied) raft.Core { return ownStatus{s} },
	"BasicStatus":        func(s spied) raft.Core { return ownBasicStatus{s} },
	"WithProgress":       func(s spied) raft.Core { return ownWithProgress{s} },
	"ReportUnreachable":  func(s spied) raft.Core { return ownReportUnreachable{s} },
	"ReportSnapshot":     func(s spied) raft.Core { return ownReportSnapshot{s} },
	"UncommittedBytes":   func(s spied) raft.Core { return ownUncommittedBytes{s} },
	"AsyncStorageWrites": func(s spied) raft.Core { return ownAsync{s} },
}

// callEverything calls each method of a Node of a group of one, and takes its Readys by
// one of the two ways.
func callEverything(t *testing.T, n raft.Node, storage *raft.MemoryStorage, channel bool) {
	ctx := context.Background()
	work := func() {
		for {
			rd, ok := takeReady(n, channel)
			if !ok {
				return
			}
			require.NoError(t, storage.Append(rd.Entries))
			for _, e := range rd.CommittedEntries {
				if e.Type == pb.EntryConfChangeV2 && len(e.Data) > 0 {
					n.ApplyConfChange(pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeAddLearnerNode, NodeID: 2}}})
				}
			}
			for _, m := range rd.Messages {
				for _, answer := range m.Responses {
					require.NoError(t, n.Step(ctx, answer))
				}
			}
			n.Advance()
		}
	}
	n.Tick()
	require.NoError(t, n.Campaign(ctx))
	work()
	require.NoError(t, n.Propose(ctx, []byte("x")))
	work()
	require.NoError(t, n.ProposeConfChange(ctx, pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeAddLearnerNode, NodeID: 2}}}))
	work()
	n.ApplyConfChange(pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{{Type: pb.ConfChangeAddLearnerNode, NodeID: 2}}})
	require.NoError(t, n.Step(ctx, pb.Message{Type: pb.MsgHeartbeatResp, From: 2, To: 1, Term: 2}))
	require.NoError(t, n.ReadIndex(ctx, []byte("read")))
	n.TransferLeadership(ctx, 1, 2)
	require.NoError(t, n.ForgetLeader(ctx))
	n.ReportUnreachable(2)
	n.ReportSnapshot(2, raft.SnapshotFinish)
	n.Status()
	n.(raft.StatusViewer).BasicStatus()
	n.(raft.StatusViewer).WithProgress(func(uint64, raft.ProgressType, tracker.Progress) {})
	n.(raft.UncommittedViewer).UncommittedBytes()
	work()
	n.Stop()
}

func takeReady(n raft.Node, channel bool) (raft.Ready, bool) {
	if !channel {
		return n.(raft.TryReadier).TryReady()
	}
	select {
	case rd := <-n.Ready():
		return rd, true
	default:
		return raft.Ready{}, false
	}
}

func TestNodeCallsEachMethodOfATypeThatEmbedsARawNode(t *testing.T) {
	names := []string{"AsyncStorageWrites", "UncommittedBytes"}
	for i := range reflect.TypeFor[raft.Core]().NumMethod() {
		names = append(names, reflect.TypeFor[raft.Core]().Method(i).Name)
	}
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			require.Contains(t, overriding, name, "a method without a type that overrides it")
			for _, channel := range []bool{false, true} {
				for _, async := range []bool{false, true} {
					if async && name == "Advance" {
						continue // is not called then
					}
					storage := raft.NewMemoryStorage()
					require.NoError(t, storage.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1}}}}))
					rn, err := raft.NewRawNode(&raft.Config{ID: 1, ElectionTick: 10, HeartbeatTick: 1, Storage: storage,
						MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 16, AsyncStorageWrites: async, Logger: raft.DiscardLogger{}})
					require.NoError(t, err)
					calls := 0
					callEverything(t, raft.NewNode(overriding[name](spied{rn, &calls})), storage, channel)
					require.NotZero(t, calls, "channel: %v, asynchronous: %v", channel, async)
				}
			}
		})
	}
}
