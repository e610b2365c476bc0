package faults

import (
	"strings"
	"time"

	"raftsim/internal/text"
)

// Partition cuts every link between hosts of different sides, both ways. A
// host on no side keeps all of its links; name the Rest to leave none out.
// Packets in flight on a link that is cut are lost.
type Partition struct {
	// Sides are at least two, and disjoint once bound: a role brings in only
	// hosts that no other side has.
	Sides []Group
}

// Kind is "partition".
func (Partition) Kind() string { return "partition" }

// String is "partition n1 | n2 n3".
func (a Partition) String() string { return "partition " + joinSides(a.Sides) }

// Groups are the sides.
func (a Partition) Groups() []Group { return a.Sides }

// Bind returns the partition into other sides.
func (Partition) Bind(groups []Group) Action { return Partition{groups} }

// Flap is a Partition that comes and goes, cut first.
type Flap struct {
	// Sides are as in Partition.
	Sides []Group
	// Down is how long each cut lasts, Up how long the links work between two
	// cuts. Both are at least MinInterval.
	Down, Up time.Duration
}

// Kind is "flap".
func (Flap) Kind() string { return "flap" }

// String is "flap leader | rest off 300ms on 200ms".
func (a Flap) String() string {
	return "flap " + joinSides(a.Sides) + " off " + text.Duration(a.Down) + " on " + text.Duration(a.Up)
}

// Groups are the sides.
func (a Flap) Groups() []Group { return a.Sides }

// Bind returns the same rhythm between other sides.
func (a Flap) Bind(groups []Group) Action { return Flap{groups, a.Down, a.Up} }

// Isolate cuts each of these hosts off from every other host, both ways.
type Isolate struct{ Hosts Group }

// Kind is "isolate".
func (Isolate) Kind() string { return "isolate" }

// String is "isolate leader".
func (a Isolate) String() string { return "isolate " + a.Hosts.String() }

// Groups are the isolated hosts.
func (a Isolate) Groups() []Group { return []Group{a.Hosts} }

// Bind isolates other hosts.
func (Isolate) Bind(groups []Group) Action { return Isolate{groups[0]} }

// Cut cuts the links of a path: a one-way partition, or both ways with
// "n1 <-> n2". The path is never the whole network.
type Cut struct{ Path Path }

// Kind is "cut".
func (Cut) Kind() string { return "cut" }

// String is "cut n1 -> n2 n3".
func (a Cut) String() string { return "cut " + a.Path.String() }

// Groups are the senders and the receivers.
func (a Cut) Groups() []Group { return a.Path.groups() }

// Bind cuts another path.
func (a Cut) Bind(groups []Group) Action { return Cut{a.Path.bind(groups)} }

// Bridge cuts every link between Left and Right. Middle keeps its links to
// both, so that the halves are joined by its hosts alone. The three are
// disjoint once bound.
type Bridge struct{ Left, Middle, Right Group }

// Kind is "bridge".
func (Bridge) Kind() string { return "bridge" }

// String is "bridge n1 n2 | n3 | n4 n5".
func (a Bridge) String() string { return "bridge " + joinSides(a.Groups()) }

// Groups are Left, Middle and Right.
func (a Bridge) Groups() []Group { return []Group{a.Left, a.Middle, a.Right} }

// Bind bridges other halves.
func (Bridge) Bind(groups []Group) Action { return Bridge{groups[0], groups[1], groups[2]} }

// Ring leaves each host the links to its nearest neighbours on a ring, just
// enough of them for a majority of the ring, and cuts all others: each host
// sees a majority, and no two see the same one. The hosts stand on the ring in
// the order of the group; binding shuffles the hosts that a role brings in.
type Ring struct{ Hosts Group }

// Kind is "ring".
func (Ring) Kind() string { return "ring" }

// String is "ring all".
func (a Ring) String() string { return "ring " + a.Hosts.String() }

// Groups are the hosts on the ring.
func (a Ring) Groups() []Group { return []Group{a.Hosts} }

// Bind puts other hosts on the ring.
func (Ring) Bind(groups []Group) Action { return Ring{groups[0]} }

// joinSides is the text of groups that stand against each other.
func joinSides(sides []Group) string {
	words := make([]string, len(sides))
	for i, g := range sides {
		words[i] = g.String()
	}
	return strings.Join(words, " | ")
}
