package faults

import (
	"time"

	"raftsim/random"
)

// Draw draws the parts of one fault. Its choices are named after the fault's
// kind and number; 0 is the mildest answer of each.
type Draw struct {
	chooser   random.Chooser
	prefix    string
	generator *generator
	prefers   Role // half of the hosts drawn are these; zero is nobody in particular
}

// Choose draws a number in [0, n). Name says what for; the same name drawn
// twice is two choices.
func (d *Draw) Choose(name string, n int) int {
	return int(d.chooser.Choose(d.prefix+name, uint64(n)))
}

// Chance draws true in one of n cases.
func (d *Draw) Chance(name string, n int) bool { return d.Choose(name, n) == n-1 }

// Between draws a whole number from least to most.
func (d *Draw) Between(name string, least, most int) int {
	return least + d.Choose(name, most-least+1)
}

// ElectionTimeout is the least election timeout of the run.
func (d *Draw) ElectionTimeout() time.Duration { return d.generator.options.ElectionTimeout }

// Time draws a time between two fractions of the election timeout, given in
// percent of it, in whole milliseconds and at least one.
func (d *Draw) Time(name string, leastPercent, mostPercent int) time.Duration {
	percent := d.Between(name, leastPercent, mostPercent)
	t := time.Duration(int64(d.ElectionTimeout()) / 100 * int64(percent))
	return max(t.Truncate(time.Millisecond), time.Millisecond)
}

// Distribution draws a distribution of times, with the usual ones between two
// fractions of the election timeout in percent, and of any shape.
func (d *Draw) Distribution(name string, leastPercent, mostPercent int) random.Distribution {
	usual := d.Time(name, leastPercent, mostPercent)
	switch d.Choose(name+" shape", 5) {
	case 1:
		return random.Uniform(usual/2, usual*2)
	case 2:
		return random.Exponential(usual)
	case 3:
		return random.LogNormal(usual, usual*5)
	case 4:
		return random.HeavyTail(usual, usual*10)
	}
	return random.Constant(usual)
}

// Ratio draws a share from 1% to most percent.
func (d *Draw) Ratio(name string, most int) random.Ratio {
	return random.Percent(uint64(d.Between(name, 1, most)))
}

// Hosts draws one of these roles, or a voter or a learner by its name.
func (d *Draw) Hosts(roles ...Role) Group {
	if d.prefers != 0 && d.Chance("preferred", 2) {
		return d.prefers.Group()
	}
	i := d.Choose("hosts", len(roles)+2)
	if i < len(roles) {
		return roles[i].Group()
	}
	return Group{d.Host()}
}

// Host draws a voter or a learner by its name.
func (d *Draw) Host() Target {
	m := d.generator.members
	i := d.Choose("host", len(m.voters)+len(m.learners))
	if i < len(m.voters) {
		return Host(m.voters[i])
	}
	return Host(m.learners[i-len(m.voters)])
}

// Voter draws a voter by its name.
func (d *Draw) Voter() uint64 {
	m := d.generator.members
	return m.voters[d.Choose("voter", len(m.voters))]
}

// Path draws links: to or from one host, between two, or the whole network.
func (d *Draw) Path() Path {
	if d.prefers != 0 && d.Chance("preferred", 2) {
		return d.preferredPath()
	}
	switch d.Choose("path", 6) {
	case 1:
		return Path{From: Leader.Group(), To: Follower.Group()}
	case 2:
		return Path{From: Follower.Group(), To: Leader.Group()}
	case 3:
		return Path{From: Group{d.Host()}, To: All.Group(), Both: true}
	case 4:
		return Path{From: Leader.Group(), To: All.Group(), Both: true}
	case 5:
		return Path{From: All.Group(), To: Group{d.Host()}}
	}
	return Network()
}

// preferredPath draws links of the role that is hit most.
func (d *Draw) preferredPath() Path {
	role, all := d.prefers.Group(), All.Group()
	return []Path{{From: role, To: all, Both: true}, {From: role, To: all}, {From: all, To: role}}[d.Choose("preferred path", 3)]
}

// InnerPath is Path without the whole network.
func (d *Draw) InnerPath() Path {
	if p := d.Path(); !p.Wide() {
		return p
	}
	return Path{From: Random.Group(), To: Random.Group()}
}

// times draws when a fault happens: it ends before the fault phase does.
func (d *Draw) times(lasting bool) Fault {
	o := d.generator.options
	var f Fault
	room := o.End.Sub(o.Start)
	if lasting && !(o.Profile == Safety && d.Chance("for ever", 3)) {
		f.For = min(d.Time("for", 20, 100)<<d.Choose("for scale", 4), room)
		room -= f.For
	}
	room = min(room, o.End.Sub(o.Start)-time.Millisecond) // nothing begins at the end
	f.At = o.Start.Add(time.Duration(d.chooser.Choose(d.prefix+"at", uint64(room/time.Millisecond)+1)) * time.Millisecond)
	left := o.End.Sub(f.At) - f.For
	if d.Chance("again", 6) && left > time.Millisecond && (f.For > 0 || !lasting) {
		f.Every = d.interval(f, left)
	}
	return f
}

// interval draws a repetition whose last occurrence ends before the fault phase does.
func (d *Draw) interval(f Fault, left time.Duration) Interval {
	pause := d.Time("every", 50, 300)
	least := f.For + pause
	return Interval{Min: least, Max: least + pause*time.Duration(d.Choose("every spread", 3)), Until: f.At.Add(left)}
}
