package network_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/network"
	"raftsim/random"
)

func links(pairs ...[2]uint64) []network.LinkID {
	var ids []network.LinkID
	for _, p := range pairs {
		ids = append(ids, network.LinkID{From: p[0], To: p[1]})
	}
	return ids
}

func hosts(n int) []uint64 {
	all := make([]uint64, n)
	for i := range all {
		all[i] = uint64(i + 1)
	}
	return all
}

func rnd(seed uint64) *random.Rand { return random.Seed(seed).Key("partition").Rand(1) }

func TestSplitCutsBetweenGroupsOnly(t *testing.T) {
	require.Equal(t, links([2]uint64{1, 2}, [2]uint64{1, 3}, [2]uint64{2, 1}, [2]uint64{3, 1}),
		network.Split([]uint64{1}, []uint64{2, 3}))
	require.Len(t, network.Split([]uint64{1, 2}, []uint64{3, 4}, []uint64{5}), 2*(2*2+2*1+2*1))
	require.Empty(t, network.Split([]uint64{1, 2, 3}))
	require.Empty(t, network.Split())
}

func TestIsolateCutsOneHostBothWays(t *testing.T) {
	require.Equal(t, links([2]uint64{1, 2}, [2]uint64{2, 1}, [2]uint64{2, 3}, [2]uint64{3, 2}),
		network.Isolate(2, hosts(3)))
}

func TestOneWayCutsOneDirection(t *testing.T) {
	require.Equal(t, links([2]uint64{1, 2}, [2]uint64{1, 3}), network.OneWay([]uint64{1}, hosts(3)))
}

func TestABridgeJoinsTwoHalves(t *testing.T) {
	require.Equal(t, links([2]uint64{1, 4}, [2]uint64{1, 5}, [2]uint64{2, 4}, [2]uint64{2, 5},
		[2]uint64{4, 1}, [2]uint64{4, 2}, [2]uint64{5, 1}, [2]uint64{5, 2}),
		network.Bridge([]uint64{1, 2}, []uint64{3}, []uint64{4, 5}))
}

// hears returns for each host whom it hears when those links are cut, itself
// included.
func hears(all []uint64, cut []network.LinkID) map[uint64][]uint64 {
	view := make(map[uint64][]uint64)
	for _, to := range all {
		for _, from := range all {
			if !slices.Contains(cut, network.LinkID{From: from, To: to}) {
				view[to] = append(view[to], from)
			}
		}
	}
	return view
}

func TestInAMajorityRingAllHearDifferentMajorities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 12).Draw(t, "hosts")
		all := hosts(n)
		cut := network.MajorityRing(all, rnd(rapid.Uint64().Draw(t, "seed")))
		seen := make(map[string]bool)
		for host, view := range hears(all, cut) {
			require.Len(t, view, n/2+1)
			require.Contains(t, view, host)
			require.False(t, seen[fmt.Sprint(view)], "two hosts hear %v", view)
			seen[fmt.Sprint(view)] = true
		}
		if n%4 == 1 { // the majority is odd
			for _, l := range cut {
				require.Contains(t, cut, network.LinkID{From: l.To, To: l.From})
			}
		}
	})
	for n := range 3 {
		require.Empty(t, network.MajorityRing(hosts(n), rnd(1)))
	}
}

func TestARingWithoutRandomnessKeepsTheOrderOfItsHosts(t *testing.T) {
	view := hears([]uint64{3, 1, 4, 5, 2}, network.MajorityRing([]uint64{3, 1, 4, 5, 2}, nil))
	require.Equal(t, map[uint64][]uint64{3: {3, 1, 2}, 1: {3, 1, 4}, 4: {1, 4, 5}, 5: {4, 5, 2}, 2: {3, 5, 2}}, view)
}

func TestRandomMajoritiesAreMutual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 12).Draw(t, "hosts")
		all := hosts(n)
		cut := network.RandomMajorities(all, rnd(rapid.Uint64().Draw(t, "seed")))
		for host, view := range hears(all, cut) {
			require.GreaterOrEqual(t, len(view), n/2+1)
			require.LessOrEqual(t, len(view), n/2+2)
			require.Contains(t, view, host)
		}
		for _, l := range cut {
			require.Contains(t, cut, network.LinkID{From: l.To, To: l.From})
		}
		if n >= 4 {
			require.NotEmpty(t, cut)
		}
	})
}

func TestPartitionsVaryWithTheirRandomness(t *testing.T) {
	rings, majorities := make(map[string]bool), make(map[string]bool)
	for seed := range uint64(200) {
		rings[fmt.Sprint(network.MajorityRing(hosts(5), rnd(seed)))] = true
		majorities[fmt.Sprint(network.RandomMajorities(hosts(5), rnd(seed)))] = true
	}
	require.Len(t, rings, 12, "there are 4!/2 rings of five hosts")
	require.Greater(t, len(majorities), 20)
}

func TestMinorityIsTheLargestThatHasTheHost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 9).Draw(t, "hosts")
		host := rapid.Uint64Range(1, uint64(n)).Draw(t, "host")
		few, many := network.Minority(host, hosts(n), rnd(rapid.Uint64().Draw(t, "seed")))
		require.Equal(t, host, few[0])
		require.Len(t, few, max(1, (n-1)/2))
		require.ElementsMatch(t, hosts(n), slices.Concat(few, many))
	})
}

func TestSwizzleGivesTwoOrdersOfAllHosts(t *testing.T) {
	clog, unclog := network.Swizzle(hosts(7), rnd(1))
	require.ElementsMatch(t, hosts(7), clog)
	require.ElementsMatch(t, hosts(7), unclog)
	require.NotEqual(t, clog, unclog)
}

func TestFlappingAlternatesForAsLongAsItsDistributionsSay(t *testing.T) {
	f := network.Flap{Down: random.Uniform(100*time.Millisecond, 200*time.Millisecond), Up: random.Constant(time.Second)}
	key := random.Seed(1).Key("flap")
	different := make(map[time.Duration]bool)
	for n := range uint64(50) {
		down, lasts := f.Phase(key, n)
		require.Equal(t, n%2 == 0, down)
		if !down {
			require.Equal(t, time.Second, lasts)
			continue
		}
		require.True(t, 100*time.Millisecond <= lasts && lasts <= 200*time.Millisecond)
		different[lasts] = true
	}
	require.Len(t, different, 25)
	_, lasts := new(network.Flap).Phase(key, 0)
	require.Equal(t, time.Nanosecond, lasts)
}
