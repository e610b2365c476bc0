package pace

import (
	"runtime"
	"time"
)

// Cost is what one unit of a Work costs.
type Cost struct {
	Nanoseconds float64 // of processor time, the collector's included
	Allocations float64
}

// Measure does a work with both libraries, in turns, for about that long each in
// every round. It returns the least processor time of all rounds, since whatever
// else the machine does only adds to it.
func Measure(w Work, rounds int, each time.Duration) (costs [2]Cost) {
	var clusters [2]Cluster
	var count [2]int
	for i, l := range Libraries {
		clusters[i] = l.New(w.Nodes)
		count[i] = enough(w, clusters[i], each)
	}
	for round := range rounds {
		for i := range Libraries {
			c := measure(w, clusters[i], count[i])
			if round == 0 {
				costs[i] = c
			}
			costs[i].Nanoseconds = min(costs[i].Nanoseconds, c.Nanoseconds)
			costs[i].Allocations = min(costs[i].Allocations, c.Allocations)
		}
	}
	return costs
}

// enough returns how many units take about so long. It warms the group up.
func enough(w Work, c Cluster, long time.Duration) int {
	for n := 1024; ; n *= 2 {
		before := processorTime()
		w.Do(c, n)
		if took := processorTime() - before; took > long/4 {
			return max(1024, int(int64(n)*int64(long)/int64(took)))
		}
	}
}

func measure(w Work, c Cluster, n int) Cost {
	c.Settle()
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := processorTime()
	w.Do(c, n)
	took := processorTime() - start
	runtime.ReadMemStats(&after)
	return Cost{float64(took) / float64(n), float64(after.Mallocs-before.Mallocs) / float64(n)}
}
