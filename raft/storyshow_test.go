package raft_test

import (
	"fmt"
	"math"
	"strings"

	"raftsim/raft"
)

// show prints hosts, all or those named. A log is shown as the terms of its entries,
// with a bar after what is committed.
func (c *storyCluster) show(what string, a *storyArgs) {
	if what == "bag" {
		for _, m := range c.bag {
			c.trace.message(m, "")
		}
		return
	}
	hosts := c.hosts
	if len(a.list) > 0 {
		hosts = nil
		for len(a.list) > 0 {
			hosts = append(hosts, a.host(c))
		}
	}
	for _, h := range hosts {
		switch {
		case h == nil:
		case what == "disk":
			hs, _, _ := h.disk.InitialState()
			c.trace.say(h.id, "disk", fmt.Sprintf("term=%d vote=%s commit=%d log: %s", hs.Term, name(hs.Vote), hs.Commit, h.terms(math.MaxUint64)))
		case h.node == nil:
			c.trace.say(h.id, "is down", "")
		case what == "log":
			s := h.node.BasicStatus()
			c.trace.say(h.id, fmt.Sprintf("%s %d", strings.ToLower(strings.TrimPrefix(s.RaftState.String(), "State")), s.Term), h.terms(s.Commit))
		case what == "state":
			c.trace.say(h.id, "state", describeData(h.applied))
		case what == "status":
			c.showStatus(h)
		}
	}
}

func (c *storyCluster) showStatus(h *storyHost) {
	s := h.node.Status()
	c.trace.say(h.id, "status", fmt.Sprintf("%s lead=%s term=%d vote=%s commit=%d applied=%d %s",
		s.RaftState, name(s.Lead), s.Term, name(s.Vote), s.Commit, s.Applied, describeConf(h.conf)))
	if s.LeadTransferee != raft.None {
		c.trace.say(h.id, "transfers to", name(s.LeadTransferee))
	}
	for id := range uint64(len(c.hosts)) {
		if pr, ok := s.Progress[id]; ok {
			c.trace.say(h.id, "about "+name(id), pr.String())
		}
	}
}

// terms shows the log on a disk.
func (h *storyHost) terms(commit uint64) string {
	first, _ := h.disk.FirstIndex()
	last, _ := h.disk.LastIndex()
	var b strings.Builder
	if first > 1 {
		term, _ := h.disk.Term(first - 1)
		fmt.Fprintf(&b, "[..%d/%d] ", term, first-1)
	}
	for i := first; i <= last; i++ {
		term, _ := h.disk.Term(i)
		fmt.Fprintf(&b, "%d ", term)
		if i == commit {
			b.WriteString("| ")
		}
	}
	if last < first && first == 1 {
		return "empty"
	}
	return b.String()
}
