package sim

import (
	"slices"

	"raftsim/checker"
	"raftsim/raft"
)

// watched says what the checker can hold the hosts to, by the settings that they
// run with. What depends on time is counted in ticks of each host's own protocol,
// so it holds whatever is done to clocks.
func (o *Options) watched() checker.Options {
	w := checker.Options{
		ReadRounds: !o.Raft.LeaseReads, TransferTicks: uint64(o.Raft.ElectionTicks), MayNotExecute: o.Process != nil,
		Partial: o.Process != nil,
	}
	if o.Raft.CheckQuorum {
		w.LeaseTicks = uint64(o.Raft.ElectionTicks)
		w.PatienceTicks = 2 * w.LeaseTicks
	}
	// Other Rafts rest their leases on less.
	foreign := slices.ContainsFunc(o.Rafts, func(name string) bool { return name != DefaultRaft })
	if o.Raft.LeaseReads && !foreign {
		w.Promise = true
		w.LeaseReadTicks = leaseTicks(w.LeaseTicks)
	}
	return w
}

// leaseTicks is the longest that a lease may be of which the voters count so many
// ticks, of which the first may pass at once, on clocks that drift as far as they may.
func leaseTicks(voters uint64) uint64 {
	const whole = 1_000_000
	return (voters - 1) * (whole - raft.LeaseDriftPPM) / (whole + raft.LeaseDriftPPM)
}
