package snapstream_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
)

const follower = 2

// wire is the network between a leader and a follower: chunks and answers under
// way, in no order.
type wire struct {
	chunks   []snapstream.Chunk
	acks     []snapstream.Ack
	sent     int // chunks, in all
	finished []bool
}

func (w *wire) SendChunk(_ uint64, c *snapstream.Chunk) {
	w.sent++
	w.chunks = append(w.chunks, *c)
}

func (w *wire) SnapshotSent(_ uint64, ok bool) { w.finished = append(w.finished, ok) }

func snapshot(term, index uint64, data []byte) *pb.Message {
	return &pb.Message{Type: pb.MsgSnap, From: 1, To: follower, Term: term, Snapshot: &pb.Snapshot{
		Data:     data,
		Metadata: pb.SnapshotMetadata{Index: index, Term: term, ConfState: pb.ConfState{Voters: []uint64{1, follower}}},
	}}
}

func contents(n int) []byte {
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(i*i>>3 ^ i)
	}
	return data
}

var config = snapstream.Config{ChunkBytes: 10, Window: 4, RetryTicks: 2, GiveUpTicks: 20}

// deliver carries everything in order until nothing is under way, and returns
// the snapshots that the follower has received.
func (w *wire) deliver(t *testing.T, s *snapstream.Sender, r *snapstream.Receiver) (received []*pb.Message) {
	for len(w.chunks)+len(w.acks) > 0 {
		if len(w.chunks) > 0 {
			c := w.chunks[0]
			w.chunks = w.chunks[1:]
			ack, m, err := r.Receive(&c)
			require.NoError(t, err)
			if m != nil {
				received = append(received, m)
			}
			if ack != nil {
				w.acks = append(w.acks, *ack)
			}
			continue
		}
		a := w.acks[0]
		w.acks = w.acks[1:]
		s.Acknowledged(follower, a)
	}
	return received
}

func TestASnapshotArrivesWholeInAsManyChunksAsItNeeds(t *testing.T) {
	for _, size := range []int{0, 1, 9, 10, 11, 1000} {
		w := &wire{}
		s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(0)
		m := snapshot(3, 7, contents(size))
		s.Send(m)
		got := w.deliver(t, s, r)
		require.Equal(t, []bool{true}, w.finished, "size %d", size)
		require.Len(t, got, 1)
		require.True(t, bytes.Equal(m.Snapshot.Data, got[0].Snapshot.Data), "size %d", size)
		got[0].Snapshot.Data = m.Snapshot.Data
		require.Equal(t, m, got[0])
		require.Equal(t, max(1, (size+9)/10), w.sent, "size %d", size)
		require.Zero(t, s.Sending())
	}
}

// At most a window is under way, so that a slow link is not flooded.
func TestNoMoreThanAWindowIsUnderWay(t *testing.T) {
	w := &wire{}
	s := snapstream.NewSender(config, w)
	s.Send(snapshot(3, 7, contents(1000)))
	require.Len(t, w.chunks, config.Window)
	s.Acknowledged(follower, snapstream.Ack{ID: w.chunks[0].ID, Received: 20})
	require.Len(t, w.chunks, config.Window+2)
}

// What arrived before an interruption is not sent again: by the same leader in a
// later attempt, or by the next leader, whose snapshot is the same to the byte.
func TestAnInterruptedTransferGoesOnWhereItStood(t *testing.T) {
	for name, term := range map[string]uint64{"the same leader": 3, "the next leader": 4} {
		t.Run(name, func(t *testing.T) {
			w := &wire{}
			s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(0)
			s.Send(snapshot(3, 7, contents(1000)))
			for range 60 {
				c := w.chunks[0]
				w.chunks = w.chunks[1:]
				ack, _, err := r.Receive(&c)
				require.NoError(t, err)
				s.Acknowledged(follower, *ack)
			}
			require.EqualValues(t, 600, r.Holding())

			w.chunks, w.acks = nil, nil
			for range config.GiveUpTicks {
				s.Tick()
			}
			require.Equal(t, []bool{false}, w.finished)
			w.chunks, w.sent = nil, 0
			m := snapshot(term, 7, contents(1000))
			m.Snapshot.Metadata.Term = 3
			s.Send(m)
			require.Len(t, w.deliver(t, s, r), 1)
			require.Equal(t, []bool{false, true}, w.finished)
			require.LessOrEqual(t, w.sent, 40+config.Window+1, "at most one is sent twice")
		})
	}
}

func TestAReceiverThatRestartedGetsEverythingAgain(t *testing.T) {
	w := &wire{}
	s := snapstream.NewSender(config, w)
	s.Send(snapshot(3, 7, contents(100)))
	first := snapstream.NewReceiver(0)
	for range 4 {
		ack, _, err := first.Receive(&w.chunks[0])
		require.NoError(t, err)
		w.chunks = w.chunks[1:]
		s.Acknowledged(follower, *ack)
	}
	w.chunks = nil
	second := snapstream.NewReceiver(0)
	var got []*pb.Message
	for range 3 * config.RetryTicks {
		s.Tick()
		got = append(got, w.deliver(t, s, second)...)
	}
	require.Len(t, got, 1)
	require.Equal(t, contents(100), got[0].Snapshot.Data)
	require.Equal(t, []bool{true}, w.finished)
}

// A chunk that was lost while those behind it arrive is missed before its deadline.
func TestALostChunkIsSentAgainBeforeItsDeadline(t *testing.T) {
	w := &wire{}
	s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(0)
	s.Send(snapshot(3, 7, contents(1000)))
	w.chunks = w.chunks[1:]
	require.Len(t, w.deliver(t, s, r), 1)
	require.Equal(t, []bool{true}, w.finished)
}

// A receiver says so when it will not take a snapshot, and the transfer has failed.
func TestASnapshotAboveTheBoundIsRefused(t *testing.T) {
	w := &wire{}
	s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(99)
	s.Send(snapshot(3, 7, contents(100)))
	ack, m, err := r.Receive(&w.chunks[0])
	require.EqualError(t, err, "snapstream: a snapshot has 100 bytes, must have at most 99")
	require.Nil(t, m)
	s.Acknowledged(follower, *ack)
	require.Equal(t, []bool{false}, w.finished)
	require.Zero(t, r.Holding())
}

// The second attempt must not be answered from memory of the first: the follower
// may have lost what it was given, and the leader would never get on.
func TestAFinishedSnapshotIsReceivedAgainWhenItIsSentAgain(t *testing.T) {
	w := &wire{}
	s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(0)
	for range 2 {
		s.Send(snapshot(3, 7, contents(50)))
		require.Len(t, w.deliver(t, s, r), 1)
	}
	require.Equal(t, []bool{true, true}, w.finished)
}

func TestDamagedContentsAreNeverGivenAway(t *testing.T) {
	w := &wire{}
	s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(0)
	s.Send(snapshot(3, 7, contents(40)))
	bad := w.chunks[1]
	bad.Data = bytes.Repeat([]byte{1}, 10)
	for _, c := range []*snapstream.Chunk{&w.chunks[0], &bad, &w.chunks[2]} {
		_, m, err := r.Receive(c)
		require.NoError(t, err)
		require.Nil(t, m)
	}
	ack, m, err := r.Receive(&w.chunks[3])
	require.ErrorIs(t, err, snapstream.ErrDamaged)
	require.Nil(t, m)
	require.Zero(t, r.Holding())
	s.Acknowledged(follower, *ack)
	w.chunks = nil
	var got []*pb.Message
	for range 3 * config.RetryTicks {
		s.Tick()
		got = append(got, w.deliver(t, s, r)...)
	}
	require.Len(t, got, 1)
}

// Whatever is lost, overtaken, delivered twice, forgotten by a restart or begun
// anew by another leader: what is received is what was sent, and once the network
// is well again the last snapshot arrives.
func TestEverySnapshotThatArrivesIsOneThatWasSent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := &wire{}
		s, r := snapstream.NewSender(config, w), snapstream.NewReceiver(0)
		sent := map[uint64][]byte{} // by index
		term, index := uint64(1), uint64(0)
		begin := func() {
			index++
			data := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "data")
			sent[index] = data
			s.Send(snapshot(term, index, data))
		}
		receive := func(c snapstream.Chunk) {
			encoded := c.Append(nil)
			var decoded snapstream.Chunk
			require.NoError(t, decoded.Unmarshal(encoded))
			ack, m, err := r.Receive(&decoded)
			require.NoError(t, err)
			if m != nil {
				require.True(t, bytes.Equal(sent[m.Snapshot.Metadata.Index], m.Snapshot.Data))
			}
			if ack != nil {
				var answer snapstream.Ack
				require.NoError(t, answer.Unmarshal(ack.Append(nil)))
				require.Equal(t, *ack, answer)
				w.acks = append(w.acks, answer)
			}
		}
		begin()
		pick := func(n int) int {
			if n == 0 {
				t.Skip("nothing is under way")
			}
			return rapid.IntRange(0, n-1).Draw(t, "which")
		}
		t.Repeat(map[string]func(*rapid.T){
			"chunk arrives": func(*rapid.T) { receive(w.chunks[pick(len(w.chunks))]) },
			"chunk is lost": func(*rapid.T) {
				at := pick(len(w.chunks))
				w.chunks = append(w.chunks[:at], w.chunks[at+1:]...)
			},
			"answer arrives": func(*rapid.T) { s.Acknowledged(follower, w.acks[pick(len(w.acks))]) },
			"time passes":    func(*rapid.T) { s.Tick() },
			"follower restarts": func(*rapid.T) {
				r = snapstream.NewReceiver(0)
			},
			"another snapshot": func(*rapid.T) { begin() },
			"another leader": func(*rapid.T) {
				term++
				s = snapstream.NewSender(config, w)
				begin()
			},
		})
		if s.Sending() == 0 {
			begin()
		}
		w.chunks, w.acks, w.finished = nil, nil, nil
		for range config.GiveUpTicks {
			s.Tick()
			for len(w.chunks)+len(w.acks) > 0 {
				chunks, acks := w.chunks, w.acks
				w.chunks, w.acks = nil, nil
				for _, c := range chunks {
					receive(c)
				}
				for _, a := range acks {
					s.Acknowledged(follower, a)
				}
			}
		}
		require.Len(t, w.finished, 1)
		require.Zero(t, s.Sending())
	})
}

// Chunks that no sender of ours makes are refused, and what is held stays below
// what has arrived.
func FuzzHostileChunks(f *testing.F) {
	w := &wire{}
	s := snapstream.NewSender(config, w)
	s.Send(snapshot(3, 7, contents(40)))
	for i := range w.chunks {
		f.Add(w.chunks[i].Append(nil))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		r := snapstream.NewReceiver(1 << 20)
		genuine := w.chunks[0]
		_, _, err := r.Receive(&genuine)
		require.NoError(t, err)
		var c snapstream.Chunk
		if c.Unmarshal(b) != nil {
			return
		}
		ack, _, err := r.Receive(&c)
		if err != nil && ack == nil {
			require.EqualValues(t, 10, r.Holding(), "a refused chunk has an effect")
		}
		require.LessOrEqual(t, r.Holding(), uint64(len(b)+10))
	})
}

func TestBadConfigurationsAreNamed(t *testing.T) {
	require.NoError(t, config.Validate())
	for want, change := range map[string]func(*snapstream.Config){
		"snapstream: ChunkBytes is 0, must be at least 1":               func(c *snapstream.Config) { c.ChunkBytes = 0 },
		"snapstream: Window is -1, must be at least 1":                  func(c *snapstream.Config) { c.Window = -1 },
		"snapstream: RetryTicks is 0, must be at least 1":               func(c *snapstream.Config) { c.RetryTicks = 0 },
		"snapstream: GiveUpTicks is 1, must be at least RetryTicks (2)": func(c *snapstream.Config) { c.GiveUpTicks = 1 },
	} {
		bad := config
		change(&bad)
		require.EqualError(t, bad.Validate(), want)
	}
}
