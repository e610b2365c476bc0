// Package clock holds the time of a simulation: the instant [Time], the [Queue]
// of what happens when, and the clock that one host sees, which may be wrong
// ([Local]).
//
// There is one global time in a run. It moves only when the next event is taken
// from the queue, and nothing here reads the time of the real world.
package clock
