package sim

import (
	"fmt"

	"raftsim/checker"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
)

// Entries that a Node has handed out, to be written or sent, are never overwritten:
// they are shared by everybody who still reads them. A checksum taken when they
// come tells whether they are the same when they are used.

// checksum is a digest of entries but for their data; zero when there are none.
func checksum(entries []pb.Entry) (h uint64) {
	for i := range entries {
		e := &entries[i]
		h = random.Mix(random.Mix(h, e.Index), e.Term<<8^uint64(e.Type)^uint64(len(e.Data))<<40)
	}
	return h
}

// unchanged says whether entries of a host are what they were, and ends the run if
// they are not.
func (s *Simulation) unchanged(host uint64, entries []pb.Entry, was uint64, where string) bool {
	if checksum(entries) == was {
		return true
	}
	s.violate(of(host, checker.EntriesUnchanged.Unmet(where,
		fmt.Sprintf("entries that n%d has handed out have changed %s; the first is now index %d of term %d", host, where, entries[0].Index, entries[0].Term))))
	return false
}
