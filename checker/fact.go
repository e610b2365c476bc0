package checker

import "strings"

// Facts is a set of what properties are judged by. What hosts show has the name of
// the method of host.Observer that tells it. All that is judged of hosts also needs
// FactStarted.
type Facts uint32

// The facts.
const (
	FactStarted Facts = 1 << iota
	FactStored
	FactTicked
	FactHandsOver
	FactReceived
	FactOffered
	FactProgress
	FactPersisted
	FactSent
	FactApplied
	FactExecuted
	FactAppliedState
	FactReconfigured
	FactInstalled
	FactSnapshotted
	FactCompacted
	FactReadBegun
	FactReadServed

	// FactHosts: which hosts run, and how a run ends.
	FactHosts
	// FactAnswered: what clients asked and were answered.
	FactAnswered
	// FactStatus: the status of a raft.Node, asked for when the faults have healed.
	FactStatus
	// FactPeers: the progress of each peer in the status of a leader.
	FactPeers
	// FactUncommitted: how many bytes a leader counts as uncommitted.
	FactUncommitted

	factsEnd
)

var factNames = [...]string{
	"Started", "Stored", "Ticked", "HandsOver", "Received", "Offered", "Progress", "Persisted", "Sent", "Applied", "Executed", "AppliedState",
	"Reconfigured", "Installed", "Snapshotted", "Compacted", "ReadBegun", "ReadServed",
	"the hosts that run", "the clients' history", "raft.Node.Status", "Status.Progress", "raft.UncommittedViewer",
}

// String lists the facts, "Offered, Sent".
func (f Facts) String() string {
	var names []string
	for i, name := range factNames {
		if f&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

var _ = [1]struct{}{}[factsEnd-1<<len(factNames)] // each has a name
