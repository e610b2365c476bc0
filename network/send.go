package network

import (
	"math"
	"math/bits"
	"time"

	"raftsim/clock"
	"raftsim/random"
)

// The values of Packet.Copy.
const (
	duplicateCopy = 1
	replayCopy    = 2
)

// Send offers the message m of size bytes to the link between two hosts. The
// link decides at once whether it takes it: the outcome is Scheduled or Queued,
// or why the packet was dropped. Every packet that is taken, and every copy
// that the link makes of it, is reported by Arrive once more.
//
// The network keeps m until its last copy has arrived, and copies share what m
// points to: neither the sender nor the receiver may modify that.
func (n *Network[M]) Send(now clock.Time, from, to uint64, m M, size int) Outcome {
	l := n.link(from, to)
	number := l.next
	l.next++
	l.stats.Sent++
	if l.cuts > 0 {
		l.stats.Cut++
		return Cut
	}
	if l.unlucky(number) {
		l.stats.Lost++
		return Lost
	}
	i, s := n.slab.take()
	p := &s.packet // field by field: a literal would copy the message once more
	p.From, p.To, p.Sent, p.Seq, p.Copy, p.Size = from, to, now, number, 0, size
	p.Message = m
	s.link, s.epoch, s.version, s.filtering = l, l.epoch, l.version, n.filtering
	s.replay = false
	outcome := n.admit(now, i, s)
	if outcome.Dropped() {
		l.count(outcome)
		n.slab.give(i)
		return outcome
	}
	l.live++
	n.inFlight++
	return outcome
}

// admit lets a packet onto its link, or says why not.
func (n *Network[M]) admit(now clock.Time, i uint32, s *slot[M]) Outcome {
	l := s.link
	if n.drop != nil && n.drop(&s.packet) || l.filtered(&s.packet) {
		return Filtered
	}
	if !l.busy {
		if l.profile.BytesPerSecond == 0 {
			n.launch(now, i, s)
			return Scheduled
		}
		n.transmit(now, i, s)
		return Queued
	}
	if !n.makeRoom(now, l, int64(s.packet.Size)) {
		return Overflow
	}
	s.state = waiting
	push(&n.slab, &l.line, i)
	l.waitingSize += int64(s.packet.Size)
	return Queued
}

// makeRoom reports whether size bytes fit into the queue of a link, having
// dropped old packets for them where that is the policy.
func (n *Network[M]) makeRoom(now clock.Time, l *link[M], size int64) bool {
	limit := l.profile.QueueBytes
	if limit == 0 || l.waitingSize+size <= limit {
		return true
	}
	if l.profile.Full == DropNewest || size > limit {
		return false
	}
	for l.waitingSize+size > limit {
		i := pop(&n.slab, &l.line)
		s := n.slab.at(i)
		if s.dead() {
			s.verdict = Cut
		} else {
			l.waitingSize -= int64(s.packet.Size)
			n.doom(s, Overflow)
		}
		// The sender hears of the drop at once, through Arrive.
		s.state = dropped
		n.schedule(now, makeID(i, s.generation))
	}
	return true
}

// transmit begins to send the bytes of a packet. Arrive is called when the last
// has left.
func (n *Network[M]) transmit(now clock.Time, i uint32, s *slot[M]) {
	s.state = leaving
	s.link.busy = true
	var takes time.Duration
	if !s.dead() {
		takes = transmission(int64(s.packet.Size), s.link.profile.BytesPerSecond)
	}
	s.link.sending = i
	n.book(now.Add(takes), i, s)
}

// book asks for a packet's next Arrive, in place of one asked for before.
func (n *Network[M]) book(at clock.Time, i uint32, s *slot[M]) {
	s.due = at
	n.schedule(at, makeID(i, s.generation))
}

// transmission returns how long size bytes take, rounded up.
func transmission(size, bytesPerSecond int64) time.Duration {
	if size <= 0 || bytesPerSecond == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(size), uint64(time.Second))
	lo, carry := bits.Add64(lo, uint64(bytesPerSecond)-1, 0)
	hi += carry
	if hi >= uint64(bytesPerSecond) {
		return math.MaxInt64
	}
	ns, _ := bits.Div64(hi, lo, uint64(bytesPerSecond))
	return time.Duration(min(ns, math.MaxInt64))
}

// launch sets a packet on its way, and the copies that fate makes of it.
func (n *Network[M]) launch(now clock.Time, i uint32, s *slot[M]) {
	l, p, number := s.link, s.link.profile, s.packet.Seq
	var delay time.Duration
	if !p.Delay.Zero() {
		delay = p.Delay.At(l.key.Fate(purposeDelay, number))
	}
	at := now.Add(p.Latency.At(l.key.Fate(purposeLatency, number)) + delay)
	if !p.Reorder.Zero() && p.Reorder.Hit(l.key.Fate(purposeReorder, number)) {
		at = at.Add(orElse(&p.ReorderBy, &p.Latency).At(l.key.Fate(purposeReorderBy, number)))
		l.stats.Reordered++
	} else {
		at = max(at, l.last)
		l.last = at
	}
	s.state = flying
	s.corrupt = l.corrupts(&s.packet)
	n.book(at, i, s)
	if !p.Duplicate.Zero() && p.Duplicate.Hit(l.key.Fate(purposeDuplicate, number)) {
		latency := p.Latency.At(l.key.Fate(purposeDuplicateLatency, number))
		l.stats.Duplicated++
		l.live++
		n.copy(s, duplicateCopy, max(now.Add(latency+delay), l.last))
	}
	if !p.Replay.Zero() && p.Replay.Hit(l.key.Fate(purposeReplay, number)) {
		by := orElse(&p.ReplayBy, &defaultReplayBy).At(l.key.Fate(purposeReplayBy, number))
		l.stats.Replayed++
		n.copy(s, replayCopy, at.Add(by))
	}
}

var defaultReplayBy = random.Uniform(500*time.Millisecond, 10*time.Second)

// orElse returns d unless it is the zero value.
func orElse(d, other *random.Distribution) *random.Distribution {
	if d.Zero() {
		return other
	}
	return d
}

// copy sends one more copy of a packet, to arrive at an instant.
func (n *Network[M]) copy(s *slot[M], which uint32, at clock.Time) {
	i, c := n.slab.take()
	generation := c.generation
	*c = *s
	c.generation = generation
	c.packet.Copy = which
	c.replay = which == replayCopy
	c.corrupt = s.link.corrupts(&c.packet)
	n.inFlight++
	n.book(at, i, c)
}
