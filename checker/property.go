package checker

import (
	"fmt"
	"slices"

	"raftsim/internal/text"
)

// Property is one thing that must always hold.
type Property struct {
	// Name is how a violation is headed, such as "election safety".
	Name string
	// Source says where the property comes from.
	Source string
	// About says in a sentence what is observed.
	About string
}

// property is the place of a Property in the table.
type property uint8

const (
	electionSafety property = iota
	electionQuorum
	oneVote
	voteFreshness
	preVote
	voteLease
	checkQuorum
	transfer
	leaderAppendOnly
	logMatching
	entryOrigin
	logOrder
	truncation
	committedLog
	commitQuorum
	commitTerm
	commitOrder
	leaderCompleteness
	stateMachineSafety
	applyOrder
	termDurability
	voteDurability
	appendDurability
	durableState
	storage
	termOrder
	snapshotState
	stateOrder
	configAgreement
	configStep
	configInFlight
	campaign
	messageTerm
	messageForm
	commitHint
	peerProgress
	readIndex
	sessionOnce
	properties // their number
)

// The names of properties that not every Raft or process shows.
const (
	ReplicationProgress = "replication progress"
	ReadIndex           = "read index"
	Session             = "session"
)

// table describes each property. Its order is that of the documentation.
var table = [properties]Property{
	electionSafety: {"election safety", "Raft §5.2, Figure 3",
		"At most one host leads in a term, over the whole run: leaders that never coexist count too."},
	electionQuorum: {"election quorum", "Raft §5.2; dissertation §4.3",
		"A leader is a voter of its configuration and was given the votes of a majority of its voters, of both halves when it is joint; learners do not count."},
	oneVote: {"one vote a term", "Raft §5.2",
		"A host votes for at most one candidate in a term, counted across its restarts."},
	voteFreshness: {"vote freshness", "Raft §5.4.1",
		"A vote or pre-vote goes to a candidate that asked for it and whose log is at least as up to date as the voter's."},
	preVote: {"pre-vote", "dissertation §9.6",
		"A pre-vote is asked for the term after the current one, and neither asking nor being asked makes a host enter it; nobody gives one in a term in which it has voted for another."},
	voteLease: {"vote under a lease", "dissertation §4.2.3, §6.4.1",
		"With check-quorum, a host that hears from a leader ignores requests for votes, unless the leader is handing over; where leases serve reads it does not campaign either, and learning of a later term does not free it."},
	checkQuorum: {"check quorum", "dissertation §6.2",
		"With check-quorum, a leader that hears from no majority of its voters does not go on leading."},
	transfer: {"leadership transfer", "dissertation §3.10",
		"A leader tells a voter to campaign at once only when that voter has acknowledged the leader's whole log, and takes no entries from then on until it gives the transfer up."},
	leaderAppendOnly: {"leader append-only", "Raft §5.3, Figure 3",
		"A leader never changes or drops an entry of its own log."},
	logMatching: {"log matching", "Raft §5.3, Figure 3",
		"Two logs that have an entry of the same index and term are the same up to it."},
	entryOrigin: {"entry origin", "Raft §5.3, lemma 5 of the dissertation's proof",
		"Entries of a term are made by the leader of that term and by nobody else."},
	logOrder: {"log order", "Raft §5.3",
		"A log has no gaps, its terms never decrease, and none is above the host's current term."},
	truncation: {"truncation", "Raft §5.3, Figure 2 (AppendEntries, rule 3)",
		"A log loses entries only where another entry takes the place of one."},
	committedLog: {"committed log", "Raft §5.4; etcdraft.tla LogInv",
		"What is committed is never replaced: the committed prefixes of all hosts agree, and no host truncates below its commit index."},
	commitQuorum: {"commit quorum", "Raft §5.3, §5.4.2; etcdraft.tla QuorumLogInv",
		"An index is committed only when it is durable on a majority of the voters of the configuration in force, of both halves when it is joint."},
	commitTerm: {"commit of the own term", "Raft §5.4.2, Figure 8",
		"A leader advances its commit index by counting only to an entry of its own term."},
	commitOrder: {"commit order", "Raft Figure 2",
		"A commit index never goes back while a host runs, and never passes the end of its log."},
	leaderCompleteness: {"leader completeness", "Raft §5.4, Figure 3",
		"An entry committed in a term is in the log of every leader of a higher term."},
	stateMachineSafety: {"state machine safety", "Raft §5.4.3, Figure 3",
		"No two hosts apply different entries at an index, and equal prefixes give equal states."},
	applyOrder: {"apply order", "Raft §5.3",
		"A host applies committed entries in order of index, each once, none skipped."},
	termDurability: {"term durability", "Raft Figure 2",
		"An answer leaves a host only when the term it speaks of is durable there."},
	voteDurability: {"vote durability", "Raft §5.2, Figure 2",
		"A vote leaves a host, and a candidate counts its own, only when it is durable there."},
	appendDurability: {"append durability", "Raft §5.3, Figure 2",
		"An acknowledgement leaves a host only when the entries it speaks for are durable there, and speaks only for what the leader has shown to match."},
	durableState: {"durable state", "Raft Figure 2",
		"What was durable before a crash (term, vote, commit index, log, snapshot) is there after the restart, unless an injected fault excuses its loss."},
	storage: {"storage", "raft.Storage",
		"What a Node reads of its log from its Storage ends where the log on its disk does, with the same terms."},
	termOrder: {"term order", "Raft §5.1",
		"The term of a host never goes back while it runs, and rises to that of whoever it hears from; only requests for votes may be ignored."},
	snapshotState: {"snapshot", "Raft §7; dissertation §5",
		"A snapshot stands for a committed prefix: its term, configuration and state are those at its index, and installing it never moves a host back."},
	stateOrder: {"state order", "openraft StateOrdering",
		"Compacted, snapshot, applied, committed and last index of a host are in this order."},
	configAgreement: {"configuration agreement", "Raft §6",
		"All hosts that have applied an index go by the same configuration: the one before it, changed as the committed entry there says."},
	configStep: {"configuration step", "Raft §6; dissertation §4.1, §4.3",
		"Successive configurations have overlapping majorities: one voter differs, or the change is joint. No host is both voter and learner."},
	configInFlight: {"one configuration change", "dissertation §4.1",
		"A leader appends a configuration change only when it has applied the one before."},
	campaign: {"campaign", "dissertation §4.1, §4.2.1, with configurations that take effect when applied",
		"A host campaigns only as a voter of its configuration, and not while a committed change of it waits to be applied: it would count votes by a configuration that is past."},
	messageTerm: {"message term", "etcdraft.tla MessageTermsLtCurrentTerm",
		"No message carries a term above its sender's, but for pre-votes."},
	messageForm: {"message form", "Raft Figure 2",
		"Only the leader of a term sends what leaders send, and what it sends is in its log."},
	commitHint: {"commit hint", "Raft Figure 2 (AppendEntries, rule 5)",
		"A message carries no commit index above its sender's, a heartbeat none above what its receiver has acknowledged in this term, and a follower commits only what a message has shown to match."},
	peerProgress: {ReplicationProgress, "Raft Figure 2",
		"What a leader believes to match is durable on the peer, never shrinks in its term, and lies below what it sends next."},
	readIndex: {ReadIndex, "dissertation §6.4",
		"A linearizable read is served from a state at least as new as all that was committed when it began, and not before that state is applied; its index is told by a leader that has committed in its term and that a majority of voters has confirmed since the read began, or under a lease less than the lease before and not since it handed over."},
	sessionOnce: {Session, "dissertation §6.3",
		"A client's command takes effect once, in the order of its session, before it is acknowledged."},
}

// Properties lists what a Protocol watches, in the order of the documentation.
func Properties() []Property { return slices.Clone(table[:]) }

// enabled says which properties to report. It panics on a name that is none.
func (o Options) enabled() (on [properties]bool) {
	for p := range on {
		on[p] = len(o.Only) == 0
	}
	for _, name := range o.Only {
		on[lookupProperty(name)] = true
	}
	for _, name := range o.Unchecked {
		on[lookupProperty(name)] = false
	}
	return on
}

// Validate reports the first name in o that is no property.
func (o Options) Validate() error {
	for _, name := range slices.Concat(o.Only, o.Unchecked) {
		if !slices.ContainsFunc(table[:], func(p Property) bool { return p.Name == name }) {
			return fmt.Errorf("checker: no property is named %q, %s", name, text.Suggestion(name, propertyNames()))
		}
	}
	return nil
}

func propertyNames() []string {
	names := make([]string, len(table))
	for i, p := range table {
		names[i] = p.Name
	}
	return names
}

func lookupProperty(name string) property {
	for i, p := range table {
		if p.Name == name {
			return property(i)
		}
	}
	panic(fmt.Sprintf("checker: no property %q", name))
}
