package sim_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"raftsim/random"
	"raftsim/sim"
)

func TestAClusterMustRecoverWhenAllItsFoundersAreReplaced(t *testing.T) {
	for seed := range random.Seed(10) {
		o := scheduled(t, "1s replace n1 with n4\n2s replace n2 with n5\n3s replace n3 with n6")
		o.Seed, o.Run = seed, 5*time.Second
		v := run(t, o)
		require.Equal(t, sim.Pass, v.Outcome, "seed %d: %v", seed, v.Violations)
		require.NotZero(t, v.Recovery, "seed %d: nothing was asked of the new ones", seed)
	}
}

func TestAHostThatWasRemovedWhileItWasDownRunsOnceItIsAddedAgain(t *testing.T) {
	s, _, followers := cluster(t)
	s.inject(fmt.Sprintf("crash n%d for 1h", followers[0]))
	s.inject(fmt.Sprintf("reconfigure remove n%d", followers[0]))
	s.pass(time.Second)
	s.inject(fmt.Sprintf("reconfigure add n%d", followers[0]))
	s.pass(time.Second)
	require.True(t, s.Host(followers[0]).Running())
	require.Equal(t, s.Host(s.Leader()).Applied(), s.Host(followers[0]).Applied())
}
