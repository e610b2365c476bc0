package sim

import (
	"strings"

	"raftsim/host"
	"raftsim/network"
	pb "raftsim/raft/raftpb"
	"raftsim/replica"
	"raftsim/replica/snapstream"
	"raftsim/trace"
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
	sawLostChunk     = Sometimes("snapshot-chunk-lost", "A chunk of a snapshot does not arrive.")
	sawResumed       = Sometimes("snapshot-resumed", "A snapshot goes on from its middle, after an election timeout in which no chunk arrived.")
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
	of.replica = standing{writes: of.replica.writes[:0]}
	sawAllDown.When(w.marks, w.up == 0)
	if r.Verb == trace.Retired {
		of.retired = true
		sawRetired.Hit(w.marks)
		return
	}
	sawUnsyncedLost.When(w.marks, r.Fields[0] > 0)
	sawTornWrite.When(w.marks, r.Fields[2] > 0)
}

// crashing sees what a host was about when it crashes.
func (w *watcher) crashing(h *Host) {
	if _, ok := h.process.(*replica.Replica); !ok {
		return
	}
	of := w.host(h.id)
	p := &of.replica
	if !p.started {
		sawBootCrash.Hit(w.marks)
		return
	}
	of.vote, of.unsynced = pb.HardState{}, p.writing()
	if p.written.Term != p.durable.Term || p.written.Vote != p.durable.Vote {
		of.vote = p.written
	}
	sawInstallCrash.When(w.marks, p.installing())
	if p.leading {
		sawLeaderCrash.Hit(w.marks)
		sawTailCrash.When(w.marks, p.end > p.written.Commit)
		sawJointCrash.When(w.marks, len(p.conf.VotersOutgoing) > 0)
	}
}

// started sees what a host finds on its disk.
func (w *watcher) started(of *watched, found *host.Found) {
	hs, snap := found.HardState, &found.Snapshot.Metadata
	of.replica = standing{
		started: true, term: hs.Term, written: hs, durable: hs, writes: of.replica.writes[:0],
		applied: snap.Index, conf: snap.ConfState, end: snap.Index + uint64(len(found.Entries)),
	}
	last := of.replica.end
	sawTornTail.When(w.marks, found.TornBytes > 0)
	sawRecoveredTail.When(w.marks, last > hs.Commit)
	sawLostVote.When(w.marks, of.vote.Vote != 0 && (hs.Term < of.vote.Term || hs.Term == of.vote.Term && hs.Vote == 0))
	sawLostEntries.When(w.marks, last < of.unsynced)
	of.vote, of.unsynced = pb.HardState{}, 0
}

// resumed sees a paused host wake.
func (w *watcher) resumed(r *Record) {
	sawWoken.When(w.marks, r.Fields[0] > 0)
	p := &w.host(r.Host).replica
	sawWokenLeader.When(w.marks, p.leading && w.won > p.term)
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

// chunkArrives sees a chunk of a snapshot reach a host.
func (w *watcher) chunkArrives(id uint64, c *snapstream.Chunk) {
	of, now := w.host(id), w.sim.now
	silent := now.Sub(of.chunkAt) > w.sim.options.Raft.ElectionTimeout()
	sawResumed.When(w.marks, c.ID == of.chunk && c.Offset > 0 && silent)
	of.chunk, of.chunkAt = c.ID, now
}
