package checker

import (
	"fmt"
	"time"

	"raftsim/clock"
	pb "raftsim/raft/raftpb"
)

// campaignTransfer is the context of requests for votes that a leader has asked
// for itself: they are granted whatever the voter hears.
const campaignTransfer = "CampaignTransfer"

// contact is when a host was last heard of.
type contact struct {
	host uint64
	at   clock.Time
}

// within reports whether an instant lies less than a duration back.
func (n note) within(at clock.Time, d time.Duration) bool { return n.at.Sub(at) < d }

// leased reports whether a voter must ignore a request that reaches it now: it
// has heard from a leader a short while ago, and of no later term since.
func (c *Protocol) leased(h *hostMemory, m *pb.Message) bool {
	return c.lease > 0 && !h.leads() && h.leaderHeard && c.now.within(h.leaderAt, c.lease) &&
		m.Term > h.hs.Term && m.Term > h.heard && string(m.Context) != campaignTransfer
}

// checkLease reports a vote that answers only requests that were to be ignored.
func (c *Protocol) checkLease(h *hostMemory, m *pb.Message) {
	pre, asked := m.Type == pb.MsgPreVoteResp, false
	for i := range h.polls {
		if p := &h.polls[i]; p.from == m.To && p.term == m.Term && p.pre == pre {
			if !p.leased {
				return
			}
			asked = true
		}
	}
	if asked {
		c.report(voteLease, "vote", fmt.Sprintf("n%d votes for n%d in term %d, which asked while n%d heard from a leader", h.id, m.To, m.Term, h.id),
			note{at: h.leaderAt, event: c.now.event}.fact(h.id, "hears from the leader"),
			c.fact(h.id, "votes for n%d in term %d", m.To, m.Term))
	}
}

// hearsFrom notes that a message of a host's own term reaches it.
func (c *Protocol) hearsFrom(h *hostMemory, m *pb.Message) {
	if c.patience == 0 || m.Term != h.hs.Term {
		return
	}
	for i := range h.contacts {
		if h.contacts[i].host == m.From {
			h.contacts[i].at = c.now.at
			return
		}
	}
	h.contacts = append(h.contacts, contact{m.From, c.now.at})
}

// LeaderForgotten says that a host was told to forget its leader: it may vote
// for another at once.
func (c *Protocol) LeaderForgotten(host uint64) { c.host(host).leaderHeard = false }

// checkPatience reports a leader that goes on although no majority has been
// heard of for longer than it may wait. New members count as heard of.
func (c *Protocol) checkPatience(h *hostMemory, m *pb.Message) {
	if c.patience == 0 || c.now.within(c.term(m.Term).leader.at, c.patience) || c.now.within(h.since, c.patience) {
		return
	}
	active := func(id uint64) bool {
		if id == h.id {
			return true
		}
		for _, k := range h.contacts {
			if k.host == id {
				return c.now.within(k.at, c.patience)
			}
		}
		return false
	}
	if c.anyRecent(h, func(k *config) bool { return k.quorum(active) }) {
		return
	}
	c.report(checkQuorum, "goes on", fmt.Sprintf("n%d leads term %d and has heard from no majority of %s for %s", h.id, m.Term, h.config, c.patience),
		c.term(m.Term).led(), c.fact(h.id, "sends %s to n%d", m.Type, m.To))
}
