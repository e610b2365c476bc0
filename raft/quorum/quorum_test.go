package quorum_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/cockroachdb/datadriven"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/raft/quorum"
)

// acks is an AckedIndexer over a map.
type acks map[uint64]quorum.Index

func (a acks) AckedIndex(id uint64) (quorum.Index, bool) {
	i, ok := a[id]
	return i, ok
}

func genConfig(t *rapid.T, name string) quorum.MajorityConfig {
	c := quorum.MajorityConfig{}
	for range rapid.IntRange(0, 7).Draw(t, name+" size") {
		c[rapid.Uint64Range(1, 12).Draw(t, name)] = struct{}{}
	}
	return c
}

func genAcks(t *rapid.T) acks {
	return rapid.MapOf(rapid.Uint64Range(1, 12), rapid.Map(rapid.Uint64Range(0, 9),
		func(v uint64) quorum.Index { return quorum.Index(v) })).Draw(t, "acks")
}

func genVotes(t *rapid.T) map[uint64]bool {
	return rapid.MapOf(rapid.Uint64Range(1, 12), rapid.Bool()).Draw(t, "votes")
}

// naiveCommitted is the definition: the largest index that more than half of the
// voters have reached.
func naiveCommitted(c quorum.MajorityConfig, a acks) quorum.Index {
	if len(c) == 0 {
		return math.MaxUint64
	}
	for index := quorum.Index(9); ; index-- {
		n := 0
		for id := range c {
			if a[id] >= index {
				n++
			}
		}
		if 2*n > len(c) {
			return index
		}
	}
}

// naiveVote is the definition: won if every way to cast the missing votes wins
// it, lost if none does.
func naiveVote(c quorum.MajorityConfig, votes map[uint64]bool) quorum.VoteResult {
	outcome := func(missing bool) bool {
		n := 0
		for id := range c {
			if v, voted := votes[id]; voted && v || !voted && missing {
				n++
			}
		}
		return 2*n > len(c) || len(c) == 0
	}
	switch {
	case outcome(false):
		return quorum.VoteWon
	case !outcome(true):
		return quorum.VoteLost
	}
	return quorum.VotePending
}

func TestMajorityCommitsWhatMoreThanHalfHaveReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a := genConfig(t, "voters"), genAcks(t)
		require.Equal(t, naiveCommitted(c, a), c.CommittedIndex(a), "%s %v", c, a)
	})
}

func TestMajorityOfManyVotersCommits(t *testing.T) {
	c, a := quorum.MajorityConfig{}, acks{}
	for id := uint64(1); id <= 51; id++ {
		c[id] = struct{}{}
		a[id] = quorum.Index(100 + id)
	}
	require.Equal(t, quorum.Index(126), c.CommittedIndex(a))
}

func TestMajorityVoteIsWonWhenNothingMissingCanLoseIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, votes := genConfig(t, "voters"), genVotes(t)
		require.Equal(t, naiveVote(c, votes), c.VoteResult(votes), "%s %v", c, votes)
	})
}

func TestJointQuorumNeedsBothHalves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := quorum.JointConfig{genConfig(t, "incoming"), genConfig(t, "outgoing")}
		a, votes := genAcks(t), genVotes(t)
		require.Equal(t, min(naiveCommitted(c[0], a), naiveCommitted(c[1], a)), c.CommittedIndex(a), "%s %v", c, a)

		in, out := naiveVote(c[0], votes), naiveVote(c[1], votes)
		got := c.VoteResult(votes)
		require.Equal(t, in == quorum.VoteWon && out == quorum.VoteWon, got == quorum.VoteWon, "%s %v", c, votes)
		require.Equal(t, in == quorum.VoteLost || out == quorum.VoteLost, got == quorum.VoteLost, "%s %v", c, votes)
	})
}

func TestJointQuorumOfOneSetTwiceIsThatSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, a, votes := genConfig(t, "voters"), genAcks(t), genVotes(t)
		for _, joint := range []quorum.JointConfig{{c, c}, {c, nil}, {nil, c}} {
			require.Equal(t, c.CommittedIndex(a), joint.CommittedIndex(a))
			require.Equal(t, c.VoteResult(votes), joint.VoteResult(votes))
			require.Len(t, joint.IDs(), len(c))
		}
	})
}

func TestNobodyCommitsAndElectsAnything(t *testing.T) {
	var none quorum.MajorityConfig
	require.Equal(t, quorum.Index(math.MaxUint64), none.CommittedIndex(acks{}))
	require.Equal(t, "∞", none.CommittedIndex(acks{}).String())
	require.Equal(t, quorum.VoteWon, none.VoteResult(nil))
	require.Nil(t, none.Slice())
	require.Equal(t, "()", none.String())
}

func TestConfigurationsPrintInAscendingOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := genConfig(t, "voters")
		require.True(t, slices.IsSorted(c.Slice()))
		require.Len(t, c.Slice(), len(c))
	})
	three := quorum.MajorityConfig{10: {}, 2: {}, 3: {}}
	require.Equal(t, "(2 3 10)", three.String())
	require.Equal(t, "(2 3 10)", quorum.JointConfig{three, {}}.String())
	require.Equal(t, "(2 3 10)&&(1)", quorum.JointConfig{three, {1: {}}}.String())
	require.Equal(t, map[uint64]struct{}{1: {}, 2: {}, 3: {}, 10: {}}, quorum.JointConfig{three, {1: {}}}.IDs())
}

func TestVoteResultsPrintTheirNames(t *testing.T) {
	require.Equal(t, "VotePending VoteLost VoteWon VoteResult(0)", strings.Join([]string{quorum.VotePending.String(),
		quorum.VoteLost.String(), quorum.VoteWon.String(), quorum.VoteResult(0).String()}, " "))
}

func TestCountingASmallMajorityAllocatesNothing(t *testing.T) {
	c := quorum.MajorityConfig{1: {}, 2: {}, 3: {}, 4: {}, 5: {}}
	var l quorum.AckedIndexer = acks{1: 5, 2: 6, 3: 7}
	require.Zero(t, testing.AllocsPerRun(100, func() { c.CommittedIndex(l) }))
}

// In the stories, values are those of the voters of both halves in ascending
// order; "_" is a voter that nothing has been heard from.
func TestStories(t *testing.T) {
	datadriven.Walk(t, "testdata", func(t *testing.T, path string) {
		datadriven.RunTest(t, path, func(t *testing.T, d *datadriven.TestData) string {
			c := quorum.JointConfig{config(t, d, "voters"), config(t, d, "outgoing")}
			voters := quorum.MajorityConfig(c.IDs()).Slice()
			a, votes := acks{}, map[uint64]bool{}
			for i, v := range values(d, "acked") {
				if v != "_" {
					index, err := strconv.ParseUint(v, 10, 64)
					require.NoError(t, err, d.Pos)
					a[voters[i]] = quorum.Index(index)
				}
			}
			for i, v := range values(d, "cast") {
				if v != "_" {
					votes[voters[i]] = v == "yes"
				}
			}
			switch d.Cmd {
			case "committed":
				return fmt.Sprintf("%s%s commits %s\n", c.Describe(a), c, c.CommittedIndex(a))
			case "vote":
				return fmt.Sprintf("%s %s\n", c, c.VoteResult(votes))
			}
			t.Fatalf("%s: %s is not a command", d.Pos, d.Cmd)
			return ""
		})
	})
}

func values(d *datadriven.TestData, key string) []string {
	arg, _ := d.Arg(key)
	return arg.Vals
}

func config(t *testing.T, d *datadriven.TestData, key string) quorum.MajorityConfig {
	c := quorum.MajorityConfig{}
	for _, v := range values(d, key) {
		id, err := strconv.ParseUint(v, 10, 64)
		require.NoError(t, err, d.Pos)
		c[id] = struct{}{}
	}
	return c
}
