package raftpb

import (
	"fmt"
	"slices"
)

// Equivalent returns nil if the two configurations are the same, whatever the
// order of ids in their lists, and otherwise an error that names the first
// difference and shows both.
func (cs ConfState) Equivalent(cs2 ConfState) error {
	lists := []struct {
		name string
		a, b []uint64
	}{
		{"voters", cs.Voters, cs2.Voters},
		{"learners", cs.Learners, cs2.Learners},
		{"outgoing voters", cs.VotersOutgoing, cs2.VotersOutgoing},
		{"next learners", cs.LearnersNext, cs2.LearnersNext},
	}
	for _, l := range lists {
		if !slices.Equal(sorted(l.a), sorted(l.b)) {
			return fmt.Errorf("raftpb: %s %v and %v differ: %+v is not equivalent to %+v", l.name, l.a, l.b, cs, cs2)
		}
	}
	if cs.AutoLeave != cs2.AutoLeave {
		return fmt.Errorf("raftpb: auto leave %t and %t differ: %+v is not equivalent to %+v", cs.AutoLeave, cs2.AutoLeave, cs, cs2)
	}
	return nil
}

func sorted(ids []uint64) []uint64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}
