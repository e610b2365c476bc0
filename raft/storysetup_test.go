package raft_test

import (
	"math"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// begin starts a group: "cluster nodes=3 learners=1 leader=n1 jitter=(2, 0, 5, 1)"
// and options.
func (c *storyCluster) begin(a *storyArgs) {
	nodes, learners, leader := a.value("nodes"), a.value("learners"), a.value("leader")
	jitter := strings.Fields(a.value("jitter"))
	c.setup = map[string]string{}
	a.options(c.setup)
	n, _ := strconv.ParseUint(nodes, 10, 64)
	l, _ := strconv.ParseUint(learners, 10, 64)
	for id := uint64(1); id <= n+l; id++ {
		if id <= n {
			c.conf.Voters = append(c.conf.Voters, id)
		} else {
			c.conf.Learners = append(c.conf.Learners, id)
		}
	}
	for id := uint64(1); id <= n+l; id++ {
		h := c.add(id, c.setup)
		if len(jitter) > 0 {
			h.jitter, _ = strconv.ParseUint(jitter[id-1], 10, 64)
		}
		c.start(h)
	}
	if leader != "" {
		c.trace.mute = true
		h := c.hosts[a.idOf(leader)]
		c.tell(h, h.node.Campaign())
		c.settle()
		c.trace.mute = false
		require.Equal(c.t, raft.StateLeader, h.node.BasicStatus().RaftState)
	}
}

// replaceHost puts a host there with the disk and the options that the line says:
// "host n1 term=7 vote=n2 log=(1 1 4) commit=2 pre-vote".
func (c *storyCluster) replaceHost(a *storyArgs) {
	id := a.id()
	term, vote, log, commit := a.value("term"), a.value("vote"), a.value("log"), a.value("commit")
	setup := map[string]string{}
	for k, v := range c.setup {
		setup[k] = v
	}
	a.options(setup)
	h := c.add(id, setup)
	var entries []pb.Entry
	for i, term := range strings.Fields(log) {
		t, err := strconv.ParseUint(term, 10, 64)
		require.NoError(c.t, err, a.pos)
		entries = append(entries, pb.Entry{Term: t, Index: uint64(i + 1)})
	}
	require.NoError(c.t, h.disk.Append(entries))
	var hs pb.HardState
	hs.Term, _ = strconv.ParseUint(term, 10, 64)
	hs.Commit, _ = strconv.ParseUint(commit, 10, 64)
	if vote != "" {
		hs.Vote = a.idOf(vote)
	}
	require.NoError(c.t, h.disk.SetHardState(hs))
	c.start(h)
	c.trace.mute = true
	c.work(h)
	c.trace.mute = false
}

// config returns the configuration of a host's node. Options are those of
// raft.Config by their usual names.
func (h *storyHost) config() *raft.Config {
	number := func(option string, without uint64) uint64 {
		v, ok := h.setup[option]
		if !ok {
			return without
		}
		n, err := strconv.ParseUint(v, 10, 64)
		if err != nil {
			panic(err)
		}
		return n
	}
	has := func(option string) bool { return h.setup[option] == "yes" }
	config := quietConfig(h.id, h.disk)
	config.Rand = h
	config.ElectionTick = int(number("election", 10))
	config.HeartbeatTick = int(number("heartbeat", 1))
	config.MaxSizePerMsg = number("max-size", math.MaxUint64)
	config.MaxInflightMsgs = int(number("max-inflight", 256))
	config.MaxInflightBytes = number("max-inflight-bytes", 0)
	config.MaxCommittedSizePerReady = number("max-committed", 0)
	config.MaxUncommittedEntriesSize = number("max-uncommitted", 0)
	config.PreVote = has("pre-vote")
	config.CheckQuorum = has("check-quorum")
	config.AsyncStorageWrites = has("async")
	config.LeadAfterRemoval = has("lead-after-removal")
	config.DisableProposalForwarding = has("no-forwarding")
	config.DisableConfChangeValidation = has("no-validation")
	if has("lease-reads") {
		config.ReadOnlyOption = raft.ReadOnlyLeaseBased
	}
	return config
}
