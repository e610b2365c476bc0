package network

import (
	"slices"

	"raftsim/random"
)

// The functions of this file name the links that make up a partition, for
// [Network.CutAll], and [Network.HoldAll]. They keep the order of their
// arguments and never name the link of a host to itself.

// Split returns the links between hosts that no group has in common. Disjoint
// groups are cut off from each other; a host in two groups connects to both. A
// host in no group is cut off from nobody.
func Split(groups ...[]uint64) []LinkID {
	var hosts []uint64
	for _, g := range groups {
		for _, h := range g {
			if !slices.Contains(hosts, h) {
				hosts = append(hosts, h)
			}
		}
	}
	together := func(a, b uint64) bool {
		return slices.ContainsFunc(groups, func(g []uint64) bool {
			return slices.Contains(g, a) && slices.Contains(g, b)
		})
	}
	return linksWhere(hosts, func(from, to uint64) bool { return !together(from, to) })
}

// Isolate returns the links between a host and all others, both ways.
func Isolate(host uint64, all []uint64) []LinkID {
	return linksWhere(all, func(from, to uint64) bool { return from == host || to == host })
}

// OneWay returns the links from the hosts of one group to those of another:
// what the first says, the second does not hear.
func OneWay(from, to []uint64) []LinkID {
	var links []LinkID
	for _, f := range from {
		for _, t := range to {
			if f != t {
				links = append(links, LinkID{f, t})
			}
		}
	}
	return links
}

// Bridge returns the links between two groups that can talk only through the
// hosts in the middle.
func Bridge(left, middle, right []uint64) []LinkID {
	return Split(slices.Concat(left, middle), slices.Concat(middle, right))
}

// MajorityRing returns the links to cut so that every host hears from a
// majority, itself included, and no two hosts hear from the same one. The hosts
// stand in a ring, in random order or, when r is nil, in the order of all; each
// hears from those nearest to it. With a majority of even size hearing is not
// mutual for all pairs.
func MajorityRing(all []uint64, r *random.Rand) []LinkID {
	ring := all
	if r != nil {
		ring = shuffled(all, r)
	}
	n := len(ring)
	majority := n/2 + 1
	before := (majority - 1) / 2
	return linksWhere(all, func(from, to uint64) bool {
		distance := slices.Index(ring, from) - slices.Index(ring, to) + before
		return (distance+n)%n >= majority
	})
}

// RandomMajorities returns the links to cut so that every host is connected,
// both ways, to a majority, itself included. Connections are drawn at random
// among the hosts with the fewest until all have enough. Unlike in
// [MajorityRing] two hosts may see the same majority.
func RandomMajorities(all []uint64, r *random.Rand) []LinkID {
	n := len(all)
	joined := make([][]bool, n)
	degree := make([]int, n)
	for i := range joined {
		joined[i] = make([]bool, n)
		joined[i][i] = true
		degree[i] = 1
	}
	for {
		a := fewest(degree, r, func(int) bool { return true })
		if a < 0 || degree[a] >= n/2+1 {
			break
		}
		b := fewest(degree, r, func(i int) bool { return !joined[a][i] })
		joined[a][b], joined[b][a] = true, true
		degree[a]++
		degree[b]++
	}
	return linksWhere(all, func(from, to uint64) bool {
		return !joined[slices.Index(all, from)][slices.Index(all, to)]
	})
}

// fewest draws one of the allowed hosts with the least degree; -1 if none is
// allowed.
func fewest(degree []int, r *random.Rand, allowed func(int) bool) int {
	var least []int
	for i, d := range degree {
		switch {
		case !allowed(i) || len(least) > 0 && d > degree[least[0]]:
		case len(least) > 0 && d == degree[least[0]]:
			least = append(least, i)
		default:
			least = []int{i}
		}
	}
	if len(least) == 0 {
		return -1
	}
	return least[r.IntN(len(least))]
}

// Minority divides the hosts at random into the largest minority, which has
// host in it, and the rest. Put a leader there to see it deposed.
func Minority(host uint64, all []uint64, r *random.Rand) (minority, majority []uint64) {
	others := slices.DeleteFunc(shuffled(all, r), func(h uint64) bool { return h == host })
	size := min(max((len(all)-1)/2-1, 0), len(others))
	return append([]uint64{host}, others[:size]...), others[size:]
}

// Swizzle returns two random orders of the hosts: clog them one by one in the
// first and unclog them in the second.
func Swizzle(hosts []uint64, r *random.Rand) (clog, unclog []uint64) {
	return shuffled(hosts, r), shuffled(hosts, r)
}

func shuffled(hosts []uint64, r *random.Rand) []uint64 {
	order := slices.Clone(hosts)
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

func linksWhere(hosts []uint64, cut func(from, to uint64) bool) []LinkID {
	var links []LinkID
	for _, from := range hosts {
		for _, to := range hosts {
			if from != to && cut(from, to) {
				links = append(links, LinkID{from, to})
			}
		}
	}
	return links
}
