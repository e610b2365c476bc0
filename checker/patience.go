package checker

import (
	"fmt"

	"raftsim/checker/membership"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// campaignTransfer is the context of requests for votes that a leader has asked
// for itself: they are granted whatever the voter hears.
const campaignTransfer = "CampaignTransfer"

// contact is the tick at which a host was last heard of.
type contact struct{ host, tick uint64 }

// heardLeader is when a host heard from the leader of a term.
type heardLeader struct {
	term, tick uint64
	starts     bool // it came up, and may have heard from a leader before
	note
}

// Ticked says that the clock of a host's protocol moves by one tick. What is
// said of leases and of the patience of leaders is counted in these, so it holds
// however wrong the clocks are.
func (c *Protocol) Ticked(host uint64) {
	c.tell(FactTicked, 0)
	c.host(host).ticks++
}

// LeaderForgotten says that a host was asked to forget its leader, or to campaign:
// it may vote for another at once.
func (c *Protocol) LeaderForgotten(host uint64) {
	h := c.host(host)
	h.hears = heardLeader{}
	if !c.promise {
		h.promised = heardLeader{}
	}
}

// TransferAsked says that a leader is asked to hand over to a host: it gives the
// transfer an election timeout from now, at whose end it looks for its majority again.
// To be asked for itself makes it give up what it has begun. It ignores a request for
// whom it hands over to already, and for a host that is no voter.
func (c *Protocol) TransferAsked(host, to uint64) {
	h := c.host(host)
	if !h.config.Voter(to) || to == h.asked && h.ticks < h.handsUntil {
		return
	}
	h.asked, h.recentlyAsked, h.handing, h.handsUntil = to, true, false, h.ticks
	if to != host {
		h.ledSince, h.handsUntil = h.ticks, h.ticks+c.transfer
	}
}

// HandsOver says, after each tick of a host's clock, to whom it hands leadership
// over; zero for nobody.
func (c *Protocol) HandsOver(host, to uint64) {
	c.tell(FactHandsOver, 0)
	h := c.host(host)
	if to == 0 || to != h.transferee {
		h.transferee, h.handsSince, h.handsOver = to, h.ticks, c.now
		if to != 0 && (to != h.asked || h.ticks >= h.handsUntil) {
			// Nobody asked: the leader gives way by itself, and takes no request for the same host until it is over.
			h.asked, h.handsUntil = to, h.ticks+c.transfer
		}
		return
	}
	if c.transfer == 0 || h.ticks-max(h.handsSince, h.ledSince) <= c.transfer {
		return
	}
	c.report(TransferEnds, "too long", fmt.Sprintf("n%d transfers its leadership to n%d for more than %d of its ticks", host, to, c.transfer),
		h.handsOver.fact(host, "begins the transfer to n%d", to), c.fact(host, "still transfers, and accepts no proposals"))
}

// hearLeader notes a message of a leader. Whether the host follows it shows when
// it next offers something.
func (h *hostMemory) hearLeader(m *pb.Message, now note) {
	if m.Term >= max(h.hs.Term, h.hears.term) {
		h.hears = heardLeader{term: m.Term, tick: h.ticks, note: now}
	}
}

// followLeader takes in whom a host follows once it has offered something: all
// that has reached it is dealt with by then.
func (c *Protocol) followLeader(h *hostMemory) {
	switch follows := h.role == raft.StateFollower; {
	case follows && h.hears.term == h.hs.Term:
		h.promised = h.hears
	case (!follows || h.promised.term != h.hs.Term) && !c.promise:
		h.promised = heardLeader{}
	}
	h.hears, h.pending = heardLeader{}, 0
}

// leased reports whether a voter must ignore a request that reaches it now: it
// has heard from a leader a short while ago, and of no later term since, unless
// its promise stands whatever it hears.
func (c *Protocol) leased(h *hostMemory, m *pb.Message) bool {
	p := &h.promised
	if c.lease == 0 || h.leads() || p.term == 0 && !p.starts || h.ticks-p.tick >= c.lease {
		return false
	}
	if string(m.Context) == campaignTransfer {
		return false
	}
	if c.promise && m.Term == h.hs.Term && h.hs.Vote != m.From {
		return p.term < m.Term // it has learned of the term, and is bound to the leader of another
	}
	return m.Term > h.hs.Term && (c.promise || h.pending <= h.hs.Term)
}

// checkOwnPromise reports a host that votes for itself while its promise to a leader
// stands, and nobody has told it to campaign.
func (c *Protocol) checkOwnPromise(h *hostMemory) {
	p := &h.promised
	if !c.promise || h.role != raft.StateCandidate || p.term == 0 || p.term >= h.hs.Term || h.ticks-p.tick >= c.lease || h.told == h.hs.Term-1 {
		return
	}
	c.report(VoteLease, "campaign", fmt.Sprintf("n%d campaigns in term %d within the lease of a leader", h.id, h.hs.Term),
		p.fact(h.id, "hears from the leader of term %d", p.term),
		c.fact(h.id, "campaigns in term %d, less than %d ticks later", h.hs.Term, c.lease))
}

// checkLease reports a vote that answers only requests that were to be ignored.
func (c *Protocol) checkLease(h *hostMemory, m *pb.Message) {
	var asked *poll
	for i := range h.polls {
		if p := &h.polls[i]; p.from == m.To && p.term == m.Term && p.pre == (m.Type == pb.MsgPreVoteResp) {
			if p.leased == nil {
				return
			}
			asked = p
		}
	}
	if asked == nil || m.Term <= h.forgotten {
		return
	}
	promise := asked.leased.fact(h.id, "hears from the leader of term %d", asked.leased.term)
	if asked.leased.starts {
		promise = asked.leased.fact(h.id, "starts, and may have heard from a leader before")
	}
	c.report(VoteLease, "vote", fmt.Sprintf("n%d votes for n%d in term %d, which asked within the lease of the leader of n%d", h.id, m.To, m.Term, h.id),
		promise, asked.fact(m.To, "asks n%d, less than %d ticks later", h.id, c.lease),
		c.fact(h.id, "votes for n%d in term %d", m.To, m.Term))
}

// hearsFrom notes that a message of a host's own term reaches it.
func (c *Protocol) hearsFrom(h *hostMemory, m *pb.Message) {
	if c.patience == 0 || m.Term != h.hs.Term {
		return
	}
	for i := range h.contacts {
		if h.contacts[i].host == m.From {
			h.contacts[i].tick = h.ticks
			return
		}
	}
	h.contacts = append(h.contacts, contact{m.From, h.ticks})
}

// checkPatience reports a leader that goes on although no majority has been
// heard of for longer than it may wait. New members count as heard of.
func (c *Protocol) checkPatience(h *hostMemory) {
	if c.patience == 0 || !h.leads() || h.checkedAt == h.ticks || h.ticks-max(h.ledSince, h.since) <= c.patience {
		return
	}
	h.checkedAt = h.ticks
	active := func(id uint64) bool {
		if id == h.id {
			return true
		}
		for _, k := range h.contacts {
			if k.host == id {
				return h.ticks-k.tick <= c.patience
			}
		}
		return false
	}
	if c.anyRecent(h, func(k *membership.Config) bool { return k.Quorum(active) }) {
		return
	}
	evidence := []Evidence{c.term(h.hs.Term).led()}
	for _, k := range h.contacts {
		evidence = append(evidence, c.fact(h.id, "has last heard from n%d %d of its ticks earlier", k.host, h.ticks-k.tick))
	}
	c.report(CheckQuorum, "goes on", fmt.Sprintf("n%d leads term %d and has heard from no majority of %s for %d ticks", h.id, h.hs.Term, h.config, c.patience),
		append(evidence, c.fact(h.id, "still leads"))...)
}
