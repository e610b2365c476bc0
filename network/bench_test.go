package network_test

import (
	"testing"
	"time"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

// message is as large as a Raft message.
type message [32]uint64

// BenchmarkSendArrive sends a message between five hosts each 100 us and lets
// arrive what is due, with the event queue between them.
func BenchmarkSendArrive(b *testing.B) {
	for _, v := range []struct {
		name string
		p    network.Profile
	}{
		{"perfect", network.Profile{Latency: random.Constant(time.Millisecond)}},
		{"usual", network.Profile{
			Latency: random.LogNormal(5*time.Millisecond, 40*time.Millisecond), Loss: random.Percent(1), Duplicate: random.Percent(1),
		}},
		{"everything", network.Profile{
			Latency: random.LogNormal(5*time.Millisecond, 40*time.Millisecond), Loss: random.Percent(5), Duplicate: random.Percent(5),
			Replay: random.PerMille(1), Reorder: random.Percent(5), Corrupt: random.Percent(1), BytesPerSecond: 1_000_000, QueueBytes: 10_000,
		}},
	} {
		b.Run(v.name, func(b *testing.B) {
			queue := new(clock.Queue[network.PacketID])
			n := network.New[message](random.Seed(1).Fates(), queue.Push)
			n.SetDefault(v.p)
			now := clock.Time(0)
			var m message
			from, to := uint64(1), uint64(2)
			b.ReportAllocs()
			for b.Loop() {
				n.Send(now, from, to, m, 100)
				if from, to = to, to%5+1; from == to {
					to = to%5 + 1
				}
				now += ms / 10
				for at, ok := queue.Peek(); ok && at <= now; at, ok = queue.Peek() {
					_, id, _ := queue.Pop()
					n.Arrive(at, id)
				}
			}
		})
	}
}

func BenchmarkNewLinks(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		n := network.New[message](random.Seed(1).Fates(), func(clock.Time, network.PacketID) {})
		for from := range uint64(5) {
			for to := range uint64(5) {
				n.Connected(from, to)
			}
		}
	}
}

func BenchmarkCutAndRestoreSplit(b *testing.B) {
	n := network.New[message](random.Seed(1).Fates(), func(clock.Time, network.PacketID) {})
	links := network.Split([]uint64{1, 2}, []uint64{3, 4, 5})
	b.ReportAllocs()
	for b.Loop() {
		n.CutAll(links)
		n.RestoreAll(links)
	}
}
