package sim

import (
	"time"

	"raftsim/faults"
)

// crashLoop is a host that crashes and restarts over and over.
type crashLoop struct {
	sim    *Simulation
	fault  *plannedFault
	action faults.CrashLoop
	losses *losses // of all hosts of the fault
	host   *Host
	isDown bool
	armed  bool // it waits for a disk operation
	stop   func()
}

// crashLoops makes hosts crash and restart, each at its own times.
func (s *Simulation) crashLoops(p *plannedFault, a faults.CrashLoop) Effect {
	t := &losses{losing: a.Losing, tear: a.Torn}
	var loops []*crashLoop
	for _, id := range a.Hosts.IDs() {
		l := &crashLoop{sim: s, fault: p, action: a, losses: t, host: s.hosts[id-1]}
		l.stop = s.every(l.turn, 0)
		loops = append(loops, l)
	}
	return Effect{
		Undo: func() {
			for _, l := range loops {
				l.end()
			}
		},
		NoEffect: func() string {
			if t.crashes == 0 && a.Among > 0 {
				return "no host reached the point at which it was to crash"
			}
			return t.noEffect()
		},
	}
}

// turn crashes the host or starts it again, and returns the time to the next turn.
func (l *crashLoop) turn() time.Duration {
	if l.isDown {
		l.isDown = false
		l.sim.powerOn([]*Host{l.host})
		return l.action.Up.At(l.fault.fate())
	}
	if n := uint64(l.action.Among); n > 0 {
		l.armed = true
		l.stop()
		l.sim.duringOperation(l.host, 1+l.fault.fate()%n, l.strike)
		return 0
	}
	return l.crash()
}

// strike crashes the host in the middle of a disk operation, and goes on from there.
func (l *crashLoop) strike() {
	if l.armed {
		l.armed = false
		l.host.disk.Watch(nil)
		l.stop = l.sim.every(l.turn, l.crash())
	}
}

// crash takes the power from the host, and returns for how long.
func (l *crashLoop) crash() time.Duration {
	l.isDown = true
	l.host.powerOff(l.losses)
	return l.action.Down.At(l.fault.fate())
}

// end leaves the host up.
func (l *crashLoop) end() {
	l.stop()
	if l.armed {
		l.armed = false
		l.host.disk.Watch(nil)
	}
	if l.isDown {
		l.isDown = false
		l.sim.powerOn([]*Host{l.host})
	}
}
