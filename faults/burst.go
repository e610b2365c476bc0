package faults

import "time"

// What is proposed in bursts must be worked off once the faults have ended. A
// cluster that takes little at a time needs a round trip, and the time that its
// clients pause after a refusal, for each few of the operations.
const (
	leastRoundTime = 5 * time.Millisecond // for what the clients' pauses cost
	roundTimeouts  = 10                   // election timeouts that bursts may take together
	burstOverhead  = 64                   // bytes of an operation beside its value
	usualBytes     = 1000                 // of a value whose size is left to the workload, at most
	mostBurstBytes = 8 << 20              // of all bursts: each host keeps them in its log
)

// Pace is how fast a cluster works off operations. The zero value is as fast as
// anybody asks.
type Pace struct {
	// Round is the time from one acceptance to the next: a round trip and the
	// writes on both sides.
	Round time.Duration
	// Bytes is how many bytes of operations it accepts in a round. Zero means any
	// number.
	Bytes uint64
	// Messages is how many messages it sends to a follower in a round, each of up
	// to MessageBytes, and of one operation at least. Zero means any number.
	Messages, MessageBytes uint64
}

// operations is how many operations of so many bytes fit into a round; zero means
// any number.
func (p Pace) operations(bytes int64) int64 {
	var fit int64
	if p.Bytes > 0 {
		fit = max(int64(p.Bytes)/bytes, 1)
	}
	if p.Messages > 0 {
		sent := int64(p.Messages) * max(int64(p.MessageBytes)/bytes, 1)
		if fit == 0 || sent < fit {
			fit = sent
		}
	}
	return fit
}

// bounded lowers the count of a burst, repetitions included, to what can be worked
// off after the fault phase together with the bursts before it; to one at least.
func (g *generator) bounded(a Propose, f Fault) Propose {
	bytes := int64(a.Bytes)
	if bytes == 0 {
		bytes = usualBytes
	}
	bytes += burstOverhead
	times := int64(1)
	if f.Every.Min > 0 {
		times += int64(f.Every.Until.Sub(f.At) / f.Every.Min)
	}
	most := (mostBurstBytes - g.burstBytes) / bytes
	pace := g.options.Pace
	perRound := pace.operations(bytes)
	if perRound > 0 {
		rounds := int64(roundTimeouts*g.options.ElectionTimeout/max(pace.Round, leastRoundTime)) - g.workRounds
		most = min(most, rounds*perRound)
	}
	a.Count = int(max(1, min(int64(a.Count), most/times)))
	all := int64(a.Count) * times
	g.burstBytes += all * bytes
	if perRound > 0 {
		g.workRounds += (all + perRound - 1) / perRound
	}
	return a
}
