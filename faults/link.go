package faults

import (
	"strconv"

	"raftsim/internal/text"
	"raftsim/random"
)

// Link disturbs the packets of a path in one way. Several faults may disturb
// the same link; each packet meets all of them.
type Link struct {
	// Path is the links that are disturbed, or the whole network.
	Path Path
	// Effect is what happens to their packets.
	Effect LinkEffect
	// Ratio is how many of the packets are hit. Loses, Duplicates, Replays,
	// Reorders and Corrupts only; there it is above zero.
	Ratio random.Ratio
	// Delay is the time drawn for each packet. With Delays it is added to what
	// the link takes anyway. With Replays it is how much later the old copy
	// arrives, with Reorders how far a packet falls behind; the zero value
	// there means what the link's own profile says.
	Delay random.Distribution
	// BytesPerSecond is the bandwidth left, at least 1. Limits only.
	BytesPerSecond int64
	// QueueBytes is how much may wait for that bandwidth before packets are
	// dropped. Limits only; zero means no bound.
	QueueBytes int64
}

// LinkEffect is one way to disturb packets.
type LinkEffect uint8

// The effects on a link.
const (
	// Loses drops packets.
	Loses LinkEffect = iota + 1
	// Duplicates delivers packets twice, close together.
	Duplicates
	// Replays delivers packets again much later.
	Replays
	// Reorders lets later packets overtake.
	Reorders
	// Corrupts damages packets; the receiver's checksum refuses them.
	Corrupts
	// Delays makes packets take longer.
	Delays
	// Limits bounds the bandwidth.
	Limits

	linkEffectEnd
)

var linkEffectNames = [...]string{
	Loses: "loses", Duplicates: "duplicates", Replays: "replays", Reorders: "reorders",
	Corrupts: "corrupts", Delays: "delays", Limits: "limits",
}

// String is the effect's verb, such as "loses".
func (e LinkEffect) String() string {
	if e > 0 && e < linkEffectEnd {
		return linkEffectNames[e]
	}
	return "effect(" + strconv.Itoa(int(e)) + ")"
}

// Kind is "link loses" and so on, for the whole network as well.
func (a Link) Kind() string { return "link " + a.Effect.String() }

// String is "link n1 -> n3 loses 20%" or "network loses 1%".
func (a Link) String() string {
	s := linkSubject(a.Path) + " " + a.Effect.String()
	switch a.Effect {
	case Delays:
		return s + " " + a.Delay.String()
	case Limits:
		s += " " + text.Size(a.BytesPerSecond) + "/s"
		if a.QueueBytes > 0 {
			s += " queue " + text.Size(a.QueueBytes)
		}
		return s
	}
	s += " " + a.Ratio.String()
	if !a.Delay.Zero() {
		s += " by " + a.Delay.String()
	}
	return s
}

// Groups are the senders and the receivers, or nil for the whole network.
func (a Link) Groups() []Group { return a.Path.groups() }

// Bind disturbs another path in the same way.
func (a Link) Bind(groups []Group) Action {
	a.Path = a.Path.bind(groups)
	return a
}

// Hold keeps the packets of a path back. When it ends, or with Release, they
// are delivered in the order in which they were sent.
type Hold struct{ Path Path }

// Kind is "hold".
func (Hold) Kind() string { return "hold" }

// String is "hold n1 -> n3" or "hold network".
func (a Hold) String() string { return "hold " + pathOrNetwork(a.Path) }

// Groups are the senders and the receivers, or nil for the whole network.
func (a Hold) Groups() []Group { return a.Path.groups() }

// Bind holds another path.
func (a Hold) Bind(groups []Group) Action { return Hold{a.Path.bind(groups)} }

// Release ends every Hold on the links of a path.
type Release struct{ Path Path }

// Kind is "release".
func (Release) Kind() string { return "release" }

// String is "release n1 -> n3" or "release network".
func (a Release) String() string { return "release " + pathOrNetwork(a.Path) }

// Groups are the senders and the receivers, or nil for the whole network.
func (a Release) Groups() []Group { return a.Path.groups() }

// Bind releases another path.
func (a Release) Bind(groups []Group) Action { return Release{a.Path.bind(groups)} }

// Drop drops the messages of one type on a path.
type Drop struct {
	// Type is the message type's name, such as "MsgApp".
	Type string
	// Path is the links on which they are dropped, or the whole network.
	Path Path
	// Ratio is how many of them are dropped, above zero.
	Ratio random.Ratio
}

// Kind is "drop".
func (Drop) Kind() string { return "drop" }

// String is "drop MsgApp n1 -> n3 50%" or "drop MsgSnap network 100%".
func (a Drop) String() string {
	return "drop " + a.Type + " " + pathOrNetwork(a.Path) + " " + a.Ratio.String()
}

// Groups are the senders and the receivers, or nil for the whole network.
func (a Drop) Groups() []Group { return a.Path.groups() }

// Bind drops the same messages on another path.
func (a Drop) Bind(groups []Group) Action {
	a.Path = a.Path.bind(groups)
	return a
}

// Clog keeps back every packet to and from these hosts, those of clients too.
// When it ends they are delivered in the order in which they were sent.
type Clog struct{ Hosts Group }

// Kind is "clog".
func (Clog) Kind() string { return "clog" }

// String is "clog n1 n2".
func (a Clog) String() string { return "clog " + a.Hosts.String() }

// Groups are the clogged hosts.
func (a Clog) Groups() []Group { return []Group{a.Hosts} }

// Bind clogs other hosts.
func (Clog) Bind(groups []Group) Action { return Clog{groups[0]} }

// linkSubject is the path as the subject of a line.
func linkSubject(p Path) string {
	if p.Wide() {
		return "network"
	}
	return "link " + p.String()
}

// pathOrNetwork is the path as the object of a line.
func pathOrNetwork(p Path) string {
	if p.Wide() {
		return "network"
	}
	return p.String()
}
