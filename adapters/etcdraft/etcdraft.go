// Package etcdraft makes go.etcd.io/raft/v3 v3.6.0 a Raft that the simulator can
// drive, in clusters of its own or mixed with ours.
//
// Importing it replaces the variable crypto/rand.Reader of the process, because
// that is where v3.6.0 draws election timeouts from: see [Core]. Calls to nodes of
// this package exclude each other in the whole process, so run one simulation at a
// time in it, and nothing else that reads crypto/rand.Reader.
package etcdraft

import "raftsim/raft"

// Name is the name that programs and scenarios know etcd's Raft by, once the program
// has registered it:
//
//	sim.RegisterRaft(etcdraft.Name, etcdraft.NewNode)
const Name = "etcd"

// NewNode returns a raft.Node over a [Core]: a sim.Factory.
func NewNode(c *raft.Config) (raft.Node, error) {
	core, err := NewCore(c)
	if err != nil {
		return nil, err
	}
	return raft.NewNode(core), nil
}
