package sim

import (
	"fmt"
	"time"

	"raftsim/network"
	"raftsim/trace"
)

// refusedAfter is how long it takes a sender to learn that a connection could
// not be made.
const refusedAfter = time.Millisecond

// send offers a message to the network. The sender of a snapshot learns what
// became of it, as it would from its connection; a sender whose link is cut
// learns that the peer cannot be reached.
func (s *Simulation) send(from, to uint64, m *Message) {
	if to < network.ClientBase && s.host(to) == nil {
		return
	}
	if m.Kind == RaftMessage {
		s.seal(m)
	}
	outcome := s.network.Send(s.now, from, to, *m, size(m))
	r := Record{Verb: trace.Sent, Host: from, Peer: to, Fields: summary(m)}
	if outcome.Dropped() {
		r.Verb, r.Text = trace.Dropped, outcome.String()
		s.undelivered(from, to, m, outcome)
	}
	s.record(r)
}

// seal makes a message of the protocol ready for its way: as bytes where different Rafts
// run, and else with a checksum of the entries, which sender and receiver share.
func (s *Simulation) seal(m *Message) {
	if !s.members.mixed {
		m.Checksum = checksum(m.Raft.Entries)
		return
	}
	bytes, err := m.Raft.Marshal()
	if err != nil {
		panic(fmt.Sprintf("sim: marshal %v: %v", m.Raft.Type, err))
	}
	*m = Message{Kind: RaftBytes, Payload: bytes}
}

// undelivered tells the sender of a message what it could know of its loss.
func (s *Simulation) undelivered(from, to uint64, m *Message, outcome network.Outcome) {
	h := s.host(from)
	if h == nil || s.host(to) == nil {
		return
	}
	if m.Kind == ChunkMessage {
		s.watcher.ChunkLost()
	}
	if isSnapshot(m) {
		s.reportSnapshot(h, to, false, s.options.Raft.ElectionTimeout())
	}
	if outcome == network.Cut {
		s.queue.Push(s.now.Add(refusedAfter), event{kind: unreachableEvent, host: h.index(), epoch: h.incarnation, arg: to})
	}
}

// reportSnapshot tells a leader later what became of a snapshot that it sent.
func (s *Simulation) reportSnapshot(leader *Host, to uint64, arrived bool, after time.Duration) {
	s.queue.Push(s.now.Add(after), event{kind: snapshotEvent, host: leader.index(), epoch: leader.incarnation, arg: to<<1 | flag(arrived)})
}

// deliver hands a packet whose time has come to its receiver.
func (s *Simulation) deliver(e event) {
	p, outcome := s.network.Arrive(s.now, network.PacketID(e.arg))
	switch outcome {
	case network.Stale, network.Held, network.Scheduled:
		return // it is on its way, or dealt with
	}
	s.queue.receiver = p.To
	r := Record{Verb: trace.Delivered, Host: p.From, Peer: p.To, Fields: summary(&p.Message)}
	to := s.host(p.To)
	refused := to != nil && !to.Running()
	if outcome != network.Delivered || refused {
		r.Verb, r.Text = trace.Dropped, outcome.String()
		if refused {
			r.Text, outcome = "down", network.Cut
		}
		s.record(r)
		s.undelivered(p.From, p.To, &p.Message, outcome)
		return
	}
	s.record(r)
	if to == nil {
		s.clients.Receive(p.To, p.Message.Response)
		return
	}
	if p.Message.Kind == ChunkMessage {
		s.watcher.ChunkArrives(s.now, p.To, p.Message.Chunk)
	}
	from := p.From
	s.inbox = p.Message
	if sender := s.host(from); sender != nil && isSnapshot(&s.inbox) {
		s.reportSnapshot(sender, p.To, true, refusedAfter)
	}
	to.receive(from, &s.inbox)
}
