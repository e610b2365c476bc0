package faults

import (
	"math"
	"math/bits"
	"slices"
	"time"

	"raftsim/random"
)

// Class says what may be expected of a cluster while a fault lasts.
type Class uint8

// The classes, from mild to severe.
const (
	// Tolerable: the cluster must stay safe and make progress.
	Tolerable Class = iota
	// SafetyOnly: it must stay safe; progress may stop until the fault ends.
	SafetyOnly
	// OutOfModel: Raft does not promise to survive it, so a promise may
	// break; the verdict names which.
	OutOfModel
)

// String is "tolerable", "safety only" or "out of model".
func (c Class) String() string {
	switch c {
	case Tolerable:
		return "tolerable"
	case SafetyOnly:
		return "safety only"
	}
	return "out of model"
}

// Budget is the situation in which a fault is classed: the configuration in
// force and what is broken already.
type Budget struct {
	// Voters are the voters of the configuration in force, Outgoing those of
	// its other half while it is joint (empty when it is not).
	Voters, Outgoing []uint64
	// Faulty is who is out of service: down, paused, cut off, stalled. A role
	// stands for hosts that are not known by name.
	Faulty Group
	// ElectionTimeout is the least election timeout; slowness beyond half of
	// it costs elections. Zero means DefaultElectionTimeout.
	ElectionTimeout time.Duration
	// Leases says that reads rely on clocks. Then clocks that drift further
	// than LeaseDriftPPM, jump or stand still may break a promise.
	Leases bool
	// LeaseDriftPPM is the drift that the leases allow for.
	LeaseDriftPPM int64
}

// DefaultElectionTimeout stands in for a Budget without one.
const DefaultElectionTimeout = time.Second

// Class tells how bad the fault's action is within a budget. Roles count as
// the worst that they may stand for, so binding an action never makes its
// class worse. An action whose kind is not registered is OutsideModel.
func (f Fault) Class(b Budget) Class {
	k, ok := Lookup(f.Action.Kind())
	if !ok {
		return OutOfModel
	}
	c := Tolerable
	if k.Class != nil {
		c = k.Class(f.Action, b)
	}
	if k.Harm == nil {
		return c
	}
	if harm := k.Harm(f.Action, b); len(harm) > 0 && !b.spares(harm) {
		c = max(c, SafetyOnly)
	}
	return c
}

// spares reports that each half of the configuration keeps a quorum without
// these and those who are faulty already.
func (b Budget) spares(lost Group) bool {
	lost = slices.Concat(b.Faulty, lost)
	for _, half := range [][]uint64{b.Voters, b.Outgoing} {
		if len(half) > 0 && most(lost, half) > (len(half)-1)/2 {
			return false
		}
	}
	return true
}

// most is how many voters of a half a group may stand for.
func most(g Group, half []uint64) int {
	n := 0
	for i, t := range g {
		if t.Host != 0 && (!slices.Contains(half, t.Host) || slices.Contains(g[:i], t)) {
			continue
		}
		n += mostOf(t, len(half))
	}
	return min(n, len(half))
}

// mostOf is how many of so many voters a target may stand for. Hosts that are
// down count as nobody: they are faulty already.
func mostOf(t Target, voters int) int {
	switch t.Role {
	case Learner, Learners, Down, New:
		return 0
	case Minority, LeaderMinority:
		return (voters - 1) / 2
	case Majority, LeaderMajority:
		return voters/2 + 1
	case Followers, All, Rest:
		return voters
	}
	return 1
}

// always is the Class of kinds that are as bad in any situation.
func always(c Class) func(Action, Budget) Class {
	return func(Action, Budget) Class { return c }
}

// harmHosts is the Harm of kinds that put all of their targets out of service.
func harmHosts(a Action, _ Budget) Group { return slices.Concat(a.Groups()...) }

// harmSides is the Harm of a partition: all sides but the one that the cluster
// can best go on with.
func harmSides(a Action, b Budget) Group {
	sides := a.Groups()
	for kept := range sides {
		lost := b.without(sides, kept)
		if b.spares(lost) {
			return lost
		}
	}
	return All.Group()
}

// without is who is lost when one side of a partition is kept. Hosts on no
// side are kept with it.
func (b Budget) without(sides []Group, kept int) Group {
	var lost Group
	for i, side := range sides {
		switch {
		case i == kept:
		case side.is(Rest):
			lost = append(lost, b.complement(sides[kept])...)
		default:
			lost = append(lost, side...)
		}
	}
	return lost
}

// complement is everybody but these.
func (b Budget) complement(g Group) Group {
	switch {
	case g.is(Majority) || g.is(LeaderMajority):
		return Minority.Group()
	case !g.bound():
		return All.Group()
	}
	var others Group
	for _, h := range slices.Concat(b.Voters, b.Outgoing) {
		if !slices.Contains(g, Host(h)) {
			others = append(others, Host(h))
		}
	}
	return others
}

// timeout is the least election timeout.
func (b Budget) timeout() time.Duration {
	if b.ElectionTimeout == 0 {
		return DefaultElectionTimeout
	}
	return b.ElectionTimeout
}

// percentile99 is a fate at which 99 of 100 are lower.
const percentile99 = math.MaxUint64 / 100 * 99

// tooSlow reports that an election timeout cannot bear such times, with so
// many of them in a row.
func (b Budget) tooSlow(d random.Distribution, inARow int64) bool {
	high, sum := bits.Mul64(uint64(d.At(percentile99)), uint64(inARow))
	return high > 0 || sum > uint64(b.timeout())
}

// How much slowness an election timeout can bear: as many packets or disk
// operations, and as many events, one after the other.
const (
	slowSteps  = 2
	slowEvents = 100
)

func classDelay(a Action, b Budget) Class {
	if b.tooSlow(a.(Link).Delay, slowSteps) {
		return SafetyOnly
	}
	return Tolerable
}

func harmSlow(a Action, b Budget) Group {
	if b.tooSlow(a.(Slow).By, slowEvents) {
		return a.(Slow).Hosts
	}
	return nil
}

// classLoss tells whether enough packets get through for progress.
func classLoss(a Action, _ Budget) Class {
	r := a.(Link).Ratio
	scaled, overflow := bits.Mul64(r.Num, 10)
	limit, rest := bits.Mul64(r.Den, 3)
	if scaled > limit || scaled == limit && overflow > rest {
		return SafetyOnly
	}
	return Tolerable
}

// busyBytesPerSecond is the bandwidth that a cluster needs on every link.
const busyBytesPerSecond = 64 << 10

func classLimit(a Action, _ Budget) Class {
	if a.(Link).BytesPerSecond < busyBytesPerSecond {
		return SafetyOnly
	}
	return Tolerable
}

func classClockJump(_ Action, b Budget) Class {
	if b.Leases {
		return OutOfModel
	}
	return Tolerable
}

func classDrift(a Action, b Budget) Class {
	ppm := a.(Drift).PPM
	if b.Leases && max(ppm, -ppm) > b.LeaseDriftPPM {
		return OutOfModel
	}
	return Tolerable
}

func classStrobe(a Action, b Budget) Class { return max(SafetyOnly, classClockJump(a, b)) }

func classPause(a Action, b Budget) Class {
	if a.(Pause).Clock {
		return classClockJump(a, b)
	}
	return Tolerable
}

func classDisk(a Action, _ Budget) Class {
	switch a.(Disk).Effect {
	case SyncLies, Misdirects, Rots, Spoils, Swapped, Lost:
		return OutOfModel
	}
	return Tolerable
}

func harmDisk(a Action, b Budget) Group {
	d := a.(Disk)
	switch d.Effect {
	case Slows:
		if !b.tooSlow(d.By, slowSteps) {
			return nil
		}
	case Scrambles, Copied:
		return nil
	}
	return d.Hosts
}
