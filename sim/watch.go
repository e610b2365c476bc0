package sim

import (
	"slices"

	"raftsim/checker"
)

// watched says what the checker can hold the hosts to, by the settings that they
// run with. What depends on time is counted in ticks of each host's own protocol,
// so it holds whatever is done to clocks.
func (o *Options) watched() checker.Options {
	w := checker.Options{ReadRounds: !o.Raft.LeaseReads, TransferTicks: uint64(o.Raft.ElectionTicks)}
	if o.Raft.CheckQuorum {
		w.LeaseTicks = uint64(o.Raft.ElectionTicks)
		w.PatienceTicks = 2 * w.LeaseTicks
	}
	// Other Rafts rest their leases on less.
	foreign := slices.ContainsFunc(o.Rafts, func(name string) bool { return name != DefaultRaft })
	w.Promise = o.Raft.LeaseReads && !foreign
	return w
}
