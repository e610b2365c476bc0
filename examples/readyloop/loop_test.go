package readyloop_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/examples/readyloop"
	"raftsim/faults"
	"raftsim/host"
	pb "raftsim/raft/raftpb"
	"raftsim/random"
	"raftsim/sim"
)

// operated is a loop that is asked for a change of the configuration now and then: the
// third host becomes a learner, and a voter again.
type operated struct {
	readyloop.Loop
	changes int
}

func (o *operated) Timer(token uint64) {
	o.Loop.Timer(token)
	if o.changes++; o.changes%100 == 0 {
		cc := pb.ConfChangeSingle{Type: pb.ConfChangeAddLearnerNode, NodeID: 3}
		if o.changes%200 == 0 {
			cc.Type = pb.ConfChangeAddNode
		}
		_ = o.Propose(pb.ConfChangeV2{Changes: []pb.ConfChangeSingle{cc}}) // a host that does not lead passes it on, or drops it
	}
}

func loop() host.Process { return &operated{Loop: readyloop.Loop{Voters: []uint64{1, 2, 3}}} }

// run plays three hosts with faults, and bursts of operations.
func run(t testing.TB, seed random.Seed, process func() host.Process) sim.Verdict {
	schedule, err := faults.Parse(`
1s    isolate leader  for 1s
3s    crash n1 losing unsynced torn  for 500ms
4s    network loses 10%  for 1s
5s    crash n2 n3 losing unsynced  for 300ms
6s    isolate n3  for 1s
8s    crash leader losing unsynced  for 300ms
9s    blackout losing unsynced  for 300ms
`)
	require.NoError(t, err)
	v, err := sim.Run(sim.Options{
		Nodes: 3, Seed: seed, Run: 10 * time.Second, Schedule: schedule, Process: func(uint64) sim.Process { return process() },
		Expect: sim.Expect{MinOperations: 100, AllowNoEffect: true},
	})
	require.NoError(t, err)
	return v
}

func TestALoopOfOnesOwnIsHeldToEveryInvariant(t *testing.T) {
	for seed := range random.Seed(30) {
		v := run(t, seed, loop)
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v\n%s", seed, v.Violations, v.Stack)
		require.Empty(t, judged(v.Unchecked))
		require.Greater(t, v.Leaders, 1)
	}
}

// judged leaves out the properties that are judged of a replica.Replica alone.
func judged(unchecked []string) []string {
	return slices.DeleteFunc(unchecked, func(line string) bool { return strings.HasSuffix(line, "is no replica.Replica, whose state is judged") })
}

func TestAFactThatIsNeverToldIsNamedAndCondemnsNobody(t *testing.T) {
	for _, fact := range []string{
		"Started", "Stored", "Ticked", "HandsOver", "Received", "Offered", "Progress", "Persisted", "Sent",
		"Applied", "AppliedState", "Reconfigured", "Installed", "Snapshotted", "ReadBegun", "ReadServed",
	} {
		t.Run(fact, func(t *testing.T) {
			named := false
			for seed := range random.Seed(30) {
				v := run(t, seed, func() host.Process { return &secretive{Process: loop(), about: fact} })
				require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v\n%s", seed, v.Violations, v.Stack)
				for _, line := range judged(v.Unchecked) {
					require.Contains(t, line, "never reports "+fact+" to host.Observer")
					named = true
				}
			}
			require.True(t, named)
		})
	}
}

// secretive is a process that never tells one fact.
type secretive struct {
	host.Process
	about string
}

func (s *secretive) Start(env host.Env) error {
	return s.Process.Start(discreet{Env: env, observer: silence{env.Observe(), s.about}})
}

type discreet struct {
	host.Env
	observer host.Observer
}

func (d discreet) Observe() host.Observer { return d.observer }
