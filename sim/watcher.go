package sim

import (
	"raftsim/checker"
	"raftsim/clock"
	pb "raftsim/raft/raftpb"
)

// watcher sees the marks that the simulator itself has: states of hosts and of
// the protocol. It is shown the records of the trace and what raft hosts do, and
// changes nothing. The marks and what sees them stand together, by theme, in the
// files marks_*.go; those of which only the checker knows, in marks_checker.go.
type watcher struct {
	sim   *Simulation
	marks *Marks
	hosts []watched
	up    int // hosts that run

	led        uint64 // last term that had a leader
	won        uint64 // highest one
	tried      uint64 // last term that somebody tried to win
	candidates int    // how many did
}

// watched is what is remembered of one host.
type watched struct {
	up, leads, retired bool

	restarts    int
	restartedAt clock.Time

	last     uint64       // index of the last entry written
	unsynced uint64       // the last one when it crashed, if that was not synced
	vote     pb.HardState // then, if its term or vote was not synced

	appendTerm, appendEnd uint64 // of the appends that it got
	told                  uint64 // term in which it was told to campaign
	asked                 asked
	steps                 int // since its last Ready
	transferee            uint64
	transferTerm          uint64
}

// asked is a request for a vote that a host has not answered.
type asked struct {
	kind             pb.MessageType
	from, term, lead uint64
}

// host returns what is remembered of a host.
func (w *watcher) host(id uint64) *watched {
	for uint64(len(w.hosts)) < id {
		w.hosts = append(w.hosts, watched{})
	}
	return &w.hosts[id-1]
}

// see takes a record of the trace.
func (w *watcher) see(r *Record) {
	switch r.Verb {
	case Boot:
		w.booted(r)
	case Crashed, Retired:
		w.stopped(r)
	case Resumed:
		w.resumed(r)
	case Failed:
		sawProcessFailed.Hit(w.marks)
	case FaultBegan:
		w.faultBegan(r)
	case Dropped:
		w.dropped(r)
	case GaveUp:
		sawAbandoned.Hit(w.marks)
	case TermChanged:
		w.termChanged(r)
	case BecameLeader:
		w.elected(r)
	case Wrote:
		w.wrote(r)
	case Installed:
		sawInstalled.Hit(w.marks)
	case Compacted:
		sawCompacted.Hit(w.marks)
	}
}

// takeSightings adds what the checker has seen.
func (s *Simulation) takeSightings() {
	for i := range checker.Sightings {
		if s.protocol.Saw(checker.Sighting(i)) {
			sightings[i].Hit(s.watcher.marks)
		}
	}
}
