package counter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/disk"
	"raftsim/examples/counter"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
)

const goal = 100

// simulate prepares a run of counters, and returns them by host: those of the
// latest incarnations.
func simulate(seed random.Seed, careless bool) (*sim.Simulation, []*counter.Counter, error) {
	schedule, err := faults.Parse(`
500ms  network loses 20%                 for 3s
1s     partition n1 | n2 n3              for 500ms
1.1s   crash n1 losing unsynced          for 300ms
2s     crash n2 losing unsynced          for 300ms
2.5s   crash n3 losing subset torn       for 300ms
`)
	if err != nil {
		return nil, nil, err
	}
	counters := make([]*counter.Counter, counter.Hosts)
	s, err := sim.New(sim.Options{
		Seed: seed, Nodes: counter.Hosts, Schedule: schedule,
		Disk:     disk.Profile{Sync: random.Exponential(15 * time.Millisecond)},
		Workload: sim.WorkloadOptions{Clients: -1},
		Process: func(id uint64) sim.Process {
			counters[id-1] = &counter.Counter{Goal: goal, Careless: careless}
			return counters[id-1]
		},
	})
	return s, counters, err
}

// Three counters, with messages lost, a partition, and a crash of each.
func Example() {
	s, counters, err := simulate(7, false)
	if err != nil {
		fmt.Println(err)
		return
	}
	s.RunFor(10 * time.Second)
	for i, c := range counters {
		fmt.Printf("n%d knows of %d events\n", i+1, c.Total())
	}
	fmt.Println("violation:", s.Violation())
	// Output:
	// n1 knows of 300 events
	// n2 knows of 300 events
	// n3 knows of 300 events
	// violation: <nil>
}

func TestCountersNeverCountBackwards(t *testing.T) {
	for seed := range random.Seed(20) {
		s, counters, err := simulate(seed, false)
		require.NoError(t, err)
		s.RunFor(10 * time.Second)
		require.Nil(t, s.Violation(), "seed %d", seed)
		for _, c := range counters {
			require.EqualValues(t, 3*goal, c.Total(), "seed %d", seed)
		}
	}
}

func TestLeavingOutTheSyncIsFound(t *testing.T) {
	s, _, err := simulate(7, true)
	require.NoError(t, err)
	s.RunFor(10 * time.Second)
	require.NotNil(t, s.Violation())
	require.Regexp(t, `counter: n\d knows of \d+ events of n\d, which knows of \d+ itself`, s.Violation().Detail)
}
