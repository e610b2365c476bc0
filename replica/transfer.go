package replica

import (
	"fmt"

	"raftsim/host"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
)

// snapshotWindow is how many chunks are under way to one follower.
const snapshotWindow = 8

// snapshots are those on their way, to and from other replicas.
type snapshots struct {
	sender   *snapstream.Sender // nil when a snapshot is one message
	receiver *snapstream.Receiver
	// incoming is the state machine of a snapshot that the Node was given, and data what
	// it was made of.
	incoming Machine
	data     []byte
}

// begin makes what a Replica sends and receives snapshots with. A chunk without an answer
// is sent again after an election timeout; a follower without progress for ten of them
// has failed.
func (s *snapshots) begin(p *Replica) {
	c := &p.config
	s.receiver = snapstream.NewReceiver(c.MaxSnapshotBytes)
	if c.SnapshotChunk > 0 {
		s.sender = snapstream.NewSender(snapstream.Config{
			ChunkBytes: c.SnapshotChunk, Window: snapshotWindow, RetryTicks: c.ElectionTicks, GiveUpTicks: 10 * c.ElectionTicks,
		}, outbox{p})
	}
}

// led ends what is under way once this host does not lead.
func (s *snapshots) led(leading bool) {
	if s.sender != nil && !leading {
		s.sender.ForgetAll()
	}
}

func (s *snapshots) tick() {
	if s.sender != nil {
		s.sender.Tick()
	}
}

func (s *snapshots) acknowledged(from uint64, a *snapstream.Ack) {
	if s.sender != nil {
		s.sender.Acknowledged(from, *a)
	}
}

// outbox takes what the sender sends and finds out.
type outbox struct{ p *Replica }

func (o outbox) SendChunk(to uint64, c *snapstream.Chunk) {
	o.p.env.Send(to, host.Message{Kind: host.ChunkMessage, Chunk: c})
}

func (o outbox) SnapshotSent(to uint64, ok bool) {
	status := raft.SnapshotFinish
	if !ok {
		status = raft.SnapshotFailure
	}
	o.p.node.ReportSnapshot(to, status)
}

// receiveChunk takes a piece of a snapshot. With the last one missing the whole is a
// message to the Node.
func (p *Replica) receiveChunk(from uint64, c *snapstream.Chunk) {
	ack, m, err := p.snapshots.receiver.Receive(c)
	if ack != nil {
		p.env.Send(from, host.Message{Kind: host.ChunkAckMessage, ChunkAck: ack})
	}
	if err != nil {
		p.env.Note(fmt.Sprintf("a chunk of n%d is not taken: %v", from, err))
	}
	if m != nil {
		p.step(m)
	}
}

// validate says whether the state machine can be restored from a snapshot, before the
// Node learns of it. One that cannot must not become durable: the replica would never
// start again.
func (p *Replica) validate(from uint64, snap *pb.Snapshot) bool {
	if snap.Metadata.Index <= p.applied {
		return true // the Node refuses it, and says so to whom it may concern
	}
	m := p.config.Machine()
	if err := m.Restore(snap.Data); err != nil {
		p.env.Note(fmt.Sprintf("the snapshot of n%d at index %d is not taken: %v", from, snap.Metadata.Index, err))
		return false
	}
	p.snapshots.incoming, p.snapshots.data = m, snap.Data
	return true
}

// takeOver replaces the state machine by a snapshot: by what validate has made of it,
// where it is the same one.
func (p *Replica) takeOver(snap *pb.Snapshot) error {
	s := &p.snapshots
	made, same := s.incoming, len(s.data) == len(snap.Data) && (len(s.data) == 0 || &s.data[0] == &snap.Data[0])
	s.incoming, s.data = nil, nil
	if made == nil || !same {
		return p.restore(snap)
	}
	p.machine, p.applied, p.conf = made, snap.Metadata.Index, snap.Metadata.ConfState
	return nil
}
