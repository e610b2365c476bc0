package checker

import (
	"fmt"
	"slices"
	"strings"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// config is a configuration with its lists in order.
type config struct {
	voters, outgoing, learners, learnersNext []uint64
	autoLeave                                bool
}

// configRecord is a configuration with the index from which it is in force.
type configRecord struct {
	index uint64
	config
	by stamp
}

func newConfig(cs pb.ConfState) config {
	sorted := func(ids []uint64) []uint64 {
		ids = slices.Clone(ids)
		slices.Sort(ids)
		return ids
	}
	return config{sorted(cs.Voters), sorted(cs.VotersOutgoing), sorted(cs.Learners), sorted(cs.LearnersNext), cs.AutoLeave}
}

func (k *config) equal(o *config) bool {
	return slices.Equal(k.voters, o.voters) && slices.Equal(k.outgoing, o.outgoing) &&
		slices.Equal(k.learners, o.learners) && slices.Equal(k.learnersNext, o.learnersNext) && k.autoLeave == o.autoLeave
}

// known reports whether the host was ever told a configuration.
func (k *config) known() bool { return len(k.voters) > 0 }

func (k *config) joint() bool { return len(k.outgoing) > 0 }

// voter reports whether a host votes in either half.
func (k *config) voter(id uint64) bool {
	return slices.Contains(k.voters, id) || slices.Contains(k.outgoing, id)
}

// quorum reports whether a majority of the voters, of both halves when joint,
// has what yes asks for.
func (k *config) quorum(yes func(id uint64) bool) bool {
	return majority(k.voters, yes) && (!k.joint() || majority(k.outgoing, yes))
}

func majority(ids []uint64, yes func(id uint64) bool) bool {
	n := 0
	for _, id := range ids {
		if yes(id) {
			n++
		}
	}
	return n > len(ids)/2
}

// String renders the configuration as "voters n1 n2 n3, learners n4".
func (k config) String() string {
	var b strings.Builder
	list := func(name string, ids []uint64) {
		if len(ids) == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		for _, id := range ids {
			fmt.Fprintf(&b, " n%d", id)
		}
	}
	list("voters", k.voters)
	list("outgoing voters", k.outgoing)
	list("learners", k.learners)
	list("learners to be", k.learnersNext)
	if b.Len() == 0 {
		return "no voters"
	}
	return b.String()
}

// anyConfig reports whether test holds for a configuration that a host goes by,
// or went by since it last offered something. It holds when none is known.
func (c *Protocol) anyConfig(h *hostMemory, test func(*config) bool) bool {
	if !h.config.known() || test(&h.config) {
		return true
	}
	for i := range h.former {
		if test(&h.former[i]) {
			return true
		}
	}
	return false
}

// configAt returns the configuration in force at an index, nil when it is not
// known.
func (c *Protocol) configAt(index uint64) *configRecord {
	for i := len(c.configs) - 1; i >= 0; i-- {
		if c.configs[i].index <= index {
			return &c.configs[i]
		}
	}
	return nil
}

// ConfChanged says that the configuration that a host goes by is cs once it has
// applied index. After a start it tells the configuration that the host came up
// with, at the index of its snapshot, or zero when there is none; a host that
// joins later comes up with none at all.
func (c *Protocol) ConfChanged(host, index uint64, cs pb.ConfState) {
	h, now := c.host(host), newConfig(cs)
	if h.config.known() {
		h.former = append(h.former, h.config)
	}
	h.config = now
	if !now.known() {
		return
	}
	if index > c.committed.last() {
		c.report(configAgreement, "not committed", fmt.Sprintf("n%d goes by a configuration from index %d, which is not committed", host, index),
			c.fact(host, "goes by %s", now))
	}
	was := c.configAt(index)
	switch {
	case was != nil && was.config.equal(&now):
	case was == nil && len(c.configs) == 0:
		c.configs = append(c.configs, configRecord{index, now, stamp{host, c.now}})
	case was == nil || was.index == index || was != &c.configs[len(c.configs)-1]:
		other := &c.configs[0]
		if was != nil {
			other = was
		}
		c.report(configAgreement, "another configuration", fmt.Sprintf("n%d and n%d go by different configurations at index %d", other.by.host, host, index),
			other.by.fact(other.by.host, "goes by %s from index %d on", other.config, other.index),
			c.fact(host, "goes by %s at index %d", now, index))
	default:
		c.checkConfigStep(h, was, &now)
		c.configs = append(c.configs, configRecord{index, now, stamp{host, c.now}})
	}
}

// checkConfigStep judges a configuration by the one before it.
func (c *Protocol) checkConfigStep(h *hostMemory, was *configRecord, now *config) {
	fail := func(shape, what string) {
		c.report(configStep, shape, fmt.Sprintf("n%d goes from %s to %s: %s", h.id, was.config, *now, what),
			was.by.fact(was.by.host, "goes by %s from index %d on", was.config, was.index),
			c.fact(h.id, "goes by %s", *now))
	}
	for _, id := range now.learners {
		if now.voter(id) {
			fail("voter and learner", fmt.Sprintf("n%d is both voter and learner", id))
			return
		}
	}
	switch {
	case !was.joint() && !now.joint() && difference(was.voters, now.voters) > 1:
		fail("more than one voter", "more than one voter changes without a joint configuration")
	case !was.joint() && now.joint() && !slices.Equal(now.outgoing, was.voters):
		fail("joint outgoing", "the outgoing half of a joint configuration is the one before it")
	case was.joint() && !slices.Equal(now.voters, was.voters):
		fail("joint incoming", "a joint configuration is left for its incoming half")
	case was.joint() && now.joint() && !slices.Equal(now.outgoing, was.outgoing):
		fail("joint outgoing", "a joint configuration keeps its outgoing half")
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
		c.report(configInFlight, "two in flight", fmt.Sprintf("n%d appends a configuration change at index %d while that at %d is not applied", h.id, e.Index, before),
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
	for _, index := range h.changes {
		if index > h.applied && index <= h.hs.Commit {
			c.report(campaign, "change not applied", fmt.Sprintf("n%d campaigns while the configuration change at index %d waits to be applied", h.id, index),
				c.fact(h.id, "campaigns in term %d; it has committed %d and applied %d", h.hs.Term, h.hs.Commit, h.applied))
			return
		}
	}
}
