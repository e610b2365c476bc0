package sim

import (
	"fmt"
	"slices"
	"time"

	"raftsim/faults"
	"raftsim/network"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
)

// ofNetwork are the faults that hit links and packets.
func (d injectors) ofNetwork() {
	doing(d, func(o occasion, a faults.Partition) (Effect, string) { return o.cut(split(a.Sides)) })
	doing(d, func(o occasion, a faults.Isolate) (Effect, string) {
		return o.cutReach(func() []network.LinkID { return o.isolation(a.Hosts.IDs()) })
	})
	doing(d, func(o occasion, a faults.Cut) (Effect, string) { return o.cut(o.links(a.Path)) })
	doing(d, func(o occasion, a faults.Bridge) (Effect, string) {
		return o.cut(network.Bridge(a.Left.IDs(), a.Middle.IDs(), a.Right.IDs()))
	})
	doing(d, func(o occasion, a faults.Ring) (Effect, string) {
		// In the order of the line: binding has shuffled the hosts of roles.
		return o.cut(network.MajorityRing(a.Hosts.IDs(), nil))
	})
	doing(d, func(o occasion, a faults.Flap) (Effect, string) { return o.flap(a) })
	doing(d, func(o occasion, a faults.Link) (Effect, string) { return o.disturb(a) })
	doing(d, func(o occasion, a faults.Hold) (Effect, string) {
		return o.hold(func() []network.LinkID { return o.links(a.Path) })
	})
	doing(d, func(o occasion, a faults.Clog) (Effect, string) {
		return o.hold(func() []network.LinkID { return o.clogged(a.Hosts.IDs()) })
	})
	doing(d, func(o occasion, a faults.Release) (Effect, string) { return o.release(a.Path) })
	doing(d, func(o occasion, a faults.Swizzle) (Effect, string) { return o.swizzle(o.plan, a) })
	doing(d, func(o occasion, a faults.Drop) (Effect, string) { return o.drop(o.plan, a) })
}

// cut cuts directed links, and restores them when the fault ends. A cut that
// no packet has met has no effect.
func (s *Simulation) cut(links []network.LinkID) (Effect, string) {
	if len(links) == 0 {
		return Effect{}, "there is no link between these hosts"
	}
	return s.cutReach(func() []network.LinkID { return links })
}

// cutReach cuts the links that list tells, those of later hosts too.
func (s *Simulation) cutReach(list func() []network.LinkID) (Effect, string) {
	links := list()
	before := s.cutPackets(links)
	s.network.CutAll(links)
	return Effect{
		Extend:   func() { s.network.CutAll(fresh(&links, list())) },
		Undo:     func() { s.network.RestoreAll(links) },
		NoEffect: orElse(func() uint64 { return s.cutPackets(links) - before }, "no packet was lost on the cut links"),
	}, ""
}

// fresh adds the links of a list to those that a fault is over, and returns the
// ones that are new.
func fresh(links *[]network.LinkID, list []network.LinkID) (added []network.LinkID) {
	for _, l := range list {
		if !slices.Contains(*links, l) {
			added = append(added, l)
		}
	}
	*links = append(*links, added...)
	return added
}

func (s *Simulation) cutPackets(links []network.LinkID) (n uint64) {
	for _, l := range links {
		n += s.network.LinkStats(l.From, l.To).Cut
	}
	return n
}

// flap cuts links for a while and restores them for a while, over and over.
func (s *Simulation) flap(a faults.Flap) (Effect, string) {
	links := split(a.Sides)
	before := s.cutPackets(links)
	current, _ := s.cut(links)
	isCut := true
	stop := s.every(func() time.Duration {
		if isCut {
			current.Undo()
		} else {
			current, _ = s.cut(links)
		}
		isCut = !isCut
		if isCut {
			return a.Down
		}
		return a.Up
	}, a.Down)
	return Effect{
		Undo: func() {
			stop()
			if isCut {
				current.Undo()
			}
		},
		NoEffect: orElse(func() uint64 { return s.cutPackets(links) - before }, "no packet was lost on the cut links"),
	}, ""
}

// disturb lays a change over the links of a path.
func (s *Simulation) disturb(a faults.Link) (Effect, string) {
	change, count := linkChange(a)
	links := s.links(a.Path)
	if len(links) == 0 {
		return Effect{}, "there is no link between these hosts"
	}
	before := s.countLinks(links, count)
	var handles []network.Handle
	begin := func(links []network.LinkID) {
		for _, l := range links {
			handles = append(handles, s.network.Disturb(l.From, l.To, change))
		}
	}
	begin(links)
	return Effect{
		Extend: func() { begin(fresh(&links, s.links(a.Path))) },
		Undo: func() {
			for _, h := range handles {
				s.network.Calm(h)
			}
		},
		NoEffect: orElse(func() uint64 { return s.countLinks(links, count) - before }, "no packet was affected"),
	}, ""
}

// linkChange translates a disturbance, and says which count shows that it took
// effect: what is delayed or limited are all packets that are sent.
func linkChange(a faults.Link) (c network.Change, count func(network.Stats) uint64) {
	count = func(st network.Stats) uint64 { return st.Sent }
	switch a.Effect {
	case faults.Loses:
		c.Loss, count = &a.Ratio, func(st network.Stats) uint64 { return st.Lost }
	case faults.Duplicates:
		c.Duplicate, count = &a.Ratio, func(st network.Stats) uint64 { return st.Duplicated }
	case faults.Replays:
		c.Replay, count = &a.Ratio, func(st network.Stats) uint64 { return st.Replayed }
		c.ReplayBy = given(a.Delay)
	case faults.Reorders:
		c.Reorder, count = &a.Ratio, func(st network.Stats) uint64 { return st.Reordered }
		c.ReorderBy = given(a.Delay)
	case faults.Corrupts:
		c.Corrupt, count = &a.Ratio, func(st network.Stats) uint64 { return st.Corrupt }
	case faults.Delays:
		c.Delay = given(a.Delay)
	case faults.Limits:
		c.BytesPerSecond, c.QueueBytes = &a.BytesPerSecond, &a.QueueBytes
	}
	return c, count
}

func given(d random.Distribution) *random.Distribution {
	if d.Zero() {
		return nil
	}
	return &d
}

func (s *Simulation) countLinks(links []network.LinkID, count func(network.Stats) uint64) (n uint64) {
	for _, l := range links {
		n += count(s.network.LinkStats(l.From, l.To))
	}
	return n
}

// links lists the links of a bound path: those of every host and client when
// it is the whole network.
func (s *Simulation) links(p faults.Path) (links []network.LinkID) {
	if p.Wide() {
		ends := s.ends()
		for _, from := range ends {
			for _, to := range ends {
				if from != to && (from < network.ClientBase || to < network.ClientBase) {
					links = append(links, network.LinkID{From: from, To: to})
				}
			}
		}
		return links
	}
	p.Links(func(from, to uint64) bool {
		links = append(links, network.LinkID{From: from, To: to})
		return true
	})
	return links
}

// ends are all hosts, then all clients.
func (s *Simulation) ends() []uint64 {
	return append(s.hostIDs(), s.clients.IDs()...)
}

// hold keeps the packets of the links that list tells back until it ends.
func (s *Simulation) hold(list func() []network.LinkID) (Effect, string) {
	links := list()
	if len(links) == 0 {
		return Effect{}, "there is no link between these hosts"
	}
	s.network.HoldAll(links)
	packets := func() uint64 { return s.countLinks(links, func(st network.Stats) uint64 { return st.Held }) }
	before := packets()
	return Effect{
		Extend:   func() { s.network.HoldAll(fresh(&links, list())) },
		Undo:     func() { s.network.ReleaseAll(s.now, links) },
		NoEffect: orElse(func() uint64 { return packets() - before }, "no packet was held back"),
	}, ""
}

// clogged are the links to and from hosts, those of clients too.
func (s *Simulation) clogged(hosts []uint64) (links []network.LinkID) {
	for _, h := range hosts {
		for _, other := range s.ends() {
			if other == h || slices.Contains(hosts, other) && other < h {
				continue
			}
			links = append(links, network.LinkID{From: h, To: other}, network.LinkID{From: other, To: h})
		}
	}
	return links
}

// swizzle clogs hosts one by one, and unclogs them one by one in another order.
func (s *Simulation) swizzle(p *plannedFault, a faults.Swizzle) (Effect, string) {
	hosts := a.Hosts.IDs()
	packets := func() uint64 {
		return s.countLinks(s.clogged(hosts), func(st network.Stats) uint64 { return st.Held })
	}
	before := packets()
	var undone bool
	held := map[uint64]Effect{}
	for _, h := range hosts {
		s.at(p.between(0, a.Over), func() {
			if !undone {
				held[h], _ = s.hold(func() []network.LinkID { return s.clogged([]uint64{h}) })
			}
		})
	}
	undo := func() {
		undone = true
		for _, h := range hosts {
			d, ok := held[h]
			if !ok {
				continue
			}
			if s.recovery.Begun() {
				d.Undo()
				continue
			}
			s.at(p.between(0, a.Over), d.Undo)
		}
	}
	return Effect{Undo: undo, NoEffect: orElse(func() uint64 { return packets() - before }, "no packet was held back")}, ""
}

// drop drops messages of one type on a path.
func (s *Simulation) drop(p *plannedFault, a faults.Drop) (Effect, string) {
	kind, ok := pb.MessageType_value[a.Type]
	if !ok {
		return Effect{}, fmt.Sprintf("there is no message type %s", a.Type)
	}
	hits := uint64(0)
	filter := network.Filter[Message]{Label: a.Type, Drop: func(packet *network.Packet[Message]) bool {
		if raftType(&packet.Message) != int64(kind) || !a.Ratio.Hit(p.fate()) {
			return false
		}
		hits++
		return true
	}}
	var handles []network.Handle
	var links []network.LinkID
	grow := func() {
		for _, l := range fresh(&links, s.links(a.Path)) {
			handles = append(handles, s.network.Filter(l.From, l.To, filter))
		}
	}
	grow()
	return Effect{
		Extend: grow,
		Undo: func() {
			for _, h := range handles {
				s.network.Calm(h)
			}
		},
		NoEffect: orElse(func() uint64 { return hits }, "no message was dropped"),
	}, ""
}

// split are the links between groups.
func split(groups []faults.Group) []network.LinkID {
	ids := make([][]uint64, len(groups))
	for i, g := range groups {
		ids[i] = g.IDs()
	}
	return network.Split(ids...)
}
