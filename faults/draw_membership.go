package faults

import (
	"slices"

	"raftsim/clock"
)

// members is the configuration that a schedule has led to so far, if each of
// its changes was made. Changes of hosts by their roles show in the numbers
// only.
type members struct {
	voters, learners, spare []uint64 // by name, as far as known
	voting, learning, fresh int      // how many: voters, learners, and hosts that may still come
	at                      clock.Time
	joint                   bool       // until jointUntil
	jointUntil              clock.Time // when leave-joint comes; zero is never
}

func newMembers(o GeneratorOptions) members {
	return members{
		voters: slices.Clone(o.Voters), learners: slices.Clone(o.Learners), spare: slices.Clone(o.Spare),
		voting: len(o.Voters), learning: len(o.Learners), fresh: 2 * len(o.Spare),
	}
}

// isJoint reports that the configuration is joint until somebody leaves it.
func (m *members) isJoint() bool {
	if m.jointUntil > 0 && m.jointUntil <= m.at {
		m.joint, m.jointUntil = false, 0
	}
	return m.joint
}

// follow makes the changes of an action.
func (m *members) follow(a Action) {
	switch a := a.(type) {
	case Reconfigure:
		m.joint, m.jointUntil = a.Mode == Explicit, 0
	case LeaveJoint:
		m.joint = false
	}
	for _, c := range changesOf(a) {
		m.count(c)
		for _, h := range c.Hosts.IDs() {
			is := func(other uint64) bool { return other == h }
			m.spare = slices.DeleteFunc(m.spare, is)
			if len(m.voters) > 1 { // somebody must have a name
				m.voters = slices.DeleteFunc(m.voters, is)
			}
			m.learners = slices.DeleteFunc(m.learners, is)
			switch c.Op {
			case Add, Promote:
				if !slices.Contains(m.voters, h) {
					m.voters = append(m.voters, h)
				}
			case Learn, Demote:
				m.learners = append(m.learners, h)
			case Remove:
				if !slices.Contains(m.voters, h) {
					m.spare = append(m.spare, h) // it may come back, with what it remembers
				}
			}
		}
	}
}

// count keeps the numbers.
func (m *members) count(c Change) {
	n := len(c.Hosts)
	switch c.Op {
	case Add:
		m.voting, m.fresh = m.voting+n, m.fresh-n
	case Learn:
		m.learning, m.fresh = m.learning+n, m.fresh-n
	case Promote:
		m.voting, m.learning = m.voting+n, m.learning-n
	case Demote:
		m.voting, m.learning = m.voting-n, m.learning+n
	case Remove:
		if c.Hosts.is(Learner) || slices.Contains(m.learners, c.Hosts[0].Host) {
			m.learning -= n
		} else {
			m.voting -= n
		}
	}
}

// drawReconfigure draws up to three clauses that fit the configuration so far.
func drawReconfigure(d *Draw) Action {
	m := &d.generator.members
	if m.isJoint() {
		return nil
	}
	var a Reconfigure
	most := 1 + d.Choose("clauses", 3)
	clause := func(op Op, from []uint64, left int, roles ...Role) {
		if left > 0 && len(a.Changes) < most && d.Chance(op.String(), 2) {
			if whom := d.member(op.String()+" whom", from, roles); whom != nil {
				a.Changes = append(a.Changes, Change{op, whom})
			}
		}
	}
	clause(Promote, m.learners, m.learning, Learner)
	clause(Remove, m.voters, m.voting-1, Follower, Follower, Leader)
	if d.Chance("as learner", 3) {
		clause(Learn, m.spare, m.fresh, New)
	} else {
		clause(Add, m.spare, m.fresh, New)
	}
	clause(Demote, m.voters, m.voting-1, Follower, Leader)
	clause(Remove, m.learners, m.learning, Learner)
	if a.Changes = distinctHosts(a.Changes); len(a.Changes) == 0 {
		return nil
	}
	a.Mode = Mode(d.Choose("mode", int(modeEnd)))
	return a
}

// member draws one of these hosts, or one of the roles; nobody when there is
// none to name.
func (d *Draw) member(name string, from []uint64, roles []Role) Group {
	if d.Chance(name+" by name", 3) {
		if len(from) == 0 {
			return nil
		}
		return Hosts(from[d.Choose(name, len(from))])
	}
	return roles[d.Choose(name+" role", len(roles))].Group()
}

// distinctHosts leaves out clauses whose host an earlier clause has named.
func distinctHosts(changes []Change) []Change {
	var kept []Change
	for _, c := range changes {
		if !slices.ContainsFunc(kept, func(k Change) bool { return k.Hosts[0].Host != 0 && k.Hosts[0] == c.Hosts[0] }) {
			kept = append(kept, c)
		}
	}
	return kept
}

func drawReplace(d *Draw) Action {
	m := &d.generator.members
	if m.isJoint() || m.fresh <= 0 {
		return nil
	}
	old, fresh := d.member("old", m.voters, []Role{Follower, Leader}), d.member("new", m.spare, []Role{New})
	if old == nil || fresh == nil {
		return nil
	}
	return Replace{Old: old[0], New: fresh[0]}
}

func drawLeaveJoint(d *Draw) Action {
	if !d.generator.members.isJoint() {
		return nil
	}
	return LeaveJoint{}
}

func drawTransfer(d *Draw) Action {
	if d.Chance("by name", 2) {
		return Transfer{Host(d.Voter())}
	}
	return Transfer{Follower.Target()}
}
