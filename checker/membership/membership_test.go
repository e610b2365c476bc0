package membership_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/checker/membership"
	"raftsim/raft/confchange"
	"raftsim/raft/quorum"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/tracker"
)

// The rules, by example: no mistake of the Raft under test can change what these say.
func TestWhatAQuorumIs(t *testing.T) {
	for _, c := range []struct {
		voters, outgoing, hosts []uint64
		want                    bool
	}{
		{nil, nil, nil, false},
		{[]uint64{1}, nil, []uint64{1}, true},
		{[]uint64{1, 2}, nil, []uint64{1}, false},
		{[]uint64{1, 2, 3}, nil, []uint64{1, 3}, true},
		{[]uint64{1, 2, 3}, nil, []uint64{1, 4, 5}, false},
		{[]uint64{1, 2, 3, 4}, nil, []uint64{1, 2}, false},
		{[]uint64{1, 2, 3, 4}, nil, []uint64{1, 2, 4}, true},
		{[]uint64{1, 2, 3}, []uint64{3, 4, 5}, []uint64{1, 2}, false},
		{[]uint64{1, 2, 3}, []uint64{3, 4, 5}, []uint64{4, 5}, false},
		{[]uint64{1, 2, 3}, []uint64{3, 4, 5}, []uint64{1, 3, 4}, true},
	} {
		k := membership.Config{Voters: c.voters, Outgoing: c.outgoing, Learners: []uint64{8, 9}}
		require.Equal(t, c.want, membership.EachHasQuorum([]membership.Config{k}, c.hosts), "%v of %v", c.hosts, k)
	}
}

func TestWhatAChangeLeadsTo(t *testing.T) {
	for _, c := range []struct{ from, change, to string }{
		{"1 2 3", "v4", "voters n1 n2 n3 n4"},
		{"1 2 3", "r3", "voters n1 n2"},
		{"1 2 3", "l3", "voters n1 n2, learners n3"},
		{"1 2 3", "l4", "voters n1 n2 n3, learners n4"},
		{"1 2 3", "r9", "voters n1 n2 n3"},
		{"1 2 3", "v4 r1", "voters n2 n3 n4, outgoing voters n1 n2 n3"},
		{"1 2 3", "v4 l1", "voters n2 n3 n4, outgoing voters n1 n2 n3, learners to be n1"},
		{"2 3 4 & 1 2 3 ~ 1", "", "voters n2 n3 n4, learners n1"},
		{"1", "r1", "does not fit"},
		{"1 2 3", "", "does not fit"},
		{"2 3 4 & 1 2 3", "v5", "does not fit"},
	} {
		k, change := parse(t, c.from), pb.ConfChangeV2{}
		for _, word := range strings.Fields(c.change) {
			singles, err := pb.ConfChangesFromString(word)
			require.NoError(t, err)
			change.Changes = append(change.Changes, singles...)
		}
		next, ok := k.After(&change)
		got := next.String()
		if !ok {
			got = "does not fit"
			require.True(t, next.Equal(&k))
		}
		require.Equal(t, c.to, got, "%s, then %q", c.from, c.change)
	}
}

// parse reads "2 3 4 & 1 2 3 ~ 1": voters, outgoing voters, learners to be.
func parse(t *testing.T, text string) (k membership.Config) {
	text, next, _ := strings.Cut(text, "~")
	voters, outgoing, _ := strings.Cut(text, "&")
	ids := func(text string) (ids []uint64) {
		for _, word := range strings.Fields(text) {
			ids = append(ids, uint64(word[0]-'0'))
		}
		return ids
	}
	k = membership.Config{Voters: ids(voters), Outgoing: ids(outgoing), LearnersNext: ids(next)}
	require.True(t, k.Known())
	return k
}

// drawIDs draws some of eight hosts.
func drawIDs(t *rapid.T, name string, least int) []uint64 {
	ids := rapid.SliceOfNDistinct(rapid.Uint64Range(1, 8), least, 6, rapid.ID[uint64]).Draw(t, name)
	slices.Sort(ids)
	return ids
}

func TestQuorumsAreThoseOfRaft(t *testing.T) {
	set := func(ids []uint64) quorum.MajorityConfig {
		c := quorum.MajorityConfig{}
		for _, id := range ids {
			c[id] = struct{}{}
		}
		return c
	}
	rapid.Check(t, func(t *rapid.T) {
		k := membership.Config{Voters: drawIDs(t, "voters", 1), Outgoing: drawIDs(t, "outgoing", 0)}
		hosts, votes := drawIDs(t, "hosts", 0), map[uint64]bool{}
		for _, id := range hosts {
			votes[id] = true
		}
		theirs := quorum.JointConfig{set(k.Voters), set(k.Outgoing)}.VoteResult(votes) == quorum.VoteWon
		require.Equal(t, theirs, membership.EachHasQuorum([]membership.Config{k}, hosts), "%v of %v", hosts, k)
	})
}

func TestChangesLeadWhereRaftSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		k, tr := membership.Config{Voters: []uint64{1, 2, 3}}, tracker.MakeProgressTracker(1, 0)
		cfg, progress, err := confchange.Restore(confchange.Changer{Tracker: tr, LastIndex: 9}, pb.ConfState{Voters: k.Voters})
		require.NoError(t, err)
		tr.SetConfig(cfg, progress)
		for range rapid.IntRange(1, 12).Draw(t, "changes") {
			change := drawChange(t, k.Joint())
			next, ok := k.After(&change)
			cfg, progress, err := theirs(confchange.Changer{Tracker: tr, LastIndex: 9}, change)
			require.Equal(t, err == nil, ok, "%v, then %v: %v", k, change, err)
			if ok {
				tr.SetConfig(cfg, progress)
				k = next
			}
			cs := tr.ConfState()
			want := membership.Of(&cs)
			require.True(t, want.Equal(&k), "%v, want %v", k, want)
		}
	})
}

// drawChange draws a change, mostly one that fits. A change of one step touches one host.
func drawChange(t *rapid.T, joint bool) (change pb.ConfChangeV2) {
	if rapid.IntRange(0, 4).Draw(t, "fits") > 0 == joint {
		return change
	}
	change.Transition = rapid.SampledFrom([]pb.ConfChangeTransition{
		pb.ConfChangeTransitionAuto, pb.ConfChangeTransitionJointImplicit, pb.ConfChangeTransitionJointExplicit,
	}).Draw(t, "transition")
	for range rapid.IntRange(1, 4).Draw(t, "operations") {
		change.Changes = append(change.Changes, pb.ConfChangeSingle{
			Type: rapid.SampledFrom([]pb.ConfChangeType{
				pb.ConfChangeAddNode, pb.ConfChangeRemoveNode, pb.ConfChangeAddLearnerNode, pb.ConfChangeUpdateNode,
			}).Draw(t, "type"),
			NodeID: rapid.Uint64Range(0, 6).Draw(t, "host"),
		})
	}
	return change
}

func theirs(c confchange.Changer, change pb.ConfChangeV2) (tracker.Config, tracker.ProgressMap, error) {
	if autoLeave, enters := change.EnterJoint(); change.LeaveJoint() {
		return c.LeaveJoint()
	} else if enters {
		return c.EnterJoint(autoLeave, change.Changes...)
	}
	return c.Simple(change.Changes...)
}

// An entry is read as the library reads it, which encodes it.
func TestAnEntryIsTheChangeThatWasEncoded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		change := drawChange(t, false)
		typ, data, err := pb.MarshalConfChange(change)
		require.NoError(t, err)
		got, ok := membership.ChangeOf(&pb.Entry{Type: typ, Data: data})
		require.True(t, ok)
		require.ElementsMatch(t, change.Changes, got.Changes)
		require.Equal(t, change.Transition, got.Transition)
	})
	_, ok := membership.ChangeOf(&pb.Entry{Data: []byte("x")})
	require.False(t, ok)
}

func TestTwoConfigurationsAreTheSameInWhateverOrder(t *testing.T) {
	a := pb.ConfState{Voters: []uint64{1, 2, 3}, Learners: []uint64{4, 5}}
	b := pb.ConfState{Voters: []uint64{3, 2, 1}, Learners: []uint64{5, 4}}
	require.True(t, membership.Same(&a, &a))
	require.True(t, membership.Same(&a, &b))
	b.AutoLeave = true
	require.False(t, membership.Same(&a, &b))
	c := a
	c.Learners = []uint64{4}
	require.False(t, membership.Same(&a, &c))
}
