package network

import (
	"fmt"
	"strings"

	"raftsim/clock"
)

// Cut cuts a link: until it is restored it takes no packets, and those on their
// way are dropped. It returns how many these were; Arrive reports each later: at
// the instant at which it would have arrived, for those in the queue when the
// one before them would have left, for those that are held when they are
// released. Cuts are counted: a link that is cut twice must be restored twice.
func (n *Network[M]) Cut(from, to uint64) int {
	l := n.link(from, to)
	dropped := l.live
	l.cuts++
	l.epoch++
	l.live, l.waitingSize, l.last = 0, 0, 0
	l.stats.Cut += uint64(dropped)
	n.inFlight -= dropped
	return dropped
}

// Restore undoes one Cut. It does nothing to a link that is not cut.
func (n *Network[M]) Restore(from, to uint64) {
	l := n.link(from, to)
	l.cuts = max(l.cuts-1, 0)
}

// CutAll cuts each of the links and returns how many packets were dropped.
func (n *Network[M]) CutAll(links []LinkID) int {
	dropped := 0
	for _, id := range links {
		dropped += n.Cut(id.From, id.To)
	}
	return dropped
}

// RestoreAll restores each of the links.
func (n *Network[M]) RestoreAll(links []LinkID) {
	for _, id := range links {
		n.Restore(id.From, id.To)
	}
}

// Connected reports whether the link is neither cut nor held.
func (n *Network[M]) Connected(from, to uint64) bool {
	l := n.link(from, to)
	return l.cuts == 0 && l.holds == 0
}

// Hold clogs a link: packets travel, but are kept where they would arrive until
// the link is released. Holds are counted as cuts are.
func (n *Network[M]) Hold(from, to uint64) { n.link(from, to).holds++ }

// Release undoes one Hold. With the last one the packets that were kept are
// scheduled for now, in the order in which they arrived; it returns how many.
func (n *Network[M]) Release(now clock.Time, from, to uint64) int {
	l := n.link(from, to)
	if l.holds == 0 {
		return 0
	}
	l.holds--
	if l.holds > 0 {
		return 0
	}
	return n.unclog(now, l)
}

// unclog schedules the packets that were kept.
func (n *Network[M]) unclog(now clock.Time, l *link[M]) int {
	released := 0
	for !l.kept.empty() {
		i := pop(&n.slab, &l.kept)
		s := n.slab.at(i)
		if !s.dead() {
			released++
		}
		s.state = flying
		n.schedule(now, makeID(i, s.generation))
	}
	return released
}

// HoldAll holds each of the links.
func (n *Network[M]) HoldAll(links []LinkID) {
	for _, id := range links {
		n.Hold(id.From, id.To)
	}
}

// ReleaseAll releases each of the links and returns how many packets that let
// go.
func (n *Network[M]) ReleaseAll(now clock.Time, links []LinkID) int {
	released := 0
	for _, id := range links {
		released += n.Release(now, id.From, id.To)
	}
	return released
}

// Handle names a change or a filter in force. The zero value names none.
type Handle struct {
	link   LinkID
	number uint64
}

// Disturb lays a change over the profile of a link until it is calmed. Where
// several set the same field, the latest counts; they may be calmed in any
// order. It panics when a ratio or limit of the change is not valid.
func (n *Network[M]) Disturb(from, to uint64, c Change) Handle {
	var alone Profile
	c.Apply(&alone)
	mustValidate(&alone)
	l := n.link(from, to)
	h := n.handle(l)
	l.overlays = append(l.overlays, overlay{h.number, c})
	l.refresh(&n.profile)
	return h
}

// Filter picks packets by what is in them, such as all messages of one type.
type Filter[M any] struct {
	Label string                // what it picks, for people
	Drop  func(*Packet[M]) bool // true drops the packet
}

// Filter drops what f picks on a link until it is calmed.
func (n *Network[M]) Filter(from, to uint64, f Filter[M]) Handle {
	l := n.link(from, to)
	h := n.handle(l)
	l.filters = append(l.filters, filter[M]{h.number, f})
	l.version++
	return h
}

// SetFilter drops what the function picks, on all links; nil drops nothing. It
// is meant for a test that watches or drops one certain packet. It sees the
// packets that would otherwise pass, and those on their way when it was set as
// they arrive. Heal leaves it in place.
func (n *Network[M]) SetFilter(drop func(*Packet[M]) bool) {
	n.drop = drop
	n.filtering++
}

// Calm undoes the Disturb or Filter that returned h. It does nothing when that
// is not in force any more.
func (n *Network[M]) Calm(h Handle) {
	if h.number == 0 {
		return
	}
	l := n.link(h.link.From, h.link.To)
	l.calm(h.number)
	l.refresh(&n.profile)
}

func (n *Network[M]) handle(l *link[M]) Handle {
	n.handles++
	return Handle{l.id, n.handles}
}

// Heal ends all trouble: no link is cut, held, disturbed or filtered any more,
// and what was held or being sent is scheduled for now, link by link in order.
// Profiles and packets on their way stay as they are.
func (n *Network[M]) Heal(now clock.Time) {
	for _, l := range n.sorted() {
		l.cuts, l.holds = 0, 0
		clear(l.overlays)
		clear(l.filters)
		l.overlays, l.filters = l.overlays[:0], l.filters[:0]
		l.refresh(&n.profile)
		n.unclog(now, l)
		if l.busy { // with the bytes of a packet, at what was left of the bandwidth
			n.book(now, l.sending, n.slab.at(l.sending))
		}
	}
}

// Troubles returns a line for each link that is cut, held, disturbed or
// filtered, such as "n1->n2 cut 2 times, loses 20%", in order of the links.
func (n *Network[M]) Troubles() []string {
	var lines []string
	for _, l := range n.sorted() {
		var parts []string
		if l.cuts > 0 {
			parts = append(parts, times("cut", l.cuts))
		}
		if l.holds > 0 {
			parts = append(parts, times("held", l.holds))
		}
		for i := range l.overlays {
			parts = append(parts, l.overlays[i].change.String())
		}
		for i := range l.filters {
			parts = append(parts, "drops "+l.filters[i].Label)
		}
		if len(parts) > 0 {
			lines = append(lines, l.id.String()+" "+strings.Join(parts, ", "))
		}
	}
	return lines
}

func times(what string, n int) string {
	if n == 1 {
		return what
	}
	return fmt.Sprintf("%s %d times", what, n)
}
