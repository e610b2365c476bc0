package checker

import pb "raftsim/raft/raftpb"

// HostState is what a live host has come to, for Converged.
type HostState struct {
	Host      uint64
	Term      uint64
	Lead      uint64
	Applied   uint64
	Commit    uint64
	LastIndex uint64
	Digest    uint64
	ConfState pb.ConfState
	// Member is false for a host that runs but is in no configuration any
	// more: it need not keep up.
	Member bool
}

// Converged reports hosts that differ in applied index, state digest or
// configuration, and is nil when all members agree. Hosts must be in order of
// their number.
func Converged(hosts []HostState) *Violation { panic("not yet") }
