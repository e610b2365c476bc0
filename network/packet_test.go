package network_test

import (
	"runtime"
	"slices"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

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
