package statemachine_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/examples/statemachine"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
	"raftsim/workload"
)

func options(seed random.Seed, workload string) (sim.Options, error) {
	schedule, err := faults.Parse(`
1s    isolate leader  for 1s
2s    crash follower                  for 500ms
3s    network loses 20%  for 1s
`)
	return sim.Options{
		Seed: seed, Run: 5 * time.Second, Schedule: schedule,
		Raft:     sim.RaftOptions{SnapshotEvery: 50},
		Workload: sim.WorkloadOptions{Kind: workload},
		Expect:   sim.Expect{MinOperations: 100},
	}, err
}

// Clients add and read while things go wrong; the verdict rests on the model.
func Example() {
	o, err := options(7, "tally")
	if err != nil {
		fmt.Println(err)
		return
	}
	v, err := sim.Run(o)
	fmt.Println(v.Outcome, err)
	answer := statemachine.Tally.NewStateMachine().Apply([]byte{0, 2, 5})
	fmt.Println(statemachine.Tally.Describe([]byte{0, 2, 5}, answer))
	// Output:
	// pass <nil>
	// add 5 to s2 -> 5
}

func TestTallyPassesManySeeds(t *testing.T) {
	for seed := range random.Seed(10) {
		o, err := options(seed, "tally")
		require.NoError(t, err)
		v, err := sim.Run(o)
		require.NoError(t, err)
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v", seed, v.Violation())
	}
}

// forgetful is a tally whose snapshots leave out the sums of name 0.
type forgetful struct{ workload.Workload }

type forgetfulMachine struct{ workload.StateMachine }

func init() { workload.Register(forgetful{statemachine.Tally}) }

func (forgetful) Name() string { return "forgetful-tally" }

func (f forgetful) NewStateMachine() workload.StateMachine {
	return forgetfulMachine{f.Workload.NewStateMachine()}
}

func (m forgetfulMachine) Restore(snapshot []byte) error {
	if len(snapshot) > 0 && snapshot[0] == 0 {
		snapshot = snapshot[9:]
	}
	return m.StateMachine.Restore(snapshot)
}

func TestMachineThatForgetsIsFound(t *testing.T) {
	o, err := options(7, "forgetful-tally")
	require.NoError(t, err)
	v, err := sim.Run(o)
	require.NoError(t, err)
	require.Equal(t, sim.Safety, v.Outcome)
	t.Log(v.Violation())
}
