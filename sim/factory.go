package sim

import (
	"fmt"

	"raftsim/internal/registry"
	"raftsim/internal/text"
	"raftsim/raft"
)

// Factory makes a host's raft.Node, on its first start and on every other one:
// the Node uses what is in Config.Storage. A founding member finds the first
// configuration there, in a snapshot at index 1 that all of them hold, as
// raft.RestartNode expects it; a host that joins later finds nothing.
type Factory func(c *raft.Config) (raft.Node, error)

// DefaultRaft is the name of the Raft that this module implements.
const DefaultRaft = "raftsim"

// rafts holds the implementations by name.
var rafts registry.Registry[Factory]

func init() {
	RegisterRaft(DefaultRaft, func(c *raft.Config) (raft.Node, error) { return raft.RestartNode(c), nil })
}

// RegisterRaft adds an implementation under a name that Options.Rafts and
// scenario files can use, and returns what takes it away again. A program
// registers once, in main, TestMain or an init function. A test that runs more
// than once in a process, as with go test -count=2, registers for itself alone:
//
//	t.Cleanup(sim.RegisterRaft("mine", newNode))
//
// It panics when the name is taken or empty, and when the factory is nil.
func RegisterRaft(name string, f Factory) (unregister func()) {
	if name == "" || f == nil {
		panic(fmt.Sprintf("sim: RegisterRaft(%q): the name is empty, or the factory is nil", name))
	}
	unregister, ok := rafts.Add(name, f)
	if !ok {
		panic(fmt.Sprintf("sim: RegisterRaft(%q): the name is taken; a test registers for itself alone with t.Cleanup(sim.RegisterRaft(...))", name))
	}
	return unregister
}

// LookupRaft returns the implementation of a name.
func LookupRaft(name string) (Factory, error) {
	f, ok := rafts.Lookup(name)
	if !ok {
		return nil, fmt.Errorf("sim: no Raft is named %q, %s", name, text.Suggestion(name, RaftNames()))
	}
	return f, nil
}

// RaftNames lists the registered implementations in alphabetical order.
func RaftNames() []string { return rafts.Names() }
