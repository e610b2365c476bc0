package network_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

func TestACutDropsWhatIsInFlightAndWhatIsSent(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(10 * ms)})
	for range 5 {
		w.send(1, 2, "x")
		w.send(2, 1, "y")
	}
	w.runUntil(5 * ms)
	require.Equal(t, 5, w.Cut(1, 2))
	require.Equal(t, 5, w.InFlight())
	require.Equal(t, network.Cut, w.send(1, 2, "x"))
	require.False(t, w.Connected(1, 2))
	require.True(t, w.Connected(2, 1))
	w.drain()
	require.Equal(t, 5, w.count(network.Cut), "each is reported when it would have arrived")
	require.Equal(t, 5, w.count(network.Delivered))
	require.EqualValues(t, 6, w.LinkStats(1, 2).Cut)
	w.requireBalanced(t)
}

func TestRestoringALinkDoesNotReviveWhatWasCut(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(10 * ms)})
	w.send(1, 2, "old")
	w.Cut(1, 2)
	w.Restore(1, 2)
	w.send(1, 2, "new")
	w.drain()
	require.Equal(t, []uint64{1}, w.delivered())
}

func TestTwoCutsNeedTwoRestores(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms)})
	w.send(1, 2, "x")
	require.Equal(t, 1, w.Cut(1, 2))
	require.Equal(t, 0, w.Cut(1, 2))
	w.Restore(1, 2)
	require.Equal(t, network.Cut, w.send(1, 2, "x"))
	w.Restore(1, 2)
	require.Equal(t, network.Scheduled, w.send(1, 2, "x"))
	w.Restore(1, 2)
	require.Equal(t, 1, w.Cut(1, 2), "a restore too many does not count ahead")
	require.False(t, w.Connected(1, 2))
}

func TestAReplayedPacketOutlivesACut(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms), Replay: random.Percent(100), ReplayBy: constant(second)})
	w.send(1, 2, "before the cut")
	w.runUntil(10 * ms)
	w.Cut(1, 2)
	w.runUntil(500 * ms)
	w.Restore(1, 2)
	w.send(1, 2, "after it")
	w.runUntil(1200 * ms)
	require.Equal(t, []uint64{0, 1, 0}, w.delivered())
	w.Cut(1, 2)
	w.drain()
	require.Equal(t, 1, w.count(network.Cut), "unless the link is cut when it arrives")
	w.requireBalanced(t)
}

func TestHeldPacketsAreKeptAndReleasedInOrder(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(10 * ms)})
	w.send(1, 2, "in flight when the hold begins")
	w.runUntil(5 * ms)
	w.Hold(1, 2)
	w.Hold(1, 2)
	for range 4 {
		require.Equal(t, network.Scheduled, w.send(1, 2, "during it"))
	}
	w.runUntil(second)
	require.Equal(t, 5, w.count(network.Held))
	require.Equal(t, 5, w.InFlight())
	require.Empty(t, w.delivered())
	require.Zero(t, w.Release(w.now, 1, 2), "it is held twice")
	require.Equal(t, 5, w.Release(w.now, 1, 2))
	w.drain()
	require.Equal(t, []uint64{0, 1, 2, 3, 4}, w.delivered())
	for _, a := range w.arrivals[5:] {
		require.Equal(t, second, a.at)
	}
	require.Zero(t, w.Release(w.now, 1, 2), "it is not held")
	require.EqualValues(t, 5, w.Stats().Held)
	w.requireBalanced(t)
}

func TestACutTakesHeldPackets(t *testing.T) {
	w := newWire(1, network.Profile{})
	w.Hold(1, 2)
	w.send(1, 2, "x")
	w.drain()
	require.Equal(t, 1, w.Cut(1, 2))
	w.Restore(1, 2)
	require.Zero(t, w.Release(0, 1, 2))
	w.drain()
	require.Empty(t, w.delivered())
	require.Equal(t, 1, w.count(network.Cut))
	w.requireBalanced(t)
}

func TestRaisedLossTakesPacketsInFlightThatItWouldHaveTakenAtTheStart(t *testing.T) {
	lost := func(before, after uint64) (numbers []uint64) {
		w := newWire(1, network.Profile{Latency: constant(10 * ms), Loss: random.Percent(before)})
		for i := range uint64(1000) {
			if w.send(1, 2, "x") == network.Lost {
				numbers = append(numbers, i)
			}
		}
		w.Disturb(1, 2, network.Change{Loss: new(random.Percent(after))})
		w.drain()
		for _, a := range w.arrivals {
			if a.outcome == network.Lost {
				numbers = append(numbers, a.packet.Seq)
			}
		}
		slices.Sort(numbers)
		w.requireBalanced(t)
		return numbers
	}
	require.Equal(t, lost(60, 60), lost(10, 60))
	require.Equal(t, lost(60, 60), lost(60, 10), "lowering it brings none back")
	require.Len(t, lost(0, 100), 1000)
}

func TestCorruptionMeetsPacketsInFlight(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(10 * ms), Duplicate: random.Percent(100)})
	for range 1000 {
		w.send(1, 2, "x")
	}
	w.Disturb(1, 2, network.Change{Corrupt: new(random.Percent(30))})
	w.drain()
	requireShare(t, 30, 2000, w.Stats().Corrupt)
}

func TestACorruptPacketStaysCorrupt(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(10 * ms)})
	h := w.Disturb(1, 2, network.Change{Corrupt: new(random.Percent(100))})
	w.send(1, 2, "x")
	w.Calm(h)
	w.send(1, 2, "x")
	w.drain()
	require.Equal(t, []uint64{1}, w.delivered())
	require.Equal(t, 1, w.count(network.Corrupt))
}

func TestACutStartsANewOrder(t *testing.T) {
	var o random.Overrides
	o.Set("network n1->n2", 1, 0, 1<<64-1) // the latency of packet 0
	o.Set("network n1->n2", 1, 1, 0)
	var at []clock.Time
	n := network.New[string](random.NewFates(1, &o), func(t clock.Time, _ network.PacketID) { at = append(at, t) })
	n.SetDefault(network.Profile{Latency: random.Uniform(time.Millisecond, time.Second)})
	n.Send(0, 1, 2, "cut on its long way", 1)
	n.Cut(1, 2)
	n.Restore(1, 2)
	n.Send(0, 1, 2, "waits for nothing", 1)
	require.Equal(t, []clock.Time{second, ms}, at)
}

func TestADelayIsAddedToTheLatency(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(5 * ms), Duplicate: random.Percent(100)})
	h := w.Disturb(1, 2, network.Change{Delay: new(constant(100 * ms))})
	w.send(1, 2, "delayed")
	w.drain()
	require.Equal(t, 105*ms, w.arrivals[0].at)
	require.Equal(t, 105*ms, w.arrivals[1].at, "the copy is delayed as well")
	w.Calm(h)
	sent := w.arrivals[1].at
	w.send(1, 2, "not delayed")
	w.drain()
	require.Equal(t, sent+5*ms, w.arrivals[2].at)
}

func TestALatencyChangeStartsANewOrder(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms)})
	h := w.Disturb(1, 2, network.Change{Latency: new(constant(5 * second))})
	w.send(1, 2, "slow")
	w.Disturb(1, 2, network.Change{Loss: new(random.PerMille(1))})
	w.Calm(h)
	w.send(1, 2, "quick again")
	w.drain()
	require.Equal(t, []uint64{1, 0}, w.delivered())
	require.Equal(t, ms, w.arrivals[0].at)
}

func TestAFilterDropsOnlyWhatItPicks(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms)})
	appends := network.Filter[string]{Label: "MsgApp", Drop: func(p *network.Packet[string]) bool {
		return strings.HasPrefix(p.Message, "MsgApp ")
	}}
	w.send(1, 2, "MsgApp 1") // in flight when the filter begins
	w.send(1, 2, "MsgHeartbeat")
	h := w.Filter(1, 2, appends)
	require.Equal(t, []string{"n1->n2 drops MsgApp"}, w.Troubles())
	require.Equal(t, network.Filtered, w.send(1, 2, "MsgApp 2"))
	require.Equal(t, network.Scheduled, w.send(1, 2, "MsgAppResp"))
	require.Equal(t, network.Scheduled, w.send(2, 1, "MsgApp on another link"))
	w.drain()
	require.Equal(t, 1, w.count(network.Filtered))
	require.EqualValues(t, 2, w.LinkStats(1, 2).Filtered)
	w.Calm(h)
	require.Equal(t, network.Scheduled, w.send(1, 2, "MsgApp 3"))
	w.drain()
	require.Equal(t, 4, w.count(network.Delivered))
	w.requireBalanced(t)
}

func TestSetFilterCanDropOneChosenPacket(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms)})
	dropped := 0
	w.SetFilter(func(p *network.Packet[string]) bool {
		if p.Message == "victim" && dropped == 0 {
			dropped++
			return true
		}
		return false
	})
	require.Equal(t, network.Scheduled, w.send(1, 2, "x"))
	require.Equal(t, network.Filtered, w.send(1, 2, "victim"))
	require.Equal(t, network.Scheduled, w.send(1, 2, "victim"))
	w.Heal(0)
	require.Equal(t, network.Scheduled, w.send(1, 2, "victim"))
	require.Equal(t, network.Scheduled, w.send(1, 2, "another victim"))
	w.SetFilter(func(p *network.Packet[string]) bool { return p.Message == "another victim" })
	w.drain()
	require.Equal(t, 1, w.count(network.Filtered), "in flight")
	require.Equal(t, []uint64{0, 2, 3}, w.delivered())
	dropped = 0
	w.SetFilter(func(p *network.Packet[string]) bool { return p.Message == "x" })
	w.SetFilter(nil)
	require.Equal(t, network.Scheduled, w.send(1, 2, "victim"))
}

func TestHealReleasesLinksInTheirOrder(t *testing.T) {
	w := newWire(1, network.Profile{})
	order := []network.LinkID{{From: 3, To: 1}, {From: 1, To: 3}, {From: 1, To: 2}}
	w.HoldAll(order)
	for _, l := range order {
		w.send(l.From, l.To, l.String())
	}
	w.drain()
	w.arrivals = nil
	w.Heal(0)
	w.drain()
	var got []string
	for _, a := range w.arrivals {
		got = append(got, a.packet.Message)
	}
	require.Equal(t, []string{"n1->n2", "n1->n3", "n3->n1"}, got)
}

func TestHealEndsAllTrouble(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms)})
	w.CutAll(network.Isolate(1, []uint64{1, 2, 3}))
	w.Cut(1, 2)
	w.HoldAll([]network.LinkID{{From: 3, To: 2}, {From: 2, To: 3}})
	w.Hold(3, 2)
	h := w.Disturb(2, 3, network.Change{Loss: new(random.Percent(20)), Latency: new(constant(5 * ms))})
	w.Filter(2, 3, network.Filter[string]{Label: "all", Drop: func(*network.Packet[string]) bool { return true }})
	require.Equal(t, []string{
		"n1->n2 cut 2 times", "n1->n3 cut", "n2->n1 cut",
		"n2->n3 held, delays 5ms, loses 20%, drops all", "n3->n1 cut", "n3->n2 held 2 times",
	}, w.Troubles())
	w.send(3, 2, "kept")
	w.runUntil(second)
	w.Heal(w.now)
	require.Empty(t, w.Troubles())
	w.Calm(h)
	w.runUntil(second)
	require.Equal(t, 1, w.count(network.Delivered))
	for from := range uint64(4) {
		for to := range uint64(4) {
			require.Equal(t, network.Scheduled, w.send(from, to, "x"))
		}
	}
	w.runUntil(second + ms)
	require.Equal(t, 17, w.count(network.Delivered))
}

func TestAHealSendsWhatWaitedForBandwidth(t *testing.T) {
	w := newWire(1, network.Profile{Latency: constant(ms)})
	h := w.Disturb(1, 2, network.Change{BytesPerSecond: new(int64(1))})
	for range 3 {
		w.send(1, 2, "as slow as can be")
	}
	w.runUntil(second)
	w.Calm(h)
	w.Heal(second)
	w.drain()
	require.Len(t, w.delivered(), 3)
	for _, a := range w.arrivals {
		require.Equal(t, second+ms, a.at)
	}
}
