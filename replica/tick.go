package replica

import "time"

// Ticks are how a Node knows that time passes. A process that stood still, because
// its machine was overloaded or its collector ran, finds one timer that is overdue,
// whatever time it has lost. Most of what a Raft does bears that. The lease of a
// leader does not: others have counted the lost ticks, and may have elected another.
// So a leader with a lease makes up for them, by its own clock, before it does
// anything else.

// ticked is called when the timer of a tick is due.
func (p *Replica) ticked() {
	p.env.SetTimer(p.config.Tick, tickToken)
	now := p.env.Now()
	if p.holdsLease() && now >= p.tickedAt {
		p.catchUp()
		return
	}
	p.tick()
	p.tickedAt = now
}

// catchUp lets a Node that may have a lease know of all the time that has passed
// since the last tick, or of two election timeouts when it is more.
func (p *Replica) catchUp() {
	if !p.holdsLease() {
		return
	}
	lost := max(p.env.Now().Sub(p.tickedAt)/p.config.Tick, 0)
	p.tickedAt = p.tickedAt.Add(lost * p.config.Tick)
	for range min(lost, time.Duration(2*p.config.ElectionTicks)) {
		p.tick()
	}
}

func (p *Replica) holdsLease() bool { return p.config.LeaseReads && p.leading }

// tick lets the Node know of one tick.
func (p *Replica) tick() {
	p.snapshots.tick()
	p.observer.Ticked()
	p.node.Tick()
	if p.watched {
		p.observer.HandsOver(p.node.BasicStatus().LeadTransferee)
	}
}

// ClockSet says that the clock of the host was set to another time, so much later: the
// ticks in between are not lost.
func (p *Replica) ClockSet(later time.Duration) { p.tickedAt = p.tickedAt.Add(later) }
