package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"raftsim/raft"
)

// Factory makes a host's raft.Node, on its first start and on every other one:
// the Node goes by what is in Config.Storage. A founding member finds the first
// configuration there, in a snapshot at index 1 that all of them hold, as
// raft.RestartNode expects it; a host that joins later finds nothing.
type Factory func(c *raft.Config) (raft.Node, error)

// DefaultRaft is the name of the Raft that this module implements.
const DefaultRaft = "raftsim"

// rafts holds the implementations by name.
var rafts = map[string]Factory{
	DefaultRaft: func(c *raft.Config) (raft.Node, error) { return raft.RestartNode(c), nil },
}

// RegisterRaft adds an implementation under a name that Options.Rafts and
// scenario files can use. Call it from main or TestMain, before any run: it is
// not safe beside one. It panics when the name is taken.
func RegisterRaft(name string, f Factory) {
	if _, taken := rafts[name]; taken || name == "" || f == nil {
		panic(fmt.Sprintf("sim: RegisterRaft(%q): the name is empty or taken, or the factory is nil", name))
	}
	// written before any run: RegisterRaft is called from main or TestMain
	rafts[name] = f
}

// LookupRaft returns the implementation of a name.
func LookupRaft(name string) (Factory, error) {
	f, ok := rafts[name]
	if !ok {
		return nil, fmt.Errorf("sim: no Raft is named %q, valid are %s", name, strings.Join(RaftNames(), ", "))
	}
	return f, nil
}

// RaftNames lists the registered implementations in alphabetical order.
func RaftNames() []string { return slices.Sorted(maps.Keys(rafts)) }
