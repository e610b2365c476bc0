package faults

import (
	"slices"

	"raftsim/random"
)

// The stages in which targets are settled.
const (
	namedStage = iota
	leaderStage
	drawnStage
	pluralStage
	restStage
	stages
)

func stageOf(t Target) int {
	switch t.Role {
	case 0:
		return namedStage
	case Leader, LeaderMinority, LeaderMajority:
		return leaderStage
	case Followers, Learners, All, Down:
		return pluralStage
	case Rest:
		return restStage
	}
	return drawnStage
}

// resolver settles the targets of one action.
type resolver struct {
	view     View
	fate     uint64
	action   Action
	disjoint bool     // plural roles leave out what is taken
	taken    []uint64 // hosts that the line has so far
	groups   []int    // the groups of the line that took them
}

// resolve settles one target; position tells targets of one line apart.
func (r *resolver) resolve(t Target, group int, position uint64) []uint64 {
	draw := dice{random.Mix(r.fate, position)}
	var hosts []uint64
	switch t.Role {
	case 0:
		hosts = r.named(t.Host, group)
	case Leader:
		hosts = r.where(func(h uint64) bool { return h == r.view.Leader() && !r.takenBesides(h, group) })
	case Follower, Candidate, Learner:
		hosts = draw.one(r.free(func(h uint64) bool { return r.view.Role(h) == t.Role }))
	case Random:
		hosts = draw.one(r.free(func(h uint64) bool { return r.view.Role(h) != Down }))
	case Minority, LeaderMinority:
		hosts = r.minority(draw, t.Role == LeaderMinority)
	case Majority, LeaderMajority:
		hosts = r.majority(draw, t.Role == LeaderMajority)
	case Followers:
		hosts = r.plural(Follower)
	case Learners:
		hosts = r.plural(Learner)
	case Down:
		hosts = r.plural(Down)
	case All:
		hosts = r.plural(0)
	case New:
		hosts = r.next()
	case Rest:
		hosts = r.free(func(uint64) bool { return true })
	}
	if t.Role != Rest {
		for _, h := range hosts {
			r.taken, r.groups = append(r.taken, h), append(r.groups, group)
		}
	}
	return hosts
}

// named is a host by its name: it must exist, or be there to be added.
func (r *resolver) named(host uint64, group int) []uint64 {
	adder, ok := r.action.(Adder)
	if ok && adder.Adds(group) || slices.Contains(r.view.Hosts(), host) {
		return []uint64{host}
	}
	return nil
}

// where lists the hosts that fit.
func (r *resolver) where(fits func(uint64) bool) []uint64 {
	var hosts []uint64
	for _, h := range r.view.Hosts() {
		if fits(h) {
			hosts = append(hosts, h)
		}
	}
	return hosts
}

// free lists the hosts that fit and that the line has not taken.
func (r *resolver) free(fits func(uint64) bool) []uint64 {
	return r.where(func(h uint64) bool { return !slices.Contains(r.taken, h) && fits(h) })
}

// takenBesides reports that another group of the line has a host.
func (r *resolver) takenBesides(h uint64, group int) bool {
	for i, other := range r.taken {
		if other == h && r.groups[i] != group {
			return true
		}
	}
	return false
}

// plural lists all hosts of a role, or all hosts at all when it is zero.
func (r *resolver) plural(role Role) []uint64 {
	fits := func(h uint64) bool { return role == 0 || r.view.Role(h) == role }
	if r.disjoint {
		return r.free(fits)
	}
	return r.where(fits)
}

// next is the next id that no host has: the one after the last, or else the
// first gap.
func (r *resolver) next() []uint64 {
	used := slices.Concat(r.view.Hosts(), r.taken)
	slices.Sort(used)
	if len(used) == 0 || used[len(used)-1] < MaxHost {
		return []uint64{slices.Max(append(used, 0)) + 1}
	}
	for id := uint64(1); id < MaxHost; id++ {
		if !slices.Contains(used, id) {
			return []uint64{id}
		}
	}
	return nil
}

// voters lists the free voters of both halves, shuffled. With the leader it is
// in front; there are none when it is not a free voter.
func (r *resolver) voters(draw dice, withLeader bool) (shuffled []uint64, halves [2][]uint64) {
	incoming, outgoing := r.view.Voters()
	halves = [2][]uint64{incoming, outgoing}
	shuffled = r.free(func(h uint64) bool { return slices.Contains(incoming, h) || slices.Contains(outgoing, h) })
	draw.shuffle(shuffled)
	if withLeader {
		i := slices.Index(shuffled, r.view.Leader())
		if i < 0 {
			return nil, halves
		}
		shuffled[0], shuffled[i] = shuffled[i], shuffled[0]
	}
	return shuffled, halves
}

// minority draws as many voters as can be lost while each half keeps a quorum.
func (r *resolver) minority(draw dice, withLeader bool) []uint64 {
	voters, halves := r.voters(draw, withLeader)
	var chosen []uint64
	for i, h := range voters {
		with := append(slices.Clone(chosen), h)
		if losable(with, halves[0]) && losable(with, halves[1]) {
			chosen = with
		} else if i == 0 && withLeader {
			return nil
		}
	}
	slices.Sort(chosen)
	return chosen
}

// majority draws as few voters as make a quorum of each half.
func (r *resolver) majority(draw dice, withLeader bool) []uint64 {
	voters, halves := r.voters(draw, withLeader)
	if !isQuorum(voters, halves[0]) || !isQuorum(voters, halves[1]) {
		return nil
	}
	chosen := slices.Clone(voters)
	for i := len(voters) - 1; i >= 0; i-- {
		if withLeader && i == 0 {
			break
		}
		without := slices.Delete(slices.Clone(chosen), i, i+1)
		if isQuorum(without, halves[0]) && isQuorum(without, halves[1]) {
			chosen = without
		}
	}
	slices.Sort(chosen)
	return chosen
}

// losable reports that the half keeps a quorum without these hosts.
func losable(lost, half []uint64) bool {
	return len(half) == 0 || common(lost, half) <= (len(half)-1)/2
}

// isQuorum reports that these hosts are a quorum of the half.
func isQuorum(hosts, half []uint64) bool {
	return len(half) == 0 || common(hosts, half) > len(half)/2
}

func common(a, b []uint64) int {
	n := 0
	for _, h := range a {
		if slices.Contains(b, h) {
			n++
		}
	}
	return n
}
