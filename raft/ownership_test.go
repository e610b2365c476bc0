package raft_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// keeper remembers what was handed out, as it was.
type keeper struct {
	entries [][]pb.Entry
	copies  [][]pb.Entry
}

func (k *keeper) keep(entries []pb.Entry) {
	if len(entries) > 0 {
		k.entries = append(k.entries, entries)
		k.copies = append(k.copies, slices.Clone(entries))
	}
}

func (k *keeper) check(t require.TestingT) {
	for i := range k.entries {
		require.Equal(t, k.copies[i], k.entries[i], "entries that were handed out changed")
	}
}

// wander drives a cluster by random steps and returns all it did as text. With
// keep, every slice of entries that anyone was handed is checked in the end.
func wander(t *rapid.T, c *cluster, k *keeper) string {
	var trace []byte
	steps := rapid.SliceOfN(rapid.Uint64(), 1, 200).Draw(t, "steps")
	for n, s := range steps {
		id := 1 + s%3
		switch (s >> 8) % 8 {
		case 0:
			c.tick(id, int((s>>16)%12))
		case 1, 2:
			_ = c.nodes[id].Propose(fmt.Appendf(nil, "%d", n))
		case 3:
			c.nodes[id].ReadIndex(fmt.Appendf(nil, "r%d", n))
		case 4:
			c.drop = isolate(id)
		case 5:
			c.drop = nil
		}
		// One Ready and what is in flight, so that conflicts arise.
		for _, id := range c.ids {
			if (s>>20)%3 == 0 || !c.nodes[id].HasReady() {
				continue
			}
			rd := c.nodes[id].Ready()
			trace = fmt.Appendln(trace, id, raft.DescribeReady(rd, nil))
			k.keep(rd.Entries)
			k.keep(rd.CommittedEntries)
			for _, m := range rd.Messages {
				k.keep(m.Entries)
			}
			c.work(id, rd)
		}
		queue := c.queue
		c.queue = nil
		for _, m := range queue {
			if c.drop == nil || !c.drop(m) {
				_ = c.nodes[m.To].Step(m)
			}
		}
	}
	return string(trace)
}

func TestEntriesHandedOutNeverChange(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k := &keeper{}
		wander(t, newCluster(t, 3), k)
		k.check(t)
	})
}

func TestPoisonChangesNothingForAnApplicationThatKeepsItsPromise(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		poisoned := newCluster(t, 3)
		clean := newCluster(t, 3, func(c *raft.Config) { c.Poison = false })
		seed := rapid.SliceOfN(rapid.Uint64(), 1, 60).Draw(t, "seed")
		replay := func(c *cluster) (trace string) {
			for n, s := range seed {
				id := 1 + s%3
				switch (s >> 8) % 4 {
				case 0:
					c.tick(id, int((s>>16)%12))
				case 1:
					_ = c.nodes[id].Propose(fmt.Appendf(nil, "%d", n))
				case 2:
					c.nodes[id].ReadIndex(fmt.Appendf(nil, "r%d", n))
				}
				c.settle()
			}
			return fmt.Sprint(c.applied, c.reads, c.nodes[1].Status(), c.nodes[2].Status(), c.nodes[3].Status())
		}
		require.Equal(t, replay(clean), replay(poisoned))
	})
}

func TestPoisonShowsWhoKeepsMessagesTooLong(t *testing.T) {
	c := newCluster(t, 3)
	require.NoError(t, c.nodes[1].Campaign())
	rd := c.nodes[1].Ready()
	require.Len(t, rd.Messages, 2)
	require.Equal(t, pb.MsgVote, rd.Messages[0].Type)
	c.nodes[1].Advance(rd)
	require.NotEqual(t, pb.MsgVote, rd.Messages[0].Type)
}

func TestReadysWithoutAdvanceDoNotShareMemory(t *testing.T) {
	c := newCluster(t, 3)
	c.elect(1)
	var readys []raft.Ready
	var copies [][]pb.Message
	for i := range 5 {
		require.NoError(t, c.nodes[1].Propose(fmt.Appendf(nil, "%d", i)))
		rd := c.nodes[1].Ready()
		readys = append(readys, rd)
		copies = append(copies, slices.Clone(rd.Messages))
	}
	for i := range readys {
		require.Equal(t, copies[i], readys[i].Messages)
	}
	for _, rd := range readys {
		require.NoError(t, c.storage[1].Append(rd.Entries))
		c.queue = append(c.queue, rd.Messages...)
	}
	c.nodes[1].Advance(raft.Ready{}) // acknowledges all five
	c.settle()
	require.Equal(t, []string{"0", "1", "2", "3", "4"}, c.applied[3])
}
