package sim_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
	"raftsim/sim"
)

// dropping is a RawNode whose Ready leaves out all messages: no leader is ever elected.
type dropping struct{ *raft.RawNode }

func (d dropping) Ready() raft.Ready {
	rd := d.RawNode.Ready()
	rd.Messages = nil
	return rd
}

// shown is a whole that shows all that the simulator may ask for.
type shown interface {
	whole
	raft.UncommittedViewer
}

// noted is what the types below embed a Node with. Each of them overrides one method, and
// notes that it was called.
type noted struct {
	shown
	calls *int
}

type (
	ownTick               struct{ noted }
	ownCampaign           struct{ noted }
	ownPropose            struct{ noted }
	ownProposeConfChange  struct{ noted }
	ownStep               struct{ noted }
	ownReady              struct{ noted }
	ownTryReady           struct{ noted }
	ownAdvance            struct{ noted }
	ownApplyConfChange    struct{ noted }
	ownTransferLeadership struct{ noted }
	ownForgetLeader       struct{ noted }
	ownReadIndex          struct{ noted }
	ownStatus             struct{ noted }
	ownBasicStatus        struct{ noted }
	ownWithProgress       struct{ noted }
	ownUncommittedBytes   struct{ noted }
	ownReportUnreachable  struct{ noted }
	ownReportSnapshot     struct{ noted }
	ownStop               struct{ noted }
)

func (n ownTick) Tick()                                { *n.calls++; n.noted.Tick() }
func (n ownCampaign) Campaign(c context.Context) error { *n.calls++; return n.noted.Campaign(c) }
func (n ownPropose) Propose(c context.Context, data []byte) error {
	*n.calls++
	return n.noted.Propose(c, data)
}
func (n ownProposeConfChange) ProposeConfChange(c context.Context, cc pb.ConfChangeI) error {
	*n.calls++
	return n.noted.ProposeConfChange(c, cc)
}
func (n ownStep) Step(c context.Context, m pb.Message) error { *n.calls++; return n.noted.Step(c, m) }
func (n ownReady) Ready() <-chan raft.Ready                  { *n.calls++; return n.noted.Ready() }
func (n ownTryReady) TryReady() (raft.Ready, bool)           { *n.calls++; return n.noted.TryReady() }
func (n ownAdvance) Advance()                                { *n.calls++; n.noted.Advance() }
func (n ownApplyConfChange) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState {
	*n.calls++
	return n.noted.ApplyConfChange(cc)
}
func (n ownTransferLeadership) TransferLeadership(c context.Context, lead, to uint64) {
	*n.calls++
	n.noted.TransferLeadership(c, lead, to)
}
func (n ownForgetLeader) ForgetLeader(c context.Context) error {
	*n.calls++
	return n.noted.ForgetLeader(c)
}
func (n ownReadIndex) ReadIndex(c context.Context, rctx []byte) error {
	*n.calls++
	return n.noted.ReadIndex(c, rctx)
}
func (n ownStatus) Status() raft.Status                { *n.calls++; return n.noted.Status() }
func (n ownBasicStatus) BasicStatus() raft.BasicStatus { *n.calls++; return n.noted.BasicStatus() }
func (n ownWithProgress) WithProgress(visitor func(uint64, raft.ProgressType, tracker.Progress)) {
	*n.calls++
	n.noted.WithProgress(visitor)
}
func (n ownUncommittedBytes) UncommittedBytes() (uint64, bool) {
	*n.calls++
	return n.noted.UncommittedBytes()
}
func (n ownReportUnreachable) ReportUnreachable(id uint64) { *n.calls++; n.noted.ReportUnreachable(id) }
func (n ownReportSnapshot) ReportSnapshot(id uint64, status raft.SnapshotStatus) {
	*n.calls++
	n.noted.ReportSnapshot(id, status)
}
func (n ownStop) Stop() { *n.calls++; n.noted.Stop() }

// overriding has, for each method that the simulator may call of a Node, a Node that
// overrides it.
var overriding = map[string]func(noted) raft.Node{
	"Tick":               func(n noted) raft.Node { return ownTick{n} },
	"Campaign":           func(n noted) raft.Node { return ownCampaign{n} },
	"Propose":            func(n noted) raft.Node { return ownPropose{n} },
	"ProposeConfChange":  func(n noted) raft.Node { return ownProposeConfChange{n} },
	"Step":               func(n noted) raft.Node { return ownStep{n} },
	"TryReady":           func(n noted) raft.Node { return ownTryReady{n} },
	"Ready":              func(n noted) raft.Node { return ownReady{n} },
	"Advance":            func(n noted) raft.Node { return ownAdvance{n} },
	"ApplyConfChange":    func(n noted) raft.Node { return ownApplyConfChange{n} },
	"TransferLeadership": func(n noted) raft.Node { return ownTransferLeadership{n} },
	"ForgetLeader":       func(n noted) raft.Node { return ownForgetLeader{n} },
	"ReadIndex":          func(n noted) raft.Node { return ownReadIndex{n} },
	"Status":             func(n noted) raft.Node { return ownStatus{n} },
	"BasicStatus":        func(n noted) raft.Node { return ownBasicStatus{n} },
	"WithProgress":       func(n noted) raft.Node { return ownWithProgress{n} },
	"UncommittedBytes":   func(n noted) raft.Node { return ownUncommittedBytes{n} },
	"ReportUnreachable":  func(n noted) raft.Node { return ownReportUnreachable{n} },
	"ReportSnapshot":     func(n noted) raft.Node { return ownReportSnapshot{n} },
	"Stop":               func(n noted) raft.Node { return ownStop{n} },
}

// made is the Node that the Raft "embedding" has.
var made func(c *raft.Config, n *raft.RawNode) raft.Node

func init() {
	sim.RegisterRaft("embedding", func(c *raft.Config) (raft.Node, error) {
		n, err := raft.NewRawNode(c)
		if err != nil {
			return nil, err
		}
		return made(c, n), nil
	})
}

// everything is a run in which each method of a Node is called.
func everything(t *testing.T) sim.Options {
	schedule, err := faults.Parse(`
500ms  transfer leader to follower
1s     campaign follower
1.5s   forget-leader follower
2s     reconfigure add n4
2.5s   crash follower losing unsynced for 1s
4s     transfer leader to follower
`)
	require.NoError(t, err)
	return sim.Options{
		Seed: 3, Nodes: 3, Rafts: []string{"embedding"}, Run: 6 * time.Second, Schedule: schedule,
		Raft:   sim.RaftOptions{PreVote: true, CheckQuorum: true, SnapshotEvery: 20},
		Expect: sim.Expect{AllowNoEffect: true},
	}
}

func TestReadyOfATypeThatEmbedsARawNodeIsCalled(t *testing.T) {
	made = func(_ *raft.Config, n *raft.RawNode) raft.Node { return raft.NewNode(dropping{n}) }
	require.Equal(t, sim.Liveness, run(t, everything(t)).Outcome)
}

func TestATypeThatOverridesNothingRunsAsWhatItEmbeds(t *testing.T) {
	want := everything(t)
	want.Rafts = nil
	fingerprint := run(t, want).Fingerprint
	made = func(_ *raft.Config, n *raft.RawNode) raft.Node { return raft.NewNode(struct{ *raft.RawNode }{n}) }
	require.Equal(t, fingerprint, run(t, everything(t)).Fingerprint, "a Core")
	made = func(_ *raft.Config, n *raft.RawNode) raft.Node { return struct{ shown }{raft.NewNode(n).(shown)} }
	require.Equal(t, fingerprint, run(t, everything(t)).Fingerprint, "a Node")
}

func TestEachMethodThatANodeOverridesIsCalled(t *testing.T) {
	for i := range reflect.TypeFor[shown]().NumMethod() {
		name := reflect.TypeFor[shown]().Method(i).Name
		t.Run(name, func(t *testing.T) {
			require.Contains(t, overriding, name, "a method without a type that overrides it")
			calls := 0
			made = func(_ *raft.Config, n *raft.RawNode) raft.Node {
				return overriding[name](noted{raft.NewNode(n).(shown), &calls})
			}
			v := run(t, everything(t))
			if name == "Ready" {
				require.Equal(t, sim.Safety, v.Outcome)
				require.Contains(t, v.Violation().Detail, "a sim_test.ownReady overrides Ready and not TryReady, which a Replica calls in its place")
				return
			}
			require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
			require.NotZero(t, calls)
		})
	}
}

// handingOver says in its Status, and there alone, that a leader never stops handing over.
type handingOver struct{ shown }

func (n handingOver) Status() raft.Status {
	st := n.shown.Status()
	if st.RaftState == raft.StateLeader {
		st.LeadTransferee = st.ID%3 + 1
	}
	return st
}

func TestWhatANodeSaysInItsStatusIsJudged(t *testing.T) {
	made = func(_ *raft.Config, n *raft.RawNode) raft.Node { return handingOver{raft.NewNode(n).(shown)} }
	v := run(t, everything(t))
	require.Equal(t, sim.Liveness, v.Outcome)
	require.Equal(t, "transfer ends", v.Violation().Property)
}
