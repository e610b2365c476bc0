package simtest

import (
	"fmt"
	"testing"

	"raftsim/sim"
)

// latest is the run that a test directs now.
var latest perTest[*sim.Simulation]

// New builds a run that the test directs by hand, as sim.New does. When the test
// fails, it leaves the seed and the options as a file and says how to replay them.
// What the test does to the run (faults that it injects, operations that it
// proposes, messages that it drops) is no part of the file: the replay gets it from
// the test. Of several runs the last is left, for it is the one under way.
func New(t testing.TB, o sim.Options) *sim.Simulation {
	t.Helper()
	c := caller{TB: t, test: t.Name()}
	p := replayed(t, c.test, byHand)
	if p != nil {
		o = c.complete(p, o)
	}
	s, err := sim.New(o)
	if err != nil {
		t.Fatalf("%v", err)
	}
	latest.set(c.test, s)
	t.Cleanup(func() {
		if !latest.ends(c.test, s) || !t.Failed() && p == nil {
			return
		}
		text := fmt.Sprintf("directed by hand: the test ends after %d events, at %v", s.Events(), s.Now())
		if p != nil {
			t.Logf("%s\n%s\nreproduce: %s", text, p.compared("its end", s.Events(), s.Fingerprint()), p.command(c.test))
			return
		}
		f := failure{caller: c, kind: byHand, options: o}
		f.verdict.Events, f.verdict.Fingerprint = s.Events(), s.Fingerprint()
		t.Logf("%s\n%s\nwhat the test does to the run by hand is in no file: the replay gets it from the test", text, f.leave())
	})
	return s
}

// EveryCrash plays the run that o describes once for each state in which a power
// failure at the point can leave the disk of the host, as sim.EveryCrash does, and
// fails the test at the first that does not pass. It returns the number of states.
func EveryCrash(t testing.TB, o sim.Options, point sim.CrashPoint) (states uint64) {
	t.Helper()
	c := caller{TB: t, test: t.Name()}
	if p := replayed(t, c.test, crash); p != nil {
		v, err := sim.CrashState(c.complete(p, o), point, p.origin.State)
		if err != nil {
			t.Fatalf("%v", err)
		}
		c.replied(p, &v)
		return 1
	}
	all, err := sim.EveryCrash(o, point)
	if err != nil {
		t.Fatalf("%v", err)
	}
	for state, v := range all {
		if v.Failed() {
			f := failure{caller: c, kind: crash, state: state, options: o, verdict: v}
			t.Fatalf("state %d of the disk of n%d: %s\n%s", state, point.Host, Report(&v), f.leave())
		}
		states++
	}
	return states
}
