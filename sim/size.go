package sim

import (
	"fmt"
	"math"
	"time"

	"raftsim/clock"
	"raftsim/faults"
)

// How large a run is expected to be, before it begins.

// MaxOccurrences is how often all faults of a schedule together may come.
const MaxOccurrences = 100_000

// Occurrences is how often a fault may come in a fault phase of this length.
func Occurrences(f faults.Fault, run time.Duration) int64 {
	if f.Every.Min <= 0 {
		return 1
	}
	until := f.Every.Until
	if until == 0 {
		until = clock.Time(run)
	}
	return 1 + max(int64(until.Sub(f.At)/f.Every.Min), 0)
}

// validateSize refuses what would not end in reasonable time.
func (o Options) validateSize() error {
	total := int64(0)
	for _, f := range o.Schedule {
		total += Occurrences(f, o.Run)
	}
	switch {
	case total > MaxOccurrences:
		return fmt.Errorf("sim: the faults of Schedule may come %d times, must be at most %d", total, MaxOccurrences)
	case len(o.hostIDs()) > MaxHosts:
		return fmt.Errorf("sim: Schedule has a host n%d, the last may be n%d", len(o.hostIDs()), MaxHosts)
	}
	return nil
}

// stepBytes is about what the search for a linear order keeps of a step.
const stepBytes = 200

// SearchSteps is Expect.CheckSteps, or as many as the search can keep within
// MaxMemory where that is less. With both at their defaults it is CheckSteps.
func (o Options) SearchSteps() uint64 {
	return min(o.Expect.CheckSteps, uint64(o.MaxMemory/stepBytes))
}

const (
	// eventsPerOperation is about the least that an operation takes of MaxEvents.
	eventsPerOperation = 8
	// median is the fate of the median of a distribution.
	median = math.MaxUint64 / 2
)

// ExpectedMemory estimates what a run of options with their defaults filled in
// keeps, if its cluster and network serve all that the clients ask for. Validate does
// not ask for it: a run that serves less may fit, and one that does not is ended.
func (o Options) ExpectedMemory() MemoryUse {
	hosts, clients := int64(len(o.hostIDs())), int64(max(o.Workload.Clients, 0))
	operations := o.expectedOperations()
	value := int64(o.Workload.Shape.ValueBytes)
	kept := operations // entries in the log of each host
	if every := o.Raft.SnapshotEvery; every > 0 && every < math.MaxInt64/2 {
		kept = min(kept, 2*int64(every)+int64(min(o.Raft.KeepEntries, math.MaxInt64/4)))
	}
	return newMemoryUse(o.MaxMemory,
		MemoryHolder{"operations of the clients", operations * (operationBytes + 2*value)},
		MemoryHolder{"logs", operations*committedBytes + hosts*kept*entryBytes},
		MemoryHolder{"disks", hosts * kept * (recordBytes + value)},
		MemoryHolder{"hosts and clients", clusterBytes(hosts, clients)},
	)
}

// recordBytes is about what an entry takes on the disk, without its value.
const recordBytes = 100

// expectedOperations is about how many operations the clients can do in the first
// act. Each waits for the answer of one before it asks the next.
func (o Options) expectedOperations() int64 {
	if o.Workload.Clients <= 0 {
		return 0
	}
	answer := 2*o.Access.Latency.At(median) + 2*o.Network.Latency.At(median) + o.Disk.Sync.At(median)
	total, began := int64(0), time.Duration(0)
	for _, stage := range append(o.Workload.Stages[:len(o.Workload.Stages):len(o.Workload.Stages)], Stage{Until: o.Run}) {
		until := min(stage.Until, o.Run)
		if until > began && !stage.Quiet {
			rate := stage.PerSecond
			if rate == 0 {
				rate = o.Workload.PerSecond
			}
			pause := time.Duration(o.Workload.Clients) * time.Second / time.Duration(rate)
			total += int64(o.Workload.Clients) * int64((until-began)/max(pause+answer, 1))
		}
		began = max(began, until)
	}
	return min(total, int64(min(o.MaxEvents, 1e11)/eventsPerOperation))
}
