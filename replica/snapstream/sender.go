package snapstream

import (
	"fmt"
	"slices"

	pb "raftsim/raft/raftpb"
)

// Config says how snapshots are sent.
type Config struct {
	// ChunkBytes is the most data that one chunk carries, in bytes, at least 1.
	ChunkBytes int
	// Window is how many chunks may be under way to one follower, at least 1.
	Window int
	// RetryTicks is how long a chunk may stay without an acknowledgement before
	// it is sent again, in ticks, at least 1: the deadline of a chunk.
	RetryTicks int
	// GiveUpTicks is how long a transfer may make no progress before it has
	// failed, in ticks, at least RetryTicks. A transfer as a whole has no deadline.
	GiveUpTicks int
}

// Validate says what is wrong with a configuration.
func (c Config) Validate() error {
	switch {
	case c.ChunkBytes < 1:
		return fmt.Errorf("snapstream: ChunkBytes is %d, must be at least 1", c.ChunkBytes)
	case c.Window < 1:
		return fmt.Errorf("snapstream: Window is %d, must be at least 1", c.Window)
	case c.RetryTicks < 1:
		return fmt.Errorf("snapstream: RetryTicks is %d, must be at least 1", c.RetryTicks)
	case c.GiveUpTicks < c.RetryTicks:
		return fmt.Errorf("snapstream: GiveUpTicks is %d, must be at least RetryTicks (%d)", c.GiveUpTicks, c.RetryTicks)
	}
	return nil
}

// Outbox takes what a Sender sends and finds out. Its methods must not call the
// Sender.
type Outbox interface {
	// SendChunk gives a chunk to the network, which may lose it, deliver it late
	// or more than once. c is valid during the call; its Data stays so.
	SendChunk(to uint64, c *Chunk)
	// SnapshotSent says that a follower has all of a snapshot, or that the
	// transfer failed: what raft.Node is told by ReportSnapshot.
	SnapshotSent(to uint64, ok bool)
}

// Sender sends snapshots, at most one at a time to each follower.
type Sender struct {
	config    Config
	outbox    Outbox
	attempts  uint64
	transfers []*transfer // in the order of the followers' ids
}

// transfer is one snapshot on its way to one follower.
type transfer struct {
	to       uint64
	id       ID
	head     pb.Message
	snapshot pb.Snapshot
	data     []byte
	sum      uint32
	acked    uint64 // bytes that have arrived without a gap
	next     uint64 // offset of the first byte not sent yet
	repeated int    // acknowledgements in a row that acknowledge nothing new
	quiet    int    // ticks since the last acknowledgement, or since the last retry
	stalled  int    // ticks without progress
	probing  bool   // a retry has no answer yet
}

// repeats is how many acknowledgements without news, in a row, mean that a chunk
// was lost and those behind it arrived (fast retransmit, RFC 5681 §3.2).
const repeats = 3

// NewSender makes a sender with nothing under way. config must be valid.
func NewSender(config Config, outbox Outbox) *Sender {
	return &Sender{config: config, outbox: outbox}
}

// Send begins to send the snapshot of a MsgSnap, in place of what is under way
// to the same follower. The sender keeps the data until the transfer ends, and
// nobody may change it.
func (s *Sender) Send(m *pb.Message) {
	s.Forget(m.To)
	s.attempts++
	t := &transfer{
		to: m.To, id: ID{Term: m.Term, Attempt: s.attempts},
		head: *m, snapshot: pb.Snapshot{Metadata: m.Snapshot.Metadata},
		data: m.Snapshot.Data, sum: checksum(m.Snapshot.Data),
	}
	t.head.Snapshot = &t.snapshot
	at, _ := s.find(m.To)
	s.transfers = slices.Insert(s.transfers, at, t)
	if t.size() == 0 {
		s.sendChunk(t, 0) // an empty snapshot is one empty chunk
	}
	s.fill(t)
}

// Acknowledged handles an answer of a follower. One to an earlier attempt is
// ignored.
func (s *Sender) Acknowledged(from uint64, a Ack) {
	at, t := s.find(from)
	switch {
	case t == nil || a.ID != t.id || a.Received > t.size():
		return
	case a.Refused || a.Received == t.size():
		s.transfers = slices.Delete(s.transfers, at, at+1)
		s.outbox.SnapshotSent(from, !a.Refused)
		return
	}
	t.quiet = 0
	switch {
	case a.Received > t.acked:
		t.acked, t.next = a.Received, max(t.next, a.Received)
		t.stalled, t.repeated = 0, 0
	case a.Received < t.acked && t.probing:
		// The receiver has restarted and begins again. While no retry is
		// unanswered this is an old answer, overtaken by a later one.
		t.acked, t.next, t.repeated = a.Received, a.Received, 0
	case a.Received == t.acked:
		if t.repeated++; t.repeated == repeats {
			t.repeated = 0
			s.sendChunk(t, t.acked)
		}
	}
	t.probing = false
	s.fill(t)
}

// Tick lets time pass: it sends again what has no answer, and gives up transfers
// that make no progress.
func (s *Sender) Tick() {
	failed := 0
	for _, t := range s.transfers {
		t.quiet++
		if t.stalled++; t.stalled >= s.config.GiveUpTicks {
			failed++
			continue
		}
		if t.quiet >= s.config.RetryTicks {
			// Those behind it are taken for lost, too: they follow the answer.
			t.quiet, t.probing = 0, true
			t.next = t.acked + s.sendChunk(t, t.acked)
		}
	}
	if failed == 0 {
		return
	}
	var gone []uint64
	s.transfers = slices.DeleteFunc(s.transfers, func(t *transfer) bool {
		if t.stalled < s.config.GiveUpTicks {
			return false
		}
		gone = append(gone, t.to)
		return true
	})
	for _, to := range gone {
		s.outbox.SnapshotSent(to, false)
	}
}

// Forget ends the transfer to a follower, if there is one, without a report.
func (s *Sender) Forget(to uint64) {
	if at, t := s.find(to); t != nil {
		s.transfers = slices.Delete(s.transfers, at, at+1)
	}
}

// ForgetAll ends all transfers without a report, as a member does that no longer
// leads.
func (s *Sender) ForgetAll() { s.transfers = nil }

// Sending returns how many transfers are under way.
func (s *Sender) Sending() int { return len(s.transfers) }

// find returns the transfer to a follower, or nil and where it would stand.
func (s *Sender) find(to uint64) (int, *transfer) {
	at, found := slices.BinarySearchFunc(s.transfers, to, func(t *transfer, to uint64) int {
		switch {
		case t.to < to:
			return -1
		case t.to > to:
			return 1
		}
		return 0
	})
	if !found {
		return at, nil
	}
	return at, s.transfers[at]
}

// fill sends as much as the window allows.
func (s *Sender) fill(t *transfer) {
	window := uint64(s.config.Window) * uint64(s.config.ChunkBytes)
	for t.next < t.size() && t.next-t.acked < window {
		t.next += s.sendChunk(t, t.next)
	}
}

// sendChunk sends the chunk at an offset and returns its length.
func (s *Sender) sendChunk(t *transfer, offset uint64) uint64 {
	end := min(t.size(), offset+uint64(s.config.ChunkBytes))
	s.outbox.SendChunk(t.to, &Chunk{
		ID: t.id, Head: t.head, Size: t.size(), Sum: t.sum, Offset: offset, Data: t.data[offset:end:end],
	})
	return end - offset
}

func (t *transfer) size() uint64 { return uint64(len(t.data)) }
