package main

import (
	"log"

	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
)

// mostSnapshotBytes is the largest snapshot that a server takes.
const mostSnapshotBytes = 1 << 30

// streaming says how snapshots are sent, in ticks of the servers' own. A chunk that
// is not answered within an election timeout is sent again; a server that answers
// nothing for ten has failed. Eight chunks of 256 KiB keep a gigabit link busy.
var streaming = snapstream.Config{ChunkBytes: chunkBytes, Window: 8, RetryTicks: electionTicks, GiveUpTicks: 10 * electionTicks}

// snapshots are those under way, to and from other servers. They belong to the loop.
type snapshots struct {
	node     raft.Node
	peers    *transport
	sender   *snapstream.Sender
	receiver *snapstream.Receiver
}

func newSnapshots(node raft.Node, peers *transport) *snapshots {
	s := &snapshots{node: node, peers: peers, receiver: snapstream.NewReceiver(mostSnapshotBytes)}
	s.sender = snapstream.NewSender(streaming, s)
	return s
}

// SendChunk implements snapstream.Outbox. What does not arrive is sent again later.
func (s *snapshots) SendChunk(to uint64, c *snapstream.Chunk) {
	s.peers.sendChunk(to, part{c.Append(make([]byte, 0, len(c.Data)+1<<10)), func(error) {}})
}

// SnapshotSent implements snapstream.Outbox.
func (s *snapshots) SnapshotSent(to uint64, ok bool) {
	status := raft.SnapshotFinish
	if !ok {
		status = raft.SnapshotFailure
	}
	s.node.ReportSnapshot(to, status)
}

// receive takes a chunk. It returns the MsgSnap when that is whole and its contents
// are good: one that cannot be restored must not become durable, or the server
// never starts again.
func (s *snapshots) receive(from uint64, c *snapstream.Chunk) *pb.Message {
	ack, m, err := s.receiver.Receive(c)
	if ack != nil {
		s.peers.send(from, part{encodeAck(ack), func(error) {}})
	}
	if err == nil && m != nil {
		err = newStore().restore(m.Snapshot.Data)
	}
	if err != nil {
		log.Printf("snapshot of server %d: %v", from, err)
		return nil
	}
	return m
}
