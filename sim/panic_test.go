package sim_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/stretchr/testify/require"

	"raftsim/sim"
	"raftsim/workload"
)

// panics is the verdict on a run in which a host does what panics after a second.
func panics(t *testing.T, what func()) sim.Verdict {
	o := sim.Options{Run: 5 * time.Second, Workload: sim.WorkloadOptions{Clients: -1}}
	actors(&actor{period: time.Second, onTick: func(sim.Env) { what() }})(&o)
	v := run(t, o)
	require.Equal(t, sim.Panicked, v.Outcome)
	return v
}

func signature(t *testing.T, what func()) string {
	v := panics(t, what)
	return v.Violation().Signature
}

// refuse and deny are two assertions of a user's; check is a helper that many
// places share.
func refuse(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func deny(format string, args ...any)   { panic(fmt.Sprintf(format, args...)) }

func check(ok bool) {
	if !ok {
		refuse("assertion failed")
	}
}

func checkTerm(term int)   { check(term > 0) }
func checkIndex(index int) { check(index > 0) }

func TestAPanicShowsTheFunctionsItWentThroughWhateverModuleTheyAreIn(t *testing.T) {
	var none *actor
	for _, c := range []struct {
		first string
		what  func()
	}{
		{"strings.Repeat (strings.go:", func() { _ = strings.Repeat("x", -1) }},
		{"raftsim/sim_test.refuse (panic_test.go:", func() { refuse("no") }},
		{"raftsim/sim_test.refuse (panic_test.go:", rethrown},
		{"raftsim/sim_test.(*actor).Receive (effects_test.go:", func() { none.Receive(0, nil) }},
		{"raftsim/sim_test.checkMap (panic_test.go:", func() { checkMap(nil) }},
	} {
		v := panics(t, c.what)
		require.True(t, strings.HasPrefix(v.Stack, c.first), "%s: want first %s", v.Stack, c.first)
		require.NotContains(t, v.Stack, "runtime.")
		require.Contains(t, v.Stack, "\nraftsim/sim_test.(*actor).Timer (effects_test.go:")
	}
}

func checkMap(m map[string]int) { m["x"]++ }

// rethrown adds to a panic what it knows.
func rethrown() {
	defer func() { panic(fmt.Errorf("while it was busy: %v", recover())) }()
	refuse("no")
}

func TestPanicsAreOneBugIfPlaceAndTextAgreeButForNumbers(t *testing.T) {
	var same []string
	for _, args := range [][]any{{20, new(int), []int{1, 2, 3}, "1.5s"}, {-3, new(int), []int{4}, "20s"}} {
		same = append(same, signature(t, func() { refuse("entry %d at %p of voters %v after %s", args...) }))
	}
	require.Equal(t, same[0], same[1])
	require.Contains(t, same[0], "entry # at (address) of voters [# ] after # s")
	for _, other := range [][2]func(){
		{func() { refuse("a term is lost") }, func() { refuse("a vote is lost") }},
		{func() { refuse("no") }, func() { deny("no") }},
		{func() { checkTerm(0) }, func() { checkIndex(0) }},
	} {
		require.NotEqual(t, signature(t, other[0]), signature(t, other[1]))
	}
}

// What two equal runs say of a panic is equal, so an address is no part of it.
func TestThePanicOfAValueIsTheSameEachTime(t *testing.T) {
	type broken struct{ inner *int }
	var thrown []sim.Verdict
	for range 2 {
		thrown = append(thrown, panics(t, func() { panic(broken{new(int)}) }))
	}
	require.Equal(t, thrown[0], thrown[1])
}

func TestTwoErrorsThatNothingExcusesAreTwoBugs(t *testing.T) {
	fails := func(err error) string {
		a := &actor{period: time.Second, onTick: func(env sim.Env) { env.Fail(err) }}
		o := sim.Options{Run: 5 * time.Second, Workload: sim.WorkloadOptions{Clients: -1}}
		actors(a)(&o)
		v := run(t, o)
		require.Equal(t, sim.Safety, v.Outcome)
		return v.Violation().Signature
	}
	require.Equal(t, fails(errors.New("entry 7 has no term")), fails(errors.New("entry 12 has no term")))
	require.NotEqual(t, fails(errors.New("entry 7 has no term")), fails(errors.New("the log has a hole")))
}

// sloppy is a workload of a user's with a bug at one place.
type sloppy struct {
	workload.Workload
	where string
}

func (sloppy) Name() string { return "sloppy" }

func (c sloppy) NewStateMachine() workload.StateMachine {
	return sloppyMachine{c.Workload.NewStateMachine(), c.where}
}

func (c sloppy) Model() porcupine.Model {
	m := c.Workload.Model()
	step := m.Step
	m.Step = func(state, input, output any) (bool, any) {
		if c.where == "model" {
			refuse("the model knows no %T", input)
		}
		return step(state, input, output)
	}
	m.Partition = nil
	return m
}

type sloppyMachine struct {
	workload.StateMachine
	where string
}

func (m sloppyMachine) Apply(command []byte) []byte {
	if m.where == "machine" {
		deny("command %d is unknown", command[0])
	}
	return m.StateMachine.Apply(command)
}

func TestAPanicOfAWorkloadIsAVerdictThatNamesItsPlace(t *testing.T) {
	for where, want := range map[string]string{"model": "raftsim/sim_test.refuse", "machine": "raftsim/sim_test.deny"} {
		unregister := workload.Register(sloppy{workload.KV, where})
		v := run(t, sim.Options{Nodes: 1, Run: time.Second, Workload: sim.WorkloadOptions{Kind: "sloppy"}})
		unregister()
		require.Equal(t, sim.Panicked, v.Outcome)
		require.Contains(t, v.Violation().Signature, want)
		require.True(t, strings.HasPrefix(v.Stack, want), v.Stack)
		require.Contains(t, v.Violation().String(), map[string]string{
			"model": "judged by the model of the workload sloppy", "machine": "n1 panics in the event: ",
		}[where])
	}
}

func TestAPanicWhileARunIsBuiltIsAVerdict(t *testing.T) {
	o := sim.Options{Nodes: 1, Seed: 3, Name: "story", Process: func(uint64) sim.Process { refuse("no process"); return nil }}
	v := run(t, o)
	require.Equal(t, sim.Panicked, v.Outcome)
	require.EqualValues(t, 3, v.Seed)
	require.Contains(t, v.Violation().Signature, "no panic: raftsim/sim_test.refuse")
}
