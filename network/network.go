package network

import (
	"slices"

	"raftsim/clock"
	"raftsim/random"
)

// Network carries messages of type M between hosts. Hosts need not be declared:
// every ordered pair of ids is a link, which is made when it is first used.
//
// It belongs to one thread. In the steady state Send and Arrive allocate
// nothing.
type Network[M any] struct {
	fates    random.Fates
	schedule func(at clock.Time, id PacketID)
	profile  Profile // of links without one of their own

	hosts directory
	table [][]*link[M] // by the numbers of both ends
	links []*link[M]   // all, in the order in which they were made

	slab     slab[M]
	last     uint32 // the slot that the latest Arrive showed, or none
	inFlight int

	drop      func(*Packet[M]) bool
	filtering uint32 // changes with drop
	handles   uint64 // handles given out
}

// New returns a network of perfect links. It calls schedule when it wants
// Arrive to be called with that id at that instant; the calls must be made in
// order of time and, at the same instant, of scheduling. Schedule must not call
// the network.
func New[M any](fates random.Fates, schedule func(at clock.Time, id PacketID)) *Network[M] {
	return &Network[M]{fates: fates, schedule: schedule, slab: slab[M]{free: none}, last: none}
}

// SetDefault sets the profile of all links that have none of their own. It
// panics when the profile is not valid.
func (n *Network[M]) SetDefault(p Profile) {
	mustValidate(&p)
	n.profile = p
	for _, l := range n.links {
		l.refresh(&n.profile)
	}
}

// SetProfile gives a link a profile of its own. It panics when the profile is
// not valid.
func (n *Network[M]) SetProfile(from, to uint64, p Profile) {
	mustValidate(&p)
	l := n.link(from, to)
	l.own = &p
	l.refresh(&n.profile)
}

// Profile returns the profile in force on a link, overlays included.
func (n *Network[M]) Profile(from, to uint64) Profile { return *n.link(from, to).profile }

func mustValidate(p *Profile) {
	if err := p.Validate(); err != nil {
		panic(err.Error())
	}
}

// link finds a link, or makes it.
func (n *Network[M]) link(from, to uint64) *link[M] {
	f, t := n.hosts.number(from), n.hosts.number(to)
	if f < len(n.table) && t < len(n.table[f]) {
		if l := n.table[f][t]; l != nil {
			return l
		}
	}
	for len(n.table) <= f {
		n.table = append(n.table, nil)
	}
	for len(n.table[f]) <= t {
		n.table[f] = append(n.table[f], nil)
	}
	l := newLink[M](n.fates, LinkID{from, to}, &n.profile)
	n.table[f][t] = l
	n.links = append(n.links, l)
	return l
}

// sorted returns all links in order of their ids.
func (n *Network[M]) sorted() []*link[M] {
	return slices.SortedFunc(slices.Values(n.links), func(a, b *link[M]) int { return a.id.Compare(b.id) })
}

// InFlight returns how many packets are on their way: queued, flying, or held.
func (n *Network[M]) InFlight() int { return n.inFlight }

// LastDue is the latest instant at which a packet that is on its way now is due,
// zero when there is none. Those that still wait for bandwidth come later.
func (n *Network[M]) LastDue() clock.Time {
	last := clock.Time(0)
	for i := range n.slab.used {
		if s := n.slab.at(i); s.state == flying || s.state == leaving {
			last = max(last, s.due)
		}
	}
	return last
}

// Stats returns the counts of all links together.
func (n *Network[M]) Stats() Stats {
	var sum Stats
	for _, l := range n.links {
		sum = sum.Add(l.stats)
	}
	return sum
}

// LinkStats returns the counts of one link.
func (n *Network[M]) LinkStats(from, to uint64) Stats { return n.link(from, to).stats }

// Links returns the links that were used so far, in order.
func (n *Network[M]) Links() []LinkID {
	ids := make([]LinkID, 0, len(n.links))
	for _, l := range n.sorted() {
		ids = append(ids, l.id)
	}
	return ids
}
