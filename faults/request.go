package faults

import (
	"strconv"

	"raftsim/internal/text"
)

// AsksLeader reports that an action is a request to the host that leads when it fires,
// though it names no leader: it waits until somebody does, and for LeaveJoint until
// there is something to leave.
func AsksLeader(a Action) bool {
	switch a.(type) {
	case Reconfigure, Replace, LeaveJoint, Transfer:
		return true
	}
	return false
}

// Transfer asks the leader to hand its leadership over.
type Transfer struct{ To Target }

// Kind is "transfer".
func (Transfer) Kind() string { return "transfer" }

// String is "transfer leader to n3".
func (a Transfer) String() string { return "transfer leader to " + a.To.String() }

// Groups is the host that is to lead.
func (a Transfer) Groups() []Group { return []Group{{a.To}} }

// Bind transfers to another host.
func (Transfer) Bind(groups []Group) Action { return Transfer{first(groups[0])} }

// Campaign makes hosts start an election at once.
type Campaign struct{ Hosts Group }

// Kind is "campaign".
func (Campaign) Kind() string { return "campaign" }

// String is "campaign follower".
func (a Campaign) String() string { return "campaign " + a.Hosts.String() }

// Groups are the hosts that campaign.
func (a Campaign) Groups() []Group { return []Group{a.Hosts} }

// Bind lets other hosts campaign.
func (Campaign) Bind(groups []Group) Action { return Campaign{groups[0]} }

// ForgetLeader makes followers forget who leads, so that they may grant
// pre-votes before their timeout.
type ForgetLeader struct{ Hosts Group }

// Kind is "forget-leader".
func (ForgetLeader) Kind() string { return "forget-leader" }

// String is "forget-leader followers".
func (a ForgetLeader) String() string { return "forget-leader " + a.Hosts.String() }

// Groups are the hosts that forget.
func (a ForgetLeader) Groups() []Group { return []Group{a.Hosts} }

// Bind lets other hosts forget.
func (ForgetLeader) Bind(groups []Group) Action { return ForgetLeader{groups[0]} }

// Compact makes hosts take a snapshot at their applied index now and drop the
// log before it.
type Compact struct{ Hosts Group }

// Kind is "compact".
func (Compact) Kind() string { return "compact" }

// String is "compact leader".
func (a Compact) String() string { return "compact " + a.Hosts.String() }

// Groups are the hosts that compact.
func (a Compact) Groups() []Group { return []Group{a.Hosts} }

// Bind compacts other hosts.
func (Compact) Bind(groups []Group) Action { return Compact{groups[0]} }

// Propose hands a burst of proposals to hosts, all at the same instant.
type Propose struct {
	Hosts Group
	// Count is how many for each host, from 1 to MaxCount.
	Count int
	// Bytes is the size of each; zero means as the workload makes them.
	Bytes int64
}

// Kind is "propose".
func (Propose) Kind() string { return "propose" }

// String is "propose 50 on leader of 1KB".
func (a Propose) String() string {
	s := "propose " + strconv.Itoa(a.Count) + " on " + a.Hosts.String()
	if a.Bytes > 0 {
		s += " of " + text.Size(a.Bytes)
	}
	return s
}

// Groups are the hosts that are asked.
func (a Propose) Groups() []Group { return []Group{a.Hosts} }

// Bind asks other hosts.
func (a Propose) Bind(groups []Group) Action { return Propose{groups[0], a.Count, a.Bytes} }

// Read asks hosts for linearizable reads, all at the same instant.
type Read struct {
	Hosts Group
	// Count is how many for each host, from 1 to MaxCount.
	Count int
}

// Kind is "read".
func (Read) Kind() string { return "read" }

// String is "read 10 on followers".
func (a Read) String() string { return "read " + strconv.Itoa(a.Count) + " on " + a.Hosts.String() }

// Groups are the hosts that are asked.
func (a Read) Groups() []Group { return []Group{a.Hosts} }

// Bind asks other hosts.
func (a Read) Bind(groups []Group) Action { return Read{groups[0], a.Count} }
