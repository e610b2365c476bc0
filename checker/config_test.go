package checker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
)

// Who uses another configuration than the one known at its index may be the
// very host that made it known, before a crash for example.
func TestAConfigurationThatDiffersNamesEachHostOnce(t *testing.T) {
	for second, want := range map[uint64]string{
		1: "n1 uses another configuration at index 4 than before",
		2: "n1 and n2 use different configurations at index 4",
	} {
		r := newRun(3, checker.Options{})
		r.tick().ConfChanged(1, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 4}})
		r.tick().ConfChanged(second, 4, pb.ConfState{Voters: []uint64{1, 2, 3, 5}})
		var details []string
		for _, v := range r.c.Violations() {
			details = append(details, v.Detail)
		}
		require.Contains(t, details, want)
	}
}
