package sim_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/trace"
)

// scheduled are options of a short run with these faults.
func scheduled(t *testing.T, lines string) sim.Options {
	schedule, err := faults.Parse(lines)
	require.NoError(t, err)
	return sim.Options{Nodes: 3, Seed: 1, Run: 4 * time.Second, Schedule: schedule}
}

func TestASkippedFaultMakesARunVacuous(t *testing.T) {
	v := run(t, scheduled(t, "1s resume n1"))
	require.Equal(t, sim.Vacuous, v.Outcome)
	require.Contains(t, v.Violation().Detail, "none of these hosts was paused")
	require.Equal(t, []sim.FaultCount{{Kind: "resume", Skipped: 1}}, v.Faults)
}

func TestAFaultWithoutEffectMakesARunVacuous(t *testing.T) {
	o := scheduled(t, "1s drop MsgSnap network 100% for 1s")
	v := run(t, o)
	require.Equal(t, sim.Vacuous, v.Outcome, "no snapshot was sent")
	require.Contains(t, v.Violation().Detail, "no message was dropped")
	o.Expect.AllowNoEffect = true
	require.Equal(t, sim.Pass, run(t, o).Outcome)
}

func TestARoleThatNobodyHoldsIsAwaited(t *testing.T) {
	o := scheduled(t, "0s crash leader for 100ms") // nobody leads yet
	v := run(t, o)
	require.Equal(t, sim.Pass, v.Outcome)
	require.Equal(t, []sim.FaultCount{{Kind: "crash", Fired: 1}}, v.Faults)
}

func TestTooFewOperationsMakeARunVacuous(t *testing.T) {
	o := scheduled(t, "")
	o.Expect.MinOperations = 1_000_000
	require.Equal(t, sim.Vacuous, run(t, o).Outcome)
}

func TestARunThatDoesNotEndIsItsOwnVerdict(t *testing.T) {
	o := scheduled(t, "")
	o.MaxEvents = 500
	v := run(t, o)
	require.Equal(t, sim.Endless, v.Outcome)
	require.EqualValues(t, 500, v.Events)
}

func TestAMajorityLostForGoodIsALivenessFailureOnlyIfItMustRecover(t *testing.T) {
	o := scheduled(t, "2s disk n1 n2 lost")
	v := run(t, o)
	require.Equal(t, faults.OutOfModel, v.Class)
	require.NotEqual(t, sim.Liveness, v.Outcome, "no core is left that could recover")
}

func TestWhatBreaksAfterAFaultOutsideTheModelIsNotHeldAgainstRaft(t *testing.T) {
	o := scheduled(t, "1s disk all lies 100% for 2s\n2500ms blackout losing unsynced for 300ms")
	v := run(t, o)
	require.Equal(t, sim.OutOfModel, v.Outcome)
	require.False(t, v.Failed())
	require.NotEmpty(t, v.Violations)
	require.Contains(t, v.OutOfModel[0], "what a sync has confirmed is durable")
	require.Contains(t, v.Violation().Detail, v.OutOfModel[0])
}

func TestAnExpectedViolationIsAPass(t *testing.T) {
	o := scheduled(t, "1s disk all lies 100% for 2s\n2500ms blackout losing unsynced for 300ms")
	broken := run(t, o)
	o.Expect.Violation = broken.Violation().Property
	require.Equal(t, sim.Pass, run(t, o).Outcome)

	o = scheduled(t, "")
	o.Expect.Violation = "election safety"
	v := run(t, o)
	require.Equal(t, sim.Vacuous, v.Outcome)
	require.Contains(t, v.Violation().Detail, "no violation of election safety")
}

func TestOnlyACoreNeedRecover(t *testing.T) {
	for seed := range random.Seed(10) {
		o := scheduled(t, "1s isolate leader for 1s")
		o.Nodes, o.Seed, o.Expect.CoreOnly = 5, seed, true
		off := 0
		o.Trace = func(r *trace.Record) {
			if r.Verb == trace.Crashed {
				off++
			}
		}
		v := run(t, o)
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v", seed, v.Violations)
		require.Equal(t, 2, off, "three of five are a core")
	}
}

// faultyProcess is a user's process that goes wrong in its own way.
type faultyProcess struct{ start, timer func() error }

func (p *faultyProcess) Start(env sim.Env) error {
	env.SetTimer(time.Second, 1)
	return p.start()
}
func (p *faultyProcess) Receive(uint64, *sim.Message) {}
func (p *faultyProcess) Timer(uint64)                 { _ = p.timer() }

func TestAPanicOfAProcessIsAViolationWithAStackThatRepeats(t *testing.T) {
	o := sim.Options{Nodes: 3, Run: 5 * time.Second, Workload: sim.WorkloadOptions{Clients: -1}}
	o.Process = func(uint64) sim.Process {
		return &faultyProcess{start: func() error { return nil }, timer: func() error { panic("index 3 is above 2") }}
	}
	v := run(t, o)
	require.Equal(t, sim.Panicked, v.Outcome)
	require.Equal(t, "n1 panics: index 3 is above 2", v.Violation().Detail)
	require.Equal(t, []uint64{1}, v.Violation().Hosts)
	require.Regexp(t, `^n1 panics in the event: timer for n1, brought about by event \d+ at \S+ \(event \d+\)$`, v.Violation().Evidence[0].String())
	require.True(t, strings.HasPrefix(v.Stack, "raftsim/sim_test."), v.Stack)
	require.NotContains(t, v.Stack, "0x")
	require.Equal(t, v, run(t, o))
}

func TestAProcessThatEndsWithoutAReasonIsAViolation(t *testing.T) {
	o := sim.Options{Nodes: 1, Run: time.Second, Workload: sim.WorkloadOptions{Clients: -1}}
	o.Process = func(uint64) sim.Process {
		return &faultyProcess{start: func() error { return errors.New("no such file") }}
	}
	v := run(t, o)
	require.Equal(t, sim.Safety, v.Outcome)
	require.Contains(t, v.Violation().Detail, "no such file")
}

func TestOptionsOutOfRangeAreRefused(t *testing.T) {
	for _, o := range []sim.Options{
		{Nodes: -1}, {Nodes: 1000}, {Run: -time.Second}, {Rafts: []string{"nobody's"}},
		{Raft: sim.RaftOptions{ElectionTicks: 2, HeartbeatTicks: 2}}, {Raft: sim.RaftOptions{LeaseReads: true}},
		{Workload: sim.WorkloadOptions{Kind: "nothing"}}, {Workload: sim.WorkloadOptions{PerSecond: -1}},
	} {
		_, err := sim.New(o)
		require.Error(t, err, "%+v", o)
	}
}
