package network_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

func TestBandwidthSpacesPackets(t *testing.T) {
	// 100 bytes at 10,000 bytes a second are 10 ms.
	w := newWire(1, network.Profile{Latency: constant(3 * ms), BytesPerSecond: 10_000})
	for range 100 {
		require.Equal(t, network.Queued, w.send(1, 2, "x"))
	}
	w.drain()
	require.Len(t, w.arrivals, 100)
	for i, a := range w.arrivals {
		require.Equal(t, clock.Time(i+1)*10*ms+3*ms, a.at)
		require.EqualValues(t, i, a.packet.Seq)
	}
	w.send(1, 2, "x")
	w.drain()
	require.Equal(t, w.arrivals[100].packet.Sent+13*ms, w.arrivals[100].at, "an idle link sends at once")
}

func TestTransmissionTimesAreRoundedUpAndNeverOverflow(t *testing.T) {
	w := newWire(1, network.Profile{BytesPerSecond: 3})
	w.Send(0, 1, 2, "x", 1)
	w.Send(0, 2, 3, "x", math.MaxInt32)
	w.Send(0, 3, 4, "x", -5)
	w.SetDefault(network.Profile{BytesPerSecond: math.MaxInt64})
	w.Send(0, 4, 5, "x", math.MaxInt32)
	w.drain()
	var at []clock.Time
	for _, a := range w.arrivals {
		at = append(at, a.at)
	}
	require.Equal(t, []clock.Time{0, 1, 333_333_334, 715_827_882_333_333_334}, at)
}

func TestAFullQueueRefusesTheNewest(t *testing.T) {
	w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000})
	for i := range 20 {
		want := network.Queued
		if i > 10 { // one is being sent, ten wait
			want = network.Overflow
		}
		require.Equal(t, want, w.send(1, 2, "x"), "packet %d", i)
	}
	w.drain()
	require.Equal(t, []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, w.delivered())
	require.EqualValues(t, 9, w.Stats().Overflow)
	w.requireBalanced(t)
}

func TestAFullQueueDropsTheOldestWhereThatIsThePolicy(t *testing.T) {
	w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000, Full: network.DropOldest})
	for range 20 {
		require.Equal(t, network.Queued, w.send(1, 2, "x"))
	}
	w.runUntil(0)
	require.Equal(t, 9, w.count(network.Overflow), "each drop is reported at once")
	for i, a := range w.arrivals {
		require.EqualValues(t, i+1, a.packet.Seq)
	}
	w.drain()
	require.Equal(t, []uint64{0, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19}, w.delivered())
	require.Equal(t, 110*ms, w.arrivals[len(w.arrivals)-1].at, "those behind move up")
	w.requireBalanced(t)
}

func TestAPacketLargerThanTheQueueIsRefusedUnlessTheLinkIsIdle(t *testing.T) {
	for _, policy := range []network.DropPolicy{network.DropNewest, network.DropOldest} {
		w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000, Full: policy})
		require.Equal(t, network.Queued, w.Send(0, 1, 2, "x", 5000))
		require.Equal(t, network.Queued, w.send(1, 2, "x"))
		require.Equal(t, network.Overflow, w.Send(0, 1, 2, "x", 1001))
		w.drain()
		require.Equal(t, []uint64{0, 1}, w.delivered())
	}
}

func TestUnderTwiceTheLoadHalfGetsThroughWhateverThePolicy(t *testing.T) {
	for _, policy := range []network.DropPolicy{network.DropNewest, network.DropOldest} {
		w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000, Full: policy})
		for i := range clock.Time(2000) {
			w.runUntil(i * 5 * ms)
			w.send(1, 2, "x")
		}
		require.InDelta(t, 1000, w.Stats().Delivered, 2)
		w.drain()
		w.requireBalanced(t)
		require.InDelta(t, 1010, w.Stats().Delivered, 2, "and what still waited")
	}
}

func TestAChangeOfBandwidthMeetsWhatIsQueued(t *testing.T) {
	w := newWire(1, network.Profile{BytesPerSecond: 10_000})
	for range 10 {
		w.send(1, 2, "x")
	}
	w.runUntil(15 * ms) // packet 0 is through, 1 is being sent
	h := w.Disturb(1, 2, network.Change{BytesPerSecond: new(int64(1000))})
	w.runUntil(120 * ms)
	require.Equal(t, []uint64{0, 1, 2}, w.delivered(), "100 ms each")
	w.Calm(h)
	w.Disturb(1, 2, network.Change{BytesPerSecond: new(int64(0))})
	w.runUntil(220 * ms)
	require.Len(t, w.delivered(), 10, "without a limit the queue empties at once")
	require.Equal(t, 220*ms, w.arrivals[9].at)
	require.Equal(t, network.Scheduled, w.send(1, 2, "x"))
}

func TestACutEmptiesTheQueue(t *testing.T) {
	w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000})
	for range 11 {
		w.send(1, 2, "x")
	}
	w.runUntil(5 * ms)
	require.Equal(t, 11, w.Cut(1, 2))
	require.Zero(t, w.InFlight())
	w.Restore(1, 2)
	for range 10 {
		require.Equal(t, network.Queued, w.send(1, 2, "y"), "there is room again")
	}
	w.drain()
	require.Equal(t, 11, w.count(network.Cut))
	require.Equal(t, 10, w.count(network.Delivered))
	require.Equal(t, 110*ms, w.now, "only the packet that was being sent takes up the link")
	w.requireBalanced(t)
}

func TestWhatWasCutInTheQueueTakesNoRoom(t *testing.T) {
	for _, policy := range []network.DropPolicy{network.DropNewest, network.DropOldest} {
		w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000, Full: policy})
		for range 6 {
			w.send(1, 2, "cut")
		}
		w.Cut(1, 2)
		w.Restore(1, 2)
		for range 10 {
			require.Equal(t, network.Queued, w.send(1, 2, "y"))
		}
		w.runUntil(10 * ms) // one leaves, nine wait
		require.Equal(t, 6, w.count(network.Cut))
		require.Equal(t, network.Queued, w.send(1, 2, "y"))
		w.send(1, 2, "y")
		require.EqualValues(t, 1, w.Stats().Overflow, "now it is full")
		w.drain()
		w.requireBalanced(t)
	}
}

func TestMakingRoomReportsWhatWasCutBeforeAsCut(t *testing.T) {
	w := newWire(1, network.Profile{BytesPerSecond: 10_000, QueueBytes: 1000, Full: network.DropOldest})
	for range 6 {
		w.send(1, 2, "cut")
	}
	w.Cut(1, 2)
	w.Restore(1, 2)
	for range 12 {
		w.send(1, 2, "y")
	}
	w.runUntil(0)
	require.Equal(t, 5, w.count(network.Cut), "those in the queue")
	require.Equal(t, 2, w.count(network.Overflow))
	w.drain()
	require.Equal(t, []uint64{8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, w.delivered())
	w.requireBalanced(t)
}

// drainTime is a model of a tail-drop queue in one number: when the link will
// be done with all that it took.
func TestTheQueueDelaysAsAFluidWould(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const rate = 1_000_000 // a byte a microsecond
		w := newWire(1, network.Profile{BytesPerSecond: rate, Latency: constant(ms)})
		sizes := rapid.SliceOfN(rapid.IntRange(0, 5000), 1, 30).Draw(t, "sizes")
		free := clock.Time(0)
		var want []clock.Time
		for _, size := range sizes {
			w.runUntil(w.now + clock.Time(rapid.IntRange(0, 3000).Draw(t, "gap"))*1000)
			w.Send(w.now, 1, 2, "x", size)
			free = max(free, w.now) + clock.Time(size)*1000
			want = append(want, free+ms)
		}
		w.drain()
		for i, a := range w.arrivals {
			require.Equal(t, want[i], a.at)
		}
		require.Len(t, w.arrivals, len(want))
	})
}

func TestSteadyTrafficAllocatesNothing(t *testing.T) {
	for name, p := range map[string]network.Profile{
		"perfect": {},
		"noisy": {
			Latency: random.LogNormal(5_000_000, 40_000_000), Loss: random.Percent(5), Duplicate: random.Percent(20),
			Replay: random.Percent(1), Reorder: random.Percent(20), Corrupt: random.Percent(5),
		},
		"narrow": {BytesPerSecond: 90_000, QueueBytes: 3000, Full: network.DropOldest},
	} {
		queue := new(clock.Queue[network.PacketID])
		n := network.New[[8]uint64](random.Seed(1).Fates(), queue.Push)
		n.SetDefault(p)
		now := clock.Time(0)
		step := func() {
			for id := range uint64(5) {
				n.Send(now, id, (id+1)%5, [8]uint64{}, 100)
				n.Send(now, id, network.ClientBase+id, [8]uint64{}, 100)
				n.Send(now, network.ClientBase+id, id, [8]uint64{}, 100)
			}
			now += ms
			for at, ok := queue.Peek(); ok && at <= now; at, ok = queue.Peek() {
				at, id, _ := queue.Pop()
				n.Arrive(at, id)
			}
		}
		for range 30_000 { // replays reach ten seconds ahead
			step()
		}
		require.Zero(t, testing.AllocsPerRun(1000, step), name)
	}
}
