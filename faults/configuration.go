package faults

import "slices"

// maxConfigurations bounds how many outcomes of uncertain changes are looked
// at before a schedule is called SafetyOnly.
const maxConfigurations = 256

// after lists the sets of voters that an action may leave behind, one for each
// way to resolve its roles. It fails when there are too many ways, or when the
// roles cannot be told apart.
func after(a Action, voters []uint64) (outcomes [][]uint64, ok bool) {
	outcomes = [][]uint64{voters}
	for _, c := range changesOf(a) {
		for _, t := range c.Hosts {
			var next [][]uint64
			for _, v := range outcomes {
				each, ok := change(c.Op, t, v)
				if !ok {
					return nil, false
				}
				next = append(next, each...)
			}
			outcomes = distinct(next)
			if len(outcomes) > maxConfigurations {
				return nil, false
			}
		}
	}
	return outcomes, true
}

// changesOf lists the changes that an action makes to the configuration.
func changesOf(a Action) []Change {
	switch a := a.(type) {
	case Reconfigure:
		return a.Changes
	case Replace:
		return []Change{{Add, Group{a.New}}, {Remove, Group{a.Old}}}
	}
	return nil
}

// change lists the sets of voters that one clause may make of one.
func change(op Op, t Target, voters []uint64) ([][]uint64, bool) {
	adds := op == Add || op == Promote
	removes := op == Remove || op == Demote
	switch {
	case op == Learn || t.Role == Learner && removes || t.Role == Learners && removes:
		return [][]uint64{voters}, true
	case t.Host != 0 && adds:
		return [][]uint64{with(voters, t.Host)}, true
	case t.Host != 0 && removes:
		return [][]uint64{lacking(voters, t.Host)}, true
	case t.Role == New || t.Role == Learner:
		return [][]uint64{with(voters, unnamed(voters))}, true
	case removes && mostOf(t, len(voters)) == 1:
		each := [][]uint64{voters} // the role may be held by who is no voter
		for _, h := range voters {
			each = append(each, lacking(voters, h))
		}
		return each, true
	}
	return nil, false
}

// unnamed is an id that stands for a voter not known by name.
func unnamed(voters []uint64) uint64 {
	id := uint64(MaxHost + 1)
	for slices.Contains(voters, id) {
		id++
	}
	return id
}

func with(voters []uint64, h uint64) []uint64 {
	i, found := slices.BinarySearch(voters, h)
	if found {
		return voters
	}
	return slices.Insert(slices.Clone(voters), i, h)
}

func lacking(voters []uint64, h uint64) []uint64 {
	i, found := slices.BinarySearch(voters, h)
	if !found {
		return voters
	}
	return slices.Delete(slices.Clone(voters), i, i+1)
}

func distinct(sets [][]uint64) [][]uint64 {
	slices.SortFunc(sets, slices.Compare[[]uint64])
	return slices.CompactFunc(sets, slices.Equal[[]uint64])
}

// classReconfigure is the Class of a change: each configuration that it may
// lead to must be able to spare who is faulty.
func classReconfigure(a Action, b Budget) Class {
	for _, half := range [][]uint64{b.Voters, b.Outgoing} {
		if len(half) == 0 {
			continue
		}
		outcomes, ok := after(a, sorted(half))
		if !ok {
			return SafetyOnly
		}
		for _, voters := range outcomes {
			b := b
			b.Voters, b.Outgoing = voters, nil
			if len(voters) == 0 || !b.spares(nil) {
				return SafetyOnly
			}
		}
	}
	return Tolerable
}

func sorted(ids []uint64) []uint64 {
	s := slices.Clone(ids)
	slices.Sort(s)
	return s
}
