package clock_test

import (
	"container/heap"
	"fmt"
	"testing"
	"time"

	"raftsim/clock"
)

// payload is about as large as an event of the simulator.
type payload [4]uint64

// boxed is the standard library's heap of the same events, in the same order.
type boxed []boxedEvent

type boxedEvent struct {
	at      clock.Time
	rank    uint64
	payload payload
}

func (b boxed) Len() int { return len(b) }
func (b boxed) Less(i, j int) bool {
	return b[i].at < b[j].at || b[i].at == b[j].at && b[i].rank < b[j].rank
}
func (b boxed) Swap(i, j int) { b[i], b[j] = b[j], b[i] }
func (b *boxed) Push(e any)   { *b = append(*b, e.(boxedEvent)) }
func (b *boxed) Pop() any {
	e := (*b)[len(*b)-1]
	*b = (*b)[:len(*b)-1]
	return e
}

// delays is a fixed walk over delays of up to about 65 us.
type delays uint64

func (d *delays) next() time.Duration {
	*d = *d*6364136223846793005 + 1442695040888963407
	return time.Duration(*d >> 48)
}

// BenchmarkQueue takes the earliest of n pending events and pushes another, on
// the queue and on container/heap, and prints how many times slower the latter
// is.
func BenchmarkQueue(b *testing.B) {
	for _, n := range []int{10, 100, 10_000} {
		var ours, theirs float64
		b.Run(fmt.Sprintf("pending=%d/queue", n), func(b *testing.B) {
			var q clock.Queue[payload]
			var d delays
			for range n {
				q.Push(clock.Time(d.next()), payload{})
			}
			b.ReportAllocs()
			for b.Loop() {
				at, e, _ := q.Pop()
				q.Push(at.Add(d.next()), e)
			}
			ours = float64(b.Elapsed()) / float64(b.N)
		})
		b.Run(fmt.Sprintf("pending=%d/container-heap", n), func(b *testing.B) {
			var q boxed
			var d delays
			rank := uint64(0)
			for range n {
				heap.Push(&q, boxedEvent{at: clock.Time(d.next()), rank: rank})
				rank++
			}
			b.ReportAllocs()
			for b.Loop() {
				e := heap.Pop(&q).(boxedEvent)
				heap.Push(&q, boxedEvent{e.at.Add(d.next()), rank, e.payload})
				rank++
			}
			theirs = float64(b.Elapsed()) / float64(b.N)
		})
		b.Run(fmt.Sprintf("pending=%d/ratio", n), func(b *testing.B) {
			for b.Loop() {
			}
			b.ReportMetric(theirs/ours, "container-heap/queue")
			b.ReportMetric(0, "ns/op")
		})
	}
}

var sink clock.Time

func BenchmarkLocal(b *testing.B) {
	for _, ppm := range []int64{0, 200} {
		var l clock.Local
		l.Drift(0, ppm)
		name := fmt.Sprintf("drift=%dppm", ppm)
		b.Run(name+"/read", func(b *testing.B) {
			for now := clock.Time(0); b.Loop(); now += 1_000_003 {
				sink = l.Read(now)
			}
		})
		b.Run(name+"/when", func(b *testing.B) {
			for now := clock.Time(0); b.Loop(); now += 1_000_003 {
				sink = l.When(now, now+10_000_000)
			}
		})
	}
}
