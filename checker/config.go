package checker

import (
	"fmt"

	"raftsim/checker/membership"
	pb "raftsim/raft/raftpb"
)

// configRecord is a configuration with the index from which it is in force.
type configRecord struct {
	index uint64
	membership.Config
	by stamp
}

// anyConfig reports whether test holds for a configuration that a host uses,
// or used since its last Ready. It holds when none is known.
func (c *Protocol) anyConfig(h *hostMemory, test func(*membership.Config) bool) bool {
	if !h.config.Known() || test(&h.config) {
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
func (c *Protocol) anyRecent(h *hostMemory, test func(*membership.Config) bool) bool {
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

// ConfChanged says that the configuration that a host uses is cs once it has
// applied index. After a start it tells the configuration that the host came up
// with, at the index of its snapshot, or zero when there is none; a host that
// joins later comes up with none at all.
func (c *Protocol) ConfChanged(host, index uint64, cs pb.ConfState) {
	if c.disabled {
		return
	}
	h, now := c.host(host), membership.Of(&cs)
	if index != h.cameUpAt {
		c.tell(FactReconfigured, 0)
	}
	if h.config.Known() {
		h.former = append(h.former, h.config)
	}
	h.config, h.since = now, h.ticks
	if !now.Voter(h.asked) {
		h.asked, h.handing = 0, false // the target of the transfer has left
	}
	h.forgetProgress()
	if !now.Known() {
		return
	}
	if index > c.committed.last() {
		c.report(ConfigAgreement, "not committed", fmt.Sprintf("n%d uses a configuration of index %d, which is not committed", host, index),
			c.fact(host, "uses configuration %s", now))
	}
	was := c.configAt(index)
	switch {
	case was != nil && was.Config.Equal(&now):
	case was == nil && len(c.configs) == 0:
		c.configs = append(c.configs, configRecord{index, now, stamp{host, c.now}})
	case was == nil || was.index == index || was != &c.configs[len(c.configs)-1]:
		other := &c.configs[0]
		if was != nil {
			other = was
		}
		detail := fmt.Sprintf("n%d and n%d use different configurations at index %d", other.by.host, host, index)
		if other.by.host == host {
			detail = fmt.Sprintf("n%d uses another configuration at index %d than before", host, index)
		}
		c.report(ConfigAgreement, "another configuration", detail,
			other.by.fact(other.by.host, "uses configuration %s from index %d on", other.Config, other.index),
			c.fact(host, "uses configuration %s at index %d", now, index))
	default:
		c.checkConfigStep(h, was, &now)
		c.configs = append(c.configs, configRecord{index, now, stamp{host, c.now}})
	}
}
