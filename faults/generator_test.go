package faults_test

import (
	"time"

	"pgregory.net/rapid"

	"raftsim/clock"
	"raftsim/faults"
	"raftsim/random"
)

// schedules draws schedules of every kind with values anywhere in their
// ranges, not only those that faults.Generate would draw.
func schedules() *rapid.Generator[faults.Schedule] {
	return rapid.Custom(func(t *rapid.T) faults.Schedule {
		s := faults.Schedule(rapid.SliceOfN(rapid.Custom(anyFault), 0, 8).Draw(t, "schedule"))
		s.Sort()
		return s
	})
}

func anyFault(t *rapid.T) faults.Fault {
	f := faults.Fault{At: clock.Time(duration(t, "at", 0)), Action: anyAction(t)}
	if rapid.Bool().Draw(t, "at range") {
		f.AtMax = f.At + clock.Time(duration(t, "at most", 1))
	}
	kind, _ := faults.Lookup(f.Action.Kind())
	if kind.Lasting && rapid.Bool().Draw(t, "lasts") {
		f.For = duration(t, "for", 1)
		if rapid.Bool().Draw(t, "for range") {
			f.ForMax = f.For + duration(t, "for most", 1)
		}
	}
	if rapid.Bool().Draw(t, "repeats") {
		f.Every.Min = duration(t, "every", faults.MinInterval)
		f.Every.Max = f.Every.Min + duration(t, "every most", 0)
		if rapid.Bool().Draw(t, "until") {
			f.Every.Until = max(f.At, f.AtMax) + clock.Time(duration(t, "until", 1))
		}
	}
	if rapid.Bool().Draw(t, "waits") {
		f.Wait = duration(t, "within", 1)
	}
	return f
}

// duration draws a time of at least least and below 300 hours, most often a
// round one.
func duration(t *rapid.T, name string, least time.Duration) time.Duration {
	unit := rapid.SampledFrom([]time.Duration{1, time.Microsecond, time.Millisecond, time.Second}).Draw(t, name+" unit")
	return least + time.Duration(rapid.Int64Range(0, 1_000_000).Draw(t, name))*unit
}

func anyTarget(t *rapid.T) faults.Target {
	if rapid.Bool().Draw(t, "role") {
		return rapid.SampledFrom([]faults.Role{
			faults.Leader, faults.Follower, faults.Followers, faults.Candidate, faults.Learner, faults.Learners,
			faults.Random, faults.Minority, faults.LeaderMinority, faults.Majority, faults.LeaderMajority,
			faults.All, faults.Down,
		}).Draw(t, "which").Target()
	}
	most := rapid.SampledFrom([]uint64{5, 12, faults.MaxHost}).Draw(t, "of")
	return faults.Host(rapid.Uint64Range(1, most).Draw(t, "host"))
}

func anyGroup(t *rapid.T) faults.Group {
	return rapid.SliceOfNDistinct(rapid.Custom(anyTarget), 1, 4, rapid.ID[faults.Target]).Draw(t, "group")
}

// anySides draws groups that share nobody, the last of them the rest at times.
func anySides(t *rapid.T, least, most int) []faults.Group {
	n := rapid.IntRange(least, most).Draw(t, "sides")
	all := rapid.SliceOfNDistinct(rapid.Custom(anyTarget), n, n+4, rapid.ID[faults.Target]).Draw(t, "targets")
	sides := make([]faults.Group, n)
	for i, target := range all {
		sides[i%n] = append(sides[i%n], target)
	}
	if rapid.Bool().Draw(t, "rest") {
		sides[n-1] = faults.Rest.Group()
	}
	return sides
}

func anyInnerPath(t *rapid.T) faults.Path {
	return faults.Path{From: anyGroup(t), To: anyGroup(t), Both: rapid.Bool().Draw(t, "both")}
}

func anyPath(t *rapid.T) faults.Path {
	if rapid.Bool().Draw(t, "network") {
		return faults.Network()
	}
	return anyInnerPath(t)
}

func anyRatio(t *rapid.T) random.Ratio {
	den := rapid.Uint64Range(1, 1_000_000).Draw(t, "den")
	return random.Ratio{Num: rapid.Uint64Range(1, den).Draw(t, "num"), Den: den}.Reduced()
}

func anyDistribution(t *rapid.T) random.Distribution {
	a, b := duration(t, "a", 1), duration(t, "b", 1)
	switch rapid.IntRange(0, 4).Draw(t, "shape") {
	case 0:
		return random.Constant(a)
	case 1:
		return random.Uniform(min(a, b), max(a, b))
	case 2:
		return random.Exponential(a)
	case 3:
		return random.LogNormal(min(a, b), max(a, b))
	}
	return random.HeavyTail(min(a, b), max(a, b))
}

func offset(t *rapid.T) time.Duration {
	d := duration(t, "offset", 1)
	if rapid.Bool().Draw(t, "back") {
		return -d
	}
	return d
}

func count(t *rapid.T, name string) int { return rapid.IntRange(1, faults.MaxCount).Draw(t, name) }

func sizeOf(t *rapid.T, name string, least int64) int64 {
	return rapid.Int64Range(least, 1<<40).Draw(t, name)
}

func losing(t *rapid.T) faults.Losing {
	return faults.Losing(rapid.IntRange(int(faults.Plain), int(faults.Nothing)).Draw(t, "losing"))
}

func yes(t *rapid.T, name string) bool { return rapid.Bool().Draw(t, name) }

func anyAction(t *rapid.T) faults.Action {
	return rapid.SampledFrom([]func(*rapid.T) faults.Action{
		anyNetworkAction, anyLink, anyClockAction, anyDisk, anyCrash, anyProcessAction, anyReconfigure, anyRequest,
	}).Draw(t, "family")(t)
}

func anyNetworkAction(t *rapid.T) faults.Action {
	switch rapid.IntRange(0, 10).Draw(t, "kind") {
	case 0:
		return faults.Partition{Sides: anySides(t, 2, 4)}
	case 1:
		down, up := duration(t, "down", faults.MinInterval), duration(t, "up", faults.MinInterval)
		return faults.Flap{Sides: anySides(t, 2, 4), Down: down, Up: up}
	case 2:
		return faults.Isolate{Hosts: anyGroup(t)}
	case 3:
		return faults.Cut{Path: anyInnerPath(t)}
	case 4:
		sides := anySides(t, 3, 3)
		return faults.Bridge{Left: sides[0], Middle: sides[1], Right: sides[2]}
	case 5:
		return faults.Ring{Hosts: anyGroup(t)}
	case 6:
		return faults.Hold{Path: anyPath(t)}
	case 7:
		return faults.Release{Path: anyPath(t)}
	case 8:
		types := append(faults.MessageTypes(), "Prepare", "X")
		return faults.Drop{Type: rapid.SampledFrom(types).Draw(t, "type"), Path: anyPath(t), Ratio: anyRatio(t)}
	case 9:
		return faults.Clog{Hosts: anyGroup(t)}
	}
	return faults.Swizzle{Hosts: anyGroup(t), Over: duration(t, "over", faults.MinInterval)}
}

func anyLink(t *rapid.T) faults.Action {
	a := faults.Link{Path: anyPath(t)}
	a.Effect = faults.LinkEffect(rapid.IntRange(int(faults.Loses), int(faults.Limits)).Draw(t, "effect"))
	switch a.Effect {
	case faults.Delays:
		a.Delay = anyDistribution(t)
		return a
	case faults.Limits:
		a.BytesPerSecond, a.QueueBytes = sizeOf(t, "rate", 1), sizeOf(t, "queue", 0)
		return a
	case faults.Replays, faults.Reorders:
		if yes(t, "by") {
			a.Delay = anyDistribution(t)
		}
	}
	a.Ratio = anyRatio(t)
	return a
}

func anyClockAction(t *rapid.T) faults.Action {
	hosts := anyGroup(t)
	switch rapid.IntRange(0, 3).Draw(t, "kind") {
	case 0:
		return faults.Skew{Hosts: hosts, By: offset(t)}
	case 1:
		ppm := rapid.Int64Range(1, faults.MaxDrift).Draw(t, "ppm")
		if yes(t, "slow") {
			ppm = -ppm
		}
		return faults.Drift{Hosts: hosts, PPM: ppm}
	case 2:
		return faults.Freeze{Hosts: hosts}
	}
	return faults.Strobe{Hosts: hosts, By: offset(t), Period: duration(t, "period", faults.MinInterval)}
}

func anyDisk(t *rapid.T) faults.Action {
	a := faults.Disk{Hosts: anyGroup(t)}
	a.Effect = faults.DiskEffect(rapid.IntRange(int(faults.Stalls), int(faults.Lost)).Draw(t, "effect"))
	switch a.Effect {
	case faults.Slows:
		a.By = anyDistribution(t)
	case faults.ReadFails, faults.WriteFails, faults.SyncFails, faults.SyncLies, faults.Misdirects:
		if yes(t, "share") {
			a.Ratio = anyRatio(t)
		} else {
			a.Count = count(t, "times")
		}
		a.LosesPages = a.Effect == faults.SyncFails && yes(t, "pages")
	case faults.Rots, faults.Spoils:
		a.Count = count(t, "count")
	case faults.Fills:
		a.Bytes = sizeOf(t, "leaving", 0)
	}
	if a.Effect >= faults.Slows && a.Effect <= faults.Scrambles && yes(t, "in") {
		a.File = rapid.SampledFrom([]string{"*.wal", "0000?-*", "[a-z]*", "for"}).Draw(t, "file")
	}
	return a
}

func anyCrash(t *rapid.T) faults.Action {
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		a := faults.Crash{Hosts: anyGroup(t), Losing: losing(t), Torn: yes(t, "torn")}
		a.Point = faults.Point(rapid.IntRange(int(faults.Now), int(faults.AtMessage)).Draw(t, "point"))
		if a.Point != faults.Now {
			a.N = count(t, "n")
		}
		return a
	case 1:
		down, up := anyDistribution(t), anyDistribution(t)
		return faults.CrashLoop{Hosts: anyGroup(t), Down: down, Up: up, Losing: losing(t), Torn: yes(t, "torn")}
	}
	return faults.Blackout{Losing: losing(t), Torn: yes(t, "torn")}
}

func anyProcessAction(t *rapid.T) faults.Action {
	switch rapid.IntRange(0, 4).Draw(t, "kind") {
	case 0:
		return faults.Restart{Hosts: anyGroup(t)}
	case 1:
		return faults.Pause{Hosts: anyGroup(t), Clock: yes(t, "clock")}
	case 2:
		return faults.Resume{Hosts: anyGroup(t)}
	case 3:
		return faults.Slow{Hosts: anyGroup(t), By: anyDistribution(t)}
	}
	return faults.Heal{Core: yes(t, "core")}
}

func anyReconfigure(t *rapid.T) faults.Action {
	newHost := func(t *rapid.T) faults.Target {
		if yes(t, "new") {
			return faults.New.Target()
		}
		return faults.Host(rapid.Uint64Range(1, faults.MaxHost).Draw(t, "host"))
	}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		return faults.LeaveJoint{}
	case 1:
		added, old := newHost(t), anyTarget(t)
		if added == old {
			added = faults.New.Target()
		}
		return faults.Replace{Old: old, New: added}
	}
	clause := func(t *rapid.T) faults.Change {
		c := faults.Change{Op: faults.Op(rapid.IntRange(int(faults.Add), int(faults.Remove)).Draw(t, "op"))}
		if c.Op == faults.Add || c.Op == faults.Learn {
			c.Hosts = rapid.SliceOfNDistinct(rapid.Custom(newHost), 1, 3, rapid.ID[faults.Target]).Draw(t, "added")
		} else {
			c.Hosts = anyGroup(t)
		}
		return c
	}
	changes := rapid.SliceOfN(rapid.Custom(clause), 1, 3).Draw(t, "changes")
	return faults.Reconfigure{Changes: changes, Mode: faults.Mode(rapid.IntRange(int(faults.Auto), int(faults.Explicit)).Draw(t, "mode"))}
}

func anyRequest(t *rapid.T) faults.Action {
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return faults.Transfer{To: anyTarget(t)}
	case 1:
		return faults.Campaign{Hosts: anyGroup(t)}
	case 2:
		return faults.ForgetLeader{Hosts: anyGroup(t)}
	case 3:
		return faults.Compact{Hosts: anyGroup(t)}
	case 4:
		return faults.Propose{Hosts: anyGroup(t), Count: count(t, "count"), Bytes: sizeOf(t, "bytes", 0)}
	}
	return faults.Read{Hosts: anyGroup(t), Count: count(t, "count")}
}

// chooser lets rapid draw what faults.Generate chooses.
type chooser struct{ t *rapid.T }

func (c chooser) Choose(name string, n uint64) uint64 {
	return rapid.Uint64Range(0, n-1).Draw(c.t, name)
}
