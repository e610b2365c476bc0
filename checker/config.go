package checker

import (
	"fmt"
	"slices"
	"strings"

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

// single reports whether one host decides alone.
func (k *config) single() bool { return len(k.voters) == 1 && !k.joint() }

// voter reports whether a host votes in either half.
func (k *config) voter(id uint64) bool {
	return slices.Contains(k.voters, id) || slices.Contains(k.outgoing, id)
}

// has reports whether a host is in the configuration.
func (k *config) has(id uint64) bool {
	return k.voter(id) || slices.Contains(k.learners, id) || slices.Contains(k.learnersNext, id)
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

// anyRecent is anyConfig for what leaves a host with a Ready: it may have been
// decided before the Ready was offered.
func (c *Protocol) anyRecent(h *hostMemory, test func(*config) bool) bool {
	if c.anyConfig(h, test) {
		return true
	}
	for i := range h.earlier {
		if test(&h.earlier[i]) {
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
	if c.disabled {
		return
	}
	h, now := c.host(host), newConfig(cs)
	if h.config.known() {
		h.former = append(h.former, h.config)
	}
	h.config, h.since = now, h.ticks
	if !now.voter(h.asked) {
		h.asked, h.handing = 0, false // whoever was to take over has left
	}
	h.forgetProgress()
	if !now.known() {
		return
	}
	if index > c.committed.last() {
		c.report(ConfigAgreement, "not committed", fmt.Sprintf("n%d goes by a configuration from index %d, which is not committed", host, index),
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
		detail := fmt.Sprintf("n%d and n%d go by different configurations at index %d", other.by.host, host, index)
		if other.by.host == host {
			detail = fmt.Sprintf("n%d goes by another configuration at index %d than it did before", host, index)
		}
		c.report(ConfigAgreement, "another configuration", detail,
			other.by.fact(other.by.host, "goes by %s from index %d on", other.config, other.index),
			c.fact(host, "goes by %s at index %d", now, index))
	default:
		c.checkConfigStep(h, was, &now)
		c.configs = append(c.configs, configRecord{index, now, stamp{host, c.now}})
	}
}
