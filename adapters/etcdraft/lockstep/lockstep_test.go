package lockstep_test

import (
	"flag"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/adapters/etcdraft"
	"raftsim/adapters/etcdraft/lockstep"
	"raftsim/raft"
	"raftsim/random"
)

var (
	seeds = flag.Int("seeds", 100, "number of histories that TestBothLibrariesShowTheSame plays")
	first = flag.Int("first", 1, "seed of the first of them")
	steps = flag.Int("steps", 4000, "steps of each of them")
)

var (
	etcd = lockstep.Side{Name: "etcd", New: func(c *raft.Config) (lockstep.Made, error) { return etcdraft.NewCore(c) }}
	ours = lockstep.Side{Name: "ours", New: func(c *raft.Config) (lockstep.Made, error) { return raft.NewRawNode(c) }}
)

// seen is what a few hundred histories must have in them, or they show nothing.
var seen = []string{
	"MsgApp", "MsgAppResp", "MsgHeartbeat", "MsgHeartbeatResp", "MsgPreVote", "MsgPreVoteResp", "MsgProp", "MsgReadIndex", "MsgReadIndexResp",
	"MsgSnap", "MsgStorageAppend", "MsgStorageApply", "MsgTimeoutNow", "MsgTransferLeader", "MsgVote", "MsgVoteResp",
	"applied", "change applied", "change rejected", "compacted", "crashed", "restarted", "dropped", "duplicated", "read answered", "snapshot installed",
}

func TestBothLibrariesShowTheSame(t *testing.T) {
	total := map[string]int{}
	for seed := *first; seed < *first+*seeds; seed++ {
		p := lockstep.Draw(random.Seed(seed).Chooser(), *steps)
		r := lockstep.Play(&p, etcd, ours)
		if r.Difference != nil {
			t.Fatalf("seed %d\n%s", seed, report(p, etcd, ours))
		}
		require.Empty(t, r.Panic, "etcd panics with seed %d: the player broke a rule", seed)
		for what, n := range r.Counts {
			total[what] += n
		}
	}
	for _, what := range slices.Sorted(maps.Keys(total)) {
		t.Logf("%9d %s", total[what], what)
	}
	if *seeds >= 100 {
		require.Subset(t, slices.Collect(maps.Keys(total)), seen)
	}
}

// report shrinks a plan on which both sides differ, and shows the rest.
func report(p lockstep.Plan, a, b lockstep.Side) string {
	small := shrink(p, a, b)
	r := lockstep.Play(&small, a, b)
	return small.String() + "\n" + r.Tail(200) + "\n" + r.Difference.String()
}

func shrink(p lockstep.Plan, a, b lockstep.Side) lockstep.Plan {
	return lockstep.Minimise(p, func(p *lockstep.Plan) bool { return lockstep.Play(p, a, b).Difference != nil })
}

// choices makes the choices of a plan from a rapid test.
type choices struct{ t *rapid.T }

func (c choices) Choose(name string, n uint64) uint64 {
	return rapid.Uint64Range(0, n-1).Draw(c.t, name)
}

func TestNoShortHistoryTellsThemApart(t *testing.T) {
	step := rapid.Custom(func(t *rapid.T) lockstep.Step {
		often := []lockstep.Op{lockstep.Work, lockstep.Deliver, lockstep.Settle, lockstep.Flow, lockstep.Tick, lockstep.TickAll, lockstep.Propose}
		all := often
		for op := lockstep.Deliver; op <= lockstep.Heal; op++ {
			all = append(all, op)
		}
		return lockstep.Step{
			Op:   rapid.SampledFrom(all).Draw(t, "op"),
			Host: rapid.Uint8Range(0, 5).Draw(t, "host"),
			A:    rapid.Uint8().Draw(t, "a"), B: rapid.Uint8().Draw(t, "b"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		p := lockstep.Draw(choices{t}, 0)
		p.Steps = rapid.SliceOfN(step, 30, 300).Draw(t, "steps")
		r := lockstep.Play(&p, etcd, ours)
		require.Empty(t, r.Panic)
		if r.Difference != nil {
			t.Fatalf("%s\n%s", r.Tail(200), r.Difference)
		}
	})
}

// The fuzzer of the toolchain knows which code of both libraries a history reaches.
func FuzzHistories(f *testing.F) {
	for seed := range random.Seed(8) {
		r := seed.Key("corpus").Rand(0)
		input := make([]byte, 600)
		for i := range input {
			input[i] = byte(r.Uint64())
		}
		f.Add(input)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		const bytesOfStep = 6
		p := lockstep.Draw(random.BytesChooser(input), min(len(input)/bytesOfStep, 1000))
		r := lockstep.Play(&p, etcd, ours)
		require.Empty(t, r.Panic)
		if r.Difference != nil {
			t.Fatal(report(p, etcd, ours))
		}
	})
}

func TestTheSamePlanPlaysTheSame(t *testing.T) {
	p := lockstep.Draw(random.Seed(7).Chooser(), 3000)
	require.Equal(t, lockstep.Play(&p, etcd, ours), lockstep.Play(&p, etcd, ours))
}
