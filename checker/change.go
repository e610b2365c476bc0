package checker

import (
	"fmt"
	"slices"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// expectConfig works out the configuration that an entry leads to, when the
// first host applies it, by the rules of the dissertation alone: what hosts say
// that they go by from there on is compared with it.
func (c *Protocol) expectConfig(h *hostMemory, e *pb.Entry) {
	was := c.configAt(e.Index)
	if was == nil || was.index == e.Index || was != &c.configs[len(c.configs)-1] {
		return // founding entries, or another host was here first
	}
	change, ok := decodeChange(e)
	if !ok {
		return
	}
	now := was.changed(&change)
	if now.equal(&was.config) {
		return
	}
	c.checkConfigStep(h, was, &now)
	c.configs = append(c.configs, configRecord{e.Index, now, stamp{h.id, c.now}})
}

func decodeChange(e *pb.Entry) (change pb.ConfChangeV2, ok bool) {
	if e.Type == pb.EntryConfChange {
		var one pb.ConfChange
		if one.Unmarshal(e.Data) != nil {
			return change, false
		}
		return one.AsV2(), true
	}
	return change, change.Unmarshal(e.Data) == nil
}

// changed returns the configuration after a change. One that does not fit, or
// that would leave no voter, changes nothing.
func (k *config) changed(change *pb.ConfChangeV2) config {
	now := config{
		slices.Clone(k.voters), slices.Clone(k.outgoing), slices.Clone(k.learners), slices.Clone(k.learnersNext), k.autoLeave,
	}
	autoLeave, joint := change.EnterJoint()
	switch {
	case k.joint() != change.LeaveJoint():
		return now
	case change.LeaveJoint():
		now.learners = append(now.learners, now.learnersNext...)
		now.outgoing, now.learnersNext, now.autoLeave = nil, nil, false
	case joint:
		now.outgoing, now.autoLeave = slices.Clone(now.voters), autoLeave
		fallthrough
	default:
		for _, single := range change.Changes {
			now.apply(single)
		}
		if len(now.voters) == 0 {
			return *k
		}
	}
	for _, ids := range []*[]uint64{&now.voters, &now.outgoing, &now.learners, &now.learnersNext} {
		slices.Sort(*ids)
	}
	return now
}

// apply carries out one operation. A voter of the outgoing half that is to be a
// learner becomes one when the joint configuration is left.
func (k *config) apply(single pb.ConfChangeSingle) {
	id := single.NodeID
	without := func(ids []uint64) []uint64 {
		return slices.DeleteFunc(ids, func(other uint64) bool { return other == id })
	}
	if id == 0 || single.Type == pb.ConfChangeUpdateNode ||
		single.Type == pb.ConfChangeAddLearnerNode && slices.Contains(k.learners, id) {
		return
	}
	k.voters, k.learners, k.learnersNext = without(k.voters), without(k.learners), without(k.learnersNext)
	switch {
	case single.Type == pb.ConfChangeAddNode:
		k.voters = append(k.voters, id)
	case single.Type == pb.ConfChangeAddLearnerNode && slices.Contains(k.outgoing, id):
		k.learnersNext = append(k.learnersNext, id)
	case single.Type == pb.ConfChangeAddLearnerNode:
		k.learners = append(k.learners, id)
	}
}

// checkConfigStep judges a configuration by the one before it.
func (c *Protocol) checkConfigStep(h *hostMemory, was *configRecord, now *config) {
	fail := func(shape, what string) {
		c.report(ConfigStep, shape, fmt.Sprintf("n%d goes from %s to %s: %s", h.id, was.config, *now, what),
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
		c.report(ConfigInFlight, "two in flight", fmt.Sprintf("n%d appends a configuration change at index %d while that at %d is not applied", h.id, e.Index, before),
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
	votes := func(k config) bool { return k.voter(h.id) }
	if h.config.known() && !votes(h.config) && !slices.ContainsFunc(h.former, votes) && !slices.ContainsFunc(h.earlier, votes) {
		c.report(Campaign, "no voter", fmt.Sprintf("n%d campaigns and is no voter of its configuration", h.id),
			c.fact(h.id, "campaigns in term %d; it goes by %s", h.hs.Term, &h.config))
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
