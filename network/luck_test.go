package network_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

const packets = 20_000

// flood sends packets 1 ms apart on one link and lets all arrive.
func flood(seed random.Seed, p network.Profile) *wire {
	w := newWire(seed, p)
	for i := range clock.Time(packets) {
		w.runUntil(i * ms)
		w.send(1, 2, "x")
	}
	w.drain()
	return w
}

func TestAPerfectLinkDeliversEverythingAtOnceAndInOrder(t *testing.T) {
	w := newWire(1, network.Profile{})
	for _, m := range []string{"a", "b", "c"} {
		require.Equal(t, network.Scheduled, w.send(1, 2, m))
	}
	require.Equal(t, 3, w.InFlight())
	w.runUntil(0)
	require.Equal(t, []arrival{
		{0, network.Packet[string]{From: 1, To: 2, Seq: 0, Size: 100, Message: "a"}, network.Delivered},
		{0, network.Packet[string]{From: 1, To: 2, Seq: 1, Size: 100, Message: "b"}, network.Delivered},
		{0, network.Packet[string]{From: 1, To: 2, Seq: 2, Size: 100, Message: "c"}, network.Delivered},
	}, w.arrivals)
	require.Equal(t, network.Stats{Sent: 3, Delivered: 3, Bytes: 300}, w.LinkStats(1, 2))
	require.Zero(t, w.InFlight())
}

func TestConstantLatencyIsExact(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(5 * ms)})
	w.runUntil(second)
	w.send(1, 2, "x")
	w.drain()
	require.Equal(t, second+5*ms, w.arrivals[0].at)
	require.Equal(t, second, w.arrivals[0].packet.Sent)
}

func TestLatencyHasTheMedianOfItsDistribution(t *testing.T) {
	// A packet a second: none waits for the one before it.
	w := newWire(1, network.Profile{Latency: random.LogNormal(5*time.Millisecond, 40*time.Millisecond)})
	fast, slow := 0, 0
	for range 10_000 {
		w.send(1, 2, "x")
		w.runUntil(w.now + second)
	}
	for _, a := range w.arrivals {
		latency := a.at - a.packet.Sent
		if latency <= 5*ms {
			fast++
		}
		if latency > 40*ms {
			slow++
		}
	}
	requireShare(t, 50, 10_000, uint64(fast))
	requireShare(t, 1, 10_000, uint64(slow))
}

func TestLossOf20PercentLoses20Percent(t *testing.T) {
	w := flood(1, network.Profile{Loss: random.Percent(20)})
	s := w.Stats()
	requireShare(t, 20, packets, s.Lost)
	require.EqualValues(t, packets, s.Delivered+s.Lost)
	require.Len(t, w.delivered(), int(s.Delivered))
}

func TestDuplicationOf10PercentDeliversThoseTwice(t *testing.T) {
	w := flood(2, network.Profile{Latency: random.Uniform(0, time.Millisecond), Duplicate: random.Percent(10)})
	s := w.Stats()
	requireShare(t, 10, packets, s.Duplicated)
	require.EqualValues(t, packets+s.Duplicated, s.Delivered)
	times := make([]int, packets)
	for _, a := range w.arrivals {
		times[a.packet.Seq]++
		require.LessOrEqual(t, a.packet.Copy, uint32(1))
	}
	twice := 0
	for _, n := range times {
		require.Contains(t, []int{1, 2}, n)
		twice += n - 1
	}
	require.EqualValues(t, s.Duplicated, twice)
}

func TestReplayBringsBackOldPackets(t *testing.T) {
	w := flood(3, network.Profile{Latency: constant(ms), Replay: random.Percent(2)})
	s := w.Stats()
	requireShare(t, 2, packets, s.Replayed)
	for _, a := range w.arrivals {
		age := a.at - a.packet.Sent
		if a.packet.Copy == 0 {
			require.Equal(t, ms, age)
			continue
		}
		require.GreaterOrEqual(t, age, 501*ms)
		require.LessOrEqual(t, age, 10*second+ms)
	}
	require.EqualValues(t, packets+s.Replayed, s.Delivered)

	w = flood(3, network.Profile{Replay: random.Percent(100), ReplayBy: constant(3 * second)})
	require.EqualValues(t, packets, w.Stats().Replayed)
	require.Equal(t, 3*second, w.arrivals[len(w.arrivals)-1].at-(packets-1)*ms)
}

func TestCorruptionIsSeenAtArrival(t *testing.T) {
	w := flood(4, network.Profile{Latency: constant(ms), Corrupt: random.Percent(5)})
	s := w.Stats()
	requireShare(t, 5, packets, s.Corrupt)
	require.Equal(t, int(s.Corrupt), w.count(network.Corrupt))
	require.EqualValues(t, packets, s.Corrupt+s.Delivered)
	require.Equal(t, 100*s.Delivered, s.Bytes)
}

func TestCopiesAreCorruptedIndependently(t *testing.T) {
	w := flood(4, network.Profile{
		Duplicate: random.Percent(100), Replay: random.Percent(100), Corrupt: random.Percent(50),
	})
	corrupt := make([][3]bool, packets)
	for _, a := range w.arrivals {
		corrupt[a.packet.Seq][a.packet.Copy] = a.outcome == network.Corrupt
	}
	var both [3]uint64
	for _, c := range corrupt {
		for i := range both {
			if c[i] && c[(i+1)%3] {
				both[i]++
			}
		}
	}
	for _, n := range both {
		requireShare(t, 25, packets, n)
	}
}

func TestALinkKeepsTheOrderOfItsPackets(t *testing.T) {
	w := flood(5, network.Profile{Latency: random.Uniform(0, 50*time.Millisecond)})
	require.True(t, slices.IsSorted(w.delivered()))
	require.Len(t, w.delivered(), packets)
}

// inversions counts the packets that arrive after one with a higher number.
func inversions(numbers []uint64) (late int) {
	highest := uint64(0)
	for _, n := range numbers {
		if n < highest {
			late++
		}
		highest = max(highest, n)
	}
	return late
}

func TestReorderingOf10PercentTakes10PercentOutOfOrder(t *testing.T) {
	// Reordered packets come 5 ms later, so five others overtake each.
	w := flood(6, network.Profile{Latency: constant(ms), Reorder: random.Percent(10), ReorderBy: constant(5 * ms)})
	requireShare(t, 10, packets, w.Stats().Reordered)
	requireShare(t, 10, packets, uint64(inversions(w.delivered())))
	require.Len(t, w.delivered(), packets)
}

func TestReorderingNeedsNoDelayOfItsOwn(t *testing.T) {
	w := flood(6, network.Profile{Latency: constant(5 * ms), Reorder: random.Percent(10)})
	requireShare(t, 10, packets, uint64(inversions(w.delivered())))
}

func TestDuplicatesDoNotOvertake(t *testing.T) {
	w := flood(7, network.Profile{Latency: random.Uniform(0, 20*time.Millisecond), Duplicate: random.Percent(50)})
	seen := uint64(0)
	for _, a := range w.arrivals {
		// Whatever arrives first with its number arrives in order.
		require.LessOrEqual(t, a.packet.Seq, seen)
		if a.packet.Seq == seen {
			seen++
		}
	}
}

// fatesOf runs traffic over two links, cutting the first one for a while, and
// returns for each packet what became of it and when.
func fatesOf(seed random.Seed, cut bool, from, until clock.Time) map[network.LinkID][]arrival {
	w := newWire(seed, network.Profile{
		Latency: random.Exponential(5 * time.Millisecond),
		Loss:    random.Percent(30), Duplicate: random.Percent(30), Replay: random.Percent(10),
		Corrupt: random.Percent(30), Reorder: random.Percent(100),
	})
	fates := make(map[network.LinkID][]arrival)
	for i := range clock.Time(200) {
		w.runUntil(i * ms)
		if cut && w.now == from {
			w.Cut(1, 2)
		}
		if cut && w.now == until {
			w.Restore(1, 2)
		}
		for _, l := range []network.LinkID{{From: 1, To: 2}, {From: 2, To: 1}} {
			if o := w.send(l.From, l.To, "x"); o.Dropped() {
				fates[l] = append(fates[l], arrival{w.now, network.Packet[string]{Seq: uint64(i)}, o})
			}
		}
	}
	w.drain()
	for _, a := range w.arrivals {
		l := network.LinkID{From: a.packet.From, To: a.packet.To}
		fates[l] = append(fates[l], a)
	}
	return fates
}

func TestACutChangesTheLuckOfNoOtherLinkAndOfNoLaterPacket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := random.Seed(rapid.Uint64().Draw(t, "seed"))
		from := clock.Time(rapid.IntRange(0, 150).Draw(t, "from")) * ms
		until := from + clock.Time(rapid.IntRange(1, 49).Draw(t, "for"))*ms
		plain, cut := fatesOf(seed, false, from, until), fatesOf(seed, true, from, until)
		there, back := network.LinkID{From: 1, To: 2}, network.LinkID{From: 2, To: 1}
		require.Equal(t, plain[back], cut[back])
		later := func(all []arrival) []arrival {
			return slices.DeleteFunc(slices.Clone(all), func(a arrival) bool { return clock.Time(a.packet.Seq)*ms < until })
		}
		require.Equal(t, later(plain[there]), later(cut[there]))
		require.NotEqual(t, plain[there], cut[there])
	})
}

func TestTheOrderInWhichLinksAreMadeDoesNotMatter(t *testing.T) {
	run := func(first, second uint64) []arrival {
		w := newWire(9, network.Profile{Latency: random.Exponential(time.Millisecond), Loss: random.Percent(30)})
		w.Connected(first, 3)
		w.Connected(second, 3)
		for range 100 {
			w.send(1, 3, "x")
			w.send(2, 3, "y")
		}
		w.drain()
		return w.arrivals
	}
	require.Equal(t, run(1, 2), run(2, 1))
}

func TestTheLinksOfASeedAreNotAlike(t *testing.T) {
	w := newWire(10, network.Profile{Loss: random.Percent(50)})
	lost := make(map[network.LinkID][]bool)
	for range 64 {
		for from := range uint64(5) {
			for to := range uint64(5) {
				id := network.LinkID{From: from, To: to}
				lost[id] = append(lost[id], w.send(from, to, "x") == network.Lost)
			}
		}
	}
	for a, x := range lost {
		for b, y := range lost {
			require.True(t, a == b || !slices.Equal(x, y), "%v and %v", a, b)
		}
	}
}

// TestARunNeverChanges pins the digest of a run with everything in it: it must
// be the same on every architecture.
func TestARunNeverChanges(t *testing.T) {
	w := newWire(8841, network.Profile{
		Latency: random.LogNormal(5*time.Millisecond, 40*time.Millisecond),
		Loss:    random.Percent(5), Duplicate: random.Percent(5), Replay: random.Percent(1),
		Reorder: random.Percent(5), Corrupt: random.Percent(1),
		BytesPerSecond: 150_000, QueueBytes: 2000, Full: network.DropOldest,
	})
	digest := uint64(0)
	for i := range clock.Time(2000) {
		w.runUntil(i * ms)
		from, to := uint64(i%3), uint64(i%7)
		digest = random.Mix(digest, uint64(w.Send(w.now, from, to, "x", int(100+i%400))))
		switch i % 100 {
		case 10:
			w.Cut(0, 1)
		case 20:
			w.Restore(0, 1)
			w.Hold(1, 2)
		case 40:
			w.Release(w.now, 1, 2)
		}
	}
	w.drain()
	for _, a := range w.arrivals {
		digest = random.Mix(random.Mix(random.Mix(digest, uint64(a.at)), a.packet.Seq), uint64(a.outcome))
	}
	w.requireBalanced(t)
	require.Equal(t, uint64(pinnedRun), digest)
}
