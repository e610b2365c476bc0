package faults

import "time"

// What is proposed in bursts must be worked off once the faults have ended. A
// cluster that takes little at a time needs a round trip, and the time that its
// clients pause after a refusal, for each few of the operations.
const (
	roundTime     = 5 * time.Millisecond // from one acceptance to the next
	roundTimeouts = 10                   // election timeouts that bursts may take together
	burstOverhead = 64                   // bytes of an operation beside its value
	usualBytes    = 1000                 // of a value whose size is left to the workload, at most
)

// bounded lowers the count of a burst, repetitions included, to what can be worked
// off after the first act together with the bursts before it; to one at least.
func (g *generator) bounded(a Propose, f Fault) Propose {
	if g.options.RoundBytes == 0 {
		return a
	}
	bytes := int64(a.Bytes)
	if bytes == 0 {
		bytes = usualBytes
	}
	perRound := max(int64(g.options.RoundBytes)/(bytes+burstOverhead), 1)
	left := int64(roundTimeouts*g.options.ElectionTimeout/roundTime) - g.workRounds
	times := int64(1)
	if f.Every.Min > 0 {
		times += int64(f.Every.Until.Sub(f.At) / f.Every.Min)
	}
	a.Count = int(max(1, min(int64(a.Count), left*perRound/times)))
	g.workRounds += (int64(a.Count)*times + perRound - 1) / perRound
	return a
}
