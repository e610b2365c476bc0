package raft

import "raftsim/raft/tracker"

// storageWatch is what a leader knows of the progress of its own storage.
type storageWatch struct {
	durable uint64 // up to where the log was stable when it last looked
	ticks   int    // for how long nothing more has become so, though there is more to write
}

// checkStorage makes a leader give way whose storage has made nothing durable for
// Config.StallTicks. It could lead on for ever: its heartbeats need no disk, and a
// quorum of the others commits. But all depends on all of them then, and where entries
// are applied once they are stable here, nobody who asks this node gets an answer.
//
// It hands leadership to the voter that has most of the log, which costs nothing. If it
// has tried that, or was asked to hand over, and nobody took over, it steps down.
func (r *raft) checkStorage(tried bool) {
	w, u := &r.storage, &r.log.unstable
	if u.inProgress <= u.offset || u.offset != w.durable {
		w.durable, w.ticks = u.offset, 0
		return
	}
	w.ticks += r.ElectionTick
	if r.StallTicks < 0 || w.ticks < r.StallTicks {
		return
	}
	to, pr := r.successor()
	if pr == nil {
		return // nobody else could lead
	}
	if !r.quiet {
		r.Logger.Warningf("raft %x: storage has made nothing durable for %d ticks, the limit is %d: %x shall lead instead", r.ID, w.ticks, r.StallTicks, to)
	}
	if tried {
		r.becomeFollower(r.term, None)
		return
	}
	r.handOver(to, pr)
}

// successor returns the voter that has most of the log among those that are active, nil
// if there is none.
func (r *raft) successor() (id uint64, best *tracker.Progress) {
	for _, m := range r.members.Members() {
		if m.ID != r.ID && m.IsVoter() && m.Progress.RecentActive && (best == nil || m.Progress.Match > best.Match) {
			id, best = m.ID, m.Progress
		}
	}
	return id, best
}
