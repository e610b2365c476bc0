package sim_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/sim"
)

// fog is a kind of fault of a user's own. It counts what is asked of it.
type fog struct{ *weather }

type weather struct {
	idle                    string
	begun, ended, stretched int
}

func (fog) Kind() string                        { return "fog" }
func (fog) String() string                      { return "fog" }
func (fog) Groups() []faults.Group              { return nil }
func (f fog) Bind([]faults.Group) faults.Action { return f }
func (f fog) Do(s *sim.Simulation) (sim.Effect, string) {
	if len(s.Hosts()) == 0 {
		return sim.Effect{}, "nobody is there"
	}
	f.begun++
	return sim.Effect{
		Undo:     func() { f.ended++ },
		Extend:   func() { f.stretched++ },
		NoEffect: func() string { return f.idle },
	}, ""
}

// registerFog makes the kind known for one test.
func registerFog(t *testing.T) *weather {
	w := new(weather)
	t.Cleanup(faults.Register(faults.Kind{
		Name: "fog", Family: "weather", Grammar: "fog", Doc: "Nobody sees far.", Lasting: true, Examples: []string{"fog"},
		Parse: func(*faults.Parser) faults.Action { return fog{w} },
		Draw:  func(*faults.Draw) faults.Action { return fog{w} },
	}))
	return w
}

func TestAFaultOfAUsersOwnIsEndedAndExtendedLikeAnyOther(t *testing.T) {
	w := registerFog(t)
	v := run(t, scheduled(t, "1s fog for 1s\n1200ms reconfigure add n4"))
	require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
	require.Equal(t, 1, w.begun)
	require.Equal(t, 1, w.ended)
	require.Positive(t, w.stretched, "a host has come meanwhile")

	extended := w.stretched
	v = run(t, scheduled(t, "1s fog for 100ms\n1500ms reconfigure add n4"))
	require.Equal(t, sim.Pass, v.Outcome, "%v", v.Violations)
	require.Equal(t, extended, w.stretched, "it was over when the host came")

	run(t, scheduled(t, "1s fog"))
	require.Equal(t, w.begun, w.ended, "the heal ends it")
}

func TestAFaultOfAUsersOwnThatChangesNothingIsCounted(t *testing.T) {
	w := registerFog(t)
	w.idle = "the sun shines"
	v := run(t, scheduled(t, "1s fog for 1s"))
	require.Equal(t, sim.Vacuous, v.Outcome)
	require.Contains(t, v.Violation().Detail, "the sun shines")
	require.Equal(t, []sim.FaultCount{{Kind: "fog", Fired: 1, NoEffect: 1}}, v.Faults)
}

func TestAFaultOfAUsersOwnIsDrawn(t *testing.T) {
	w := registerFog(t)
	for seed := random.Seed(1); w.begun == 0 && seed < 20; seed++ {
		o := sim.Options{Nodes: 3, Seed: seed, Run: 4 * time.Second}
		o.Schedule = faults.Generate(seed.Chooser(), faults.GeneratorOptions{
			Voters: []uint64{1, 2, 3}, Only: []string{"fog"}, Start: clock.Time(time.Second), End: clock.Time(3 * time.Second),
		})
		require.Equal(t, sim.Pass, run(t, o).Outcome)
	}
	require.Positive(t, w.begun)
	require.Equal(t, w.begun, w.ended)
}
