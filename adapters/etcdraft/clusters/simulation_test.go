package clusters_test

import (
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/adapters/etcdraft"
	"raftsim/random"
	"raftsim/scenarios"
	"raftsim/sim"
	"raftsim/sim/simtest"
)

// Clusters of etcd's Raft alone, and clusters in which every other host has ours.
var (
	pure  = []string{etcdraft.Name}
	mixed = []string{sim.DefaultRaft, etcdraft.Name}
)

func TestMain(m *testing.M) {
	sim.RegisterRaft(etcdraft.Name, etcdraft.NewNode)
	os.Exit(m.Run())
}

func TestTheSameSeedHasTheSameFingerprint(t *testing.T) {
	for _, rafts := range [][]string{pure, mixed} {
		seen := map[uint64]bool{}
		for seed := range random.Seed(3) {
			s := &scenarios.Scenario{Swarm: scenarios.LiteSwarm, Plan: sim.Options{Rafts: rafts, Run: 5 * time.Second}}
			o, err := s.Options(seed)
			require.NoError(t, err)
			first := simtest.Run(t, o)
			require.Equal(t, first, simtest.Run(t, o))
			seen[first.Fingerprint] = true
		}
		require.Len(t, seen, 3, "seeds that give the same run")
	}
}
