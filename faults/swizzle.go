package faults

import (
	"time"

	"raftsim/internal/text"
)

// Swizzle clogs hosts one by one and unclogs them one by one in another order,
// both orders and all instants drawn from the fault's fate.
type Swizzle struct {
	Hosts Group
	// Over is how long the clogging takes, from the first host to the last,
	// and then again the unclogging, which starts when the fault's time is
	// over. It is at least MinInterval.
	Over time.Duration
}

// Kind is "swizzle".
func (Swizzle) Kind() string { return "swizzle" }

// String is "swizzle all over 1s".
func (a Swizzle) String() string {
	return "swizzle " + a.Hosts.String() + " over " + text.Duration(a.Over)
}

// Groups are the hosts that are clogged.
func (a Swizzle) Groups() []Group { return []Group{a.Hosts} }

// Bind swizzles other hosts.
func (a Swizzle) Bind(groups []Group) Action { return Swizzle{groups[0], a.Over} }
