package faults_test

import (
	"fmt"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
)

// A schedule is text with free spacing; printed, it stands in columns.
func ExampleParse() {
	schedule, err := faults.Parse(`
		2s partition leader | rest for 1.5s   # the leader alone
		5s..6s crash follower losing suffix torn for 800ms
		10s network loses 20% for 5s every 20s..30s
	`)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(schedule)
	// Output:
	// 2s      partition leader | rest            for 1.5s
	// 5s..6s  crash follower losing suffix torn  for 800ms
	// 10s     network loses 20%                  for 5s     every 20s..30s
}

// A mistake is told with its place and with what would be valid.
func ExampleParseFor() {
	for _, line := range []string{"2s crash n9", "2s crsh n1", "2s crash n1 losing all"} {
		_, err := faults.ParseFor(line, []uint64{1, 2, 3, 4, 5})
		fmt.Println(err)
	}
	// Output:
	// faults: line 1, column 10: crash n9: cluster has nodes n1..n5
	// faults: line 1, column 4: "crsh" is not a fault: did you mean crash?
	// faults: line 1, column 20: unexpected "all": expected unsynced, suffix, subset or nothing
}

// Roles become hosts when the fault fires; a trace shows the bound action.
func ExampleBind() {
	action, _ := faults.ParseAction("partition leader follower | rest")
	bound, err := faults.Bind(action, five(), 7)
	fmt.Println(bound, err)
	// Output:
	// partition n3 n2 | n1 n4 n5 n6 <nil>
}

// The same fault is worse when something else is broken already.
func ExampleFault_Class() {
	fault, _ := faults.ParseFault("5s crash n1 n2 for 1s")
	budget := faults.Budget{Voters: []uint64{1, 2, 3, 4, 5}}
	fmt.Println(fault.Class(budget))
	budget.Faulty = faults.Hosts(4)
	fmt.Println(fault.Class(budget))
	// Output:
	// tolerable
	// safety only
}

// A seed draws a schedule that stays inside the class it is given.
func ExampleGenerate() {
	schedule := faults.Generate(random.Seed(5).Chooser(), faults.GeneratorOptions{
		Profile: faults.Lite,
		Class:   faults.Tolerable,
		Voters:  []uint64{1, 2, 3},
		End:     clock.Time(20e9),
	})
	fmt.Print(schedule)
	// Output:
	// 2.892s   skew followers by +80ms      for 600ms
	// 3.73s    transfer leader to follower             every 2.84s..8.52s until 20s
	// 6.504s   transfer leader to follower
	// 12.211s  pause n2                     for 220ms
	// 16.932s  pause n2                     for 2.16s
}
