package lockstep_test

import (
	"flag"
	"testing"

	"raftsim/adapters/etcdraft"
	"raftsim/adapters/etcdraft/lockstep"
	"raftsim/raft"
	"raftsim/random"
)

var (
	seeds = flag.Int("seeds", 150, "number of random histories that TestBothLibrariesShowTheSame plays")
	first = flag.Int("first", 1, "the first seed of them")
	steps = flag.Int("steps", 4000, "steps of each of them")
)

var (
	etcd = lockstep.Side{Name: "etcd", New: func(c *raft.Config) (lockstep.Made, error) { return etcdraft.NewCore(c) }}
	ours = lockstep.Side{Name: "ours", New: func(c *raft.Config) (lockstep.Made, error) { return raft.NewRawNode(c) }}
)

// report shrinks a plan on which both libraries differ and fails the test.
func report(t *testing.T, p lockstep.Plan) {
	t.Helper()
	small := lockstep.Minimise(p, func(p *lockstep.Plan) bool { return lockstep.Play(p, etcd, ours).Difference != nil })
	r := lockstep.Play(&small, etcd, ours)
	t.Fatalf("%v\n%s\n%v", &small, r.Tail(200), r.Difference)
}

func TestBothLibrariesShowTheSame(t *testing.T) {
	total := map[string]int{}
	for seed := *first; seed < *first+*seeds; seed++ {
		p := lockstep.Draw(random.Seed(seed).Chooser(), *steps)
		r := lockstep.Play(&p, etcd, ours)
		if r.Difference != nil {
			t.Logf("seed %d", seed)
			report(t, p)
		}
		if r.Panic != "" {
			t.Errorf("seed %d: etcd panics: %s", seed, r.Panic)
		}
		for what, n := range r.Counts {
			total[what] += n
		}
	}
	t.Log(total)
}
