package network

import "raftsim/clock"

// Arrive says what has become of a packet at the instant for which it was
// scheduled:
//
//   - Delivered: it belongs to the receiver now;
//   - Held: it has arrived and will be scheduled again when the link is released;
//   - Scheduled: it has only left the queue of its link, and will arrive later;
//   - Corrupt, Cut, Lost, Filtered, Overflow: it is gone;
//   - Stale: there is no such packet, or a heal has scheduled it for another
//     instant; the pointer is nil.
//
// The packet is valid until the next call of Arrive.
func (n *Network[M]) Arrive(now clock.Time, id PacketID) (*Packet[M], Outcome) {
	if n.last != none {
		n.slab.give(n.last)
		n.last = none
	}
	s := n.slab.find(id)
	if s == nil || s.state == waiting || s.state == held || (s.state == leaving || s.state == flying) && now < s.due {
		return nil, Stale
	}
	l, i := s.link, id.slot()
	outcome := n.verdict(s)
	switch {
	case s.state == leaving:
		outcome = n.depart(now, i, s, outcome)
	case outcome.Dropped():
		n.last = i
	case l.holds > 0:
		outcome = Held
		s.state = held
		push(&n.slab, &l.kept, i)
		l.stats.Held++
	case s.corrupt:
		outcome = n.doom(s, Corrupt)
		n.last = i
	default:
		outcome = Delivered
		l.stats.Delivered++
		l.stats.Bytes += uint64(max(s.packet.Size, 0))
		n.forget(s)
		n.last = i
	}
	return &s.packet, outcome
}

// depart sets the packet whose bytes have been sent on its way, unless it was
// dropped meanwhile, and begins to send the next in line.
func (n *Network[M]) depart(now clock.Time, i uint32, s *slot[M], outcome Outcome) Outcome {
	if outcome.Dropped() {
		n.last = i
	} else {
		n.launch(now, i, s)
	}
	l := s.link
	l.busy = false
	if !l.line.empty() {
		next := pop(&n.slab, &l.line)
		w := n.slab.at(next)
		if !w.dead() {
			l.waitingSize -= int64(w.packet.Size)
		}
		n.transmit(now, next, w)
	}
	return outcome
}

// verdict says whether a packet on its way has been dropped, or must be by what
// is in force now: Scheduled if not.
func (n *Network[M]) verdict(s *slot[M]) Outcome {
	switch {
	case s.state == dropped:
		return s.verdict
	case s.dead():
		return Cut
	case s.replay && s.link.cuts > 0:
		return n.doom(s, Cut)
	}
	l := s.link
	if s.version == l.version && s.filtering == n.filtering {
		return Scheduled
	}
	// Something changed since it was last looked at. Its luck is the one it
	// had at the start, so only a ratio that has been raised can take it now.
	s.version, s.filtering = l.version, n.filtering
	if l.unlucky(s.packet.Seq) {
		return n.doom(s, Lost)
	}
	if n.drop != nil && n.drop(&s.packet) || l.filtered(&s.packet) {
		return n.doom(s, Filtered)
	}
	s.corrupt = s.corrupt || l.corrupts(&s.packet)
	return Scheduled
}

// dead reports whether the link of a packet was cut after it was sent. The cut
// has counted it.
func (s *slot[M]) dead() bool { return s.epoch != s.link.epoch && !s.replay }

// doom drops a packet that is alive, for that reason.
func (n *Network[M]) doom(s *slot[M], why Outcome) Outcome {
	s.link.count(why)
	s.verdict = why
	n.forget(s)
	return why
}

// forget takes a packet that is alive out of the counts of those on their way.
func (n *Network[M]) forget(s *slot[M]) {
	if !s.replay {
		s.link.live--
	}
	n.inFlight--
}
