package sim

import (
	"slices"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/host"
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
	"raftsim/trace"
)

// watcher sees the marks that the simulator itself has: states of hosts and of
// the protocol. It is shown the records of the trace and what replicas tell, and
// changes nothing. The marks and what sees them stand together, by theme, in the
// files marks_*.go; those of which only the checker knows, in marks_checker.go.
type watcher struct {
	sim   *Simulation
	marks *Marks
	hosts []*watched
	up    int // hosts that run

	led        uint64 // last term that had a leader
	won        uint64 // highest one
	tried      uint64 // last term that somebody tried to win
	candidates int    // how many did
}

// watched is what is remembered of one host.
type watched struct {
	id                 uint64
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

	chunk   snapstream.ID // of the last chunk that it got
	chunkAt clock.Time

	replica standing
}

// standing is how the replica on a host stands, as far as it has told.
type standing struct {
	started bool
	term    uint64
	lead    uint64
	leading bool
	written pb.HardState // the last one that the log was asked to write
	durable pb.HardState
	applied uint64
	conf    pb.ConfState
	end     uint64 // of the log that the Node reads
	log     host.Terms
	writes  []pendingWrite // oldest first
}

// pendingWrite is what a host waits for its disk to have written.
type pendingWrite struct {
	term     uint64 // of the hard state then
	last     uint64 // index of the last entry, zero for none
	install  bool   // a snapshot
	checksum uint64 // of the entries
}

// installing says whether a snapshot from the leader waits for the disk.
func (s *standing) installing() bool {
	return slices.ContainsFunc(s.writes, func(w pendingWrite) bool { return w.install })
}

// writing is the index of the last entry that waits for the disk, 0 when none does.
func (s *standing) writing() uint64 {
	for _, w := range slices.Backward(s.writes) {
		if w.last > 0 {
			return w.last
		}
	}
	return 0
}

// termAt is the term of an entry of the log; ok is false when that is not known.
func (s *standing) termAt(index uint64) (term uint64, ok bool) {
	if s.log == nil {
		return 0, false
	}
	term, err := s.log.Term(index)
	return term, err == nil
}

// asked is a request for a vote that a host has not answered.
type asked struct {
	kind             pb.MessageType
	from, term, lead uint64
}

// host returns what is remembered of a host.
func (w *watcher) host(id uint64) *watched {
	for uint64(len(w.hosts)) < id {
		w.hosts = append(w.hosts, &watched{id: uint64(len(w.hosts)) + 1})
	}
	return w.hosts[id-1]
}

// see takes a record of the trace.
func (w *watcher) see(r *Record) {
	switch r.Verb {
	case trace.Boot:
		w.booted(r)
	case trace.Crashed, trace.Retired:
		w.stopped(r)
	case trace.Resumed:
		w.resumed(r)
	case trace.Failed:
		sawProcessFailed.Hit(w.marks)
	case trace.FaultBegan:
		w.faultBegan(r)
	case trace.Dropped:
		w.dropped(r)
	case trace.GaveUp:
		sawAbandoned.Hit(w.marks)
	case trace.TermChanged:
		w.termChanged(r)
	case trace.BecameLeader:
		w.elected(r)
	case trace.Wrote:
		w.wrote(r)
	case trace.Installed:
		sawInstalled.Hit(w.marks)
	case trace.Compacted:
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

// leader is the host that leads in the highest term, as far as it has told, or zero.
func (w *watcher) leader() (id uint64) {
	term := uint64(0)
	for _, of := range w.hosts {
		if p := &of.replica; p.leading && p.term >= term {
			id, term = of.id, p.term
		}
	}
	return id
}

// role is what a host is that runs a loop of its own, as far as it has told.
func (w *watcher) role(h *Host) faults.Role {
	p := &w.host(h.id).replica
	switch {
	case !h.Running() || !p.started:
		return faults.Down
	case slices.Contains(p.conf.Learners, h.id) || slices.Contains(p.conf.LearnersNext, h.id):
		return faults.Learner
	case !isVoter(&p.conf, h.id):
		return 0
	case p.leading:
		return faults.Leader
	}
	return faults.Follower
}
