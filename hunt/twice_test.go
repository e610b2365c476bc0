package hunt_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/hunt"
	"raftsim/sim"
)

// script is a run that shows these records and ends with this verdict.
func script(v sim.Verdict, records ...sim.Record) func(hunt.Unit, func(*sim.Record)) hunt.Result {
	return func(u hunt.Unit, trace func(*sim.Record)) hunt.Result {
		for _, r := range records {
			trace(&r)
		}
		return hunt.Result{Unit: u, Verdict: v}
	}
}

func record(at int64, text string) sim.Record {
	return sim.Record{At: clock.Time(at), Event: uint64(at), Verb: sim.Noted, Text: text}
}

func TestTheFirstDifferingRecordIsShownFromBothRunsWithWhatWasEqual(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	var a, b []sim.Record
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

func TestVerdictsThatDifferUnderEqualTracesAreADivergence(t *testing.T) {
	u := hunt.Unit{Scenario: story("s", "1"), Seed: 1}
	a := script(sim.Verdict{Fingerprint: 1, Stack: "0xc000"}, record(1, "x"))
	b := script(sim.Verdict{Fingerprint: 2, Stack: "0xc111"}, record(1, "x"))
	c := script(sim.Verdict{Fingerprint: 2, Stack: "0xc222"}, record(1, "x"))
	require.Contains(t, hunt.Compare(u, a, b).Divergence.First, "fingerprint 0000000000000001")
	require.Nil(t, hunt.Compare(u, b, c).Divergence, "stacks hold addresses")
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
