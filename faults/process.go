package faults

import "raftsim/random"

// Restart starts hosts that are down. Hosts that run are left alone.
type Restart struct{ Hosts Group }

// Kind is "restart".
func (Restart) Kind() string { return "restart" }

// String is "restart n1".
func (a Restart) String() string { return "restart " + a.Hosts.String() }

// Groups are the hosts to start.
func (a Restart) Groups() []Group { return []Group{a.Hosts} }

// Bind restarts other hosts.
func (Restart) Bind(groups []Group) Action { return Restart{groups[0]} }

// Pause stops hosts without taking anything from them: no tick, no delivery,
// no disk completion until they resume, with whatever they believed before.
type Pause struct {
	Hosts Group
	// Clock stops the host's clock as well, as when a virtual machine is
	// suspended: after the pause it does not know that time has passed.
	Clock bool
}

// Kind is "pause".
func (Pause) Kind() string { return "pause" }

// String is "pause follower" or "pause leader and clock".
func (a Pause) String() string {
	s := "pause " + a.Hosts.String()
	if a.Clock {
		s += " and clock"
	}
	return s
}

// Groups are the hosts that pause.
func (a Pause) Groups() []Group { return []Group{a.Hosts} }

// Bind pauses other hosts.
func (a Pause) Bind(groups []Group) Action { return Pause{groups[0], a.Clock} }

// Resume ends every pause of hosts.
type Resume struct{ Hosts Group }

// Kind is "resume".
func (Resume) Kind() string { return "resume" }

// String is "resume n1".
func (a Resume) String() string { return "resume " + a.Hosts.String() }

// Groups are the hosts that resume.
func (a Resume) Groups() []Group { return []Group{a.Hosts} }

// Bind resumes other hosts.
func (Resume) Bind(groups []Group) Action { return Resume{groups[0]} }

// Slow makes hosts slow: each event that a host handles keeps it busy for a
// while, and what arrives meanwhile waits its turn.
type Slow struct {
	Hosts Group
	// By is the time drawn for each event.
	By random.Distribution
}

// Kind is "slow".
func (Slow) Kind() string { return "slow" }

// String is "slow n1 by 5ms..20ms".
func (a Slow) String() string { return "slow " + a.Hosts.String() + " by " + a.By.String() }

// Groups are the slow hosts.
func (a Slow) Groups() []Group { return []Group{a.Hosts} }

// Bind slows other hosts.
func (a Slow) Bind(groups []Group) Action { return Slow{groups[0], a.By} }

// Heal ends every fault and starts every host that is down.
type Heal struct {
	// Core heals only a core that can make progress: a quorum of every
	// configuration that could be in force. The others stay broken for good.
	Core bool
}

// Kind is "heal".
func (Heal) Kind() string { return "heal" }

// String is "heal" or "heal core".
func (a Heal) String() string {
	if a.Core {
		return "heal core"
	}
	return "heal"
}

// Groups is nil: which hosts are the core is not the line's to say.
func (Heal) Groups() []Group { return nil }

// Bind returns the heal itself.
func (a Heal) Bind([]Group) Action { return a }
