package sim_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/sim"
	"raftsim/trace"
)

// restless is a Node that always has another Ready.
type restless struct{ whole }

// whole is what a Node has that can be driven.
type whole interface {
	raft.Node
	raft.TryReadier
	raft.StatusViewer
}

func (n restless) TryReady() (raft.Ready, bool) { return raft.Ready{}, true }

// scribbler is a Node that writes over the entries of messages that it has sent.
type scribbler struct {
	whole
	sent []pb.Entry
}

func (n *scribbler) TryReady() (raft.Ready, bool) {
	for i := range n.sent {
		n.sent[i].Term++
	}
	n.sent = nil
	rd, ok := n.whole.TryReady()
	for i := range rd.Messages {
		m := &rd.Messages[i]
		m.Entries = slices.Clone(m.Entries)
		if len(m.Entries) > 0 {
			n.sent = m.Entries
		}
	}
	return rd, ok
}

func init() {
	sim.RegisterRaft("scribbler", func(c *raft.Config) (raft.Node, error) {
		return &scribbler{whole: raft.RestartNode(c).(whole)}, nil
	})
	sim.RegisterRaft("restless", func(c *raft.Config) (raft.Node, error) {
		return restless{raft.RestartNode(c).(whole)}, nil
	})
}

func TestANodeThatOffersWithoutEndIsAViolation(t *testing.T) {
	v := run(t, sim.Options{Nodes: 1, Rafts: []string{"restless"}, Run: time.Second})
	require.Equal(t, sim.Safety, v.Outcome)
	require.Equal(t, "no end", v.Violation().Property)
	require.Contains(t, v.Violation().Detail, "the Node of n1 offers a Ready after 1048576 others")
}

// A process that ends with an error is excused by what its disk refused to it,
// and not by what it refused to the process before.
func TestAnErrorIsExcusedOnceByWhatTheDiskRefused(t *testing.T) {
	syncs := &actor{period: 100 * time.Millisecond}
	d := withDisk(t, actors(syncs))
	fails := false
	syncs.onTick = func(env sim.Env) {
		file, err := env.FS().Create("file")
		if err == nil {
			err = file.Sync()
		}
		if fails && err == nil {
			err = errors.New("no more")
		}
		if err != nil {
			env.Fail(err)
		}
	}
	d.inject("disk n1 fails-sync once for 1s")
	d.pass(2 * time.Second)
	require.Equal(t, 2, d.count(func(r *trace.Record) bool { return r.Verb == trace.Boot && r.Host == 1 }))
	require.True(t, d.Host(1).Running())
	fails = true
	require.False(t, d.RunFor(time.Second))
	require.Equal(t, "no unexcused failure", d.Violation().Property)
}

func TestEntriesThatChangeOnTheirWayAreAViolation(t *testing.T) {
	v := run(t, sim.Options{Nodes: 3, Rafts: []string{"scribbler"}, Run: time.Second})
	require.Equal(t, sim.Safety, v.Outcome)
	require.Equal(t, "entries unchanged", v.Violation().Property)
	require.Contains(t, v.Violation().Detail, "have changed in a message")
}
