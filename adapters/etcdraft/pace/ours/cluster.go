// Package cluster is a group of nodes that one loop drives: no network, no disk, no
// clock. The folders ours and theirs hold the same text with other imports, so that
// whatever two measurements differ in is the library.
package cluster

import (
	"fmt"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// Cluster is a group whose first node leads.
type Cluster struct {
	nodes   []*raft.RawNode
	logs    []*raft.MemoryStorage
	flying  []pb.Message
	landing []pb.Message

	// Applied is how many entries all nodes together have applied, Read how many
	// reads were answered.
	Applied, Read int
}

// New returns a group of so many voters that has elected its leader.
func New(size int) *Cluster {
	c := &Cluster{}
	peers := make([]raft.Peer, size)
	for i := range peers {
		peers[i].ID = uint64(i + 1)
	}
	for i := range peers {
		log := raft.NewMemoryStorage()
		node, err := raft.NewRawNode(&raft.Config{
			ID: uint64(i + 1), ElectionTick: 10, HeartbeatTick: 1, Storage: log,
			MaxSizePerMsg: 1 << 20, MaxInflightMsgs: 256, Logger: quiet{},
		})
		must(err)
		must(node.Bootstrap(peers))
		c.nodes, c.logs = append(c.nodes, node), append(c.logs, log)
	}
	c.Settle()
	must(c.nodes[0].Campaign())
	c.Settle()
	return c
}

// Settle does all work of all nodes and delivers all messages, until there is none.
func (c *Cluster) Settle() {
	for busy := true; busy; {
		busy = false
		for i, node := range c.nodes {
			for node.HasReady() {
				busy = true
				c.handle(i, node)
			}
		}
		c.flying, c.landing = c.landing[:0], c.flying
		for i := range c.landing {
			busy = true
			_ = c.nodes[c.landing[i].To-1].Step(c.landing[i])
		}
	}
}

// handle is the loop body of an application.
func (c *Cluster) handle(i int, node *raft.RawNode) {
	rd := node.Ready()
	must(c.logs[i].Append(rd.Entries))
	if !raft.IsEmptyHardState(rd.HardState) {
		must(c.logs[i].SetHardState(rd.HardState))
	}
	c.flying = append(c.flying, rd.Messages...)
	for j := range rd.CommittedEntries {
		if e := &rd.CommittedEntries[j]; e.Type == pb.EntryConfChange {
			var cc pb.ConfChange
			must(cc.Unmarshal(e.Data))
			node.ApplyConfChange(cc)
		}
	}
	c.Applied += len(rd.CommittedEntries)
	c.Read += len(rd.ReadStates)
	node.Advance(rd)
}

// Propose proposes at the leader.
func (c *Cluster) Propose(data []byte) { must(c.nodes[0].Propose(data)) }

// Bulk proposes n times the same data at the leader, in one message.
func (c *Cluster) Bulk(data []byte, n int) {
	entries := make([]pb.Entry, n)
	for i := range entries {
		entries[i].Data = data
	}
	must(c.nodes[0].Step(pb.Message{Type: pb.MsgProp, From: 1, Entries: entries}))
}

// ReadIndex asks the leader for a read index.
func (c *Cluster) ReadIndex(context []byte) { c.nodes[0].ReadIndex(context) }

// Tick moves the clocks of all nodes by one tick.
func (c *Cluster) Tick() {
	for _, node := range c.nodes {
		node.Tick()
	}
}

// Compact drops all that was applied from the logs.
func (c *Cluster) Compact() {
	for i, node := range c.nodes {
		must(c.logs[i].Compact(node.BasicStatus().Applied))
	}
}

// Counts returns Applied and Read.
func (c *Cluster) Counts() (applied, read int) { return c.Applied, c.Read }

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// quiet discards what a node says.
type quiet struct{}

func (quiet) Debug(...interface{})                   {}
func (quiet) Debugf(string, ...interface{})          {}
func (quiet) Error(...interface{})                   {}
func (quiet) Errorf(string, ...interface{})          {}
func (quiet) Info(...interface{})                    {}
func (quiet) Infof(string, ...interface{})           {}
func (quiet) Warning(...interface{})                 {}
func (quiet) Warningf(string, ...interface{})        {}
func (quiet) Fatal(v ...interface{})                 { panic(fmt.Sprint(v...)) }
func (quiet) Fatalf(format string, v ...interface{}) { panic(fmt.Sprintf(format, v...)) }
func (quiet) Panic(v ...interface{})                 { panic(fmt.Sprint(v...)) }
func (quiet) Panicf(format string, v ...interface{}) { panic(fmt.Sprintf(format, v...)) }
