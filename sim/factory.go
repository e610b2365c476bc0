package sim

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"raftsim/raft"
)

// Factory makes a host's raft.Node. Peers are the founding members on the
// first start of a founding host, and nil on every other start: then the Node
// goes by what is in Config.Storage.
type Factory func(c *raft.Config, peers []raft.Peer) (raft.Node, error)

// DefaultRaft is the name of the Raft that this module implements.
const DefaultRaft = "raftsim"

// rafts holds the implementations by name. It is filled before any run begins
// and only read afterwards.
var rafts = map[string]Factory{
	DefaultRaft: func(c *raft.Config, peers []raft.Peer) (raft.Node, error) {
		if len(peers) > 0 {
			return raft.StartNode(c, peers), nil
		}
		return raft.RestartNode(c), nil
	},
}

// RegisterRaft adds an implementation under a name that Options.Rafts and
// scenario files can use. Call it from main or TestMain, before any run: it is
// not safe beside one. It panics when the name is taken.
func RegisterRaft(name string, f Factory) {
	if _, taken := rafts[name]; taken || name == "" || f == nil {
		panic(fmt.Sprintf("sim: RegisterRaft(%q): the name is empty or taken, or the factory is nil", name))
	}
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
