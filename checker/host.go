package checker

import (
	"slices"

	"raftsim/checker/membership"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
)

// hostMemory is what a Protocol remembers of one host.
type hostMemory struct {
	id      uint64
	started bool // ever
	up      bool
	// excused says that a fault that is out of model may have taken durable data
	// in the crash that the host is down from.
	excused bool
	// lostUpTo is the highest index that such a fault may ever have taken: what
	// the host acknowledged up to there need not be on its disk.
	lostUpTo uint64

	// What the host last offered: its volatile view.
	role      raft.StateType
	hs        pb.HardState
	log       logView
	changes   []uint64 // indexes of configuration entries in log, increasing
	fresh     bool     // started without any state, and nothing offered yet
	endBefore uint64   // where the log ended before the last Ready
	snapIndex uint64   // of the last snapshot offered, installed or made

	// What is durable.
	disk     pb.HardState
	diskLog  logView
	diskSnap uint64

	applied uint64
	// cameUpAt is the index of the snapshot that it started with.
	cameUpAt uint64
	config   membership.Config
	since    uint64 // tick at which it began to use config
	// former holds the configurations that were replaced since the last
	// Offered: a decision that shows only now may have been made under them.
	former []membership.Config
	// earlier holds those that were replaced before it, since the Offered
	// before: what leaves with a Ready may have been decided under them.
	earlier []membership.Config

	// What messages have told it, if listens says that they are shown.
	listens bool
	heard   uint64 // highest term of any but pre-votes
	bound   uint64 // highest term of those that may not be ignored
	shown   uint64 // highest index that they let a follower commit
	// verified is the highest index that the leader of verifiedTerm has shown
	// to match.
	verified, verifiedTerm uint64
	polls                  []poll // requests for votes
	forgotten              uint64 // highest term of those that are no longer in polls
	pending                uint64 // highest term of any but pre-votes since it last offered something

	// How long ago that was, by the ticks of its own clock.
	//
	// hears is a message of a leader since it last offered something; promised
	// is the last that it followed, of a term that is zero when there is none;
	// contacts is when it last heard from anybody in its own term.
	ticks, ledSince uint64
	//
	// told is the last term of which a leader told it to campaign.
	hears, promised heardLeader
	told            uint64
	contacts        []contact
	checkedAt       uint64 // tick at which it was last asked for its majority
	// asked is whom it was last asked to hand its term over to, itself when it gave
	// that up, and handsUntil the tick up to which it does so, if that one does not
	// take it before. recentlyAsked is set until it next offers something, and handing
	// says that it told that one to campaign.
	asked, handsUntil      uint64
	recentlyAsked, handing bool
	offeredAt              uint64 // tick of the last Offered
	offeredBefore          uint64 // tick of the one before

	// To whom it hands over, if to anybody, and since when.
	transferee, handsSince uint64
	handsOver              note

	// What it has told others.
	//
	// matched is the highest index that it acknowledged to the leader of
	// matchedTerm.
	matched, matchedTerm uint64
	handedOver           uint64       // last term in which it told another to campaign
	rounds               rounds       // by which it confirms reads
	progress             []peerBelief // what it believes of its peers
}

// host returns the memory of a host, making it on first sight. Hosts are kept
// in order of their number.
func (c *Protocol) host(id uint64) *hostMemory {
	if h := c.lastHost; h != nil && h.id == id {
		return h
	}
	i, found := slices.BinarySearchFunc(c.hosts, id, func(h *hostMemory, id uint64) int {
		switch {
		case h.id < id:
			return -1
		case h.id > id:
			return 1
		}
		return 0
	})
	if !found {
		c.hosts = slices.Insert(c.hosts, i, &hostMemory{id: id})
	}
	c.lastHost = c.hosts[i]
	return c.lastHost
}

// known returns the memory of a host that was seen before, nil otherwise.
func (c *Protocol) known(id uint64) *hostMemory {
	for _, h := range c.hosts {
		if h.id == id {
			return h
		}
	}
	return nil
}

func (h *hostMemory) leads() bool { return h.role == raft.StateLeader }
