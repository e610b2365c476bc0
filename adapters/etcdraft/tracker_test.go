package etcdraft_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	etcdtracker "go.etcd.io/raft/v3/tracker"
	"pgregory.net/rapid"

	"raftsim/raft/tracker"
)

// progresses is one follower as both libraries track it.
type progresses struct {
	theirs *etcdtracker.Progress
	ours   *tracker.Progress
}

func TestBothTrackTheSameProgress(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size, bytes := rapid.IntRange(1, 20).Draw(t, "size"), rapid.SampledFrom([]uint64{0, 1, 200}).Draw(t, "bytes")
		p := progresses{
			&etcdtracker.Progress{Next: 1, Inflights: etcdtracker.NewInflights(size, bytes)},
			&tracker.Progress{Next: 1, Inflights: tracker.NewInflights(size, bytes)},
		}
		for range rapid.IntRange(1, 100).Draw(t, "operations") {
			if !p.operate(t) {
				return // both panicked
			}
			require.Equal(t, p.theirs.String(), p.ours.String())
			require.Equal(t, p.theirs.IsPaused(), p.ours.IsPaused())
			require.Equal(t, p.theirs.Inflights.Full(), p.ours.Inflights.Full())
			require.Equal(t, p.theirs.Inflights.Count(), p.ours.Inflights.Count())
			for commit := range uint64(40) {
				require.Equal(t, p.theirs.CanBumpCommit(commit), p.ours.CanBumpCommit(commit), "commit %d", commit)
			}
		}
	})
}

// operate does the same to both, and returns false when both panic.
func (p *progresses) operate(t *rapid.T) bool {
	index := rapid.Uint64Range(0, 20).Draw(t, "index")
	if rapid.Bool().Draw(t, "ahead") {
		index += p.theirs.Match
	}
	switch rapid.IntRange(0, 11).Draw(t, "operation") {
	case 0:
		p.theirs.BecomeProbe()
		p.ours.BecomeProbe()
	case 1:
		p.theirs.BecomeReplicate()
		p.ours.BecomeReplicate()
	case 2:
		p.theirs.BecomeSnapshot(index + p.theirs.Match)
		p.ours.BecomeSnapshot(index + p.ours.Match)
	case 3, 4, 5, 6:
		entries, bytes := rapid.IntRange(0, 3).Draw(t, "entries"), rapid.Uint64Range(0, 50).Draw(t, "bytes")
		a := panics(func() { p.theirs.SentEntries(entries, bytes) })
		b := panics(func() { p.ours.SentEntries(entries, bytes) })
		require.Equal(t, a, b)
		return !a
	case 7:
		p.theirs.SentCommit(index)
		p.ours.SentCommit(index)
	case 8:
		require.Equal(t, p.theirs.MaybeUpdate(index), p.ours.MaybeUpdate(index))
		p.theirs.Inflights.FreeLE(index)
		p.ours.Inflights.FreeLE(index)
	case 9:
		rejected := index
		if rapid.Bool().Draw(t, "probe") {
			rejected = p.theirs.Next - 1
		}
		require.Equal(t, p.theirs.MaybeDecrTo(rejected, index), p.ours.MaybeDecrTo(rejected, index))
	case 10:
		p.theirs.MsgAppFlowPaused, p.ours.MsgAppFlowPaused = false, false
	case 11:
		p.theirs.Inflights, p.ours.Inflights = p.theirs.Inflights.Clone(), p.ours.Inflights.Clone()
	}
	return true
}

func panics(f func()) (did bool) {
	defer func() { did = recover() != nil }()
	f()
	return false
}
