// Package recovery is the recovery phase of a run: which hosts must recover, what is
// heard of the others, and what excuses those that do not. It knows of the world what
// Cluster says, and changes it by the verbs of that alone.
package recovery

import (
	"slices"

	"raftsim/checker/membership"
	"raftsim/network"
	"raftsim/replica"
)

// Cluster is what the recovery phase has of the cluster.
type Cluster interface {
	// Hosts says how all hosts stand now, in order of their number.
	Hosts() []Host
	// Conf is the latest configuration that any host has applied. All members knew
	// the one of index Settled, for good.
	Conf() membership.Config
	Settled() uint64
	// LinksTo lists the links to a host, those of clients too.
	LinksTo(host uint64) []network.LinkID

	Cut(links []network.LinkID)
	Restore(links []network.LinkID)
	// SwitchOff takes a host its power for good, or until a heal.
	SwitchOff(host uint64)
	// Tell puts a line about a host into the trace, 0: about all.
	Tell(host uint64, text string)
}

// Host is how a host stands.
type Host struct {
	ID uint64
	// Absent was never started, Retired was removed and is switched off.
	Absent, Retired bool
	// Sound has all that it ever acknowledged.
	Sound bool
	// Replica is what runs on it, nil while it is down, reads its disk, or runs
	// another process.
	Replica *replica.Replica
	// Configs are the possible configurations by what it knew when it stopped last.
	Configs []membership.Config
}

// PossibleConfigs lists the configuration that a replica uses, and those that the
// entries of its log would lead to.
func PossibleConfigs(p *replica.Replica) []membership.Config {
	k := membership.Of(p.ConfState())
	return append([]membership.Config{k}, k.Later(p.Unapplied())...)
}

// without are hosts but for one.
func without(hosts []uint64, id uint64) []uint64 {
	return slices.DeleteFunc(slices.Clone(hosts), func(other uint64) bool { return other == id })
}
