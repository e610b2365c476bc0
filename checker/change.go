package checker

import (
	"fmt"
	"slices"

	"raftsim/checker/membership"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// expectConfig works out the configuration that an entry leads to, when the
// first host applies it, by the rules of the dissertation alone: what hosts say
// that they use from there on is compared with it.
func (c *Protocol) expectConfig(h *hostMemory, e *pb.Entry) {
	was := c.configAt(e.Index)
	if was == nil || was.index == e.Index || was != &c.configs[len(c.configs)-1] {
		return // founding entries, or another host was here first
	}
	change, ok := membership.ChangeOf(e)
	if !ok {
		return
	}
	now, fits := was.After(&change)
	if !fits || now.Equal(&was.Config) {
		return
	}
	c.checkConfigStep(h, was, &now)
	c.configs = append(c.configs, configRecord{e.Index, now, stamp{h.id, c.now}})
}

// checkConfigStep judges a configuration by the one before it.
func (c *Protocol) checkConfigStep(h *hostMemory, was *configRecord, now *membership.Config) {
	fail := func(shape, what string) {
		c.report(ConfigStep, shape, fmt.Sprintf("n%d changes configuration %s to %s: %s", h.id, was.Config, *now, what),
			was.by.fact(was.by.host, "uses configuration %s from index %d on", was.Config, was.index),
			c.fact(h.id, "uses configuration %s", *now))
	}
	for _, id := range now.Learners {
		if now.Voter(id) {
			fail("voter and learner", fmt.Sprintf("n%d is both voter and learner", id))
			return
		}
	}
	switch {
	case !was.Joint() && !now.Joint() && difference(was.Voters, now.Voters) > 1:
		fail("more than one voter", "more than one voter changes without a joint configuration")
	case !was.Joint() && now.Joint() && !slices.Equal(now.Outgoing, was.Voters):
		fail("joint outgoing", "the outgoing half of a joint configuration must be the configuration before it")
	case was.Joint() && !slices.Equal(now.Voters, was.Voters):
		fail("joint incoming", "the configuration after a joint one must be its incoming half")
	case was.Joint() && now.Joint() && !slices.Equal(now.Outgoing, was.Outgoing):
		fail("joint outgoing", "a joint configuration must keep its outgoing half")
	}
}

// difference counts the ids that are in one list only.
func difference(a, b []uint64) (n int) {
	for _, id := range a {
		if !slices.Contains(b, id) {
			n++
		}
	}
	for _, id := range b {
		if !slices.Contains(a, id) {
			n++
		}
	}
	return n
}

// checkConfigInFlight reports a leader that appends a configuration change while
// another one in its log is not applied yet.
func (c *Protocol) checkConfigInFlight(h *hostMemory, e *pb.Entry) {
	if !h.leads() || e.Term != h.hs.Term || len(h.changes) == 0 {
		return
	}
	if before := h.changes[len(h.changes)-1]; before > h.applied {
		c.report(ConfigInFlight, "two in flight", fmt.Sprintf("n%d appends a configuration change at index %d while the one at index %d is not applied", h.id, e.Index, before),
			c.term(h.hs.Term).led(),
			c.fact(h.id, "appends a configuration change at index %d and has applied %d", e.Index, h.applied))
	}
}

// checkCampaign reports a candidate whose log has a committed configuration
// change that it has not applied.
func (c *Protocol) checkCampaign(h *hostMemory) {
	if h.role != raft.StateCandidate && h.role != raft.StatePreCandidate {
		return
	}
	c.checkOwnPromise(h)
	votes := func(k membership.Config) bool { return k.Voter(h.id) }
	if h.config.Known() && !votes(h.config) && !slices.ContainsFunc(h.former, votes) && !slices.ContainsFunc(h.earlier, votes) {
		c.report(Campaign, "no voter", fmt.Sprintf("n%d campaigns and is no voter of its configuration", h.id),
			c.fact(h.id, "campaigns in term %d; it uses configuration %s", h.hs.Term, &h.config))
		return
	}
	for _, index := range h.changes {
		if index > h.applied && index <= h.hs.Commit {
			c.report(Campaign, "change not applied", fmt.Sprintf("n%d campaigns while the configuration change at index %d waits to be applied", h.id, index),
				c.fact(h.id, "campaigns in term %d; it has committed %d and applied %d", h.hs.Term, h.hs.Commit, h.applied))
			return
		}
	}
}
