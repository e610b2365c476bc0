package main_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/planted"
	"raftsim/workload"
)

// The server runs the replica that the simulator runs: a bug in it that the simulator
// finds (planted run snapshot_state_not_restored) is in the real processes too, and what their
// clients see shows it.
func TestABugOfTheReplicaIsSeenByTheClientsOfRealProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a server of its own")
	}
	t.Parallel()
	const root = "../.."
	bugs, err := planted.Load(root)
	require.NoError(t, err)
	bugs, err = planted.Select(bugs, []string{"snapshot_state_not_restored"})
	require.NoError(t, err)
	dir := t.TempDir()
	overlay, err := bugs[0].Overlay(root, dir)
	require.NoError(t, err)
	mutant := filepath.Join(dir, "kvserver")
	require.NoError(t, build(mutant, "-overlay", overlay))

	c := newCluster(t, 0, "-snapshot", "20")
	c.binary = mutant
	for range 3 {
		c.add()
	}
	for _, m := range c.members {
		c.start(m)
	}
	r := &recorder{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var work sync.WaitGroup
	for range clients {
		work.Go(func() { newClient(c, r).run(ctx) })
	}
	// A server is away for longer than the log goes back: it needs a snapshot.
	c.await("a leader is elected", func() bool { return c.leader() != nil })
	last := c.members[2]
	c.kill(last)
	before, _ := c.status(c.members[0])
	c.await("the log is compacted", func() bool {
		s, ok := c.status(c.members[0])
		return ok && s.Snapshot > before.Applied+100
	})
	c.start(last)
	c.await("the server has the snapshot", func() bool {
		s, ok := c.status(last)
		return ok && s.Snapshot > before.Applied
	})
	cancel()
	work.Wait()
	readEverything(c, r)
	result := history.Linearizable(workload.KV, r.operations, 0)
	require.Equal(t, history.Illegal, result.Verdict, "%d operations", len(r.operations))
	t.Logf("%v", result.Violation)
}
