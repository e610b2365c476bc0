// Package recovery is the recovery phase of a run: which hosts must recover, what is
// heard of the others, and what excuses those that do not. It knows of the world what
// Cluster says, and changes it by the verbs of that alone.
package recovery

import (
	"slices"

	"raftsim/checker"
	"raftsim/checker/membership"
	"raftsim/clock"
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

// World is what the phase has of the rest of a run.
type World interface {
	Cluster
	// Now is the virtual time, Events the number of the event that is handled, LastDue
	// when the last packet arrives that is under way.
	Now() clock.Time
	Events() uint64
	LastDue() clock.Time
	// CheckAt calls Phase.Check at an instant.
	CheckAt(at clock.Time)

	// Leader is the host that leads in the highest term, 0 when there is none. State is
	// how a host with a replica stands, with what it believes of those of the core if it
	// leads.
	Leader() uint64
	State(host uint64, core []uint64) checker.HostState

	// Heal ends all that is wrong with the hosts that are not given up.
	Heal()
	// Quicken makes the network and the disks quick, and returns by when the disks have
	// done what they were asked before.
	Quicken() clock.Time
	// Isolation lists the links between a host and all others.
	Isolation(host uint64) []network.LinkID

	// Finish lets the clients ask until they are answered, and begin nothing more.
	Finish()
	// Waiting is the number of the first client that has no answer, 0 when all have,
	// with the operation.
	Waiting() (client uint64, o Operation)
	// Ask asks a host for an operation that no client has asked for, and returns its
	// place in the history. It returns false where the workload has none such.
	Ask(host uint64, read bool) (place int, ok bool)
	Answered(place int) bool
	Operation(place int) Operation

	// Unrecovered is told what did not come true in time, and the hazard that excuses
	// it, "" when there is none.
	Unrecovered(v *checker.Violation, hazard string)
}

// Host is how a host stands.
type Host struct {
	ID uint64
	// Absent was never started, Retired was removed and is switched off.
	Absent, Retired bool
	// Running is neither switched off nor down; State says it in a word.
	Running bool
	State   string
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
