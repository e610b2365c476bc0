package sim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/raft"
	"raftsim/raft/tracker"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/workload"
)

// foreign is a Raft of ours that says or does something else.
type foreign struct {
	raft.Node
	raft.TryReadier
	raft.StatusViewer
	raft.UncommittedViewer
	ticks  int
	tick   func(f *foreign)
	status func(*raft.Status)
	basic  func(*raft.BasicStatus)
	bytes  func() (uint64, bool)
	lost   func(data []byte) bool // proposals that are taken and forgotten
	unread bool                   // no read is ever answered
}

func (f *foreign) Tick() {
	f.ticks++
	if f.tick != nil {
		f.tick(f)
		return
	}
	f.Node.Tick()
}

func (f *foreign) Status() raft.Status {
	st := f.Node.Status()
	if f.status != nil {
		f.status(&st)
	}
	return st
}

func (f *foreign) BasicStatus() raft.BasicStatus {
	st := f.StatusViewer.BasicStatus()
	if f.basic != nil {
		f.basic(&st)
	}
	return st
}

func (f *foreign) UncommittedBytes() (uint64, bool) {
	if f.bytes != nil {
		return f.bytes()
	}
	return f.UncommittedViewer.UncommittedBytes()
}

func (f *foreign) Propose(ctx context.Context, data []byte) error {
	if f.lost != nil && f.lost(data) {
		return nil
	}
	return f.Node.Propose(ctx, data)
}

func (f *foreign) ReadIndex(ctx context.Context, data []byte) error {
	if f.unread {
		return nil
	}
	return f.Node.ReadIndex(ctx, data)
}

// register makes a foreign Raft known under a name until the test ends, and returns
// the name.
func register(t *testing.T, name string, change func(c *raft.Config, f *foreign)) string {
	t.Cleanup(sim.RegisterRaft(name, func(c *raft.Config) (raft.Node, error) {
		f := &foreign{}
		change(c, f)
		f.Node = raft.RestartNode(c)
		f.TryReadier, f.StatusViewer, f.UncommittedViewer = f.Node.(raft.TryReadier), f.Node.(raft.StatusViewer), f.Node.(raft.UncommittedViewer)
		return f, nil
	}))
	return name
}

// progress changes what a leader says to believe of its followers.
func progress(change func(*tracker.Progress)) func(*raft.Config, *foreign) {
	return func(c *raft.Config, f *foreign) {
		f.status = func(st *raft.Status) {
			for id, pr := range st.Progress {
				if id != c.ID {
					change(&pr)
					st.Progress[id] = pr
				}
			}
		}
	}
}

func TestEachLivenessPropertyIsJudgedInTheRecoveryPhase(t *testing.T) {
	for i, c := range []struct {
		property string
		change   func(*raft.Config, *foreign)
	}{
		{"leader elected", func(_ *raft.Config, f *foreign) { f.tick = func(*foreign) {} }},
		{"leader stays", func(c *raft.Config, f *foreign) {
			f.tick = func(f *foreign) {
				f.Node.Tick()
				if f.ticks%90 == int(c.ID)*22 {
					_ = f.Node.Campaign(context.Background())
				}
			}
		}},
		{"operations complete", func(_ *raft.Config, f *foreign) { f.lost = func([]byte) bool { return true } }},
		{"fresh operations succeed", func(_ *raft.Config, f *foreign) { f.unread = true }},
		{"followers replicate", progress(func(pr *tracker.Progress) { pr.State = tracker.StateProbe })},
		{"followers replicate", progress(func(pr *tracker.Progress) { pr.State = tracker.StateSnapshot })},
		{"inflight windows drain", progress(func(pr *tracker.Progress) {
			pr.Inflights = tracker.NewInflights(8, 0)
			pr.Inflights.Add(1, 1)
		})},
		{"learners catch up", progress(func(pr *tracker.Progress) {
			if pr.IsLearner {
				pr.Match = 1
			}
		})},
		{"uncommitted entries bounded", func(_ *raft.Config, f *foreign) {
			f.bytes = func() (uint64, bool) { return 7, true }
		}},
		{"transfer ends", func(_ *raft.Config, f *foreign) {
			f.basic = func(st *raft.BasicStatus) {
				if st.RaftState == raft.StateLeader {
					st.LeadTransferee = 2
				}
			}
		}},
		{"rejoin keeps the leader", func(c *raft.Config, _ *foreign) { c.PreVote = false }},
	} {
		name := register(t, fmt.Sprintf("broken %d", i), c.change)
		o := sim.Options{
			Nodes: 3, Learners: 1, Seed: 1, Run: 2 * time.Second, Rafts: []string{name},
			Raft: sim.RaftOptions{PreVote: true, CheckQuorum: true},
			Workload: sim.WorkloadOptions{
				Clients: 1, Shape: workload.Shape{Mix: []workload.Weight{{Op: "put", Weight: 1}}},
			},
		}
		if c.property == "leader stays" {
			o.Raft = sim.RaftOptions{} // any host that campaigns wins
		}
		v := run(t, o)
		require.Equal(t, sim.Liveness, v.Outcome, c.property)
		require.Equal(t, c.property, v.Violation().Property, "%v", v.Violation())
		require.NotEmpty(t, v.Violation().Evidence)
	}
}

func TestWhatAForeignRaftDoesNotShowIsOffAndNamed(t *testing.T) {
	name := register(t, "secretive", func(_ *raft.Config, f *foreign) {
		f.bytes = func() (uint64, bool) { return 0, false }
		f.status = func(st *raft.Status) { st.Progress = nil }
	})
	v := run(t, sim.Options{Nodes: 3, Seed: 1, Run: 2 * time.Second, Rafts: []string{name}})
	require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
	require.Len(t, v.Unchecked, 5)
	off := strings.Join(v.Unchecked, "\n")
	require.Contains(t, off, "uncommitted entries bounded: secretive has no UncommittedBytes")
	require.Contains(t, off, "inflight windows drain: secretive has no Status.Progress")
	require.Empty(t, run(t, sim.Options{Nodes: 3, Seed: 1, Run: 2 * time.Second}).Unchecked)
}

// The clock of the recovery phase is right, and what was set by the wrong one does
// not stand still for as long as it was wrong.
func TestAHostWhoseClockWentBackTicksAfterTheHeal(t *testing.T) {
	for seed := range random.Seed(5) {
		schedule, err := faults.Parse("1s skew leader by +10s for 900ms\n1500ms skew follower by -10s")
		require.NoError(t, err)
		o := sim.Options{Nodes: 3, Seed: seed, Run: 2 * time.Second, Schedule: schedule, Raft: sim.RaftOptions{PreVote: true, CheckQuorum: true}}
		o.Expect.RecoveryTimeouts = 10
		v := run(t, o)
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v", seed, v.Violations)
		require.Less(t, v.Recovery, 5*time.Second)
	}
}

// Two hosts are left: one has the longer log, the other a later term, from the
// time when it knew no pre-vote. Neither may wait for the other for ever.
// (etcd issues 8501 and 8525)
func TestALongerLogAndALaterTermFindALeaderWithPreVote(t *testing.T) {
	for seed := range random.Seed(10) {
		began := map[uint64]bool{}
		name := register(t, fmt.Sprintf("upgraded at a restart %d", seed), func(c *raft.Config, _ *foreign) {
			c.PreVote = began[c.ID]
			began[c.ID] = true
		})
		s, err := sim.New(sim.Options{Nodes: 3, Seed: seed, Rafts: []string{name}, Raft: sim.RaftOptions{PreVote: true, CheckQuorum: true}, Workload: sim.WorkloadOptions{Clients: -1}})
		require.NoError(t, err)
		require.True(t, s.RunUntil(func() bool { return s.Leader() != 0 }, 5*time.Second))
		leader := s.Leader()
		later, longer := leader%3+1, (leader+1)%3+1
		require.NoError(t, s.Inject(fmt.Sprintf("isolate n%d for 2s", later)))
		require.True(t, s.RunFor(time.Second))
		done := s.Propose(workload.Command{Bytes: []byte("anything")})
		require.True(t, s.RunUntil(done.Done, time.Second))
		require.NoError(t, s.Inject(fmt.Sprintf("crash n%d losing nothing for 100s", leader)))
		require.NoError(t, s.Inject(fmt.Sprintf("crash n%d losing nothing for 10ms", longer)))
		require.NoError(t, s.Inject(fmt.Sprintf("crash n%d losing nothing for 10ms", later)))
		require.True(t, s.RunFor(100*time.Millisecond))
		require.Greater(t, s.Host(later).Status().Term, s.Host(longer).Status().Term)
		require.True(t, s.RunFor(time.Second), "the isolation is over")
		require.True(t, s.RunUntil(func() bool { return s.Leader() == longer }, sim.LeaderTimeouts*200*time.Millisecond))
	}
}
