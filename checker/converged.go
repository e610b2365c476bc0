package checker

import (
	"fmt"

	pb "raftsim/raft/raftpb"
)

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

// Converged reports members that differ in applied index, state digest or
// configuration, or that have entries left to apply, and is nil when all agree.
// Hosts must be in order of their number.
func Converged(hosts []HostState) *Violation {
	var first *HostState
	for i := range hosts {
		h := &hosts[i]
		switch {
		case !h.Member:
			continue
		case h.Applied != h.LastIndex:
			return apart("behind", fmt.Sprintf("n%d has applied index %d of a log that ends at %d", h.Host, h.Applied, h.LastIndex), h)
		case first == nil:
			first = h
		case h.Applied != first.Applied:
			return apart("applied", fmt.Sprintf("n%d has applied index %d, n%d index %d", first.Host, first.Applied, h.Host, h.Applied), first, h)
		case h.Digest != first.Digest:
			return apart("state", fmt.Sprintf("n%d and n%d have different states at index %d", first.Host, h.Host, h.Applied), first, h)
		case first.ConfState.Equivalent(h.ConfState) != nil:
			return apart("configuration", fmt.Sprintf("n%d and n%d go by different configurations at index %d", first.Host, h.Host, h.Applied), first, h)
		}
	}
	return nil
}

func apart(shape, detail string, hosts ...*HostState) *Violation {
	v := &Violation{
		Property: "replicas converge", Source: "Raft §5.3: the leader brings every log into agreement with its own",
		Detail: detail, Signature: "replicas converge: " + shape,
	}
	for _, h := range hosts {
		v.Hosts = append(v.Hosts, h.Host)
	}
	return v
}
