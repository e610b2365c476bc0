package sim

import "time"

// Ticks are how a Node knows that time passes. A process that stood still, because
// its machine was overloaded or its collector ran, finds one timer that is overdue,
// whatever time it has lost. Most of what a Raft does bears that. The lease of a
// leader does not: others have counted the lost ticks, and may have elected another.
// So a leader with a lease makes up for them, by its own clock, before it does
// anything else.

// ticked is called when the timer of a tick is due.
func (p *raftHost) ticked() {
	p.host.SetTimer(p.options.Tick, tickToken)
	now := p.host.Now()
	if p.holdsLease() && now >= p.tickedAt {
		p.catchUp()
		return
	}
	p.tick()
	p.tickedAt = now
}

// catchUp lets a Node that may have a lease know of all the time that has passed
// since the last tick, or of two election timeouts when it is more.
func (p *raftHost) catchUp() {
	if !p.holdsLease() {
		return
	}
	lost := max(p.host.Now().Sub(p.tickedAt)/p.options.Tick, 0)
	p.tickedAt = p.tickedAt.Add(lost * p.options.Tick)
	for range min(lost, time.Duration(2*p.options.ElectionTicks)) {
		p.tick()
	}
}

func (p *raftHost) holdsLease() bool { return p.options.LeaseReads && p.leading }

// tick lets the Node know of one tick.
func (p *raftHost) tick() {
	s, id := p.host.sim, p.host.id
	s.protocol.Ticked(id)
	s.watcher.ticking(p)
	p.node.Tick()
	s.protocol.HandsOver(id, p.node.BasicStatus().LeadTransferee)
}
