package clock_test

import (
	"fmt"
	"time"

	"raftsim/clock"
)

func ExampleQueue() {
	var q clock.Queue[string]
	q.Push(clock.Time(2*time.Second), "restart n2")
	q.Push(clock.Time(time.Second), "crash n2")
	q.Push(clock.Time(time.Second), "tick n1")
	for {
		at, event, ok := q.Pop()
		if !ok {
			break
		}
		fmt.Println(at, event)
	}
	// Output:
	// 1.000s crash n2
	// 1.000s tick n1
	// 2.000s restart n2
}

// A host whose clock runs 10% fast believes that a second has passed early.
func ExampleLocal() {
	var l clock.Local
	l.Drift(0, 100_000)
	fmt.Println(l.When(0, clock.Time(time.Second)))
	l.Step(clock.Time(time.Second), -300*time.Millisecond)
	fmt.Println(l.Offset(clock.Time(2 * time.Second)))
	// Output:
	// 0.90909091s
	// -100ms
}
