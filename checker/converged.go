package checker

import (
	"fmt"
	"slices"

	"raftsim/checker/membership"
	"raftsim/clock"
	pb "raftsim/raft/raftpb"
)

// HostState is what a live host has come to, for Converged and Recovered.
type HostState struct {
	// At and Event say when it was looked at.
	At    clock.Time
	Event uint64

	Host      uint64
	Term      uint64
	Lead      uint64 // zero when it knows of none
	Applied   uint64
	Commit    uint64
	LastIndex uint64
	Digest    uint64 // of the state machine
	ConfState pb.ConfState
	// Member is false for a host that runs but is in no configuration any
	// more: it need not keep up.
	Member bool

	// What a leader believes, of no meaning for others. Recovered looks at
	// it, Converged does not.
	Peers       []PeerState // in order of their number, itself left out
	Transferee  uint64      // who it is handing over to, zero for nobody
	Uncommitted uint64      // bytes of entries that it counts as uncommitted
}

// PeerState is what a leader believes of a peer.
type PeerState struct {
	Host         uint64
	Match        uint64
	Probing      bool   // one append at a time, or none
	Snapshotting bool   // waits for the outcome of a snapshot
	Inflight     int    // appends that are not answered
	Bytes        uint64 // that count as in flight
	Learner      bool
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
		case !membership.Same(&first.ConfState, &h.ConfState):
			return apart("configuration", fmt.Sprintf("n%d and n%d use different configurations at index %d", first.Host, h.Host, h.Applied), first, h)
		}
	}
	return nil
}

func apart(shape, detail string, hosts ...*HostState) *Violation {
	evidence := make([]Evidence, len(hosts))
	for i, h := range hosts {
		evidence[i] = h.evidence()
	}
	return ReplicasConverge.Unmet(shape, detail, evidence...)
}

// Recovered reports the first liveness property that can be told from the
// states of the hosts and does not hold: one leader, joint configurations left,
// transfers ended, replicas converged, nobody stuck, nothing left in flight. It
// is nil when all hold. Hosts must be in order of their number.
func Recovered(hosts []HostState) *Violation {
	leader, v := Following(hosts)
	if v != nil || leader == nil {
		return v
	}
	switch {
	case len(leader.ConfState.VotersOutgoing) > 0 && leader.ConfState.AutoLeave:
		return JointLeft.Unmet("", fmt.Sprintf("n%d leads and uses a joint configuration, %s", leader.Host, membership.Of(&leader.ConfState)), leader.evidence())
	case leader.Transferee != 0:
		return TransferEnds.Unmet("", fmt.Sprintf("n%d still transfers its leadership to n%d", leader.Host, leader.Transferee), leader.evidence())
	}
	for i := range leader.Peers {
		if v := leader.stuck(&leader.Peers[i]); v != nil {
			return v
		}
	}
	if v := Converged(hosts); v != nil {
		return v
	}
	if leader.Uncommitted > 0 && leader.Commit == leader.LastIndex {
		return UncommittedBounded.Unmet("", fmt.Sprintf("n%d counts %d uncommitted bytes and has committed its whole log", leader.Host, leader.Uncommitted), leader.evidence())
	}
	return nil
}

// Following returns the one leader that all members follow, or the violation of
// LeaderElected that says who does not. Without members both are nil.
func Following(hosts []HostState) (leader *HostState, v *Violation) {
	var first *HostState
	for i := range hosts {
		h := &hosts[i]
		switch {
		case !h.Member:
			continue
		case h.Lead == 0:
			return nil, LeaderElected.Unmet("nobody", fmt.Sprintf("n%d has no leader", h.Host), h.evidence())
		case first == nil:
			first = h
		case h.Lead != first.Lead || h.Term != first.Term:
			return nil, LeaderElected.Unmet("several", fmt.Sprintf("n%d follows n%d in term %d, n%d follows n%d in term %d", first.Host, first.Lead, first.Term, h.Host, h.Lead, h.Term),
				first.evidence(), h.evidence())
		}
	}
	if first == nil {
		return nil, nil
	}
	i := slices.IndexFunc(hosts, func(h HostState) bool { return h.Host == first.Lead })
	if i < 0 {
		return nil, LeaderElected.Unmet("gone", fmt.Sprintf("n%d follows n%d, which does not run", first.Host, first.Lead), first.evidence())
	}
	if hosts[i].Lead != hosts[i].Host {
		return nil, LeaderElected.Unmet("unaware", fmt.Sprintf("n%d follows n%d, which does not lead", first.Host, first.Lead), first.evidence(), hosts[i].evidence())
	}
	return &hosts[i], nil
}

// stuck reports a peer that the leader does not get on with.
func (h *HostState) stuck(p *PeerState) *Violation {
	switch {
	case p.Learner && p.Match < h.LastIndex:
		return LearnersCatchUp.Unmet("", fmt.Sprintf("n%d, a learner, matches up to %d of a log that ends at %d", p.Host, p.Match, h.LastIndex), h.evidence())
	case p.Snapshotting:
		return FollowersReplicate.Unmet("snapshot", fmt.Sprintf("n%d still waits for n%d to install a snapshot", h.Host, p.Host), h.evidence())
	case p.Probing:
		return FollowersReplicate.Unmet("probe", fmt.Sprintf("n%d still probes n%d, which matches up to %d", h.Host, p.Host, p.Match), h.evidence())
	case p.Inflight > 0:
		return InflightDrains.Unmet("", fmt.Sprintf("n%d has %[3]d appends in flight that n%[2]d has not answered", h.Host, p.Host, p.Inflight), h.evidence())
	case p.Bytes > 0:
		return InflightDrains.Unmet("bytes", fmt.Sprintf("n%d counts %d bytes in flight to n%d, and no message", h.Host, p.Bytes, p.Host), h.evidence())
	}
	return nil
}

// evidence says how a host stands.
func (h *HostState) evidence() Evidence {
	leads := fmt.Sprintf("follows n%d", h.Lead)
	switch h.Lead {
	case 0:
		leads = "has no leader"
	case h.Host:
		leads = "leads"
	}
	return Evidence{At: h.At, Event: h.Event, Host: h.Host, Text: fmt.Sprintf(
		"%s in term %d, has applied %d and committed %d of a log that ends at %d, state %016x,",
		leads, h.Term, h.Applied, h.Commit, h.LastIndex, h.Digest)}
}
