package sim_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/mark"
	"raftsim/network"
	"raftsim/random"
	"raftsim/sim"
)

// The marks of pinger. Two of them are hit by some runs only.
var (
	ponged   = sim.Reachable("test-pong", "A host is answered.")
	thrice   = sim.Sometimes("test-three-pongs", "A host has been answered three times.")
	ordered  = sim.Always("test-order", "Pings arrive in the order in which they were sent.")
	unasked  = sim.Always("test-never-asked", "Nobody asks.")
	farewell = sim.Reachable("test-never-there", "Nobody comes here.")
)

// pinger is a program of a user's own: n1 sends numbers, n2 sends them back.
type pinger struct {
	env         sim.Env
	sent, pongs byte
	last        byte
}

func (p *pinger) Start(env sim.Env) error {
	p.env = env
	env.SetTimer(10*time.Millisecond, 0)
	return nil
}

func (p *pinger) Timer(uint64) {
	if p.env.ID() == 1 {
		p.sent++
		p.env.Send(2, sim.Message{Kind: sim.PayloadMessage, Payload: []byte{p.sent}})
	}
	p.env.SetTimer(10*time.Millisecond, 0)
}

func (p *pinger) Receive(from uint64, m *sim.Message) {
	if p.env.ID() == 2 {
		ordered.Check(p.env.Marks(), m.Payload[0] >= p.last, "%d comes after %d", m.Payload[0], p.last)
		p.last = m.Payload[0]
		p.env.Send(1, *m)
		return
	}
	p.pongs++
	ponged.Hit(p.env.Marks())
	thrice.When(p.env.Marks(), p.pongs == 3)
	if p.pongs > 200 {
		farewell.Hit(p.env.Marks())
		unasked.Check(p.env.Marks(), true, "")
	}
}

func pings(run time.Duration) sim.Options {
	return sim.Options{
		Nodes: 2, Run: run, Workload: sim.WorkloadOptions{Clients: -1},
		Process: func(uint64) sim.Process { return &pinger{} },
		Network: network.Profile{Latency: random.Constant(time.Millisecond)},
		Expect:  sim.Expect{RecoveryTimeouts: -1},
	}
}

func play(t *testing.T, o sim.Options) sim.Verdict {
	t.Helper()
	v, err := sim.Run(o)
	require.NoError(t, err)
	return v
}

func TestAVerdictNamesTheMarksThatItsOwnRunHit(t *testing.T) {
	for range 4 { // side by side: no run sees the hits of another
		t.Run("short", func(t *testing.T) {
			t.Parallel()
			require.Equal(t, []string{"test-order", "test-pong"}, play(t, pings(25*time.Millisecond)).Marks)
		})
		t.Run("long", func(t *testing.T) {
			t.Parallel()
			require.Equal(t, []string{"test-order", "test-pong", "test-three-pongs"}, play(t, pings(time.Second)).Marks)
		})
	}
}

func TestAnAlwaysThatDoesNotHoldEndsTheRunUnderItsName(t *testing.T) {
	o := pings(time.Second)
	o.Network.Reorder, o.Network.Latency = random.Percent(50), random.Uniform(time.Millisecond, 100*time.Millisecond)
	v := play(t, o)
	require.Equal(t, sim.Safety, v.Outcome)
	first := v.Violation()
	require.Equal(t, "test-order", first.Property)
	require.Equal(t, "always: test-order", first.Signature)
	require.Equal(t, []uint64{2}, first.Hosts)
	require.Regexp(t, `^n2: \d+ comes after \d+$`, first.Detail)
	require.Equal(t, v.Events, first.Event, "the run goes on after it")
}

func TestARequiredMarkThatIsNotHitMakesARunVacuousAndChangesNothingElse(t *testing.T) {
	free := play(t, pings(25*time.Millisecond))
	require.Equal(t, sim.Pass, free.Outcome)
	o := pings(25 * time.Millisecond)
	o.Expect.Marks = []string{"test-pong", "test-three-pongs"}
	v := play(t, o)
	require.Equal(t, sim.Vacuous, v.Outcome)
	require.Equal(t, "the mark test-three-pongs was not hit: A host has been answered three times.", v.Violation().Detail)
	require.Equal(t, free.Fingerprint, v.Fingerprint)
	o.Expect.Marks = o.Expect.Marks[:1]
	require.Equal(t, free, play(t, o))
}

func TestMarksOutsideASimulationAreIgnored(t *testing.T) {
	ponged.Hit(nil)
	thrice.When(nil, true)
	ordered.Check(nil, false, "nobody hears it")
}

func TestAMarkWithoutAnIDOfItsOwnOrASentenceIsRefused(t *testing.T) {
	for id, want := range map[string]string{
		"":           `mark: the id "" must be lower-case words and numbers with hyphens between them, such as figure-8-overwrite`,
		"A sentence": `mark: the id "A sentence" must be lower-case words and numbers with hyphens between them, such as figure-8-overwrite`,
		"two--words": `mark: the id "two--words" must be lower-case words and numbers with hyphens between them, such as figure-8-overwrite`,
		"test-pong":  "mark: the id test-pong is taken by a mark of kind reachable: A host is answered.",
		"restart":    "mark: the id restart is taken by a mark of kind reachable: A host boots again.",
	} {
		require.PanicsWithValue(t, want, func() { sim.Reachable(id, "Another.") })
	}
	require.Equal(t, ponged, sim.Reachable("test-pong", "A host is answered."), "an equal mark is the same mark")
	require.PanicsWithValue(t, "mark: test-mute needs a sentence that says what has happened when it is hit", func() { sim.Always("test-mute", " ") })
	o := pings(time.Second).Defaults()
	o.Expect.Marks = []string{"dragons"}
	require.ErrorContains(t, o.Validate(), `mark: there is no mark "dragons", an id looks like figure-8-overwrite`)
}

func TestATestThatDirectsARunHasMarksToo(t *testing.T) {
	s, err := sim.New(pings(time.Second))
	require.NoError(t, err)
	require.NotContains(t, s.Reached(), "test-never-there")
	farewell.Hit(s.Marks())
	require.Contains(t, s.Reached(), "test-never-there")
	require.True(t, slices.IsSorted(mark.IDs()))
}
