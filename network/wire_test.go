package network_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

const (
	ms     = clock.Time(time.Millisecond)
	second = clock.Time(time.Second)
)

// arrival is one answer of Arrive.
type arrival struct {
	at      clock.Time
	packet  network.Packet[string]
	outcome network.Outcome
}

// wire is a network of strings with the loop that a simulator would be.
type wire struct {
	*network.Network[string]
	queue    clock.Queue[network.PacketID]
	now      clock.Time
	arrivals []arrival // all but Scheduled
}

func newWire(seed random.Seed, p network.Profile) *wire {
	w := new(wire)
	w.Network = network.New[string](seed.Fates(), func(at clock.Time, id network.PacketID) { w.queue.Push(at, id) })
	w.SetDefault(p)
	return w
}

func (w *wire) send(from, to uint64, m string) network.Outcome {
	return w.Send(w.now, from, to, m, 100)
}

// runUntil handles what is due up to and including an instant, and goes there.
func (w *wire) runUntil(end clock.Time) {
	for at, ok := w.queue.Peek(); ok && at <= end; at, ok = w.queue.Peek() {
		w.step()
	}
	w.now = max(w.now, end)
}

// drain handles all that is due, and stops at the instant of the last.
func (w *wire) drain() {
	for w.queue.Len() > 0 {
		w.step()
	}
}

func (w *wire) step() {
	at, id, _ := w.queue.Pop()
	w.now = at
	switch p, outcome := w.Arrive(at, id); {
	case p == nil: // a heal has sent it earlier
	case outcome != network.Scheduled:
		w.arrivals = append(w.arrivals, arrival{at, *p, outcome})
	}
}

// count returns how many arrivals had that outcome.
func (w *wire) count(o network.Outcome) int {
	n := 0
	for _, a := range w.arrivals {
		if a.outcome == o {
			n++
		}
	}
	return n
}

// delivered returns the numbers of the packets that were delivered, in order.
func (w *wire) delivered() []uint64 {
	numbers := []uint64{}
	for _, a := range w.arrivals {
		if a.outcome == network.Delivered {
			numbers = append(numbers, a.packet.Seq)
		}
	}
	return numbers
}

// requireBalanced requires that every packet and copy is accounted for.
func (w *wire) requireBalanced(t require.TestingT) {
	s := w.Stats()
	require.Equal(t, s.Sent+s.Duplicated+s.Replayed, s.Delivered+s.Dropped()+uint64(w.InFlight()), "%+v", s)
}

// requireShare requires that hits of n are a share of them, to within five
// standard deviations. The seeds are fixed, so it holds for ever or never.
func requireShare(t *testing.T, percent, n int, hits uint64) {
	t.Helper()
	variance := n * percent * (100 - percent) / 10_000
	bound := 0
	for bound*bound < 25*variance {
		bound++
	}
	require.InDelta(t, n*percent/100, hits, float64(bound))
}

func constant(d clock.Time) random.Distribution { return random.Constant(time.Duration(d)) }
