package tracker

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Progress is what a leader knows about one follower, and about itself (Raft
// Figure 2, nextIndex and matchIndex, with the state machine that thesis §10.2.1
// calls pipelining and probing).
type Progress struct {
	// Match is the highest index up to which the follower's log is known to
	// equal the leader's.
	Match uint64
	// Next is the index of the next entry to send. Those between Match and Next
	// are in flight. Next > Match always; in StateSnapshot it is
	// PendingSnapshot+1.
	Next uint64
	// sentCommit is the highest commit index the follower has been told in a
	// message that is not known to be lost. It makes sure that every commit
	// index reaches the follower once, and saves telling it again.
	sentCommit uint64

	// State is how the follower is treated.
	State StateType

	// PendingSnapshot is, in StateSnapshot, the index of the snapshot on its
	// way. An answer that connects the follower to the leader's log ends the
	// state, even from another snapshot than this one. Zero in other states.
	PendingSnapshot uint64

	// RecentActive says that the follower has been heard from since the last
	// time the leader checked its quorum. The leader itself always counts.
	RecentActive bool

	// MsgAppFlowPaused stops append messages until the next heartbeat is
	// answered: after a probe, and when Inflights is full.
	MsgAppFlowPaused bool

	// Inflights are the append messages on their way in StateReplicate.
	Inflights *Inflights

	// IsLearner says that the follower does not vote.
	IsLearner bool

	// Denied is the highest index that the follower has acknowledged to this
	// leader and then denied to have: its disk was lost, or it was removed and
	// added again without one, and an answer from before came late. What was
	// committed by its word may be lost. Zero when it has denied nothing.
	Denied uint64
	// denials is how often, one after the other, it has refused entries that come
	// after Match, and token what it is asked to prove that with.
	denials int
	token   uint64
}

// ResetState enters a state with no message in flight and nothing paused.
func (pr *Progress) ResetState(state StateType) {
	pr.MsgAppFlowPaused = false
	pr.PendingSnapshot = 0
	pr.State = state
	pr.Inflights.Reset()
}

// BecomeProbe enters StateProbe. Sending starts again after Match, or, if a
// snapshot was pending, after that one: it may well have arrived.
func (pr *Progress) BecomeProbe() {
	known := pr.Match
	if pr.State == StateSnapshot {
		known = max(known, pr.PendingSnapshot)
	}
	pr.ResetState(StateProbe)
	pr.resume(known + 1)
}

// BecomeReplicate enters StateReplicate. Sending goes on after Match.
func (pr *Progress) BecomeReplicate() {
	pr.ResetState(StateReplicate)
	pr.Next = pr.Match + 1
}

// BecomeSnapshot enters StateSnapshot with a snapshot at this index on its way.
func (pr *Progress) BecomeSnapshot(snapshoti uint64) {
	pr.ResetState(StateSnapshot)
	pr.PendingSnapshot = snapshoti
	pr.Next = snapshoti + 1
	pr.sentCommit = snapshoti
}

// SentEntries records an append message with so many entries, from Next on, and
// so many bytes. It panics in StateSnapshot, in which none may be sent.
func (pr *Progress) SentEntries(entries int, bytes uint64) {
	switch pr.State {
	case StateReplicate:
		if entries > 0 {
			pr.Next += uint64(entries)
			pr.Inflights.Add(pr.Next-1, bytes)
		}
		// The message that fills the window, and the empty ones after it, are
		// probes: one until the next heartbeat is answered.
		pr.MsgAppFlowPaused = pr.Inflights.Full()
	case StateProbe:
		if entries > 0 {
			pr.MsgAppFlowPaused = true
		}
	default:
		panic(fmt.Sprintf("tracker: %d entries sent in %s (%s)", entries, pr.State, pr))
	}
}

// CanBumpCommit says whether telling the follower this commit index could move
// its own: it has not been told as much, and entries up to where it could move
// are on their way.
func (pr *Progress) CanBumpCommit(index uint64) bool {
	return pr.sentCommit < index && pr.sentCommit < pr.Next-1
}

// SentCommit records that a message tells the follower this commit index.
func (pr *Progress) SentCommit(commit uint64) { pr.sentCommit = commit }

// MaybeUpdate takes an acknowledgement of all entries up to n. It returns false
// if that was known already.
func (pr *Progress) MaybeUpdate(n uint64) bool {
	if n <= pr.Match {
		if n == pr.Match {
			pr.believe()
		}
		return false
	}
	pr.believe()
	pr.Match = n
	pr.Next = max(pr.Next, n+1)
	pr.MsgAppFlowPaused = false
	return true
}

// MaybeDecrTo takes the rejection of an append message that came after index
// rejected, from a follower that may have everything up to matchHint. It returns
// false for a rejection that is out of date, late or duplicated by the network,
// and changes nothing then. Otherwise Next moves back, never to Match.
func (pr *Progress) MaybeDecrTo(rejected, matchHint uint64) bool {
	if pr.State == StateReplicate {
		if rejected <= pr.Match {
			return false
		}
		pr.resume(pr.Match + 1)
		return true
	}
	// While probing there is one message at a time, and it came after Next-1.
	if rejected != pr.Next-1 {
		return false
	}
	pr.resume(max(min(rejected, matchHint+1), pr.Match+1))
	pr.MsgAppFlowPaused = false
	return true
}

// mostDenials is after how many refusals of what a follower has acknowledged it is
// asked for a proof. Fewer are more likely to be late or duplicated ones, from before
// the acknowledgement; a network that holds messages back can bring any number.
const mostDenials = 8

// Denial is what the rejection of an append message says of an earlier acknowledgement.
type Denial uint8

const (
	// NoDenial says that the follower may well have what it acknowledged.
	NoDenial Denial = iota
	// Doubted says that it has refused what comes after that quite often. The next
	// append message carries a token, and there is none before that is answered or
	// a heartbeat is.
	Doubted
	// Proven says that it has refused a message with the token: it does not have
	// what it had acknowledged before the message was sent. It is probed as if it
	// had acknowledged nothing, and not before the next heartbeat is answered.
	Proven
)

// Deny takes the rejection of an append message that came after index rejected, from a
// follower that may have everything up to matchHint. token is that of the message, and
// fresh one that was never used, to ask for a proof with; both are zero for none.
func (pr *Progress) Deny(rejected, matchHint, token, fresh uint64) Denial {
	if rejected != pr.Match || pr.Match == 0 {
		return NoDenial
	}
	pr.denials++
	switch {
	case pr.token != 0 && token == pr.token:
		pr.Denied = max(pr.Denied, pr.Match)
		pr.believe()
		pr.Match = 0
		pr.ResetState(StateProbe)
		pr.resume(min(rejected, matchHint+1))
		pr.MsgAppFlowPaused = true
		return Proven
	case pr.token != 0:
		return Doubted
	case pr.denials >= mostDenials && pr.State == StateProbe:
		pr.token = fresh
		pr.MsgAppFlowPaused = false
		return Doubted
	}
	return NoDenial
}

// Token is what the next append message carries to prove a denial, zero for nothing.
func (pr *Progress) Token() uint64 { return pr.token }

// believe forgets all doubts about an acknowledgement.
func (pr *Progress) believe() { pr.denials, pr.token = 0, 0 }

// resume makes next the next index to send. What was sent from there on counts
// as lost, and so does a commit index that only those entries could carry.
func (pr *Progress) resume(next uint64) {
	pr.Next = next
	pr.sentCommit = min(pr.sentCommit, next-1)
}

// IsPaused says that no entries may be sent for now.
func (pr *Progress) IsPaused() bool {
	return pr.MsgAppFlowPaused || pr.State == StateSnapshot
}

// String returns the state, the indexes, and whatever is out of the ordinary.
func (pr *Progress) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s match=%d next=%d", pr.State, pr.Match, pr.Next)
	if pr.IsLearner {
		b.WriteString(" learner")
	}
	if pr.IsPaused() {
		b.WriteString(" paused")
	}
	if pr.PendingSnapshot > 0 {
		fmt.Fprintf(&b, " pendingSnap=%d", pr.PendingSnapshot)
	}
	if !pr.RecentActive {
		b.WriteString(" inactive")
	}
	if pr.Denied > 0 {
		fmt.Fprintf(&b, " denied=%d", pr.Denied)
	}
	// Views of a Progress that are handed to users have no Inflights.
	if n := pr.Inflights.Count(); n > 0 {
		fmt.Fprintf(&b, " inflight=%d", n)
		if pr.Inflights.Full() {
			b.WriteString("[full]")
		}
	}
	return b.String()
}

// ProgressMap holds the Progress of every member by its id.
type ProgressMap map[uint64]*Progress

// String returns a line for each member, in ascending order of ids.
func (m ProgressMap) String() string {
	var b strings.Builder
	for _, id := range slices.Sorted(maps.Keys(m)) {
		fmt.Fprintf(&b, "%d: %s\n", id, m[id])
	}
	return b.String()
}
