// Package etcdraft makes go.etcd.io/raft/v3 v3.6.0 a Raft that the simulator can
// drive, in clusters of its own or mixed with ours.
//
// Importing it replaces the variable crypto/rand.Reader of the process, because
// that is where v3.6.0 draws election timeouts from: see [Core]. Calls to nodes of
// this package exclude each other in the whole process, so run one simulation at a
// time in it, and nothing else that reads crypto/rand.Reader.
package etcdraft

import (
	"raftsim/raft"
	"raftsim/sim"
)

// Name is the name under which [Register] makes etcd's Raft known.
const Name = "etcd"

// Register makes etcd's Raft known to the simulator, for sim.Options.Rafts and
// scenario files. Call it once, from main or TestMain.
func Register() { sim.RegisterRaft(Name, NewNode) }

// NewNode returns a raft.Node over a [Core]: a sim.Factory.
func NewNode(c *raft.Config) (raft.Node, error) {
	core, err := NewCore(c)
	if err != nil {
		return nil, err
	}
	return raft.NewNode(core), nil
}
