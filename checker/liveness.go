package checker

import (
	"fmt"
	"slices"
)

// Liveness is something that must come true once the faults have healed, within
// a bound that the caller keeps. Each has a name and evidence of its own.
type Liveness uint8

// The liveness properties.
const (
	HostsRun Liveness = iota
	LeaderElected
	LeaderStays
	OperationsComplete
	FreshOperations
	ReplicasConverge
	JointLeft
	FollowersReplicate
	InflightDrains
	TransferEnds
	LearnersCatchUp
	UncommittedBounded
	RejoinKeepsLeader
	livenessProperties // their number
)

var liveness = [livenessProperties]Property{
	HostsRun: {"hosts run", "dissertation §9",
		"Every host of the core is up again."},
	LeaderElected: {"leader elected", "Raft §5.2; dissertation §9.6",
		"All members follow one leader within a number of election timeouts, also when the longest log is in an older term (with pre-vote)."},
	LeaderStays: {"leader stays", "Raft §5.2; dissertation §4.2.3",
		"Once all members follow one leader, and no change of leader was asked for, no term begins."},
	OperationsComplete: {"operations complete", "dissertation §6.2",
		"Every operation of a client that still waits gets its answer."},
	FreshOperations: {"fresh operations succeed", "dissertation §6.3, §6.4",
		"Once the cluster has recovered, a new command and a new linearizable read that are asked of any member are answered within a few election timeouts."},
	ReplicasConverge: {"replicas converge", "Raft §5.3",
		"All members have applied the same index, have equal states, and go by the same configuration."},
	JointLeft: {"joint configuration left", "Raft §6; dissertation §4.3",
		"A joint configuration that leaves by itself is left."},
	FollowersReplicate: {"followers replicate", "Raft §5.3, §7",
		"The leader is not stuck probing a follower, nor waiting for it to take a snapshot."},
	InflightDrains: {"inflight windows drain", "dissertation §10.2.1",
		"Nothing that was sent to a follower stays unanswered."},
	TransferEnds: {"transfer ends", "dissertation §3.10",
		"A leadership transfer succeeds or is given up within an election timeout."},
	LearnersCatchUp: {"learners catch up", "dissertation §4.2.1",
		"Every learner has all that its leader has."},
	UncommittedBounded: {"uncommitted entries bounded", "raft.Config MaxUncommittedEntriesSize",
		"A leader whose entries are all committed counts no bytes of uncommitted ones."},
	RejoinKeepsLeader: {"rejoin keeps the leader", "dissertation §9.6",
		"With pre-vote and check-quorum, a host that was isolated and returns does not depose the leader, and no term begins meanwhile."},
}

// IsLiveness reports whether a property of this name is a liveness property.
func IsLiveness(name string) bool {
	return slices.ContainsFunc(liveness[:], func(p Property) bool { return p.Name == name })
}

// LivenessProperties lists them in the order of the documentation.
func LivenessProperties() []Property { return slices.Clone(liveness[:]) }

// Property returns the name, the source and what is observed.
func (l Liveness) Property() Property { return liveness[l] }

// String returns the name.
func (l Liveness) String() string { return liveness[l].Name }

// Unmet is the violation of a liveness property that has not come true. shape
// tells the ways apart in which it may not have; it may be empty.
func (l Liveness) Unmet(shape, detail string, evidence ...Evidence) *Violation {
	v := &Violation{
		Property: liveness[l].Name, Source: liveness[l].Source,
		Detail: detail, Evidence: evidence, Signature: liveness[l].Name,
	}
	if shape != "" {
		v.Signature += ": " + shape
	}
	for _, e := range evidence {
		if e.Host != 0 && !slices.Contains(v.Hosts, e.Host) {
			v.Hosts = append(v.Hosts, e.Host)
		}
	}
	slices.Sort(v.Hosts)
	return v
}

// evidence says how a host stands.
func (h *HostState) evidence() Evidence {
	leads := fmt.Sprintf("follows n%d", h.Lead)
	switch h.Lead {
	case 0:
		leads = "follows nobody"
	case h.Host:
		leads = "leads"
	}
	return Evidence{At: h.At, Event: h.Event, Host: h.Host, Text: fmt.Sprintf(
		"%s in term %d, has applied %d and committed %d of a log that ends at %d, state %016x,",
		leads, h.Term, h.Applied, h.Commit, h.LastIndex, h.Digest)}
}
