package faults

// Path is a set of directed links between hosts.
type Path struct {
	// From and To are the senders and the receivers. Both are empty when the
	// path is the whole network: every link between hosts and between hosts
	// and clients, those of hosts that join later too.
	From, To Group
	// Both takes the links back from To to From as well.
	Both bool
}

// Network is the path that takes in every link.
func Network() Path { return Path{} }

// Wide reports that the path is the whole network.
func (p Path) Wide() bool { return len(p.From) == 0 && len(p.To) == 0 }

// String is the path as it stands in a line: "n1 -> n3", "leader <-> all", or
// "" for the whole network.
func (p Path) String() string {
	switch {
	case p.Wide():
		return ""
	case p.Both:
		return p.From.String() + " <-> " + p.To.String()
	}
	return p.From.String() + " -> " + p.To.String()
}

// Links calls yield for each directed link of a bound path, senders in order,
// then receivers in order. A host has no link to itself. A wide path has none
// to list: see Wide.
func (p Path) Links(yield func(from, to uint64) bool) {
	for _, from := range p.From.IDs() {
		for _, to := range p.To.IDs() {
			if from == to {
				continue
			}
			if !yield(from, to) || p.Both && !yield(to, from) {
				return
			}
		}
	}
}

// groups are the targets of the path: none when it is wide.
func (p Path) groups() []Group {
	if p.Wide() {
		return nil
	}
	return []Group{p.From, p.To}
}

// bind is the path between other groups.
func (p Path) bind(groups []Group) Path {
	if p.Wide() {
		return p
	}
	return Path{From: groups[0], To: groups[1], Both: p.Both}
}
