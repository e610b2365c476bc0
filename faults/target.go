package faults

import (
	"strconv"
	"strings"
)

// Target is whom a fault hits: one host by name, or a role that is resolved
// when the fault fires. The zero Target names nobody.
type Target struct {
	// Host is the host's id, from 1 to MaxHost. Zero when Role is set.
	Host uint64
	// Role is the role to resolve. Zero when Host is set.
	Role Role
}

// MaxHost is the greatest host id that a schedule may name.
const MaxHost = 9999

// Host is the target that is one host.
func Host(id uint64) Target { return Target{Host: id} }

// Hosts is the group of these hosts, in this order.
func Hosts(ids ...uint64) Group {
	g := make(Group, len(ids))
	for i, id := range ids {
		g[i] = Host(id)
	}
	return g
}

// String is the target as it stands in a line: "n3" or the role's name.
func (t Target) String() string {
	if t.Role != 0 {
		return t.Role.String()
	}
	return "n" + strconv.FormatUint(t.Host, 10)
}

// Role names hosts by what they are when a fault fires.
type Role uint8

// The roles. A singular role is one host, drawn from those that fit and that
// nothing else in the line has taken; a plural one is all that fit.
const (
	// Leader is the running host that leads in the highest term.
	Leader Role = iota + 1
	// Follower is one running voter that follows.
	Follower
	// Followers are all running voters that follow.
	Followers
	// Candidate is one running host that campaigns, pre-campaign included.
	Candidate
	// Learner is one running host that does not vote.
	Learner
	// Learners are all running hosts that do not vote.
	Learners
	// Random is any one running host.
	Random
	// Minority is a largest set of voters whose loss leaves a quorum in each
	// half of the configuration, drawn anew each time. Empty with one voter.
	Minority
	// LeaderMinority is such a set with the leader in it.
	LeaderMinority
	// Majority is a smallest set of voters that is a quorum in each half of
	// the configuration, drawn anew each time.
	Majority
	// LeaderMajority is such a set with the leader in it.
	LeaderMajority
	// All are all hosts, up or down.
	All
	// Down are the hosts that are not running.
	Down
	// New is a host that is not there yet: the next id that is free. Only an
	// action that adds hosts can take it.
	New
	// Rest are the hosts that no other group of the same line names.
	Rest

	roleEnd
)

var roleNames = [...]string{
	Leader: "leader", Follower: "follower", Followers: "followers", Candidate: "candidate",
	Learner: "learner", Learners: "learners", Random: "random",
	Minority: "minority", LeaderMinority: "leader-minority",
	Majority: "majority", LeaderMajority: "leader-majority",
	All: "all", Down: "down", New: "new", Rest: "rest",
}

// String is the role's name in a line, such as "leader-minority".
func (r Role) String() string {
	if r > 0 && r < roleEnd {
		return roleNames[r]
	}
	return "role(" + strconv.Itoa(int(r)) + ")"
}

// Roles lists all roles in the order of their constants.
func Roles() []Role {
	roles := make([]Role, 0, roleEnd-1)
	for r := Leader; r < roleEnd; r++ {
		roles = append(roles, r)
	}
	return roles
}

// Target is the target that is this role.
func (r Role) Target() Target { return Target{Role: r} }

// Group is the group that is this role alone.
func (r Role) Group() Group { return Group{{Role: r}} }

// parseRole returns the role of this name, or zero.
func parseRole(word string) Role {
	for r := Leader; r < roleEnd; r++ {
		if roleNames[r] == word {
			return r
		}
	}
	return 0
}

// Group is targets named side by side, "n1 n2 leader". The order is kept, but
// means something only where an action says so.
type Group []Target

// String is the group as it stands in a line.
func (g Group) String() string {
	words := make([]string, len(g))
	for i, t := range g {
		words[i] = t.String()
	}
	return strings.Join(words, " ")
}

// IDs lists the hosts of a bound group, in its order. Roles are left out.
func (g Group) IDs() []uint64 {
	ids := make([]uint64, 0, len(g))
	for _, t := range g {
		if t.Host != 0 {
			ids = append(ids, t.Host)
		}
	}
	return ids
}

// is reports that the group is this role and nothing else.
func (g Group) is(r Role) bool { return len(g) == 1 && g[0].Role == r }

// bound reports that the group names hosts only.
func (g Group) bound() bool {
	for _, t := range g {
		if t.Role != 0 {
			return false
		}
	}
	return true
}
