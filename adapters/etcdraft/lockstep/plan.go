// Package lockstep drives two implementations of raft.Core through the same
// history, call by call, and compares all they show: each Ready, each error, each
// status, and how many random numbers they drew.
//
// A history is a [Plan]: settings and a list of steps. A step means something in
// every state that a cluster can be in, so a part of a plan is a plan, and a
// difference can be shrunk to the few steps that it takes ([Minimise]).
package lockstep

import (
	"fmt"
	"strings"

	"raftsim/raft"
	"raftsim/random"
)

// Plan is a history to be played, as data: equal plans play equally.
type Plan struct {
	// Seed draws the election timeouts.
	Seed random.Seed
	// Hosts is the number of hosts, n1 and up. The first Voters of them found the
	// group, with the Learners that follow. The rest may be added by steps.
	Hosts, Voters, Learners int
	// FromSnapshot says that the founders start with a snapshot at index 1, as
	// opposed to a log that adds one voter after the other; learners need it.
	FromSnapshot bool
	// Settings are those of every host. ID, Storage, Applied, Rand and Logger
	// are filled in.
	Settings raft.Config
	Steps    []Step
}

// Step is one thing that happens. What A and B mean depends on Op; they are taken
// modulo what there is to choose from.
type Step struct {
	Op   Op
	Host uint8 // modulo the number of hosts
	A, B uint8
}

// Op is a kind of step.
type Op uint8

// The kinds of steps.
const (
	Idle      Op = iota
	Deliver      // the oldest message in flight (A%4 > 0) or that at B
	Drop         // the message at A
	Duplicate    // the message at A
	Work         // one stage of the Ready cycle, or of a storage thread
	Settle       // all work of the host
	Flow         // all work of all hosts, and up to 4*A messages in order
	Tick         // of one host
	TickAll      // of all hosts, 1 + A%4 times
	Propose      // A bytes
	Batch        // several entries in one MsgProp
	Read
	Change   // of the configuration: A is its form, B its content
	Transfer // leadership to A
	Forget   // the leader
	Campaign
	Unreachable // A
	Report      // the snapshot to A, as B says
	Compact     // the log at the applied index, keeping A%4 entries
	Crash
	Restart
	Cut  // the link from the host to A
	Heal // all links

	opEnd
)

var opNames = [...]string{"idle", "deliver", "drop", "duplicate", "work", "settle", "flow", "tick", "tick all", "propose", "batch", "read",
	"change", "transfer", "forget", "campaign", "unreachable", "report", "compact", "crash", "restart", "cut", "heal"}

// String is the kind in words.
func (o Op) String() string { return opNames[o%opEnd] }

// String is the step as it stands in a plan.
func (s Step) String() string { return fmt.Sprintf("{%v, %d, %d, %d}", s.Op, s.Host, s.A, s.B) }

// String shows the whole plan.
func (p *Plan) String() string {
	s := &p.Settings
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, %d hosts, %d voters, %d learners, from snapshot %t\n", p.Seed, p.Hosts, p.Voters, p.Learners, p.FromSnapshot)
	fmt.Fprintf(&b, "election %d, heartbeat %d, pre-vote %t, check-quorum %t, async %t, step down %t, no forwarding %t, no validation %t\n",
		s.ElectionTick, s.HeartbeatTick, s.PreVote, s.CheckQuorum, s.AsyncStorageWrites,
		!s.LeadAfterRemoval, s.DisableProposalForwarding, s.DisableConfChangeValidation)
	fmt.Fprintf(&b, "size of message %d, committed %d, uncommitted %d, inflight messages %d, bytes %d\n",
		s.MaxSizePerMsg, s.MaxCommittedSizePerReady, s.MaxUncommittedEntriesSize, s.MaxInflightMsgs, s.MaxInflightBytes)
	fmt.Fprintf(&b, "%d steps: %v", len(p.Steps), p.Steps)
	return b.String()
}
