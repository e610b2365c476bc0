package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft/tracker"
)

func newProgress(state tracker.StateType, match, next uint64) *tracker.Progress {
	return &tracker.Progress{Match: match, Next: next, State: state, Inflights: tracker.NewInflights(3, 0)}
}

// Whatever a leader does with a Progress, and whatever answers the network
// brings it, in any order and any number of times, these hold.
func TestProgressKeepsItsInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pr := newProgress(tracker.StateProbe, 0, rapid.Uint64Range(1, 20).Draw(t, "next"))
		near := func(t *rapid.T, name string) uint64 {
			return pr.Match + rapid.Uint64Range(0, 12).Draw(t, name)
		}
		before := pr.Match
		t.Repeat(map[string]func(*rapid.T){
			"send": func(t *rapid.T) {
				if pr.State == tracker.StateReplicate && pr.Inflights.Full() {
					pr.SentEntries(0, 0)
				} else if pr.State != tracker.StateSnapshot {
					pr.SentEntries(rapid.IntRange(0, 3).Draw(t, "entries"), 10)
				}
			},
			"acknowledge": func(t *rapid.T) {
				n := near(t, "index") - min(pr.Match, 3)
				news := n > pr.Match
				require.Equal(t, news, pr.MaybeUpdate(n))
				if news {
					require.Equal(t, n, pr.Match)
					require.False(t, pr.MsgAppFlowPaused)
				}
				pr.Inflights.FreeLE(n)
			},
			"reject": func(t *rapid.T) {
				next := pr.Next
				rejected := rapid.SampledFrom([]uint64{pr.Next - 1, near(t, "rejected")}).Draw(t, "which")
				if pr.MaybeDecrTo(rejected, near(t, "hint")) {
					require.LessOrEqual(t, pr.Next, max(next, pr.Match+1))
				} else {
					require.Equal(t, next, pr.Next)
				}
			},
			"probe":     func(t *rapid.T) { pr.BecomeProbe() },
			"replicate": func(t *rapid.T) { pr.BecomeReplicate() },
			"snapshot":  func(t *rapid.T) { pr.BecomeSnapshot(near(t, "snapshot")) },
			"tell commit": func(t *rapid.T) {
				commit := near(t, "commit")
				pr.SentCommit(min(commit, pr.Next-1))
				require.False(t, pr.CanBumpCommit(min(commit, pr.Next-1)))
			},
			"": func(t *rapid.T) {
				require.Greater(t, pr.Next, pr.Match, "Next %d, Match %d", pr.Next, pr.Match)
				require.GreaterOrEqual(t, pr.Match, before, "Match went back")
				before = pr.Match
				require.Equal(t, pr.State == tracker.StateSnapshot && pr.PendingSnapshot > 0, pr.PendingSnapshot > 0)
				if pr.State == tracker.StateSnapshot {
					require.True(t, pr.IsPaused())
				} else {
					require.Equal(t, pr.MsgAppFlowPaused, pr.IsPaused())
				}
				if pr.State != tracker.StateReplicate {
					require.Zero(t, pr.Inflights.Count())
				}
			},
		})
	})
}

func TestProbingSendsOneMessageAtATime(t *testing.T) {
	pr := newProgress(tracker.StateProbe, 5, 6)
	pr.SentEntries(0, 0)
	require.False(t, pr.IsPaused(), "an empty message does not probe")
	pr.SentEntries(2, 10)
	require.True(t, pr.IsPaused())
	require.Equal(t, uint64(6), pr.Next, "probing is not optimistic")
	require.True(t, pr.MaybeUpdate(7))
	require.False(t, pr.IsPaused())
	require.Equal(t, uint64(8), pr.Next)
}

func TestReplicationRunsAheadUntilTheWindowIsFull(t *testing.T) {
	pr := newProgress(tracker.StateReplicate, 5, 6)
	pr.SentEntries(2, 10)
	pr.SentEntries(1, 10)
	require.Equal(t, uint64(9), pr.Next)
	require.False(t, pr.IsPaused())
	pr.SentEntries(1, 10)
	require.True(t, pr.IsPaused(), "three in flight")
	require.True(t, pr.MaybeUpdate(7), "one is acknowledged")
	pr.Inflights.FreeLE(7)
	require.False(t, pr.IsPaused())
	require.Equal(t, uint64(10), pr.Next)
}

func TestRejectionMovesBackAndNeverToMatch(t *testing.T) {
	cases := []struct {
		why            string
		state          tracker.StateType
		match, next    uint64
		rejected, hint uint64
		genuine        bool
		wantNext       uint64
	}{
		{"what is acknowledged cannot be rejected", tracker.StateReplicate, 5, 10, 5, 5, false, 10},
		{"an old rejection", tracker.StateReplicate, 5, 10, 4, 4, false, 10},
		{"a lost message", tracker.StateReplicate, 5, 10, 9, 9, true, 6},
		{"not the probe that was sent", tracker.StateProbe, 0, 10, 8, 8, false, 10},
		{"the log is longer than the hint", tracker.StateProbe, 0, 10, 9, 2, true, 3},
		{"no hint but the rejection itself", tracker.StateProbe, 0, 10, 9, 9, true, 9},
		{"nothing fits", tracker.StateProbe, 0, 10, 9, 0, true, 1},
		{"a hint before Match", tracker.StateProbe, 5, 10, 9, 2, true, 6},
		{"the first entry is rejected", tracker.StateProbe, 0, 1, 0, 0, true, 1},
	}
	for _, c := range cases {
		t.Run(c.why, func(t *testing.T) {
			pr := newProgress(c.state, c.match, c.next)
			pr.MsgAppFlowPaused = true
			require.Equal(t, c.genuine, pr.MaybeDecrTo(c.rejected, c.hint))
			require.Equal(t, c.wantNext, pr.Next)
			require.Equal(t, c.match, pr.Match)
			require.Equal(t, !c.genuine || c.state == tracker.StateReplicate, pr.MsgAppFlowPaused)
		})
	}
}

func TestSnapshotThatMayHaveArrivedIsNotSentAgain(t *testing.T) {
	pr := newProgress(tracker.StateReplicate, 5, 6)
	pr.BecomeSnapshot(20)
	require.Equal(t, uint64(21), pr.Next)
	require.True(t, pr.IsPaused())
	require.False(t, pr.CanBumpCommit(30), "a snapshot carries its commit index")
	require.Panics(t, func() { pr.SentEntries(1, 1) })

	pr.BecomeProbe() // it was reported as finished
	require.Equal(t, uint64(21), pr.Next)
	require.Zero(t, pr.PendingSnapshot)

	pr.BecomeSnapshot(20)
	pr.PendingSnapshot = 0 // it was reported as failed
	pr.BecomeProbe()
	require.Equal(t, uint64(6), pr.Next)
	pr.BecomeReplicate()
	pr.SentEntries(1, 1)
	require.True(t, pr.CanBumpCommit(20), "what the snapshot told is lost with it")
}

func TestCommitIndexIsToldOnceAndAgainAfterALoss(t *testing.T) {
	pr := newProgress(tracker.StateReplicate, 5, 6)
	pr.SentEntries(4, 10) // up to 9
	require.True(t, pr.CanBumpCommit(7))
	pr.SentCommit(7)
	require.False(t, pr.CanBumpCommit(7))
	require.True(t, pr.CanBumpCommit(12))
	pr.SentCommit(9)
	require.False(t, pr.CanBumpCommit(12), "the follower cannot commit what it has not been sent")

	require.True(t, pr.MaybeDecrTo(9, 5), "a message was lost, and with it what it told")
	require.False(t, pr.CanBumpCommit(7), "nothing is on its way that could be committed")
	pr.SentEntries(1, 10)
	require.True(t, pr.CanBumpCommit(7))
}

func TestProgressPrintsWhatIsOutOfTheOrdinary(t *testing.T) {
	pr := newProgress(tracker.StateReplicate, 1, 2)
	pr.RecentActive = true
	require.Equal(t, "StateReplicate match=1 next=2", pr.String())
	for range 3 {
		pr.SentEntries(1, 1)
	}
	pr.RecentActive, pr.IsLearner = false, true
	require.Equal(t, "StateReplicate match=1 next=5 learner paused inactive inflight=3[full]", pr.String())
	pr.BecomeSnapshot(9)
	require.Equal(t, "StateSnapshot match=1 next=10 learner paused pendingSnap=9 inactive", pr.String())
	pr.Inflights = nil
	require.Equal(t, "StateSnapshot match=1 next=10 learner paused pendingSnap=9 inactive", pr.String())
	require.Equal(t, "StateType(3)", tracker.StateType(3).String())

	m := tracker.ProgressMap{10: newProgress(tracker.StateProbe, 0, 1), 2: newProgress(tracker.StateProbe, 3, 4)}
	require.Equal(t, "2: StateProbe match=3 next=4 inactive\n10: StateProbe match=0 next=1 inactive\n", m.String())
}

// Any number of refusals of what comes after Match can be late, from before it was
// acknowledged. One of a message that was sent after that cannot.
func TestAFollowerThatProvesThatItLacksWhatItAcknowledgedBeginsAnew(t *testing.T) {
	pr := &tracker.Progress{Next: 1, Inflights: tracker.NewInflights(4, 0)}
	require.Equal(t, tracker.NoDenial, pr.Deny(0, 0, 0, 1), "nothing was acknowledged")
	doubt := func(fresh uint64) {
		for range 7 {
			require.Equal(t, tracker.NoDenial, pr.Deny(10, 3, 0, fresh))
		}
		require.Zero(t, pr.Token())
		require.Equal(t, tracker.Doubted, pr.Deny(10, 3, 0, fresh))
		require.Equal(t, fresh, pr.Token())
	}
	pr.MaybeUpdate(10)
	doubt(1)
	require.Equal(t, tracker.Doubted, pr.Deny(10, 3, 0, 2), "it may be late")
	require.Equal(t, tracker.NoDenial, pr.Deny(9, 3, 1, 2), "it may be late")
	require.False(t, pr.MaybeUpdate(10), "but the follower is believed again")
	require.Zero(t, pr.Token())

	doubt(2)
	require.Equal(t, tracker.Doubted, pr.Deny(10, 3, 1, 3), "the token of an earlier doubt")
	require.Equal(t, "StateProbe match=10 next=11 inactive", pr.String())
	require.Equal(t, tracker.Proven, pr.Deny(10, 3, 2, 3))
	require.Equal(t, "StateProbe match=0 next=4 paused inactive denied=10", pr.String())
	pr.MaybeUpdate(12)
	require.Equal(t, "StateProbe match=12 next=13 inactive denied=10", pr.String())
}
