package sim_test

import (
	"fmt"
	"time"

	"raftsim/sim"
	"raftsim/workload"
)

// A test directs a run by hand: it drops one message by what is in it, cuts the
// leader off, sees another one elected, and looks at every host.
func Example() {
	s, err := sim.New(sim.Options{Nodes: 3, Seed: 7, Workload: sim.WorkloadOptions{Clients: -1}})
	if err != nil {
		panic(err)
	}
	s.RunUntil(func() bool { return s.Leader() != 0 }, 5*time.Second)

	s.DropOne(func(from, to uint64, m *sim.Message) bool { return m.Request != nil })
	write := s.Propose(workload.KVPut(1, workload.Mark{Client: 1, Number: 1}))
	s.RunUntil(write.Done, 5*time.Second)
	fmt.Println(write)

	old := s.Leader()
	s.Inject("isolate leader for 2s")
	s.RunUntil(func() bool { return s.Leader() != old }, 5*time.Second)
	read := s.Propose(workload.KVGet(1))
	s.RunUntil(read.Done, 5*time.Second)
	fmt.Println(read)

	s.RunFor(3 * time.Second)
	for _, h := range s.Hosts() {
		fmt.Println(h, "follows the leader:", h.Status().Lead == s.Leader())
	}
	fmt.Println("violation:", s.Violation())

	// Output:
	// put k1 c1.1 -> ok
	// get k1 -> c1.1
	// n1 (up) follows the leader: true
	// n2 (up) follows the leader: true
	// n3 (up) follows the leader: true
	// violation: <nil>
}
