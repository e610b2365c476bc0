package main_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/checker/history"
	"raftsim/workload"
)

const (
	clients = 6
	// manyRounds of killing there are, unless they take longer than killingTime.
	manyRounds  = 10
	killingTime = 12 * time.Second
)

// Whatever is killed whenever, what clients saw is what a single store that never
// fails could have shown them: nothing acknowledged is lost, no retry takes effect
// twice, no read is stale.
func TestHistoryIsLinearizableThoughServersAreKilled(t *testing.T) {
	t.Parallel()
	c := newCluster(t, 3, "-snapshot", "100", "-segment", "65536")
	rounds := manyRounds
	if testing.Short() {
		rounds = 4
	}
	r := &recorder{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var work sync.WaitGroup
	for range clients {
		work.Go(func() { newClient(c, r).run(ctx) })
	}
	killed := c.killUnderLoad(rounds)
	cancel()
	work.Wait()
	worked := len(r.operations)
	readEverything(c, r)

	t.Logf("%d operations, %d commands of unknown outcome; %+v", worked, r.unknown, killed)
	require.GreaterOrEqual(t, worked-r.unknown, 20*rounds)
	require.GreaterOrEqual(t, killed.processes, 4)
	require.GreaterOrEqual(t, killed.leaders, 3)
	require.GreaterOrEqual(t, len(killed.terms), 3, "terms with a leader")
	for _, m := range c.members {
		s, _ := c.status(m)
		require.Greater(t, s.Snapshot, uint64(3), "n%d took none but for the first configuration", m.id)
	}
	result := history.Linearizable(workload.KV, r.operations, 0)
	require.Equal(t, history.Legal, result.Verdict, "%v", result.Violation)
	requireLiesAreSeen(t, r.operations, worked)
}

// killings is what was done to a cluster.
type killings struct {
	processes, leaders int
	terms              map[uint64]bool // that a leader was seen in
}

// killUnderLoad kills the leader, or others, or all, and starts them again.
func (c *cluster) killUnderLoad(rounds int) killings {
	k := killings{terms: map[uint64]bool{}}
	end := time.Now().Add(killingTime)
	for round := 0; round < rounds && time.Now().Before(end); round++ {
		var leader *member
		c.await("a leader is elected", func() bool { leader = c.leader(); return leader != nil })
		if s, ok := c.status(leader); ok {
			k.terms[s.Term] = true
		}
		pause(300, 700)
		victims := []*member{leader}
		switch round % 4 {
		case 1:
			victims = []*member{c.members[rand.IntN(len(c.members))]}
		case 2:
			victims = []*member{leader, c.members[rand.IntN(len(c.members))]}
		case 3:
			victims = slices.Clone(c.members)
		}
		for _, m := range victims {
			if m.running() {
				c.kill(m)
				k.processes++
			}
		}
		if slices.Contains(victims, leader) {
			k.leaders++
		}
		pause(50, 600)
		for _, m := range victims {
			if !m.running() {
				c.start(m)
			}
		}
	}
	return k
}

// pause waits for a random number of milliseconds.
func pause(least, most int) {
	time.Sleep(time.Duration(least+rand.IntN(most-least)) * time.Millisecond)
}

// readEverything reads each key at each server, once they all run and have a
// leader.
func readEverything(c *cluster, r *recorder) {
	c.await("a leader is elected", func() bool { return c.leader() != nil })
	k := newClient(c, r)
	for target := range c.members {
		for key := range uint64(keys) {
			c.await("a read is answered", func() bool {
				k.target = target
				_, ok := k.do(workload.KVGet(key), patience)
				return ok
			})
		}
	}
}

// requireLiesAreSeen changes one answer and expects the checker to notice: that
// of the last read of a key, to what the key held before the last reads, which
// begin at final in the history.
func requireLiesAreSeen(t *testing.T, ops []history.Operation, final int) {
	for key := range uint64(keys) {
		command := workload.KVGet(key).Bytes
		var now []string // what the last reads found
		last := 0
		for i := final; i < len(ops); i++ {
			if string(ops[i].Command) == string(command) {
				now, last = append(now, string(ops[i].Answer)), i
			}
		}
		stale := slices.IndexFunc(ops, func(o history.Operation) bool {
			return string(o.Command) == string(command) && !slices.Contains(now, string(o.Answer))
		})
		require.GreaterOrEqual(t, stale, 0, "key %d was never read to hold anything else", key)
		lie := slices.Clone(ops)
		lie[last].Answer = ops[stale].Answer
		result := history.Linearizable(workload.KV, lie, 0)
		require.Equal(t, history.Illegal, result.Verdict, "the stale %s", workload.KV.Describe(command, lie[last].Answer))
	}
}
