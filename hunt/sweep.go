// Package hunt runs many simulations and says what they came to: sweeps of
// scenarios over seeds, side by side on all cores, with results in the order
// of the seeds however many workers there are.
package hunt

import (
	"context"
	"maps"
	"runtime"
	"slices"
	"sync"

	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/trace"
)

// Unit is the work of one run. Its result depends on nothing else.
type Unit struct {
	Scenario *scenarios.Scenario
	Seed     random.Seed
}

// Result is what became of a unit.
type Result struct {
	Unit
	// Verdict is what the run showed. It is empty when Err is set.
	Verdict sim.Verdict
	// Err says that the run could not be made: its options are not valid.
	Err error
	// Divergence is set when the run was made twice and was not the same.
	Divergence *Divergence
}

// Failed says whether the run did not pass, or could not be made.
func (r *Result) Failed() bool { return r.Err != nil || r.Divergence != nil || r.Verdict.Failed() }

// Sweep is a list of scenarios, each run over its seeds.
type Sweep struct {
	// Scenarios are run in this order, each over its own Seeds.
	Scenarios []*scenarios.Scenario
	// Workers is the number of runs under way at once. Zero means one for
	// each core.
	Workers int
	// Run makes one run; nil means Simulate. It is called by several
	// goroutines at once.
	Run func(Unit) Result
}

// Units is the number of runs of the whole sweep.
func (s *Sweep) Units() int64 {
	var n int64
	for _, one := range s.Scenarios {
		n += one.Seeds.Len()
	}
	return n
}

// Simulate makes the run of a unit: the same unit gives the same verdict.
func Simulate(u Unit) Result { return Traced(u, nil) }

// Traced is Simulate with every record of the run shown to trace, in the
// goroutine that makes the run. A record is valid during the call.
func Traced(u Unit, trace func(*trace.Record)) Result {
	return guarded(u, func() Result {
		r := Result{Unit: u}
		o, err := u.Scenario.Options(u.Seed)
		if err != nil {
			r.Err = err
			return r
		}
		o.Trace = trace
		r.Verdict, r.Err = sim.Run(o)
		return r
	})
}

// Do runs the sweep and shows each result to deliver, from the goroutine that
// called it, one at a time and in the order of scenarios and seeds. It returns
// what is left to run: nothing, unless ctx ended before.
//
// When ctx ends, Do stops at once: it delivers the units that have finished,
// still in order, with gaps where others have not. A run cannot be interrupted:
// those under way go on in the background, and their results are dropped.
func (s *Sweep) Do(ctx context.Context, deliver func(Result)) []Left {
	workers := s.Workers
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	// The window bounds how far workers run ahead of the oldest unfinished
	// unit, so that a sweep of any length holds few results.
	window := 64 * workers
	work := make(chan numbered)
	done := make(chan numbered, window) // holds all that can finish: no worker waits
	tokens := make(chan struct{}, window)
	go s.feed(ctx, work, tokens)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for n := range work {
				n.Result = s.run(n.Unit)
				done <- n
			}
		})
	}
	go func() { running.Wait(); close(done) }()
	next, extra := collect(ctx, done, tokens, deliver)
	return s.left(next, extra)
}

// Left is what an interrupted sweep did not finish of one scenario.
type Left struct {
	Scenario *scenarios.Scenario
	Seeds    scenarios.Seeds
}

// left lists what was not delivered: the units from next on, less the extra ones.
func (s *Sweep) left(next int64, extra []int64) []Left {
	var left []Left
	var first int64 // number of the scenario's first unit
	for _, one := range s.Scenarios {
		seeds := one.Seeds.Skip(max(next-first, 0))
		number := max(next, first)
		var rest scenarios.Seeds
		for len(extra) > 0 && number <= extra[0] && extra[0] < first+one.Seeds.Len() {
			rest = rest.AppendAll(seeds.Head(extra[0] - number))
			seeds = seeds.Skip(extra[0] - number + 1)
			number, extra = extra[0]+1, extra[1:]
		}
		if rest = rest.AppendAll(seeds); len(rest) > 0 {
			left = append(left, Left{one, rest})
		}
		first += one.Seeds.Len()
	}
	return left
}

// numbered is a result with its place in the sweep.
type numbered struct {
	number int64
	Result
}

// feed hands out the units in order, each for a token.
func (s *Sweep) feed(ctx context.Context, work chan<- numbered, tokens chan<- struct{}) {
	defer close(work)
	var number int64
	for _, one := range s.Scenarios {
		for seed := range one.Seeds.All() {
			select {
			case <-ctx.Done():
				return
			case tokens <- struct{}{}:
			}
			select {
			case <-ctx.Done():
				return
			case work <- numbered{number, Result{Unit: Unit{one, seed}}}:
				number++
			}
		}
	}
}

// collect delivers results in the order of their numbers. It returns the number
// of the first that it did not deliver, and those after it that it did.
func collect(ctx context.Context, done <-chan numbered, tokens <-chan struct{}, deliver func(Result)) (next int64, extra []int64) {
	waiting := map[int64]Result{}
	for open := true; open && ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case n, ok := <-done:
			if open = ok; ok {
				waiting[n.number] = n.Result
			}
		}
		for r, ok := waiting[next]; ok && ctx.Err() == nil; r, ok = waiting[next] {
			delete(waiting, next)
			next++
			<-tokens
			deliver(r)
		}
	}
	drain(done, waiting)
	extra = slices.Sorted(maps.Keys(waiting)) // empty unless ctx has ended
	for _, number := range extra {
		deliver(waiting[number])
	}
	return next, extra
}

// drain takes what workers have finished without waiting for more.
func drain(done <-chan numbered, waiting map[int64]Result) {
	for {
		select {
		case n, ok := <-done:
			if !ok {
				return
			}
			waiting[n.number] = n.Result
		default:
			return
		}
	}
}

// run makes one run.
func (s *Sweep) run(u Unit) Result {
	if s.Run == nil {
		return Simulate(u)
	}
	return guarded(u, func() Result { return s.Run(u) })
}

// guarded makes a panic outside of a run, while a kind of fault is drawn say, a
// verdict, so that the sweep goes on with other seeds.
func guarded(u Unit, run func() Result) (r Result) {
	defer func() {
		if cause := recover(); cause != nil {
			r = Result{Unit: u, Verdict: sim.PanicVerdict(u.Scenario.Title(), u.Seed, cause)}
		}
	}()
	return run()
}
