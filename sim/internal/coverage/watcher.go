// Package coverage sees the marks that the simulator itself has: states of hosts and of
// the protocol that are worth coming to. It is told what happens and changes nothing.
package coverage

import (
	"slices"
	"time"

	"raftsim/checker"
	"raftsim/clock"
	"raftsim/faults"
	"raftsim/host"
	"raftsim/mark"
	pb "raftsim/raft/raftpb"
	"raftsim/replica/snapstream"
	"raftsim/trace"
)

// Watcher sees the marks that the simulator itself has: states of hosts and of
// the protocol. It is shown the records of the trace and what replicas tell, and
// changes nothing. The marks and what sees them stand together, by theme, in the
// files marks_*.go; those of which only the checker knows, in marks_checker.go.
type Watcher struct {
	options Options
	marks   *mark.Marks
	hosts   []*Host
	up      int // hosts that run

	led        uint64 // last term that had a leader
	won        uint64 // highest one
	tried      uint64 // last term that somebody tried to win
	candidates int    // how many did
}

// Options are those of the run that tell what a fact means.
type Options struct {
	ElectionTimeout time.Duration
	LeaseReads      bool
	BoundsTail      bool // the uncommitted entries of a leader are bounded
	// Checksum is a digest of entries.
	Checksum func([]pb.Entry) uint64
}

// NewWatcher returns one that hits marks.
func NewWatcher(marks *mark.Marks, o Options) *Watcher { return &Watcher{marks: marks, options: o} }

// Host is what is remembered of one host.
type Host struct {
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

	Replica Standing
}

// Standing is how the replica on a host stands, as far as it has told.
type Standing struct {
	started bool
	Term    uint64
	Lead    uint64
	Leading bool
	written pb.HardState // the last one that the log was asked to write
	durable pb.HardState
	Applied uint64
	Conf    pb.ConfState
	End     uint64 // of the log that the Node reads
	Log     host.Terms
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
func (s *Standing) installing() bool {
	return slices.ContainsFunc(s.writes, func(w pendingWrite) bool { return w.install })
}

// writing is the index of the last entry that waits for the disk, 0 when none does.
func (s *Standing) writing() uint64 {
	for _, w := range slices.Backward(s.writes) {
		if w.last > 0 {
			return w.last
		}
	}
	return 0
}

// votes says whether a host votes in either half of the configuration in use.
func (s *Standing) votes(id uint64) bool {
	return slices.Contains(s.Conf.Voters, id) || slices.Contains(s.Conf.VotersOutgoing, id)
}

// termAt is the term of an entry of the log; ok is false when that is not known.
func (s *Standing) termAt(index uint64) (term uint64, ok bool) {
	if s.Log == nil {
		return 0, false
	}
	term, err := s.Log.Term(index)
	return term, err == nil
}

// asked is a request for a vote that a host has not answered.
type asked struct {
	kind             pb.MessageType
	from, term, lead uint64
}

// Host returns what is remembered of a host.
func (w *Watcher) Host(id uint64) *Host {
	for uint64(len(w.hosts)) < id {
		w.hosts = append(w.hosts, &Host{id: uint64(len(w.hosts)) + 1})
	}
	return w.hosts[id-1]
}

// See takes a record of the trace.
func (w *Watcher) See(r *trace.Record) {
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

// TakeSightings adds what the checker has seen.
func (w *Watcher) TakeSightings(saw func(checker.Sighting) bool) {
	for i := range checker.Sightings {
		if saw(checker.Sighting(i)) {
			sightings[i].Hit(w.marks)
		}
	}
}

// Leader is the host that leads in the highest term, as far as it has told, or zero.
func (w *Watcher) Leader() (id uint64) {
	term := uint64(0)
	for _, of := range w.hosts {
		if p := &of.Replica; p.Leading && p.Term >= term {
			id, term = of.id, p.Term
		}
	}
	return id
}

// Role is what a host is that runs a loop of its own, as far as it has told.
func (w *Watcher) Role(id uint64) faults.Role {
	p := &w.Host(id).Replica
	switch {
	case !p.started:
		return faults.Down
	case slices.Contains(p.Conf.Learners, id) || slices.Contains(p.Conf.LearnersNext, id):
		return faults.Learner
	case !p.votes(id):
		return 0
	case p.Leading:
		return faults.Leader
	}
	return faults.Follower
}
