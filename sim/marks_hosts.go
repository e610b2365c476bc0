package sim

import (
	"strings"

	"raftsim/network"
	"raftsim/raft"
	pb "raftsim/raft/raftpb"
	"raftsim/raft/wal"
)

// What happens to hosts, disks, packets and clients.
var (
	sawRestart       = Reachable("restart", "A host boots again.")
	sawQuickRestarts = Sometimes("two-restarts-in-election-timeout", "A host boots twice within one election timeout.")
	sawAllDown       = Sometimes("all-hosts-down", "No host is up, after all of them have been up.")
	sawWoken         = Sometimes("paused-host-resumed", "A host handles what arrived while it was paused.")
	sawWokenLeader   = Sometimes("paused-leader-resumed-late", "A paused leader is resumed after a later term has a leader.")
	sawRetired       = Reachable("host-retired", "A host that was removed from the configuration is switched off.")
	sawBack          = Sometimes("retired-host-restarted", "A host that was switched off after its removal starts again.")
	sawUnsyncedLost  = Sometimes("unsynced-writes-lost", "A crash takes writes that were not synced.")
	sawTornWrite     = Sometimes("torn-write", "A crash leaves only a part of a write.")
	sawTornTail      = Sometimes("torn-tail-cut", "A host that boots cuts off the end of its log, which a crash has torn.")
	sawRecoveredTail = Sometimes("uncommitted-tail-recovered", "A host boots with entries that it does not know to be committed.")
	sawLostVote      = Sometimes("vote-lost-in-crash", "A host boots without a vote that it had written and not synced.")
	sawLostEntries   = Sometimes("entries-lost-in-crash", "A host boots without entries that it had written and not synced.")
	sawBootCrash     = Reachable("crash-during-recovery", "A host crashes while it reads its log.")
	sawInstallCrash  = Sometimes("crash-during-snapshot-install", "A host crashes while it writes a snapshot from its leader.")
	sawLeaderCrash   = Reachable("leader-crash", "A leader crashes.")
	sawTailCrash     = Sometimes("leader-crash-with-uncommitted-entries", "A leader crashes and has entries that it has not committed.")
	sawJointCrash    = Sometimes("leader-crash-while-joint", "A leader crashes while it uses a joint configuration.")
	sawProcessFailed = Reachable("process-stopped-by-disk", "A process ends with an error because its disk failed.")
	sawReplacedDisk  = Sometimes("disk-replaced", "A disk is lost, or swapped for an old copy.")
	sawCut           = Reachable("packet-cut", "A packet is lost because its link is cut.")
	sawCorrupt       = Reachable("corrupt-packet-refused", "A packet fails its checksum and is dropped.")
	sawOverflow      = Reachable("queue-overflow", "A packet does not fit into the queue of its link.")
	sawLostSnapshot  = Sometimes("snapshot-lost", "A message that carries a snapshot does not arrive.")
	sawAbandoned     = Reachable("operation-abandoned", "A client stops waiting for the answer to an operation.")
	sawRepeated      = Sometimes("duplicate-command-suppressed", "A command is in the log twice and is executed once.")
)

// booted sees a host start.
func (w *watcher) booted(r *Record) {
	of, s := w.host(r.Host), w.sim
	of.up = true
	w.up++
	if r.Fields[0] < 2 {
		return
	}
	sawRestart.Hit(w.marks)
	sawBack.When(w.marks, of.retired)
	sawQuickRestarts.When(w.marks, of.restarts > 0 && s.now.Sub(of.restartedAt) <= s.options.Raft.ElectionTimeout())
	of.retired = false
	of.restarts++
	of.restartedAt = s.now
}

// stopped sees a host go down.
func (w *watcher) stopped(r *Record) {
	of := w.host(r.Host)
	if of.up {
		of.up = false
		w.up--
	}
	of.leads, of.last, of.transferee, of.asked = false, 0, 0, asked{}
	sawAllDown.When(w.marks, w.up == 0)
	if r.Verb == Retired {
		of.retired = true
		sawRetired.Hit(w.marks)
		return
	}
	sawUnsyncedLost.When(w.marks, r.Fields[0] > 0)
	sawTornWrite.When(w.marks, r.Fields[2] > 0)
}

// crashing sees what a host was about when it crashes.
func (w *watcher) crashing(h *Host) {
	p, ok := h.process.(*raftHost)
	if !ok {
		return
	}
	if p.node == nil {
		sawBootCrash.Hit(w.marks)
		return
	}
	of := w.host(h.id)
	of.vote, of.unsynced = pb.HardState{}, p.writing()
	if p.hardState.Term != p.durable.Term || p.hardState.Vote != p.durable.Vote {
		of.vote = p.hardState
	}
	sawInstallCrash.When(w.marks, p.installing())
	if p.leading {
		last, _ := p.storage.LastIndex()
		sawLeaderCrash.Hit(w.marks)
		sawTailCrash.When(w.marks, last > p.hardState.Commit)
		sawJointCrash.When(w.marks, len(p.conf.VotersOutgoing) > 0)
	}
}

// writing is the index of the last entry that waits for the disk, 0 when none does.
func (p *raftHost) writing() (index uint64) {
	if n := len(p.ready.Entries); p.stage == persisting && n > 0 {
		index = p.ready.Entries[n-1].Index
	}
	for i := range p.async.appends {
		if entries := p.async.appends[i].message.Entries; len(entries) > 0 {
			index = entries[len(entries)-1].Index
		}
	}
	return index
}

// installing says whether a snapshot from the leader waits for the disk.
func (p *raftHost) installing() bool {
	if p.stage == persisting && !raft.IsEmptySnap(p.ready.Snapshot) {
		return true
	}
	for i := range p.async.appends {
		if p.async.appends[i].message.Snapshot != nil {
			return true
		}
	}
	return false
}

// recovered sees what a host finds on its disk.
func (w *watcher) recovered(h *Host, state *wal.State, last uint64) {
	of, hs := w.host(h.id), &state.HardState
	sawTornTail.When(w.marks, state.TornBytes > 0)
	sawRecoveredTail.When(w.marks, last > hs.Commit)
	sawLostVote.When(w.marks, of.vote.Vote != 0 && (hs.Term < of.vote.Term || hs.Term == of.vote.Term && hs.Vote == 0))
	sawLostEntries.When(w.marks, last < of.unsynced)
	of.vote, of.unsynced = pb.HardState{}, 0
}

// resumed sees a paused host wake.
func (w *watcher) resumed(r *Record) {
	sawWoken.When(w.marks, r.Fields[0] > 0)
	if p := w.sim.hosts[r.Host-1].raft(); p != nil {
		sawWokenLeader.When(w.marks, p.leading && w.won > p.term)
	}
}

// faultBegan sees a fault fire.
func (w *watcher) faultBegan(r *Record) {
	sawReplacedDisk.When(w.marks, strings.HasPrefix(r.Text, "disk ") &&
		(strings.HasSuffix(r.Text, " lost") || strings.HasSuffix(r.Text, " swapped")))
}

// The words of the trace for what becomes of packets.
var (
	cutText      = network.Cut.String()
	corruptText  = network.Corrupt.String()
	overflowText = network.Overflow.String()
)

// dropped sees a packet that does not arrive.
func (w *watcher) dropped(r *Record) {
	switch r.Text {
	case cutText:
		sawCut.Hit(w.marks)
	case corruptText:
		sawCorrupt.Hit(w.marks)
	case overflowText:
		sawOverflow.Hit(w.marks)
	}
	sawLostSnapshot.When(w.marks, r.Fields[0] == uint64(pb.MsgSnap))
}
