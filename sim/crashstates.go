package sim

import (
	"fmt"
	"iter"
	"time"

	"raftsim/disk"
)

// CrashPoint is where a directed run is cut: the host loses its power, and each
// state that its disk can be left in is a story of its own.
type CrashPoint struct {
	// Host is the number of the host that loses its power.
	Host uint64
	// Reached says whether the run has come to the point. It is asked after
	// each event of the fault phase, and must not change the run.
	Reached func(*Simulation) bool
	// Down is how long the host stays down. Zero restarts it at once.
	Down time.Duration
	// Limit bounds the number of states. Zero means 4096.
	Limit uint64
}

// defaultCrashStates is the Limit of a CrashPoint that has none.
const defaultCrashStates = 4096

// EveryCrash plays the run that o describes once for each state in which a power
// failure at the point can leave the disk of the host, torn writes included, and
// yields the number of the state and the verdict on the whole run. The run up to
// the point is the same each time. It is an error when the run never comes to the
// point, or when there are more states than the limit: take a point with fewer
// writes that are not synced, such as one of a single Host.Disk().AtStake.
func EveryCrash(o Options, point CrashPoint) (iter.Seq2[uint64, Verdict], error) {
	if point.Limit == 0 {
		point.Limit = defaultCrashStates
	}
	s, err := point.reach(o)
	if err != nil {
		return nil, err
	}
	states := s.Host(point.Host).disk.States(s.now)
	if states > point.Limit {
		return nil, fmt.Errorf("sim: the disk of %s can be left in %d states at %s, must be at most %d", name(point.Host), states, s.now, point.Limit)
	}
	return func(yield func(uint64, Verdict) bool) {
		for state := range states {
			v, err := CrashState(o, point, state)
			if err != nil {
				panic(err) // the same options came to the point before
			}
			if !yield(state, v) {
				return
			}
		}
	}, nil
}

// CrashState plays one run of EveryCrash alone: that of the state of a number.
func CrashState(o Options, point CrashPoint, state uint64) (Verdict, error) {
	s, err := point.reach(o)
	if err != nil {
		return Verdict{}, err
	}
	if states := s.Host(point.Host).disk.States(s.now); state >= states {
		return Verdict{}, fmt.Errorf("sim: there is no state %d: the disk of %s can be left in %d states at %s", state, name(point.Host), states, s.now)
	}
	s.CrashInto(point.Host, state, point.Down)
	return s.Run(), nil
}

// reach plays a run up to the point.
func (c CrashPoint) reach(o Options) (*Simulation, error) {
	s, err := New(o)
	if err != nil {
		return nil, err
	}
	if s.host(c.Host) == nil {
		return nil, fmt.Errorf("sim: there is no host %s, the cluster has %s", name(c.Host), names(s.options.hostIDs()))
	}
	if !s.RunUntil(func() bool { return c.Reached(s) }, s.options.Run) {
		return nil, fmt.Errorf("sim: the run does not reach the crash point: it ends at %s", s.now)
	}
	return s, nil
}

// CrashInto takes the power from a host that runs and leaves its disk in the state
// of a number below Host.Disk().States: see disk.Crash. The host starts again
// after a while.
func (s *Simulation) CrashInto(host, state uint64, down time.Duration) {
	h := s.host(host)
	if h == nil || !h.Running() {
		return
	}
	h.downs++
	h.crash(disk.Crash{Losing: disk.Chosen, State: state})
	s.at(down, func() { s.powerOn([]*Host{h}) })
}
