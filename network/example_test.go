package network_test

import (
	"fmt"
	"time"

	"raftsim/clock"
	"raftsim/network"
	"raftsim/random"
)

// A network and its loop: what the network schedules is handed back to it when
// its time comes.
func Example() {
	var queue clock.Queue[network.PacketID]
	net := network.New[string](random.Seed(7).Fates(), queue.Push)
	net.SetDefault(network.Profile{Latency: random.Constant(5 * time.Millisecond)})

	net.Send(0, 1, 2, "vote for me", 20)
	net.Send(0, 1, 3, "vote for me", 20)
	fmt.Println("cut off in flight:", net.CutAll(network.Isolate(3, []uint64{1, 2, 3})))
	for {
		now, id, ok := queue.Pop()
		if !ok {
			break
		}
		p, outcome := net.Arrive(now, id)
		fmt.Println(now, network.LinkID{From: p.From, To: p.To}, outcome)
	}
	// Output:
	// cut off in flight: 1
	// 0.005s n1->n2 delivered
	// 0.005s n1->n3 cut
}

// A link that loses a fifth of its packets for a while.
func ExampleNetwork_Disturb() {
	net := network.New[string](random.Seed(7).Fates(), func(clock.Time, network.PacketID) {})
	loses := random.Percent(20)
	h := net.Disturb(1, 3, network.Change{Loss: &loses})
	fmt.Println(net.Troubles())
	for range 1000 {
		net.Send(0, 1, 3, "x", 1)
	}
	net.Calm(h)
	fmt.Println(net.LinkStats(1, 3).Lost, net.Troubles())
	// Output:
	// [n1->n3 loses 20%]
	// 200 []
}
