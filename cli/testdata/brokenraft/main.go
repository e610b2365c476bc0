// Command brokenraft is a simrun of a user's own, with Rafts that have bugs.
// The tests of the command line build it to see each of them reported.
package main

import (
	"fmt"
	"os"

	"raftsim/cli"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/sim"
	"raftsim/workload"
)

func main() {
	sim.RegisterRaft("panics", wrap(func(n *node, rd *raft.Ready) {
		for i := range rd.CommittedEntries {
			if n.id == 1 && rd.CommittedEntries[i].Index == 20 {
				panic("entry 20 is one too many")
			}
		}
	}))
	sim.RegisterRaft("alters", wrap(func(n *node, rd *raft.Ready) {
		for i := range rd.CommittedEntries {
			if e := &rd.CommittedEntries[i]; n.id == 2 && e.Index == 20 {
				rd.CommittedEntries = append([]pb.Entry(nil), rd.CommittedEntries...)
				rd.CommittedEntries[i].Term += 7
			}
		}
	}))
	sim.RegisterRaft("mute", wrap(func(_ *node, rd *raft.Ready) { rd.Messages = nil }))
	sim.RegisterRaft("differs", func(c *raft.Config) (raft.Node, error) {
		started++ // a state of the process that outlives the run
		c.Rand = &counter{started << 32}
		return start(c)
	})
	workload.Register(forgetful{workload.KV})
	os.Exit(cli.Main())
}

var started uint64

type counter struct{ n uint64 }

func (c *counter) Uint64() uint64 {
	c.n = c.n*6364136223846793005 + 1442695040888963407
	return c.n
}

// forgetful is a key-value store that loses what it is told now and then: each
// host does, so the hosts agree and only the clients' answers show it.
type forgetful struct{ workload.Workload }

func (forgetful) Name() string { return "forgetful" }

func (f forgetful) NewStateMachine() workload.StateMachine {
	return &sieve{f.Workload.NewStateMachine()}
}

type sieve struct{ workload.StateMachine }

func (s *sieve) Apply(command []byte) []byte {
	if s.Digest()%16 != 0 {
		return s.StateMachine.Apply(command)
	}
	before := s.Snapshot()
	answer := s.StateMachine.Apply(command)
	if err := s.Restore(before); err != nil {
		panic(err)
	}
	return answer
}

// inner is what the simulator drives.
type inner interface {
	raft.Node
	raft.TryReadier
	raft.StatusViewer
}

// node is a good one whose work passes through a bug.
type node struct {
	inner
	id  uint64
	bug func(*node, *raft.Ready)
}

func (n *node) TryReady() (raft.Ready, bool) {
	rd, ok := n.inner.TryReady()
	if ok {
		n.bug(n, &rd)
	}
	return rd, ok
}

func wrap(bug func(*node, *raft.Ready)) sim.Factory {
	return func(c *raft.Config) (raft.Node, error) {
		good, err := start(c)
		if err != nil {
			return nil, err
		}
		driven, ok := good.(inner)
		if !ok {
			return nil, fmt.Errorf("brokenraft: a %T cannot be driven", good)
		}
		return &node{driven, c.ID, bug}, nil
	}
}

func start(c *raft.Config) (raft.Node, error) {
	f, err := sim.LookupRaft(sim.DefaultRaft)
	if err != nil {
		return nil, err
	}
	return f(c)
}
