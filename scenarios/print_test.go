package scenarios_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/faults"
	"raftsim/mark"
	"raftsim/network"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/sim/simtest"
	"raftsim/workload"
)

// anyScenario draws values for keys of every kind, ranges and quoting included.
func anyScenario(t *rapid.T) *scenarios.Scenario {
	text := rapid.StringMatching(`[ -~äß]{0,20}[!-~äß]`)
	span := func(name string) time.Duration {
		return time.Duration(rapid.Int64Range(int64(time.Millisecond), int64(time.Minute)).Draw(t, name))
	}
	ratio := func(name string) random.Ratio {
		return random.PerMille(rapid.Uint64Range(0, 1000).Draw(t, name))
	}
	delay := rapid.Custom(func(t *rapid.T) random.Distribution {
		a, b := time.Duration(rapid.Int64Range(1, 1e9).Draw(t, "a")), time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "b"))
		return rapid.SampledFrom([]random.Distribution{random.Constant(a), random.Uniform(a, a+b), random.Exponential(a), random.LogNormal(a, a+b), random.HeavyTail(a, a+b)}).Draw(t, "delay")
	})
	profile := func(name string) network.Profile {
		return network.Profile{
			Latency: delay.Draw(t, name), Loss: ratio("loss"), Duplicate: ratio("duplicate"), Replay: ratio("replay"), ReplayBy: delay.Draw(t, "by"),
			Reorder: ratio("reorder"), Corrupt: ratio("corrupt"), BytesPerSecond: rapid.Int64Range(0, 1<<40).Draw(t, "bandwidth"),
			QueueBytes: rapid.Int64Range(0, 1<<40).Draw(t, "queue"), Full: network.DropPolicy(rapid.IntRange(0, 1).Draw(t, "full")),
		}
	}
	first := rapid.Uint64().Draw(t, "seed")
	s := &scenarios.Scenario{
		Name: strings.TrimSpace(text.Draw(t, "name")), About: strings.TrimSpace(text.Draw(t, "about")),
		Catches: rapid.SampledFrom([]string{"", "no_fsync"}).Draw(t, "catches"), Reaches: rapid.SampledFrom(append(mark.IDs(), "")).Draw(t, "reaches"),
		Seeds: scenarios.Seeds{{First: random.Seed(first), Last: random.Seed(first)}, {First: 3, Last: 5}},
		Swarm: scenarios.Swarm(rapid.IntRange(0, 4).Draw(t, "swarm")),
	}
	p := &s.Plan
	p.Nodes = rapid.IntRange(0, 9).Draw(t, "nodes")
	p.MaxMemory = 1 << 40
	p.Run = 2*time.Minute + span("run")
	p.Raft.Tick = span("tick")
	p.Raft.PreVote, p.Raft.CheckQuorum = rapid.Bool().Draw(t, "pre-vote"), rapid.Bool().Draw(t, "check-quorum")
	p.Raft.SnapshotEvery = rapid.Uint64Range(0, 1e9).Draw(t, "every")
	p.Network, p.Access = profile("network"), profile("access")
	p.Disk.Sync = delay.Draw(t, "sync")
	p.Workload.Clients = rapid.IntRange(-1, 9).Draw(t, "clients")
	p.Workload.PerSecond = rapid.IntRange(0, 1e6).Draw(t, "rate")
	p.Workload.Shape.Mix = rapid.SampledFrom([][]workload.Weight{nil, {{Op: "put", Weight: 3}, {Op: "get", Weight: 0}}}).Draw(t, "mix")
	p.Expect.RecoveryTimeouts = rapid.IntRange(-1, 100).Draw(t, "recovery")
	p.Expect.SkipLinearizable = rapid.Bool().Draw(t, "skip")
	if rapid.Bool().Draw(t, "staged") {
		p.Workload.Stages = []sim.Stage{
			{Until: time.Second, PerSecond: rapid.IntRange(0, 1000).Draw(t, "rate"), Mix: []workload.Weight{{Op: "put", Weight: 3}, {Op: "get", Weight: 1}}},
			{Until: time.Second + span("stage"), Quiet: rapid.Bool().Draw(t, "quiet"), Skew: rapid.IntRange(0, workload.MaxSkew).Draw(t, "skew")},
		}
	}
	p.Expect.CoreOnly = rapid.Bool().Draw(t, "core only")
	p.Expect.SkipOneWay = rapid.Bool().Draw(t, "no one-way hosts")
	p.Expect.Marks = rapid.SampledFrom([][]string{nil, {"restart"}, {"figure-8-overwrite", "split-vote"}}).Draw(t, "marks")
	p.Expect.Violation = rapid.SampledFrom([]string{"", "election safety"}).Draw(t, "violation")
	schedule, err := faults.Parse(rapid.SampledFrom([]string{"", "1s crash n1 for 1s\n2s..3s partition n1 | rest for 1s every 1s..2s\n"}).Draw(t, "faults"))
	require.NoError(t, err)
	p.Schedule = schedule
	return s
}

func TestAScenarioPrintsAndParsesToTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyScenario(t)
		for _, text := range []string{s.String(), s.Full()} {
			again, err := scenarios.Parse("", []byte(text))
			require.NoError(t, err, text)
			require.Equal(t, s.Plan.Defaults(), again.Plan.Defaults())
			require.Equal(t, []any{s.Name, s.About, s.Catches, s.Reaches, s.Swarm, s.Seeds}, []any{again.Name, again.About, again.Catches, again.Reaches, again.Swarm, again.Seeds})
		}
	})
}

// What a swarm drew for a seed can be kept as a file that runs the same.
func TestAResolvedScenarioSaysAllThereIsToSay(t *testing.T) {
	for swarm := scenarios.NoSwarm; swarm <= scenarios.PerfSwarm; swarm++ {
		for seed := range random.Seed(40) {
			s := &scenarios.Scenario{Name: "drawn", Swarm: swarm}
			want, err := s.Options(seed)
			require.NoError(t, err)
			resolved, err := s.Resolved(seed)
			require.NoError(t, err)
			again, err := scenarios.Parse("", []byte(resolved.Full()))
			require.NoError(t, err, resolved.Full())
			got, err := again.Options(seed)
			require.NoError(t, err)
			require.Equal(t, want, got, resolved.Full())
		}
	}
}

func TestASwarmDrawsOnlyWhatTheFileLeavesOpen(t *testing.T) {
	s, err := scenarios.Parse("", []byte("name: x\nswarm: swarm\ncluster: {nodes: 4, raft: {pre_vote: no}}\nnetwork: {loss: 0%}\n"))
	require.NoError(t, err)
	drawn := map[string]map[any]bool{"nodes": {}, "pre-vote": {}, "loss": {}, "check-quorum": {}, "duplicate": {}, "faults": {}}
	for seed := range random.Seed(60) {
		o, err := s.Options(seed)
		require.NoError(t, err)
		for name, value := range map[string]any{"nodes": o.Nodes, "pre-vote": o.Raft.PreVote, "loss": o.Network.Loss, "check-quorum": o.Raft.CheckQuorum, "duplicate": o.Network.Duplicate, "faults": len(o.Schedule)} {
			drawn[name][value] = true
		}
	}
	require.Equal(t, map[any]bool{4: true}, drawn["nodes"])
	require.Equal(t, map[any]bool{false: true}, drawn["pre-vote"])
	require.Equal(t, map[any]bool{random.Ratio{}: true}, drawn["loss"])
	require.Len(t, drawn["check-quorum"], 2)
	require.Greater(t, len(drawn["duplicate"]), 2)
	require.Greater(t, len(drawn["faults"]), 5)
}

// Giving one key moves no other choice of the seed.
func TestGivingAKeyLeavesTheOtherChoicesAlone(t *testing.T) {
	open, err := scenarios.Parse("", []byte("name: x\nswarm: perf\n"))
	require.NoError(t, err)
	given, err := scenarios.Parse("", []byte("name: x\nswarm: perf\ncluster: {raft: {tick: 15ms}}\n"))
	require.NoError(t, err)
	for seed := range random.Seed(20) {
		a, err := open.Options(seed)
		require.NoError(t, err)
		b, err := given.Options(seed)
		require.NoError(t, err)
		require.Equal(t, 15*time.Millisecond, b.Raft.Tick)
		b.Raft.Tick = a.Raft.Tick
		require.Equal(t, a, b)
	}
}

// When a fuzz input has run out, the rest of the plan is harmless.
func TestADrawOfNothingIsBenign(t *testing.T) {
	s := &scenarios.Scenario{Name: "x", Swarm: scenarios.FullSwarm}
	drawn := s.Drawn(random.BytesChooser(nil))
	require.Equal(t, scenarios.NoSwarm, drawn.Swarm)
	require.Empty(t, drawn.Plan.Schedule)
	require.Equal(t, 3, drawn.Plan.Nodes)
	require.True(t, drawn.Plan.Network.Loss.Zero())
}

func TestThePublishedSchemaIsThatOfTheLoader(t *testing.T) {
	const file = "schema.json"
	if os.Getenv("UPDATE") != "" {
		require.NoError(t, os.WriteFile(file, scenarios.Schema(), 0o666))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(kept), string(scenarios.Schema()), "run UPDATE=1 go test ./scenarios to make it again")
}

// The options of a story are a pure function of the file and the seed.
func TestOptionsArePure(t *testing.T) {
	s := &scenarios.Scenario{Name: "x", Swarm: scenarios.FullSwarm}
	before := s.String()
	var first sim.Options
	for i := range 3 {
		o, err := s.Options(7)
		require.NoError(t, err)
		if i == 0 {
			first = o
		}
		require.Equal(t, first, o)
	}
	require.Equal(t, before, s.String())
	rapid.Check(t, func(t *rapid.T) {
		_, err := s.Drawn(simtest.Chooser(t)).Options(1)
		require.NoError(t, err)
	})
}
