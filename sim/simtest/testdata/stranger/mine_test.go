package mine_test

import (
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"example.com/mine"
	"raftsim/faults"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/sim/simtest"
)

func TestMain(m *testing.M) {
	sim.RegisterRaft("mine", mine.New)
	faults.Register(faults.Kind{
		Name: "wink", Family: "mine", Grammar: "wink", Doc: "Does nothing.", Examples: []string{"wink"},
		Parse: func(*faults.Parser) faults.Action { return wink{} },
	})
	os.Exit(m.Run())
}

var mines = sim.Options{Seed: 7, Rafts: []string{"mine"}, Run: 3 * time.Second}

func base(t testing.TB) *scenarios.Scenario {
	s, err := scenarios.Load("mine.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRun(t *testing.T) {
	for _, name := range []string{"a b/it's", "a_b_it_s"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			simtest.Run(t, mines)
		})
	}
}

func TestScenario(t *testing.T) { simtest.Scenario(t, base(t)) }

func TestCheck(t *testing.T) { simtest.Check(t, base(t)) }

func FuzzPlans(f *testing.F) { simtest.Fuzz(f, base(f)) }

func TestPlay(t *testing.T) { simtest.Play(t, base(t), random.Seed(3).Chooser()) }

func TestPlayInAPropertyOfTheirOwn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { simtest.Play(rt, base(t), simtest.Chooser(rt)) })
}

// The process is code, the luck has a form of its own, and one fault prints what
// nobody reads.
func TestCode(t *testing.T) {
	o := sim.Options{Seed: 5, Nodes: 2, Run: 3 * time.Second, Workload: sim.WorkloadOptions{Clients: -1}}
	o.Process = func(id uint64) sim.Process { return &mine.Fuse{Burns: time.Duration(id) * time.Second} }
	o.Schedule = faults.Schedule{{At: 5e8, Action: wink{}}}
	o.Overrides = new(random.Overrides)
	o.Overrides.Set("simulation", 1, 0, 42)
	simtest.Run(t, o)
}

type wink struct{}

func (wink) Kind() string                            { return "wink" }
func (wink) String() string                          { return "wink hard" }
func (wink) Groups() []faults.Group                  { return nil }
func (w wink) Bind([]faults.Group) faults.Action     { return w }
func (wink) Do(*sim.Simulation) (sim.Effect, string) { return sim.Effect{}, "" }

func TestByHand(t *testing.T) {
	s := simtest.New(t, mines)
	s.RunUntil(func() bool { return s.Leader() != 0 }, 5*time.Second)
	if err := s.Inject("isolate leader for 1s"); err != nil {
		t.Fatal(err)
	}
	if !s.RunFor(10 * time.Second) {
		t.Fatal(s.Violation())
	}
}

func TestEveryCrash(t *testing.T) {
	o := mines
	o.Rafts, o.Run = nil, 2*time.Second
	o.Expect.MinOperations = 1_000_000
	simtest.EveryCrash(t, o, sim.CrashPoint{Host: 1, Reached: func(s *sim.Simulation) bool { return s.Now() > 1e9 }})
}
