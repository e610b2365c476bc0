package network_test

import (
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

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

func TestAPlaceThatAReplayHadIsAPlaceLikeAnyOther(t *testing.T) {
	w := newWire(1, network.Profile{Replay: random.Percent(100)})
	for range 3 {
		w.send(1, 2, "x")
	}
	w.drain()
	w.SetDefault(network.Profile{Latency: constant(ms)})
	w.send(1, 2, "frees the last place")
	w.drain()
	w.arrivals = nil
	for range 6 {
		w.send(1, 2, "x")
	}
	require.Equal(t, 6, w.Cut(1, 2))
	w.drain()
	require.Equal(t, 6, w.count(network.Cut))
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

// TestOverlaysStackAndAreUndoneInAnyOrder compares the profile in force with
// the base under the changes that are left.
func TestOverlaysStackAndAreUndoneInAnyOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratio := rapid.Map(rapid.Uint64Range(0, 100), func(n uint64) *random.Ratio { return new(random.Percent(n)) })
		maybe := rapid.OneOf(ratio, rapid.Just[*random.Ratio](nil))
		w := newWire(1, network.Profile{Loss: random.Percent(1), BytesPerSecond: 5})
		type laid struct {
			handle network.Handle
			change network.Change
		}
		var stack []laid
		base := w.Profile(1, 2)
		check := func() {
			want := base
			for i := range stack {
				stack[i].change.Apply(&want)
			}
			require.Equal(t, want, w.Profile(1, 2))
		}
		t.Repeat(map[string]func(*rapid.T){
			"disturb": func(t *rapid.T) {
				c := network.Change{
					Loss: maybe.Draw(t, "loss"), Duplicate: maybe.Draw(t, "duplicate"), Replay: maybe.Draw(t, "replay"),
					Reorder: maybe.Draw(t, "reorder"), Corrupt: maybe.Draw(t, "corrupt"),
				}
				stack = append(stack, laid{w.Disturb(1, 2, c), c})
			},
			"calm": func(t *rapid.T) {
				if len(stack) == 0 {
					return
				}
				i := rapid.IntRange(0, len(stack)-1).Draw(t, "which")
				w.Calm(stack[i].handle)
				w.Calm(stack[i].handle)
				stack = slices.Delete(stack, i, i+1)
			},
			"heal": func(t *rapid.T) {
				w.Heal(0)
				stack = nil
			},
			"own profile": func(t *rapid.T) {
				base = network.Profile{Corrupt: *ratio.Draw(t, "own")}
				w.SetProfile(1, 2, base)
			},
			"": func(*rapid.T) { check() },
		})
	})
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

// TestEveryPacketIsAccountedFor does anything at all to a network and requires
// that what was sent is what was delivered, dropped or is on its way, and that
// in the end each packet that was taken was reported exactly once.
func TestEveryPacketIsAccountedFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		percent := rapid.Map(rapid.SampledFrom([]uint64{0, 0, 30, 100}), random.Percent)
		profile := func(t *rapid.T) network.Profile {
			return network.Profile{
				Latency:  random.Uniform(0, 20*time.Millisecond),
				ReplayBy: random.Constant(30 * time.Millisecond),
				Loss:     percent.Draw(t, "loss"), Duplicate: percent.Draw(t, "duplicate"), Replay: percent.Draw(t, "replay"),
				Reorder: percent.Draw(t, "reorder"), Corrupt: percent.Draw(t, "corrupt"),
				BytesPerSecond: rapid.SampledFrom([]int64{0, 10_000, 100_000}).Draw(t, "rate"),
				QueueBytes:     rapid.SampledFrom([]int64{0, 50, 300}).Draw(t, "queue"),
				Full:           rapid.SampledFrom([]network.DropPolicy{network.DropNewest, network.DropOldest}).Draw(t, "full"),
			}
		}
		w := newWire(random.Seed(rapid.Uint64().Draw(t, "seed")), profile(t))
		host := rapid.Uint64Range(1, 2)
		taken := 0
		var handles []network.Handle
		onLink := func(f func(from, to uint64)) func(*rapid.T) {
			return func(t *rapid.T) { f(host.Draw(t, "from"), host.Draw(t, "to")) }
		}
		send := func(t *rapid.T) {
			from, to, count := host.Draw(t, "from"), host.Draw(t, "to"), rapid.IntRange(1, 10).Draw(t, "count")
			for range count {
				if o := w.Send(w.now, from, to, "x", 60); !o.Dropped() {
					taken++
				}
			}
		}
		t.Repeat(map[string]func(*rapid.T){
			"send":      send,
			"send more": send,
			"run": func(t *rapid.T) {
				w.runUntil(w.now + clock.Time(rapid.IntRange(0, 20).Draw(t, "ms"))*ms)
			},
			"cut": onLink(func(from, to uint64) {
				before := w.InFlight()
				require.Equal(t, before-w.Cut(from, to), w.InFlight())
			}),
			"restore": onLink(w.Restore),
			"hold":    onLink(w.Hold),
			"release": onLink(func(from, to uint64) { w.Release(w.now, from, to) }),
			"heal":    func(*rapid.T) { w.Heal(w.now) },
			"profile": func(t *rapid.T) { w.SetProfile(host.Draw(t, "from"), host.Draw(t, "to"), profile(t)) },
			"disturb": func(t *rapid.T) {
				c := network.Change{Loss: new(percent.Draw(t, "loss")), BytesPerSecond: new(int64(20_000))}
				handles = append(handles, w.Disturb(host.Draw(t, "from"), host.Draw(t, "to"), c))
			},
			"filter": func(t *rapid.T) {
				third := func(p *network.Packet[string]) bool { return p.Seq%3 == 0 }
				handles = append(handles, w.Filter(host.Draw(t, "from"), host.Draw(t, "to"), network.Filter[string]{Label: "third", Drop: third}))
			},
			"calm": func(t *rapid.T) {
				if len(handles) > 0 {
					w.Calm(rapid.SampledFrom(handles).Draw(t, "handle"))
				}
			},
			"": func(t *rapid.T) { w.requireBalanced(t) },
		})
		w.Heal(w.now)
		w.drain()
		w.requireBalanced(t)
		require.Zero(t, w.InFlight())
		s := w.Stats()
		reported := len(w.arrivals) - w.count(network.Held)
		require.Equal(t, taken+int(s.Duplicated+s.Replayed), reported)
		require.Zero(t, w.count(network.Stale))
		require.EqualValues(t, s.Delivered, w.count(network.Delivered))
		require.EqualValues(t, s.Held, w.count(network.Held))
	})
}

func TestAnUnknownOrUsedPacketIsStale(t *testing.T) {
	var id network.PacketID
	n := network.New[string](random.Seed(1).Fates(), func(_ clock.Time, p network.PacketID) { id = p })
	_, outcome := n.Arrive(0, 12345)
	require.Equal(t, network.Stale, outcome)
	n.Hold(1, 2)
	n.Send(0, 1, 2, "x", 1)
	_, outcome = n.Arrive(0, id)
	require.Equal(t, network.Held, outcome)
	_, outcome = n.Arrive(0, id)
	require.Equal(t, network.Stale, outcome, "it was not released")
	n.Release(0, 1, 2)
	_, outcome = n.Arrive(0, id)
	require.Equal(t, network.Delivered, outcome)
	p, outcome := n.Arrive(0, id)
	require.Equal(t, network.Stale, outcome)
	require.Nil(t, p)
	require.Zero(t, n.InFlight())
	old := id
	n.Send(0, 1, 2, "in the same place", 1)
	_, outcome = n.Arrive(0, old)
	require.Equal(t, network.Stale, outcome)
	_, outcome = n.Arrive(0, id)
	require.Equal(t, network.Delivered, outcome)
}

func TestTheNetworkLetsGoOfMessages(t *testing.T) {
	var id network.PacketID
	n := network.New[*[1 << 10]byte](random.Seed(1).Fates(), func(_ clock.Time, p network.PacketID) { id = p })
	m := new([1 << 10]byte)
	seen := weak.Make(m)
	n.Send(0, 1, 2, m, 1)
	p, _ := n.Arrive(0, id)
	require.Same(t, m, p.Message)
	m, p = nil, nil
	n.Arrive(0, id)
	runtime.GC()
	require.Nil(t, seen.Value())
	require.Zero(t, n.InFlight())
}

func TestAPacketStaysValidWhileOthersAreSent(t *testing.T) {
	w := newWire(1, network.Profile{})
	w.send(1, 2, "first")
	_, id, _ := w.queue.Pop()
	p, _ := w.Arrive(0, id)
	for range 1000 {
		w.send(2, 1, "other")
	}
	require.Equal(t, "first", p.Message)
}

func TestBadProfilesAndChangesPanic(t *testing.T) {
	n := network.New[string](random.Seed(1).Fates(), nil)
	above := random.Ratio{Num: 3, Den: 2}
	for want, do := range map[string]func(){
		"network: Loss is 150%, must be at most 100%":              func() { n.SetDefault(network.Profile{Loss: above}) },
		"network: Replay is 150%, must be at most 100%":            func() { n.Disturb(1, 2, network.Change{Replay: &above}) },
		"network: BytesPerSecond is -1, must not be negative":      func() { n.SetProfile(1, 2, network.Profile{BytesPerSecond: -1}) },
		"network: QueueBytes is -1, must not be negative":          func() { n.SetDefault(network.Profile{QueueBytes: -1}) },
		"network: Full is DropPolicy(9), must be newest or oldest": func() { n.SetDefault(network.Profile{Full: 9}) },
	} {
		require.PanicsWithValue(t, want, do)
	}
}

func TestDropPolicyPrintsAndParses(t *testing.T) {
	for _, p := range []network.DropPolicy{network.DropNewest, network.DropOldest} {
		back, err := network.ParseDropPolicy(p.String())
		require.NoError(t, err)
		require.Equal(t, p, back)
	}
	_, err := network.ParseDropPolicy("tail")
	require.EqualError(t, err, `network: drop policy "tail": want "newest" or "oldest"`)
}

func TestChangeSaysAllThatItDoes(t *testing.T) {
	require.Equal(t, "changes nothing", network.Change{}.String())
	d, r := constant(ms), random.Percent(5)
	require.Equal(t, "delays 1ms, loses 5%, duplicates 5%, replays 5%, replays by 1ms, reorders 5%, reorders by 1ms, "+
		"corrupts 5%, bytes per second 10, queue bytes 20, full queue drops oldest",
		network.Change{
			Latency: &d, Loss: &r, Duplicate: &r, Replay: &r, ReplayBy: &d, Reorder: &r, ReorderBy: &d, Corrupt: &r,
			BytesPerSecond: new(int64(10)), QueueBytes: new(int64(20)), Full: new(network.DropOldest),
		}.String())
}

func TestOutcomesHaveNames(t *testing.T) {
	for o := network.Scheduled; o <= network.Stale; o++ {
		require.NotContains(t, o.String(), "Outcome")
	}
	require.Equal(t, "Outcome(200)", network.Outcome(200).String())
	require.True(t, network.Corrupt.Dropped())
	require.False(t, network.Held.Dropped())
}

func TestAnyIDsCanBeHosts(t *testing.T) {
	w := newWire(1, network.Profile{})
	ids := []uint64{0, 1, 64, 4095, 4096, network.ClientBase - 1, network.ClientBase, network.ClientBase + 7, network.ClientBase + 5000, 1<<64 - 1}
	for _, from := range ids {
		for _, to := range ids {
			w.send(from, to, network.LinkID{From: from, To: to}.String())
		}
	}
	w.drain()
	require.Len(t, w.arrivals, len(ids)*len(ids))
	for _, a := range w.arrivals {
		require.Equal(t, network.LinkID{From: a.packet.From, To: a.packet.To}.String(), a.packet.Message)
		require.Zero(t, a.packet.Seq, "each pair is a link of its own")
	}
	require.Len(t, w.Links(), len(ids)*len(ids))
	require.True(t, slices.IsSortedFunc(w.Links(), network.LinkID.Compare))
	require.Equal(t, "n64->c7", network.LinkID{From: 64, To: network.ClientBase + 7}.String())
}
