package scenarios_test

import (
	"context"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
	"raftsim/scenarios"
	"raftsim/sim"
)

// watched is the name of a Raft that is ours and counts the calls it gets.
const watched = "watched"

// calls counts the calls of the run under way. Runs of this Raft are made one after
// the other.
var calls struct {
	sync.Mutex
	of map[string]int
}

func init() {
	sim.RegisterRaft(watched, func(c *raft.Config) (raft.Node, error) {
		return watchedNode{raft.RestartNode(c)}, nil
	})
}

func TestEveryNodeMethodIsExercisedByTheScenarioThatTheTableNames(t *testing.T) {
	text, err := os.ReadFile("../docs/raft.md")
	require.NoError(t, err)
	rows := regexp.MustCompile("(?m)^\\| `(\\w+)` \\| (\\S+) \\|").FindAllStringSubmatch(string(text), -1)

	methods := map[string]bool{"BasicStatus": true, "WithProgress": true}
	node := reflect.TypeFor[raft.Node]()
	for i := range node.NumMethod() {
		methods[node.Method(i).Name] = true
	}
	counts := map[string]map[string]int{} // by file
	for _, row := range rows {
		method, file := row[1], row[2]
		require.True(t, methods[method], "%s is no method, or twice in the table", method)
		delete(methods, method)
		if counts[file] == nil {
			counts[file] = callsOf(t, file)
		}
		require.NotZero(t, counts[file][method], "%s is not called in %s", method, file)
	}
	require.Empty(t, slices.Sorted(maps.Keys(methods)), "methods that the table lacks")
}

// callsOf runs a scenario with the watched Raft and returns the calls it got. The run
// is the same as one with the plain Raft.
func callsOf(t *testing.T, file string) map[string]int {
	s, err := scenarios.Load(file + ".yaml")
	require.NoError(t, err)
	run := func(rafts ...string) sim.Verdict {
		for seed := range s.Seeds.Head(1).All() {
			o, err := s.Options(seed)
			require.NoError(t, err)
			o.Rafts, o.Run = rafts, 6*time.Second // enough; that they pass is shown elsewhere
			v, err := sim.Run(o)
			require.NoError(t, err)
			return v
		}
		panic("a scenario without seeds")
	}
	calls.of = map[string]int{}
	require.Equal(t, run().Fingerprint, run(watched).Fingerprint, "%s: to be watched changed the run", file)
	return calls.of
}

// watchedNode counts calls, takes its work from the channel of Ready, and shows its
// state at every turn.
type watchedNode struct{ raft.Node }

func count(method string) {
	calls.Lock()
	defer calls.Unlock()
	calls.of[method]++
}

func (n watchedNode) TryReady() (raft.Ready, bool) {
	count("Status")
	status := n.Node.Status()
	if !reflect.DeepEqual(status.BasicStatus, n.BasicStatus()) {
		panic("Status and BasicStatus say different things")
	}
	if status.RaftState == raft.StateLeader {
		n.WithProgress(func(id uint64, _ raft.ProgressType, pr tracker.Progress) {
			if of := status.Progress[id]; of.Match != pr.Match || of.Next != pr.Next || of.State != pr.State {
				panic("Status and WithProgress say different things")
			}
		})
	}
	count("Ready")
	select {
	case rd := <-n.Node.Ready():
		return rd, true
	default:
		return raft.Ready{}, false
	}
}

func (n watchedNode) BasicStatus() raft.BasicStatus {
	count("BasicStatus")
	return n.Node.(raft.StatusViewer).BasicStatus()
}

func (n watchedNode) WithProgress(visit func(uint64, raft.ProgressType, tracker.Progress)) {
	count("WithProgress")
	n.Node.(raft.StatusViewer).WithProgress(visit)
}

func (n watchedNode) Tick() {
	count("Tick")
	n.Node.Tick()
}

func (n watchedNode) Campaign(ctx context.Context) error {
	count("Campaign")
	return n.Node.Campaign(ctx)
}

func (n watchedNode) Propose(ctx context.Context, data []byte) error {
	count("Propose")
	return n.Node.Propose(ctx, data)
}

func (n watchedNode) ProposeConfChange(ctx context.Context, cc pb.ConfChangeI) error {
	count("ProposeConfChange")
	return n.Node.ProposeConfChange(ctx, cc)
}

func (n watchedNode) Step(ctx context.Context, m pb.Message) error {
	count("Step")
	return n.Node.Step(ctx, m)
}

func (n watchedNode) Advance() {
	count("Advance")
	n.Node.Advance()
}

func (n watchedNode) ApplyConfChange(cc pb.ConfChangeI) *pb.ConfState {
	count("ApplyConfChange")
	return n.Node.ApplyConfChange(cc)
}

func (n watchedNode) TransferLeadership(ctx context.Context, lead, transferee uint64) {
	count("TransferLeadership")
	n.Node.TransferLeadership(ctx, lead, transferee)
}

func (n watchedNode) ForgetLeader(ctx context.Context) error {
	count("ForgetLeader")
	return n.Node.ForgetLeader(ctx)
}

func (n watchedNode) ReadIndex(ctx context.Context, rctx []byte) error {
	count("ReadIndex")
	return n.Node.ReadIndex(ctx, rctx)
}

func (n watchedNode) ReportUnreachable(id uint64) {
	count("ReportUnreachable")
	n.Node.ReportUnreachable(id)
}

func (n watchedNode) ReportSnapshot(id uint64, status raft.SnapshotStatus) {
	count("ReportSnapshot")
	n.Node.ReportSnapshot(id, status)
}

func (n watchedNode) Stop() {
	count("Stop")
	n.Node.Stop()
}
