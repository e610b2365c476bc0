package faults

import (
	"strconv"
	"time"

	"raftsim/internal/text"
)

// Skew steps the clocks of hosts, forwards or backwards. When it ends they
// step back by as much.
type Skew struct {
	Hosts Group
	// By is never zero.
	By time.Duration
}

// Kind is "skew".
func (Skew) Kind() string { return "skew" }

// String is "skew n2 by +300ms".
func (a Skew) String() string { return "skew " + a.Hosts.String() + " by " + text.SignedDuration(a.By) }

// Groups are the hosts whose clocks step.
func (a Skew) Groups() []Group { return []Group{a.Hosts} }

// Bind steps the clocks of other hosts.
func (a Skew) Bind(groups []Group) Action { return Skew{groups[0], a.By} }

// Drift makes the clocks of hosts run fast or slow. When it ends they run
// true again, from the reading that they have by then.
type Drift struct {
	Hosts Group
	// PPM is how many microseconds a clock gains each second, from
	// -MaxDrift to MaxDrift, never zero.
	PPM int64
}

// MaxDrift bounds Drift, in parts per million: a clock at half speed or at
// one and a half.
const MaxDrift = 500_000

// Kind is "drift".
func (Drift) Kind() string { return "drift" }

// String is "drift n2 by +200ppm".
func (a Drift) String() string {
	sign := ""
	if a.PPM > 0 {
		sign = "+"
	}
	return "drift " + a.Hosts.String() + " by " + sign + strconv.FormatInt(a.PPM, 10) + "ppm"
}

// Groups are the hosts whose clocks drift.
func (a Drift) Groups() []Group { return []Group{a.Hosts} }

// Bind lets the clocks of other hosts drift.
func (a Drift) Bind(groups []Group) Action { return Drift{groups[0], a.PPM} }

// Freeze stops the clocks of hosts that go on running: messages arrive, but
// no tick comes. When it ends the clocks run on from where they stood.
type Freeze struct{ Hosts Group }

// Kind is "freeze".
func (Freeze) Kind() string { return "freeze" }

// String is "freeze n2".
func (a Freeze) String() string { return "freeze " + a.Hosts.String() }

// Groups are the hosts whose clocks stop.
func (a Freeze) Groups() []Group { return []Group{a.Hosts} }

// Bind freezes the clocks of other hosts.
func (Freeze) Bind(groups []Group) Action { return Freeze{groups[0]} }

// Strobe makes the clocks of hosts jump to and fro: By ahead for one Period,
// right for the next. When it ends they are right.
type Strobe struct {
	Hosts Group
	// By is never zero; below zero the clocks jump back first.
	By time.Duration
	// Period is at least MinInterval.
	Period time.Duration
}

// Kind is "strobe".
func (Strobe) Kind() string { return "strobe" }

// String is "strobe n2 by +200ms each 10ms".
func (a Strobe) String() string {
	return "strobe " + a.Hosts.String() + " by " + text.SignedDuration(a.By) + " each " + text.Duration(a.Period)
}

// Groups are the hosts whose clocks jump.
func (a Strobe) Groups() []Group { return []Group{a.Hosts} }

// Bind strobes the clocks of other hosts.
func (a Strobe) Bind(groups []Group) Action { return Strobe{groups[0], a.By, a.Period} }
