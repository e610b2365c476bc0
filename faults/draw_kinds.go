package faults

import (
	"time"

	"raftsim/random"
)

func drawPartition(d *Draw) Action { return Partition{d.sides()} }

func drawFlap(d *Draw) Action {
	return Flap{Sides: d.sides(), Down: d.Time("down", 5, 150), Up: d.Time("up", 5, 150)}
}

// sides draws two sides, or three: one against the rest, a minority with or
// without the leader, or any split.
func (d *Draw) sides() []Group {
	rest := Rest.Group()
	if d.prefers == Leader && d.Chance("preferred", 2) {
		return []Group{[]Role{Leader, LeaderMinority}[d.Choose("preferred side", 2)].Group(), rest}
	}
	switch d.Choose("sides", 6) {
	case 1:
		return []Group{Leader.Group(), rest}
	case 2:
		return []Group{LeaderMinority.Group(), rest}
	case 3:
		return []Group{Majority.Group(), rest}
	case 4:
		return []Group{Follower.Group(), Leader.Group(), rest}
	case 5:
		if sides := d.split(); sides != nil {
			return sides
		}
	}
	return []Group{Minority.Group(), rest}
}

// split draws a side for each voter; nil when one side is empty.
func (d *Draw) split() []Group {
	var a, b Group
	for _, h := range d.generator.members.voters {
		if d.Chance("side", 2) {
			a = append(a, Host(h))
		} else {
			b = append(b, Host(h))
		}
	}
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	return []Group{a, b}
}

func drawIsolate(d *Draw) Action { return Isolate{d.Hosts(Follower, Leader, Random)} }

func drawCut(d *Draw) Action { return Cut{d.InnerPath()} }

func drawBridge(d *Draw) Action {
	middle := []Group{Random.Group(), Leader.Group(), Follower.Group()}[d.Choose("middle", 3)]
	return Bridge{Minority.Group(), middle, Rest.Group()}
}

func drawRing(*Draw) Action { return Ring{All.Group()} }

// drawShare is the Draw of a link effect that hits up to so many percent.
func drawShare(e LinkEffect, most int) func(*Draw) Action {
	return func(d *Draw) Action {
		a := Link{Path: d.Path(), Effect: e, Ratio: d.Ratio("share", most)}
		switch e {
		case Replays:
			a.Delay = d.Distribution("later", 50, 400)
		case Reorders:
			a.Delay = d.Distribution("later", 1, 50)
		case Loses, Corrupts:
			if d.Chance("heavy", 8) {
				a.Ratio = random.Percent(uint64(d.Between("heavy share", 30, 100)))
			}
		}
		return a
	}
}

func drawLinkDelay(d *Draw) Action {
	return Link{Path: d.Path(), Effect: Delays, Delay: d.Distribution("delay", 1, 100)}
}

func drawLimit(d *Draw) Action {
	a := Link{Path: d.Path(), Effect: Limits, BytesPerSecond: 1 << (20 - d.Choose("rate", 10))}
	if d.Chance("queue", 2) {
		a.QueueBytes = max(a.BytesPerSecond/8, 1<<10)
	}
	return a
}

func drawHold(d *Draw) Action { return Hold{d.Path()} }

func drawDrop(d *Draw) Action {
	types := MessageTypes()
	a := Drop{Type: types[d.Choose("type", len(types))], Path: d.Path(), Ratio: random.Percent(100)}
	if d.Chance("some", 2) {
		a.Ratio = d.Ratio("share", 90)
	}
	return a
}

func drawClog(d *Draw) Action { return Clog{d.Hosts(Follower, Leader, Random, Minority)} }

func drawSwizzle(d *Draw) Action {
	return Swizzle{Hosts: d.Hosts(Minority, All, Majority), Over: d.Time("over", 10, 200)}
}

// offset draws how far a clock jumps, either way.
func (d *Draw) offset() time.Duration {
	by := d.Time("offset", 1, 100) << d.Choose("offset scale", 5)
	if d.Chance("back", 2) {
		return -by
	}
	return by
}

func drawSkew(d *Draw) Action { return Skew{d.Hosts(Random, Leader, Follower, Followers), d.offset()} }

func drawDrift(d *Draw) Action {
	ppm := int64(d.Between("ppm", 1, 50))
	for range d.Choose("ppm scale", 5) {
		ppm *= 10
	}
	if d.Chance("back", 2) {
		ppm = -ppm
	}
	return Drift{d.Hosts(Random, Leader, Follower, Followers), ppm}
}

func drawFreeze(d *Draw) Action { return Freeze{d.Hosts(Follower, Leader, Random)} }

func drawStrobe(d *Draw) Action {
	return Strobe{Hosts: d.Hosts(Follower, Leader, Random), By: d.offset(), Period: d.Time("period", 1, 50)}
}

// drawDisk is the Draw of a disk effect.
func drawDisk(e DiskEffect) func(*Draw) Action {
	return func(d *Draw) Action {
		a := Disk{Hosts: d.Hosts(Follower, Leader, Random), Effect: e}
		switch e {
		case Slows:
			a.By = d.Distribution("delay", 1, 50)
		case ReadFails, WriteFails, SyncFails, SyncLies, Misdirects:
			if d.Chance("share", 2) {
				a.Ratio = d.Ratio("share of", 100)
			} else {
				a.Count = d.Between("times", 1, 3)
			}
			a.LosesPages = e == SyncFails && d.Chance("losing pages", 2)
		case Rots, Spoils:
			a.Count = d.Between("count", 1, 8)
		case Fills:
			a.Bytes = int64(d.Choose("leaving", 5)) << 10
		}
		return a
	}
}

func drawCrash(d *Draw) Action {
	a := Crash{Hosts: d.Hosts(Follower, Leader, Random, Minority, Majority)}
	a.Losing, a.Torn = d.losing()
	if d.Chance("armed", 2) {
		a.Point = AtOperation + Point(d.Choose("point", 2))
		a.N = d.Between("count", 1, 20)
	}
	return a
}

func (d *Draw) losing() (Losing, bool) {
	return Unsynced + Losing(d.Choose("losing", int(losingEnd-Unsynced))), d.Chance("torn", 2)
}

func drawCrashLoop(d *Draw) Action {
	a := CrashLoop{Hosts: d.Hosts(Follower, Leader, Random)}
	a.Down, a.Up = d.Distribution("down", 5, 100), d.Distribution("up", 10, 200)
	a.Losing, a.Torn = d.losing()
	if d.Chance("among", 2) {
		a.Among = d.Between("operations", 1, 40)
	}
	return a
}

func drawBlackout(d *Draw) Action {
	var a Blackout
	a.Losing, a.Torn = d.losing()
	return a
}

func drawPause(d *Draw) Action {
	return Pause{d.Hosts(Follower, Leader, Random, Minority), d.Chance("clock", 3)}
}

func drawSlow(d *Draw) Action {
	return Slow{d.Hosts(Follower, Leader, Random), d.Distribution("delay", 1, 3)}
}

func drawPropose(d *Draw) Action {
	a := Propose{Hosts: d.Hosts(Leader, Follower), Count: d.Between("count", 1, 64)}
	if d.Chance("sized", 2) {
		a.Bytes = 16 << d.Choose("bytes", 12)
	}
	return a
}

func drawRead(d *Draw) Action {
	return Read{Hosts: d.Hosts(Leader, Followers, Follower, All), Count: d.Between("count", 1, 16)}
}
