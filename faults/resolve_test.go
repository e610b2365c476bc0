package faults_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"raftsim/faults"
)

// view is a cluster as it stands in a test.
type view struct {
	leader             uint64
	roles              map[uint64]faults.Role // of the hosts that exist
	incoming, outgoing []uint64
}

func (v view) Hosts() []uint64 {
	var hosts []uint64
	for h := uint64(1); len(hosts) < len(v.roles); h++ {
		if _, ok := v.roles[h]; ok {
			hosts = append(hosts, h)
		}
	}
	return hosts
}
func (v view) Leader() uint64                        { return v.leader }
func (v view) Role(h uint64) faults.Role             { return v.roles[h] }
func (v view) Voters() (incoming, outgoing []uint64) { return v.incoming, v.outgoing }

// five has voters n1 to n5, n3 leading and n5 down, and the learner n6.
func five() view {
	return view{
		leader: 3,
		roles: map[uint64]faults.Role{
			1: faults.Follower, 2: faults.Follower, 3: faults.Leader, 4: faults.Candidate, 5: faults.Down, 6: faults.Learner,
		},
		incoming: []uint64{1, 2, 3, 4, 5},
	}
}

func bind(t require.TestingT, line string, v faults.View, fate uint64) string {
	a, err := faults.ParseAction(line)
	require.NoError(t, err, line)
	bound, err := faults.Bind(a, v, fate)
	if err != nil {
		return err.Error()
	}
	return bound.String()
}

func TestRolesAreWhoHoldsThemWhenTheFaultFires(t *testing.T) {
	for line, want := range map[string]string{
		"crash leader":                     "crash n3",
		"crash followers":                  "crash n1 n2",
		"crash candidate learner":          "crash n4 n6",
		"restart down":                     "restart n5",
		"isolate all":                      "isolate n1 n2 n3 n4 n5 n6",
		"partition leader | rest":          "partition n3 | n1 n2 n4 n5 n6",
		"partition n1 n3 | all":            "partition n1 n3 | n2 n4 n5 n6",
		"partition followers | n1 | rest":  "partition n2 | n1 | n3 n4 n5 n6",
		"link leader -> all loses 5%":      "link n3 -> n1 n2 n3 n4 n5 n6 loses 5%",
		"network loses 5%":                 "network loses 5%",
		"reconfigure add n6 new new":       "reconfigure add n6 n7 n8",
		"reconfigure add n9, remove n3":    "reconfigure add n9, remove n3",
		"replace leader with new":          "replace n3 with n7",
		"blackout":                         "blackout",
		"crash n5 n9":                      "faults: crash n5 n9: n9 does not exist",
		"partition n3 | leader":            "faults: partition n3 | leader: there is no other leader",
		"crash follower follower follower": "faults: crash follower follower follower: there is no other follower",
		"crash n3 leader":                  "crash n3",
		"link n3 -> leader loses 5%":       "faults: link n3 -> leader loses 5%: there is no other leader",
		"partition all | rest":             "faults: partition all | rest: there is no rest",
	} {
		for fate := range uint64(20) {
			require.Equal(t, want, bind(t, line, five(), fate), line)
		}
	}
}

func TestNobodyLeadsWhenNobodyDoes(t *testing.T) {
	v := five()
	v.leader = 0
	for _, role := range []string{"leader", "leader-minority", "leader-majority"} {
		require.Contains(t, bind(t, "crash "+role, v, 1), "there is no "+role)
	}
	require.Equal(t, []uint64{1, 2}, faults.Resolve(faults.Followers.Target(), v, 1))
	require.Empty(t, faults.Resolve(faults.Leader.Target(), v, 1))
}

func TestADrawnRoleReachesEveryHostThatFits(t *testing.T) {
	for line, want := range map[string]int{
		"crash follower":        2,
		"crash random":          5,  // all that run
		"crash minority":        10, // two of five
		"crash leader-minority": 4,
		"crash majority":        10, // three of five
		"crash leader-majority": 6,
		"ring all":              300, // of 720 orders
	} {
		seen := map[string]bool{}
		for fate := range uint64(1000) {
			seen[bind(t, line, five(), fate*0x9e3779b97f4a7c15)] = true
		}
		require.GreaterOrEqual(t, len(seen), want, line)
		if want < 100 {
			require.Len(t, seen, want, line)
		}
	}
}

func TestAMinorityLeavesAQuorumOfBothHalvesAndAMajorityIsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyView(t)
		fate := rapid.Uint64().Draw(t, "fate")
		for _, role := range []faults.Role{faults.Minority, faults.LeaderMinority} {
			lost := faults.Resolve(role.Target(), v, fate)
			for _, half := range [][]uint64{v.incoming, v.outgoing} {
				require.True(t, len(half) == 0 || quorum(minus(half, lost), half), "%v of %v leaves no quorum", lost, half)
			}
			require.True(t, role == faults.Minority || len(lost) == 0 || slices.Contains(lost, v.leader))
		}
		for _, role := range []faults.Role{faults.Majority, faults.LeaderMajority} {
			kept := faults.Resolve(role.Target(), v, fate)
			if len(kept) == 0 {
				require.False(t, slices.Contains(append(v.incoming, v.outgoing...), v.leader))
				continue
			}
			for _, half := range [][]uint64{v.incoming, v.outgoing} {
				require.True(t, quorum(kept, half), "%v is no quorum of %v", kept, half)
			}
		}
	})
}

func TestBindingLeavesHostsOnlyAndDependsOnNothingElse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := anyView(t)
		a := anyAction(t)
		fate := rapid.Uint64().Draw(t, "fate")
		bound, err := faults.Bind(a, v, fate)
		again, err2 := faults.Bind(a, v, fate)
		require.Equal(t, err, err2)
		require.Equal(t, bound, again)
		if err != nil {
			return
		}
		for _, g := range bound.Groups() {
			require.Equal(t, len(g), len(g.IDs()))
		}
		fixed, err := faults.Bind(bound, v, fate+1)
		require.NoError(t, err)
		require.Equal(t, bound, fixed, "a bound action binds to itself")
		parsed, err := faults.ParseAction(bound.String())
		require.NoError(t, err, bound.String())
		require.Equal(t, bound, parsed)
	})
}

func TestEveryKindBindsToItself(t *testing.T) {
	for _, k := range faults.Kinds() {
		for _, example := range k.Examples {
			a, err := faults.ParseAction(example)
			require.NoError(t, err)
			v := five()
			v.leader, v.roles[3], v.roles[2] = 2, faults.Follower, faults.Leader
			bound, err := faults.Bind(a, v, 3)
			require.NoError(t, err, example)
			require.Equal(t, k.Name, bound.Kind())
			before, after := strings.Fields(a.String()), strings.Fields(bound.String())
			require.Equal(t, before[0], after[0])
			if !slices.ContainsFunc(before, func(w string) bool { return roleNamed(w) != 0 }) {
				require.Equal(t, a, bound, "it names no role")
			}
			if last := before[len(before)-1]; roleNamed(last) == 0 {
				require.Equal(t, last, after[len(after)-1], "%s bound to %s", a, bound)
			}
		}
	}
}

// roleNamed is the role of this name, or zero.
func roleNamed(name string) faults.Role {
	for _, r := range faults.Roles() {
		if r.String() == name {
			return r
		}
	}
	return 0
}

func TestAPathIsItsLinksInOrder(t *testing.T) {
	links := func(line string) (list [][2]uint64) {
		a, err := faults.ParseAction(line)
		require.NoError(t, err)
		a.(faults.Cut).Path.Links(func(from, to uint64) bool {
			list = append(list, [2]uint64{from, to})
			return len(list) < 5
		})
		return list
	}
	require.Equal(t, [][2]uint64{{3, 1}, {3, 2}}, links("cut n3 -> n1 n2 n3"))
	require.Equal(t, [][2]uint64{{1, 2}, {2, 1}, {1, 3}, {3, 1}}, links("cut n1 <-> n2 n3"))
	require.Len(t, links("cut n1 n2 n3 -> n4 n5 n6"), 5, "it stops when it is told to")
	require.True(t, faults.Network().Wide())
}

func TestANewHostTakesTheNextFreeName(t *testing.T) {
	v := five()
	require.Equal(t, []uint64{7}, faults.Resolve(faults.New.Target(), v, 1))
	v.roles = map[uint64]faults.Role{1: 0, 3: 0, faults.MaxHost: 0}
	require.Equal(t, []uint64{2}, faults.Resolve(faults.New.Target(), v, 1))
}

func anyView(t *rapid.T) view {
	hosts := rapid.SliceOfNDistinct(rapid.Uint64Range(1, 12), 1, 9, rapid.ID[uint64]).Draw(t, "hosts")
	slices.Sort(hosts)
	v := view{roles: map[uint64]faults.Role{}}
	some := func(name string, least int) []uint64 {
		s := rapid.SliceOfNDistinct(rapid.SampledFrom(hosts), least, len(hosts), rapid.ID[uint64]).Draw(t, name)
		slices.Sort(s)
		return s
	}
	v.incoming = some("incoming", 1)
	if rapid.Bool().Draw(t, "joint") {
		v.outgoing = some("outgoing", 1)
	}
	for _, h := range hosts {
		roles := []faults.Role{faults.Follower, faults.Candidate, faults.Down}
		if !slices.Contains(v.incoming, h) && !slices.Contains(v.outgoing, h) {
			roles = []faults.Role{0, faults.Learner, faults.Down}
		}
		v.roles[h] = rapid.SampledFrom(roles).Draw(t, "role")
	}
	if rapid.Bool().Draw(t, "led") {
		v.leader = rapid.SampledFrom(hosts).Draw(t, "leader")
		v.roles[v.leader] = faults.Leader
	}
	return v
}

func minus(a, b []uint64) []uint64 {
	return slices.DeleteFunc(slices.Clone(a), func(h uint64) bool { return slices.Contains(b, h) })
}

func quorum(hosts, half []uint64) bool {
	n := 0
	for _, h := range half {
		if slices.Contains(hosts, h) {
			n++
		}
	}
	return n > len(half)/2 || len(half) == 0
}
