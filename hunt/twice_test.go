package hunt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/hunt"
	"raftsim/raft"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
)

// script is a run that shows these records and ends with this verdict.
func script(v sim.Verdict, records ...trace.Record) func(hunt.Unit, func(*trace.Record)) hunt.Result {
	return func(u hunt.Unit, trace func(*trace.Record)) hunt.Result {
		for _, r := range records {
			trace(&r)
		}
		return hunt.Result{Unit: u, Verdict: v}
	}
}

func record(at int64, text string) trace.Record {
	return trace.Record{At: clock.Time(at), Event: uint64(at), Verb: trace.Noted, Text: text}
}

func TestTheFirstDifferingRecordIsShownFromBothRunsWithWhatWasEqual(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	var a, b []trace.Record
	for i := range int64(9) {
		a, b = append(a, record(i, "same")), append(b, record(i, "same"))
	}
	a = append(a, record(9, "left"), record(10, "echo"))
	b = append(b, record(9, "right"))
	r := hunt.Compare(u, script(sim.Verdict{Events: 11}, a...), script(sim.Verdict{Events: 10}, b...))
	require.True(t, r.Failed())
	require.EqualValues(t, 11, r.Verdict.Events, "the verdict is that of the first run")
	d := r.Divergence
	require.EqualValues(t, 9, d.Record)
	require.Contains(t, d.First, "left")
	require.Contains(t, d.Second, "right")
	require.Len(t, d.Before, 5)
	fifth := record(4, "same")
	require.Equal(t, fifth.String(), d.Before[0])
	require.Contains(t, d.String(), "two runs of one seed differ after 9 equal records")
}

func TestATraceThatEndsEarlyDiffers(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	long := script(sim.Verdict{}, record(1, "x"), record(2, "y"))
	short := script(sim.Verdict{}, record(1, "x"))
	none := script(sim.Verdict{})
	require.Equal(t, "(the trace ends here)", hunt.Compare(u, long, short).Divergence.Second)
	require.Equal(t, "(the trace ends here)", hunt.Compare(u, short, long).Divergence.First)
	require.EqualValues(t, 0, hunt.Compare(u, none, long).Divergence.Record)
	require.Nil(t, hunt.Compare(u, long, long).Divergence)
	require.Nil(t, hunt.Compare(u, none, none).Divergence)
}

func TestDivergencesAreOneBugIfTheSameKindOfRecordDiffersFirst(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	sends := func(to uint64) trace.Record {
		return trace.Record{Verb: trace.Sent, Peer: to, Cause: trace.Cause{What: "timer"}}
	}
	signature := func(first, second trace.Record) string {
		return hunt.Signature(hunt.Compare(u, script(sim.Verdict{}, first), script(sim.Verdict{}, second)))
	}
	luck := signature(sends(1), sends(2))
	require.Equal(t, "nondeterminism: send in timer", luck)
	require.Equal(t, luck, signature(sends(3), sends(1)))
	notes := signature(record(1, "x"), sends(1))
	require.NotEqual(t, luck, notes)
	require.Equal(t, notes, signature(sends(1), record(1, "x")))
}

func TestVerdictsThatDifferUnderEqualTracesAreADivergence(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	a := script(sim.Verdict{Fingerprint: 1, Stack: "0xc000"}, record(1, "x"))
	b := script(sim.Verdict{Fingerprint: 2, Stack: "0xc111"}, record(1, "x"))
	c := script(sim.Verdict{Fingerprint: 2, Stack: "0xc222"}, record(1, "x"))
	require.Contains(t, hunt.Compare(u, a, b).Divergence.First, "fingerprint 0000000000000001")
	require.Nil(t, hunt.Compare(u, b, c).Divergence, "stacks show what called the run")
}

// A Raft that draws from a generator of the process, as go.etcd.io/raft does, runs
// otherwise each time: the first event that shows it is named, with its cause.
func TestARaftThatDrawsFromTheProcessIsCaughtAtItsFirstDifferingEvent(t *testing.T) {
	shared = luck{} // whatever has been drawn before
	s := story("s", "1")
	s.Plan.Run, s.Plan.Rafts = 2e9, []string{"shared-luck"}
	r := hunt.Twice(hunt.Unit{Scenario: s, Seed: 1})
	require.NoError(t, r.Err)
	d := r.Divergence
	require.NotNil(t, d)
	require.NotEmpty(t, d.Before)
	require.NotEqual(t, d.First, d.Second)
	require.Regexp(t, `^in event \d+: timer for n\d, brought about by event \d+$`, d.FirstCauses[0])
	require.NotEmpty(t, d.SecondCauses)
	require.NotEmpty(t, d.Cause)
	require.Contains(t, d.String(), "\n  cause   "+d.Cause)
}

// The order of a map reaches a message: one event, two outcomes.
func TestAProcessThatGoesByTheOrderOfAMapIsNamed(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	run := func(n uint64) func(hunt.Unit, func(*trace.Record)) hunt.Result {
		return func(u hunt.Unit, trace func(*trace.Record)) hunt.Result {
			o := sim.Options{Nodes: 3, Run: 1e9, Trace: trace, Workload: sim.WorkloadOptions{Clients: -1}}
			o.Process = func(uint64) sim.Process { return &fickle{next: n} }
			v, err := sim.Run(o)
			return hunt.Result{Unit: u, Verdict: v, Err: err}
		}
	}
	require.Nil(t, hunt.Compare(u, run(2), run(2)).Divergence)
	d := hunt.Compare(u, run(2), run(3)).Divergence
	require.NotNil(t, d)
	require.Contains(t, d.First, "n1 -> n2")
	require.Contains(t, d.Second, "n1 -> n3")
	require.Equal(t, d.FirstCauses, d.SecondCauses)
	require.Contains(t, d.FirstCauses[0], "timer for n1, brought about by event")
	require.Contains(t, d.Cause, "one event, two outcomes: what n1 runs depends on something that is no part of the run")
}

// luck is what all runs of the process share.
type luck struct{ n uint64 }

func (l *luck) Uint64() uint64 {
	l.n = l.n*6364136223846793005 + 1442695040888963407
	return l.n
}

var shared luck

func init() {
	sim.RegisterRaft("shared-luck", func(c *raft.Config) (raft.Node, error) {
		f, err := sim.LookupRaft(sim.DefaultRaft)
		if err != nil {
			return nil, err
		}
		c.Rand = &shared
		return f(c)
	})
}

// fickle sends to the host that its run begins with, as the order of a map would
// say.
type fickle struct {
	env  sim.Env
	next uint64
}

func (f *fickle) Start(env sim.Env) error {
	f.env = env
	env.SetTimer(1e8, 0)
	return nil
}

func (f *fickle) Timer(uint64) {
	if f.env.ID() == 1 {
		f.env.Send(f.next, sim.Message{Kind: sim.PayloadMessage})
	}
}

func (f *fickle) Receive(uint64, *sim.Message) {}

func TestTheShareThatIsMadeTwiceIsChosenByTheSeed(t *testing.T) {
	s := story("s", "1-400")
	s.Plan.Run, s.Plan.Rafts, s.Plan.Nodes = 1e8, []string{"shared-luck"}, 1
	twice := 0
	for seed := range random.Seed(400) {
		u := hunt.Unit{Scenario: s, Seed: seed}
		r := hunt.SomeTwice(20)(u)
		require.NoError(t, r.Err)
		again := hunt.SomeTwice(20)(u)
		require.Equal(t, r.Divergence != nil, again.Divergence != nil, "seed %d", seed)
		if r.Divergence != nil {
			twice++
		}
		require.Nil(t, hunt.SomeTwice(0)(u).Divergence)
	}
	require.InDelta(t, 20, twice, 12)
}

func TestARealRunMadeTwiceIsTheSame(t *testing.T) {
	s := story("s", "3")
	s.Plan.Run = 2e9
	r := hunt.Twice(hunt.Unit{Scenario: s, Seed: 3})
	require.NoError(t, r.Err)
	require.Nil(t, r.Divergence)
	require.NotZero(t, r.Verdict.Events)
	require.Equal(t, hunt.Simulate(r.Unit).Verdict.Fingerprint, r.Verdict.Fingerprint, "traced or not")
}
