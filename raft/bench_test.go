package raft_test

import (
	"encoding/binary"
	"fmt"
	"testing"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// benchCluster is a cluster that does nothing but raft: storage is memory, the network a
// slice that is used again.
type benchCluster struct {
	nodes   []*raft.RawNode
	storage []*raft.MemoryStorage
	queue   []pb.Message
	next    []pb.Message
	reads   int
}

func newBenchCluster(b *testing.B, n int) *benchCluster {
	c := &benchCluster{}
	peers := make([]raft.Peer, n)
	for i := range peers {
		peers[i].ID = uint64(i + 1)
	}
	for _, p := range peers {
		s := raft.NewMemoryStorage()
		config := quietConfig(p.ID, s)
		config.Poison = false
		rn, err := raft.NewRawNode(config)
		if err != nil {
			b.Fatal(err)
		}
		if err := rn.Bootstrap(peers); err != nil {
			b.Fatal(err)
		}
		c.nodes, c.storage = append(c.nodes, rn), append(c.storage, s)
	}
	c.settle(b)
	if err := c.nodes[0].Campaign(); err != nil {
		b.Fatal(err)
	}
	c.settle(b)
	return c
}

func (c *benchCluster) settle(b *testing.B) {
	for busy := true; busy; {
		busy = false
		for i, n := range c.nodes {
			if n.HasReady() {
				busy = true
				c.work(b, i)
			}
		}
		c.queue, c.next = c.next, c.queue[:0]
		for i := range c.queue {
			_ = c.nodes[c.queue[i].To-1].Step(c.queue[i])
		}
	}
}

func (c *benchCluster) work(b *testing.B, i int) {
	n, s := c.nodes[i], c.storage[i]
	rd := n.Ready()
	if err := s.Append(rd.Entries); err != nil {
		b.Fatal(err)
	}
	if !raft.IsEmptyHardState(rd.HardState) {
		_ = s.SetHardState(rd.HardState)
	}
	c.next = append(c.next, rd.Messages...)
	c.reads += len(rd.ReadStates)
	for _, e := range rd.CommittedEntries {
		if e.Type == pb.EntryConfChange {
			var cc pb.ConfChange
			if err := cc.Unmarshal(e.Data); err != nil {
				b.Fatal(err)
			}
			n.ApplyConfChange(cc)
		}
	}
	n.Advance(rd)
}

// compact drops what everybody has applied, as applications do now and then.
func (c *benchCluster) compact() {
	for i, n := range c.nodes {
		_ = c.storage[i].Compact(n.BasicStatus().Applied)
	}
}

// BenchmarkPropose is one proposal, from Propose until everyone has applied it.
func BenchmarkPropose(b *testing.B) {
	for _, nodes := range []int{3, 5} {
		for _, batch := range []int{1, 64, 1024} {
			for _, size := range []int{64, 1024} {
				b.Run(fmt.Sprintf("nodes=%d/batch=%d/bytes=%d", nodes, batch, size), func(b *testing.B) {
					c := newBenchCluster(b, nodes)
					data := make([]byte, size)
					b.ReportAllocs()
					for i := 1; b.Loop(); i++ {
						if err := c.nodes[0].Propose(data); err != nil {
							b.Fatal(err)
						}
						if i%batch == 0 {
							c.settle(b)
						}
						if i%8192 == 0 {
							c.compact()
						}
					}
				})
			}
		}
	}
}

// BenchmarkBulk is an entry of one MsgProp with 1,024 of them, from Step until everyone
// has applied it.
func BenchmarkBulk(b *testing.B) {
	for _, nodes := range []int{3, 5} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			const bulk = 1024
			c := newBenchCluster(b, nodes)
			m := pb.Message{Type: pb.MsgProp, From: 1, Entries: make([]pb.Entry, bulk)}
			for i := range m.Entries {
				m.Entries[i].Data = make([]byte, 64)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i%bulk != 0 {
					continue
				}
				if err := c.nodes[0].Step(m); err != nil {
					b.Fatal(err)
				}
				c.settle(b)
				if i%8192 == 0 {
					c.compact()
				}
			}
		})
	}
}

// BenchmarkReadIndex is one read of the leader, until it is confirmed.
func BenchmarkReadIndex(b *testing.B) {
	for _, nodes := range []int{3, 5} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			c := newBenchCluster(b, nodes)
			b.ReportAllocs()
			reads := 0
			for b.Loop() {
				reads++
				c.nodes[0].ReadIndex(binary.BigEndian.AppendUint64(nil, uint64(reads)))
				c.settle(b)
			}
			if c.reads != reads {
				b.Fatalf("%d of %d reads confirmed", c.reads, reads)
			}
		})
	}
}

// BenchmarkIdleTick is one tick of an idle leader with a heartbeat each, sent and
// answered.
func BenchmarkIdleTick(b *testing.B) {
	for _, nodes := range []int{3, 5, 51} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			c := newBenchCluster(b, nodes)
			b.ReportAllocs()
			for b.Loop() {
				c.nodes[0].Tick()
				c.settle(b)
			}
		})
	}
}

// BenchmarkNode is what the lock and the slot add: one proposal of a group of one.
func BenchmarkNode(b *testing.B) {
	for _, way := range []string{"channel", "try"} {
		b.Run(way, func(b *testing.B) {
			s := raft.NewMemoryStorage()
			config := quietConfig(1, s)
			config.Poison = false
			n := raft.StartNode(config, []raft.Peer{{ID: 1}})
			work := func() (more bool) {
				var rd raft.Ready
				if way == "try" {
					if rd, more = n.(raft.TryReadier).TryReady(); !more {
						return false
					}
				} else {
					select {
					case rd = <-n.Ready():
					default:
						return false
					}
				}
				_ = s.Append(rd.Entries)
				n.Advance()
				return true
			}
			for n.Status().RaftState != raft.StateLeader {
				_ = n.Campaign(background)
				work()
			}
			data := make([]byte, 64)
			b.ReportAllocs()
			for b.Loop() {
				if err := n.Propose(background, data); err != nil {
					b.Fatal(err)
				}
				for work() {
				}
			}
		})
	}
}

// BenchmarkConstruction is a node of a group of five with an empty log.
func BenchmarkConstruction(b *testing.B) {
	s := raft.NewMemoryStorage()
	if err := s.ApplySnapshot(pb.Snapshot{Metadata: pb.SnapshotMetadata{Index: 1, Term: 1, ConfState: pb.ConfState{Voters: []uint64{1, 2, 3, 4, 5}}}}); err != nil {
		b.Fatal(err)
	}
	config := quietConfig(1, s)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := raft.NewRawNode(config); err != nil {
			b.Fatal(err)
		}
	}
}
