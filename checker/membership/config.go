// Package membership is what the judge knows of configurations: who votes, what a
// quorum is, and what a change leads to, by the rules of Raft §6 and the dissertation
// (§4.1, §4.3) alone. It calls nothing of the Raft under test, whose mistakes would
// otherwise move its judge.
package membership

import (
	"fmt"
	"slices"
	"strings"

	pb "raftsim/raft/raftpb"
)

// Config is a configuration, each list in increasing order. The zero value is none.
type Config struct {
	// Voters are those of the only half, or of the incoming one.
	Voters []uint64
	// Outgoing is empty unless the configuration is joint.
	Outgoing []uint64
	Learners []uint64
	// LearnersNext are voters of the outgoing half that become learners once the
	// joint configuration is left.
	LearnersNext []uint64
	// AutoLeave says that a joint configuration is left without being asked.
	AutoLeave bool
}

// Of is the configuration that a Raft reports, with lists of its own.
func Of(cs *pb.ConfState) Config {
	return Config{sorted(cs.Voters), sorted(cs.VotersOutgoing), sorted(cs.Learners), sorted(cs.LearnersNext), cs.AutoLeave}
}

func sorted(ids []uint64) []uint64 {
	ids = slices.Clone(ids)
	slices.Sort(ids)
	return ids
}

// Same reports whether two Rafts tell the same configuration, in whatever order.
func Same(a, b *pb.ConfState) bool {
	if slices.Equal(a.Voters, b.Voters) && slices.Equal(a.VotersOutgoing, b.VotersOutgoing) &&
		slices.Equal(a.Learners, b.Learners) && slices.Equal(a.LearnersNext, b.LearnersNext) {
		return a.AutoLeave == b.AutoLeave
	}
	x, y := Of(a), Of(b)
	return x.Equal(&y)
}

// Equal reports whether both are the same in every list.
func (k *Config) Equal(o *Config) bool {
	return k.SameVoters(o) && slices.Equal(k.Learners, o.Learners) && slices.Equal(k.LearnersNext, o.LearnersNext) && k.AutoLeave == o.AutoLeave
}

// SameVoters reports whether both have the same quorums.
func (k *Config) SameVoters(o *Config) bool {
	return slices.Equal(k.Voters, o.Voters) && slices.Equal(k.Outgoing, o.Outgoing)
}

// Known reports whether there is a configuration at all: one has voters.
func (k *Config) Known() bool { return len(k.Voters) > 0 }

// Joint reports whether two majorities decide.
func (k *Config) Joint() bool { return len(k.Outgoing) > 0 }

// Single reports whether one host decides alone.
func (k *Config) Single() bool { return len(k.Voters) == 1 && !k.Joint() }

// Voter reports whether a host votes in either half.
func (k *Config) Voter(id uint64) bool {
	return slices.Contains(k.Voters, id) || slices.Contains(k.Outgoing, id)
}

// Has reports whether a host is in the configuration.
func (k *Config) Has(id uint64) bool {
	return k.Voter(id) || slices.Contains(k.Learners, id) || slices.Contains(k.LearnersNext, id)
}

// Quorum reports whether more than half of the voters, of each half when joint, have
// what yes asks for. Without voters there is no quorum.
func (k *Config) Quorum(yes func(id uint64) bool) bool {
	return majority(k.Voters, yes) && (!k.Joint() || majority(k.Outgoing, yes))
}

func majority(ids []uint64, yes func(id uint64) bool) bool {
	n := 0
	for _, id := range ids {
		if yes(id) {
			n++
		}
	}
	return n > len(ids)/2
}

// String renders the configuration as "voters n1 n2 n3, learners n4".
func (k Config) String() string {
	var b strings.Builder
	list := func(name string, ids []uint64) {
		if len(ids) == 0 {
			return
		}
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		b.WriteString(name)
		for _, id := range ids {
			fmt.Fprintf(&b, " n%d", id)
		}
	}
	list("voters", k.Voters)
	list("outgoing voters", k.Outgoing)
	list("learners", k.Learners)
	list("learners to be", k.LearnersNext)
	if b.Len() == 0 {
		return "no voters"
	}
	return b.String()
}
