package checker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// A new leader's log is ahead by its last term, and may hold earlier terms below
// (Raft Figure 7): a write that replaces entry 2 of term 5 by one of term 3
// survives a crash unsynced. Without such a write the same log is a loss.
func TestADurableEntryMayBeReplacedByOneOfAnEarlierTerm(t *testing.T) {
	entries := func(terms ...uint64) (list []pb.Entry) {
		for i, term := range terms {
			list = append(list, pb.Entry{Index: uint64(i + 1), Term: term})
		}
		return list
	}
	for _, written := range []bool{true, false} {
		c := checker.NewProtocol(checker.Options{Only: []checker.Property{checker.DurableState}})
		replacement := entries(1, 3, 6)
		// Another host has the new leader's log, so that its entries are known.
		c.Started(2, pb.HardState{Term: 6}, pb.Snapshot{}, replacement)
		c.Started(1, pb.HardState{Term: 5}, pb.Snapshot{}, entries(1, 5))
		if written {
			c.Offered(1, nil, pb.HardState{Term: 6}, replacement[1:], nil, nil, true)
		}
		c.Crashed(1, false)
		c.Started(1, pb.HardState{Term: 6}, pb.Snapshot{}, replacement)
		if written {
			require.Nil(t, c.First())
		} else {
			require.NotNil(t, c.First())
			require.Equal(t, "durable state", c.First().Property)
		}
	}
}
