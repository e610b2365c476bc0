package etcdraft_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	etcdquorum "go.etcd.io/raft/v3/quorum"
	"pgregory.net/rapid"

	"raftsim/raft/quorum"
)

type theirIndexes map[uint64]etcdquorum.Index

func (a theirIndexes) AckedIndex(id uint64) (etcdquorum.Index, bool) { i, ok := a[id]; return i, ok }

type ourIndexes map[uint64]quorum.Index

func (a ourIndexes) AckedIndex(id uint64) (quorum.Index, bool) { i, ok := a[id]; return i, ok }

func TestBothCountTheSameQuorums(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var theirs etcdquorum.JointConfig
		var ours quorum.JointConfig
		for half := range theirs {
			if rapid.IntRange(0, 3).Draw(t, "nil") == 0 {
				continue
			}
			theirs[half], ours[half] = etcdquorum.MajorityConfig{}, quorum.MajorityConfig{}
			for _, id := range rapid.SliceOfN(rapid.Uint64Range(0, 11), 0, 8).Draw(t, "ids") {
				theirs[half][id], ours[half][id] = struct{}{}, struct{}{}
			}
		}
		votes, a, b := map[uint64]bool{}, theirIndexes{}, ourIndexes{}
		for id := range uint64(12) {
			if rapid.Bool().Draw(t, "voted") {
				votes[id] = rapid.Bool().Draw(t, "vote")
			}
			if i := rapid.Uint64Range(0, 9).Draw(t, "index"); i > 0 {
				a[id], b[id] = etcdquorum.Index(i), quorum.Index(i)
			}
		}
		require.Equal(t, theirs.String(), ours.String())
		require.Equal(t, theirs.IDs(), ours.IDs())
		require.Equal(t, uint64(theirs.CommittedIndex(a)), uint64(ours.CommittedIndex(b)))
		require.Equal(t, theirs.VoteResult(votes).String(), ours.VoteResult(votes).String())
		require.Equal(t, theirs.Describe(a), ours.Describe(b))
		for half := range theirs {
			require.Equal(t, fmt.Sprintf("%#v", theirs[half].Slice()), fmt.Sprintf("%#v", ours[half].Slice()))
			require.Equal(t, uint64(theirs[half].CommittedIndex(a)), uint64(ours[half].CommittedIndex(b)))
			require.Equal(t, theirs[half].VoteResult(votes).String(), ours[half].VoteResult(votes).String())
			require.Equal(t, theirs[half].Describe(a), ours[half].Describe(b))
		}
	})
}
