// Package mine is a module outside the tree: a Raft with a bug, and a process.
package mine

import (
	"fmt"
	"time"

	"raftsim/raft"
	"raftsim/sim"
)

// Node cannot bear its twentieth entry.
type Node struct {
	*raft.RawNode
	id uint64
}

// New is the factory.
func New(c *raft.Config) (raft.Node, error) {
	core, err := raft.NewRawNode(c)
	if err != nil {
		return nil, err
	}
	return raft.NewNode(&Node{core, c.ID}), nil
}

// Ready has the bug.
func (n *Node) Ready() raft.Ready {
	rd := n.RawNode.Ready()
	for _, e := range rd.CommittedEntries {
		if n.id == 2 && e.Index >= 20 {
			panic(fmt.Sprintf("entry %d is one too many", e.Index))
		}
	}
	return rd
}

// Fuse is a process that ends after a while.
type Fuse struct {
	env   sim.Env
	Burns time.Duration
}

// Start lights it.
func (f *Fuse) Start(env sim.Env) error {
	f.env = env
	env.SetTimer(f.Burns, 1)
	return nil
}

// Receive ignores everything.
func (f *Fuse) Receive(uint64, *sim.Message) {}

// Timer is the end.
func (f *Fuse) Timer(uint64) { f.env.Fail(fmt.Errorf("burnt down after %v", f.Burns)) }
